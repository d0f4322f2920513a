//! What devices push: operations with their answers, edits that wait for a person, and who changed which field last.

mod devices;
mod fields;
mod operations;
mod pending;
mod places;

pub use devices::{
    DeviceKey, count_of, devices_of, excuse, last_contact, last_contact_of, pushed, reported, role_on_device,
};
pub use fields::{changed_since, note_fields};
pub use operations::{
    OperationFilter, forget_refusal, insert_operation, maker_of, operations_by_ids, operations_page, remove_refused,
};
pub use pending::{
    Settled, insert_pending, pending_by_ids, pending_for_change, pending_of_operation, pending_page, settle_pending,
};
pub use places::{
    Place, Subject, former_membership, former_memberships, had_company, had_standing, owned_at, owned_once, place_of,
};
