//! The kinds of objects, by id.

use std::collections::HashMap;

use domain::object_kind::ObjectKind;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;

/// The tables of objects that are found by their id alone.
const TABLES: &[(ObjectKind, &str)] = &[
    (ObjectKind::Project, "projects"),
    (ObjectKind::Company, "companies"),
    (ObjectKind::Person, "people"),
    (ObjectKind::Building, "buildings"),
    (ObjectKind::UnitType, "unit_types"),
    (ObjectKind::Unit, "units"),
    (ObjectKind::Room, "rooms"),
    (ObjectKind::ResponsibilityRule, "responsibility_rules"),
    (ObjectKind::Checklist, "checklists"),
    (ObjectKind::Round, "rounds"),
    (ObjectKind::UnitInspection, "unit_inspections"),
    (ObjectKind::Defect, "defects"),
    (ObjectKind::RepairAttempt, "repair_attempts"),
    (ObjectKind::Verdict, "verdicts"),
    (ObjectKind::Dispute, "disputes"),
    (ObjectKind::Comment, "defect_comments"),
    (ObjectKind::Photo, "photos"),
    (ObjectKind::Review, "unit_reviews"),
    (ObjectKind::PendingEdit, "pending_edits"),
    (ObjectKind::InboxEntry, "inbox_entries"),
];

/// The kinds of those of the ids that exist, by one statement. It says nothing about who may see them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn kinds_of(conn: &Connection, ids: &[Uuid]) -> Result<HashMap<Uuid, ObjectKind>, Error> {
    let mut selects = TABLES.iter().enumerate().map(|(number, (_, table))| select(number, table, ids));
    let Some(mut all) = selects.next() else { return Ok(HashMap::new()) };
    for select in selects {
        all.union(UnionType::All, select);
    }
    let mut kinds = HashMap::new();
    for row in conn.query_all(&all).await? {
        let number: i32 = row.try_get("", "kind")?;
        let table = usize::try_from(number).ok().and_then(|number| TABLES.get(number));
        let (kind, _) = table.ok_or_else(|| Error::Custom("a kind that was not asked for".to_owned()))?;
        let id = row.try_get("", "id")?;
        // A pending edit has the id of its operation: a device may have given an object the same.
        if *kind == ObjectKind::PendingEdit {
            kinds.entry(id).or_insert(*kind);
        } else {
            kinds.insert(id, *kind);
        }
    }
    Ok(kinds)
}

fn select(number: usize, table: &'static str, ids: &[Uuid]) -> SelectStatement {
    let id = Alias::new("id");
    // A constant in the text: its value is a position in the list above.
    Query::select()
        .expr_as(Expr::cust(number.to_string()), Alias::new("kind"))
        .column(id.clone())
        .from(Alias::new(table))
        .and_where(Expr::col(id).is_in(ids.iter().copied()))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_an_object_of_its_own_or_embedded_in_another() {
        for &kind in ObjectKind::ALL {
            let own = TABLES.iter().any(|(listed, _)| *listed == kind);
            assert_ne!(own, ObjectKind::EMBEDDED.contains(&kind), "{kind}");
        }
    }
}
