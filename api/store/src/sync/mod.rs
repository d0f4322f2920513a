//! What devices push: operations with their answers, edits that wait for a person, and who changed which field last.

mod devices;
mod fields;
mod operations;
mod pending;
mod places;

pub use devices::{
    DeviceKey, count_of, devices_of, exempt, last_contact, last_contact_of, note_push, note_report, role_on_device,
};
pub use fields::{changed_since, note_fields};
pub use operations::{
    OperationFilter, delete_refusal, insert_operation, maker_of, operations_by_ids, operations_page, remove_refused,
};
pub use pending::{
    Resolution, insert_pending, pending_by_ids, pending_for_update, pending_of_operation, pending_page, resolve_pending,
};
pub use places::{
    Place, Subject, find_place, former_memberships, had_company, had_project_role, is_seen, opened_ownerships_plan,
    owned_at, owned_once,
};
