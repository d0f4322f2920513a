//! Who may change the terms of a repair: the severity, the trade and the type decide the due time and the responsible
//! company, the unit decides which home waits for it.

use super::facts::DefectFacts;
use crate::actor::Actor;
use crate::party::Party;
use crate::refusal::{Refusal, RefusalCode};

/// Which of a defect's terms an update names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// The severity.
    pub severity: bool,
    /// The trade.
    pub trade: bool,
    /// The type, which has days and a trade of its own.
    pub kind: bool,
    /// The unit.
    pub unit: bool,
}

/// Whether a person who may update the defect may also change these terms. Severity and trade are for staff. The
/// responsible contractor changes none of the four.
///
/// # Errors
/// `ROLE_NOT_ALLOWED` for owners, `FOUR_EYES` for the responsible contractor.
pub fn permit_terms(defect: &DefectFacts, actor: &Actor, terms: Terms) -> Result<(), Refusal> {
    let names_staffs = terms.severity || terms.trade;
    let company = actor.company_id();
    let is_responsible = company.is_some() && company == defect.responsible_company_id;
    match actor.party() {
        Party::Customer if names_staffs => Err(RefusalCode::RoleNotAllowed.into()),
        Party::Contractor if is_responsible && (names_staffs || terms.kind || terms.unit) => {
            Err(RefusalCode::FourEyes.into())
        }
        Party::Developer | Party::Contractor | Party::Supervisor | Party::Property | Party::Customer => Ok(()),
    }
}
