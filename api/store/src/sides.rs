//! For which sides a person has acted on a subject: repaired, judged, disputed, recorded, submitted or signed. The rule
//! needs it of the person who is about to act.

use domain::Party;
use domain::event::EventName;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::entity::{disputes, events, repair_attempts, signatures, unit_inspections, verdicts};

/// What a person did on a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The defect, unit inspection or unit.
    pub subject_id: Uuid,
    /// The party for which the person acted.
    pub party: String,
    /// The company, none for customers.
    pub company_id: Option<Uuid>,
}

/// What the person did on these defects for any side, in one statement: repairs, verdicts, disputes and their settlement.
///
/// # Errors
/// When the database fails.
pub async fn on_defects(conn: &impl ConnectionTrait, person_id: Uuid, defect_ids: &[Uuid]) -> Result<Vec<Act>, Error> {
    if defect_ids.is_empty() {
        return Ok(Vec::new());
    }
    let repaired = Query::select()
        .column(repair_attempts::Column::DefectId)
        .expr(code(Party::Contractor))
        .column(repair_attempts::Column::CompanyId)
        .from(repair_attempts::Entity)
        .and_where(among(conn, repair_attempts::Column::DefectId, defect_ids))
        .and_where(repair_attempts::Column::PersonId.eq(person_id))
        .to_owned();
    let judged = Query::select()
        .columns([verdicts::Column::DefectId, verdicts::Column::Party, verdicts::Column::CompanyId])
        .from(verdicts::Entity)
        .and_where(among(conn, verdicts::Column::DefectId, defect_ids))
        .and_where(verdicts::Column::PersonId.eq(person_id))
        .to_owned();
    let disputed = Query::select()
        .column(disputes::Column::DefectId)
        .expr(code(Party::Contractor))
        .column(disputes::Column::CompanyId)
        .from(disputes::Entity)
        .and_where(among(conn, disputes::Column::DefectId, defect_ids))
        .and_where(disputes::Column::PersonId.eq(person_id))
        .to_owned();
    // Only the developer settles disputes; the side of a developer has no company.
    let settled = Query::select()
        .column(disputes::Column::DefectId)
        .expr(code(Party::Developer))
        .column(disputes::Column::CompanyId)
        .from(disputes::Entity)
        .and_where(among(conn, disputes::Column::DefectId, defect_ids))
        .and_where(disputes::Column::ResolvedBy.eq(person_id))
        .to_owned();
    acts(conn, repaired, [judged, disputed, settled]).await
}

/// What the person did in these unit inspections for any side, in one statement: results and measurements, submissions,
/// signatures. A result that was overwritten or taken back was a judgement all the same, so the events are asked.
///
/// # Errors
/// When the database fails.
pub async fn on_inspections(
    conn: &impl ConnectionTrait,
    person_id: Uuid,
    inspection_ids: &[Uuid],
) -> Result<Vec<Act>, Error> {
    if inspection_ids.is_empty() {
        return Ok(Vec::new());
    }
    let signed = Query::select()
        .columns([signatures::Column::SubjectId, signatures::Column::Party, signatures::Column::CompanyId])
        .from(signatures::Entity)
        .and_where(among(conn, signatures::Column::SubjectId, inspection_ids))
        .and_where(signatures::Column::PersonId.eq(person_id))
        .to_owned();
    let mut recorded = recorded_by(person_id, events::Column::ObjectId);
    recorded.and_where(among(conn, events::Column::ObjectId, inspection_ids));
    acts(conn, signed, [recorded]).await
}

/// The events by which a person recorded in inspections or submitted them, with the subject from a column.
fn recorded_by(person_id: Uuid, subject: events::Column) -> SelectStatement {
    let names = [EventName::InspectionRecorded, EventName::InspectionSubmitted].map(EventName::as_str);
    Query::select()
        .columns([subject, events::Column::Party, events::Column::CompanyId])
        .from(events::Entity)
        .and_where(events::Column::PersonId.eq(person_id))
        .and_where(events::Column::Name.is_in(names))
        .and_where(events::Column::Party.is_not_null())
        .to_owned()
}

/// What the person did in these units for any side, in one statement: signatures under inspections, results and
/// submissions, repairs and verdicts.
///
/// # Errors
/// When the database fails.
pub async fn in_units(conn: &impl ConnectionTrait, person_id: Uuid, unit_ids: &[Uuid]) -> Result<Vec<Act>, Error> {
    use crate::entity::defects;
    if unit_ids.is_empty() {
        return Ok(Vec::new());
    }
    let signed = Query::select()
        .column((unit_inspections::Entity, unit_inspections::Column::UnitId))
        .column((signatures::Entity, signatures::Column::Party))
        .column((signatures::Entity, signatures::Column::CompanyId))
        .from(signatures::Entity)
        .inner_join(
            unit_inspections::Entity,
            Expr::col((unit_inspections::Entity, unit_inspections::Column::Id))
                .equals((signatures::Entity, signatures::Column::SubjectId)),
        )
        .and_where(among(conn, unit_inspections::Column::UnitId, unit_ids))
        .and_where(signatures::Column::PersonId.eq(person_id))
        .to_owned();
    let repaired = Query::select()
        .column((defects::Entity, defects::Column::UnitId))
        .expr(code(Party::Contractor))
        .column((repair_attempts::Entity, repair_attempts::Column::CompanyId))
        .from(repair_attempts::Entity)
        .inner_join(
            defects::Entity,
            Expr::col((defects::Entity, defects::Column::Id))
                .equals((repair_attempts::Entity, repair_attempts::Column::DefectId)),
        )
        .and_where(among(conn, defects::Column::UnitId, unit_ids))
        .and_where(repair_attempts::Column::PersonId.eq(person_id))
        .to_owned();
    let judged = Query::select()
        .column((defects::Entity, defects::Column::UnitId))
        .column((verdicts::Entity, verdicts::Column::Party))
        .column((verdicts::Entity, verdicts::Column::CompanyId))
        .from(verdicts::Entity)
        .inner_join(
            defects::Entity,
            Expr::col((defects::Entity, defects::Column::Id)).equals((verdicts::Entity, verdicts::Column::DefectId)),
        )
        .and_where(among(conn, defects::Column::UnitId, unit_ids))
        .and_where(verdicts::Column::PersonId.eq(person_id))
        .to_owned();
    let mut recorded = recorded_by(person_id, events::Column::UnitId);
    recorded.and_where(among(conn, events::Column::UnitId, unit_ids));
    acts(conn, signed, [repaired, judged, recorded]).await
}

/// A party's code as a constant of the statement.
fn code(party: Party) -> Expr {
    Expr::cust(match party {
        Party::Developer => "'DEVELOPER'",
        Party::Contractor => "'CONTRACTOR'",
        Party::Supervisor => "'SUPERVISOR'",
        Party::Property => "'PROPERTY'",
        Party::Customer => "'CUSTOMER'",
    })
}

async fn acts(
    conn: &impl ConnectionTrait,
    mut first: SelectStatement,
    others: impl IntoIterator<Item = SelectStatement>,
) -> Result<Vec<Act>, Error> {
    for other in others {
        first.union(UnionType::Distinct, other);
    }
    let rows = conn.query_all(&first).await?;
    rows.iter()
        .map(|row| {
            Ok(Act {
                subject_id: row.try_get_by_index(0)?,
                party: row.try_get_by_index(1)?,
                company_id: row.try_get_by_index(2)?,
            })
        })
        .collect()
}
