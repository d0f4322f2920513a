//! For which sides a person has acted on a subject: done anything but finding a defect and writing of it. The rule
//! needs it of the person who is about to act.

use domain::Party;
use domain::event::EventName;
use domain::id::{CompanyId, DefectId, InspectionId, PersonId, UnitId};
use domain::photo::PhotoStage;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, TryGetable};

use crate::Error;
use crate::boxed;
use crate::constants::constant;
use crate::db::Connection;
use crate::entity::{events, photos, signatures, unit_inspections};
use crate::id_in::id_in;

/// What a person did on a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<I> {
    /// The defect, unit inspection or unit.
    pub subject_id: I,
    /// The party for which the person acted.
    pub party: Party,
    /// The company, none for customers.
    pub company_id: Option<CompanyId>,
}

/// What the person did on these defects for any side, in one statement: every act that their events tell, and the
/// after-photos that stand at them now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn on_defects(
    conn: &Connection,
    person_id: PersonId,
    defect_ids: &[DefectId],
) -> Result<Vec<Act<DefectId>>, Error> {
    if defect_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut acted = told_of(person_id, events::Column::DefectId, EventName::is_act_on_defect);
    acted.and_where(id_in(conn, events::Column::DefectId, defect_ids));
    // Only the company that repairs takes after-photos. One that was taken for another defect may have come since.
    let photographed = Query::select()
        .column(photos::Column::DefectId)
        .expr(code(Party::Contractor))
        .column(photos::Column::CompanyId)
        .from(photos::Entity)
        .and_where(id_in(conn, photos::Column::DefectId, defect_ids))
        .and_where(photos::Column::PersonId.eq(person_id))
        .and_where(photos::Column::Stage.eq(PhotoStage::After))
        .to_owned();
    acts(conn, acted, [photographed]).await
}

/// The person's acts in these unit inspections for any side, in one statement: results and measurements, submissions,
/// signatures, beginnings and ends. A result that was overwritten or taken back was a judgement all the same, so the
/// events are read.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn on_inspections(
    conn: &Connection,
    person_id: PersonId,
    inspection_ids: &[InspectionId],
) -> Result<Vec<Act<InspectionId>>, Error> {
    if inspection_ids.is_empty() {
        return Ok(Vec::new());
    }
    let signed = Query::select()
        .columns([signatures::Column::SubjectId, signatures::Column::Party, signatures::Column::CompanyId])
        .from(signatures::Entity)
        .and_where(id_in(conn, signatures::Column::SubjectId, inspection_ids))
        .and_where(signatures::Column::PersonId.eq(person_id))
        .to_owned();
    let mut acted = told_of(person_id, events::Column::ObjectId, EventName::is_act_in_inspection);
    acted.and_where(id_in(conn, events::Column::ObjectId, inspection_ids));
    acts(conn, signed, [acted]).await
}

/// The person's events of these names, with the subject from a column. Who did it for no party did it for none.
fn told_of(person_id: PersonId, subject: events::Column, is_act: fn(EventName) -> bool) -> SelectStatement {
    Query::select()
        .columns([subject, events::Column::Party, events::Column::CompanyId])
        .from(events::Entity)
        .and_where(events::Column::PersonId.eq(person_id))
        .and_where(events::Column::Name.is_in(names_of(is_act)))
        .and_where(events::Column::Party.is_not_null())
        .to_owned()
}

/// The names of the events that are acts.
pub(crate) fn names_of(is_act: fn(EventName) -> bool) -> Vec<EventName> {
    EventName::ALL.iter().copied().filter(|name| is_act(*name)).collect()
}

/// What the person did in these units for any side, in one statement: signatures under inspections, and every act in
/// inspections and on defects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn in_units(conn: &Connection, person_id: PersonId, unit_ids: &[UnitId]) -> Result<Vec<Act<UnitId>>, Error> {
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
        .and_where(id_in(conn, unit_inspections::Column::UnitId, unit_ids))
        .and_where(signatures::Column::PersonId.eq(person_id))
        .to_owned();
    let mut acted =
        told_of(person_id, events::Column::UnitId, |name| name.is_act_on_defect() || name.is_act_in_inspection());
    acted.and_where(id_in(conn, events::Column::UnitId, unit_ids));
    acts(conn, signed, [acted]).await
}

/// A party's code as a constant of the statement.
fn code(party: Party) -> Expr {
    Expr::cust(constant(party))
}

async fn acts<I: TryGetable>(
    conn: &Connection,
    mut first: SelectStatement,
    others: impl IntoIterator<Item = SelectStatement>,
) -> Result<Vec<Act<I>>, Error> {
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
