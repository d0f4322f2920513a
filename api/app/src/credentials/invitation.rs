//! What an invitation holds: for which login, and what begins at its acceptance.

use domain::id::{CompanyId, PersonId, ProjectId, UnitId};
use domain::membership::Position;
use domain::unit::power::OwnershipDays;
use domain::unit::{OwnerKind, UnitKind};
use domain::{Caller, Language, Refusal, RefusalCode, Role};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Connection;
use store::entity::one_time_links;

use crate::error::{Error, Result};
use crate::people::position;

/// Most units of one invitation.
const UNITS_LIMIT: usize = 50;

/// What the invited person becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Invited {
    /// Staff of a company of the project.
    #[serde(rename = "Member")]
    Member {
        /// The company.
        #[serde(rename = "company_id")]
        company_id: CompanyId,
        /// The role.
        #[serde(rename = "role")]
        role: Role,
    },
    /// An owner of units.
    #[serde(rename = "Owner")]
    Owner {
        /// The units.
        #[serde(rename = "units")]
        units: Vec<InvitedUnit>,
    },
}

/// A unit that the invited person will own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedUnit {
    /// The unit.
    #[serde(rename = "unitId")]
    pub unit_id: UnitId,
    /// Owner, co-owner or proxy.
    #[serde(rename = "kind")]
    pub kind: OwnerKind,
    /// The last day of a proxy's power in the project's time zone.
    #[serde(rename = "until", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// The language of a person who has not chosen one.
pub(crate) const LANGUAGE: Language = Language::En;

impl Invited {
    /// What a row holds.
    ///
    /// # Errors
    /// When another program wrote the row.
    pub fn of(row: &one_time_links::Model) -> Result<Self> {
        Ok(match (row.company_id, row.role) {
            (Some(company_id), Some(role)) => Self::Member { company_id, role },
            _ => Self::Owner { units: serde_json::from_value(row.units.clone())? },
        })
    }

    /// The position for the rule: of the person with this login, or of an unnamed person if no login is given.
    ///
    /// # Errors
    /// `NOT_FOUND` at `companyId`, or an internal error.
    pub(super) async fn position(
        &self,
        conn: &Connection,
        project_id: ProjectId,
        login: Option<&str>,
    ) -> Result<Position> {
        let Self::Member { company_id, role } = self else { return Ok(Position::Owner) };
        let placeholder = match login {
            Some(login) => position::placeholder_of(conn, project_id, login).await?,
            None => None,
        };
        let own: Vec<PersonId> = placeholder.map(|placeholder| placeholder.id).into_iter().collect();
        position::requested_position(conn, project_id, (*company_id, *role), &own).await
    }

    /// Whether the units are homes of the project, and the days of proxies possible.
    ///
    /// # Errors
    /// `TEXT_REQUIRED`, `TOO_MANY`, `NOT_FOUND`, `INVALID_VALUE`, each at its place.
    pub(super) async fn check_units(&self, conn: &Connection, project_id: ProjectId, today: Date) -> Result<()> {
        let Self::Owner { units } = self else { return Ok(()) };
        if units.len() > UNITS_LIMIT {
            return Err(Refusal::at(RefusalCode::TooMany, "ownedUnits").with("limit", UNITS_LIMIT).into());
        }
        if units.is_empty() {
            return Err(Refusal::at(RefusalCode::TextRequired, "ownedUnits").into());
        }
        for (index, invited) in units.iter().enumerate() {
            let field = format!("ownedUnits.{index}.unitId");
            let unit = store::members::unit(conn, project_id, invited.unit_id).await?;
            let unit = unit.ok_or_else(|| Error::not_found(&field))?;
            let twice = units[..index].iter().any(|earlier| earlier.unit_id == invited.unit_id);
            if twice || unit.kind != UnitKind::Residential {
                let why = ("name each home once, and no common part", "每户只能列出一次，且不能是公区");
                return Err(Refusal::at(RefusalCode::InvalidValue, &field).because(why.0, why.1).into());
            }
            let days = OwnershipDays { from: None, until: invited.until };
            days.check(invited.kind, today).map_err(|refusal| refusal.under(&format!("ownedUnits.{index}")))?;
        }
        Ok(())
    }
}

/// The person of a caller, none for the command line.
pub(crate) fn person_of(caller: &Caller) -> Option<PersonId> {
    Some(caller.person_id).filter(|id| !id.is_nil())
}
