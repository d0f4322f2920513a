//! The log lines of changes of people: person ids and the network address, never a name, login or phone.

use domain::Caller;
use domain::id::{PersonId, ProjectId};
use domain::message::MessageChannel;
use store::entity::{memberships, units};

use crate::session::Client;

/// A person has another role or company.
pub(super) fn role_changed(client: &Client, caller: &Caller, row: &memberships::Model) {
    let (person, by, address, project) = (row.person_id, caller.person_id, client.address, row.project_id);
    let (role, company) = (row.role.as_str(), row.company_id);
    tracing::info!(%person, %by, %address, %project, %company, role, "role changed");
}

/// A person's role has ended.
pub(super) fn role_ended(client: &Client, caller: &Caller, row: &memberships::Model) {
    let (person, by, address, project) = (row.person_id, caller.person_id, client.address, row.project_id);
    let (role, company) = (row.role.as_str(), row.company_id);
    tracing::info!(%person, %by, %address, %project, %company, role, "role ended");
}

/// A person owns a unit no longer.
pub(super) fn ownership_ended(client: &Client, caller: &Caller, unit: &units::Model, person: PersonId) {
    let (by, address, project, unit) = (caller.person_id, client.address, unit.project_id, unit.id);
    tracing::info!(%person, %by, %address, %project, %unit, "ownership ended");
}

/// A person owns a unit from now on.
pub(super) fn ownership_begun(client: &Client, caller: &Caller, unit: &units::Model, person: PersonId) {
    let (by, address, project, unit) = (caller.person_id, client.address, unit.project_id, unit.id);
    tracing::info!(%person, %by, %address, %project, %unit, "ownership begun");
}

/// A person changed the own name, phone or language.
pub(super) fn person_updated(client: &Client, caller: &Caller) {
    let (person, address) = (caller.person_id, client.address);
    tracing::info!(%person, %address, "person updated");
}

/// A code was sent to a person's own address.
pub(super) fn address_code_sent(client: &Client, caller: &Caller, channel: MessageChannel) {
    let (person, address) = (caller.person_id, client.address);
    tracing::info!(%person, %address, %channel, "code sent to confirm an address");
}

/// A person has confirmed the own address.
pub(super) fn address_confirmed(client: &Client, caller: &Caller, channel: MessageChannel) {
    let (person, address) = (caller.person_id, client.address);
    tracing::info!(%person, %address, %channel, "address confirmed");
}

/// A person has another role or company by an administrator's import.
pub(crate) fn role_changed_by_import(caller: &Caller, row: &memberships::Model) {
    let (person, by, project) = (row.person_id, caller.person_id, row.project_id);
    let (role, company) = (row.role.as_str(), row.company_id);
    tracing::info!(%person, %by, %project, %company, role, "role changed by an import");
}

/// A person has another name, phone or language by an administrator's import.
pub(crate) fn person_updated_by_import(caller: &Caller, project: ProjectId, person: PersonId) {
    let by = caller.person_id;
    tracing::info!(%person, %by, %project, "person updated by an import");
}
