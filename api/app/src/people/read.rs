//! Why roles ended, as a caller may read it: the person, and those who may end such a role
//! ([`domain::membership::reads_end_reason`]).

use std::str::FromStr;

use domain::Caller;
use domain::event::EventName;
use domain::id::{CompanyId, PersonId};
use domain::membership::reads_end_reason;
use serde_json::Value;
use store::entity::{events, memberships};

/// Why a role ended.
#[must_use]
pub fn end_reason<'a>(caller: &Caller, row: &'a memberships::Model) -> Option<&'a str> {
    let reads = reads_end_reason(caller, row.project_id, row.company_id, row.person_id);
    row.end_reason.as_deref().filter(|_| reads)
}

/// Why an event happened: for staff, and for the person who did it. The reason for the end of a role is read by those
/// alone who read it of the role.
#[must_use]
pub fn event_reason<'a>(caller: &Caller, event: &'a events::Model) -> Option<&'a str> {
    let reads = match ended_role(event) {
        Some((company_id, person_id)) => reads_end_reason(caller, event.project_id, company_id, person_id),
        None => event.person_id == Some(caller.person_id) || caller.is_staff_of(event.project_id),
    };
    event.reason.as_deref().filter(|_| reads)
}

/// The company and the person of the role whose end the event gives a reason for: the role ended, another role replaced
/// it, or the person was removed as assignee with it. The nil company stands for no company.
fn ended_role(event: &events::Model) -> Option<(CompanyId, PersonId)> {
    let data = &event.data;
    let (company, person_id) = match event.name {
        EventName::MembershipEnded => (&data["companyId"], event.object_id.into()),
        EventName::MembershipChanged => (&data["from"]["companyId"], event.object_id.into()),
        EventName::DefectAssigneeSet => (&data["companyId"], id(&data["formerAssigneeId"])?),
        _ => return None,
    };
    Some((id(company).unwrap_or_default(), person_id))
}

fn id<I: FromStr>(value: &Value) -> Option<I> {
    value.as_str()?.parse().ok()
}
