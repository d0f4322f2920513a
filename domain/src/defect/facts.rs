//! What the rules need to know of a defect.

use super::codes::DefectStatus;
use crate::id::{CompanyId, PersonId, UnitId};
use crate::party::Party;
use crate::side::Side;
use crate::time::Timestamp;

/// The facts that decide which commands are possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefectFacts {
    /// The status.
    pub status: DefectStatus,
    /// The status as owners read it: during a dispute the one from before it, and then the one that follows by the steps
    /// that owners are shown ([`super::view`]). The commands that owners may run depend on it.
    pub shown_status: DefectStatus,
    /// The unit.
    pub unit_id: UnitId,
    /// Whether it is on hold.
    pub on_hold: bool,
    /// Whether it was merged into another.
    pub merged: bool,
    /// Whether it is a duplicate of a defect that is void itself, so that no valid defect tells of it any more.
    pub survivor_void: bool,
    /// Whether an owner found it.
    pub owner_finding: bool,
    /// Who raised it.
    pub raised_by: PersonId,
    /// The company that raised it, none for owners.
    pub raised_company_id: Option<CompanyId>,
    /// The responsible company.
    pub responsible_company_id: Option<CompanyId>,
    /// The company of the latest repair attempt, which never verifies it.
    pub attempt_company_id: Option<CompanyId>,
    /// Parties whose verdict on the latest attempt is in, with that verdict.
    pub verdicts: Vec<(Party, bool)>,
    /// The sides for which the actor has acted on it before: all but finding it and writing of it.
    pub acted_for: Vec<Side>,
    /// How many attempts there were.
    pub attempt_count: u32,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// Since when the clock stands still.
    pub clock_stopped_at: Option<Timestamp>,
}
