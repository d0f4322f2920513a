//! The people whom the removal of the demo takes along: those whom the seed made, and those who belonged to the demo
//! project alone, by an invitation or an import.

use std::collections::HashSet;

use domain::id::{PersonId, ProjectId};
use domain::membership::placeholder_login;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::Error;
use crate::db::WriteTx;
use crate::entity::{
    address_codes, client_ids, confirmed_addresses, memberships, message_attempts, message_preferences,
    message_switches, one_time_links, operations, people, quota_usage, sessions, sign_in_codes, unit_links,
    unit_owners, unsubscribe_links,
};

/// People of one statement: SQLite binds each id apart.
const CHUNK: usize = 1_000;

/// Columns that name a person in a record: whoever stands in one that stays keeps the row.
pub const RECORDS_OF_PEOPLE: [(&str, &str); 22] = [
    ("memberships", "person_id"),
    ("units", "opened_by"),
    ("unit_owners", "person_id"),
    ("rounds", "created_by"),
    ("unit_inspections", "submitted_by"),
    ("check_results", "person_id"),
    ("measurements", "person_id"),
    ("signatures", "person_id"),
    ("defects", "raised_by"),
    ("defects", "assignee_id"),
    ("repair_attempts", "person_id"),
    ("verdicts", "person_id"),
    ("disputes", "person_id"),
    ("disputes", "resolved_by"),
    ("defect_comments", "person_id"),
    ("photos", "person_id"),
    ("readiness_waivers", "person_id"),
    ("unit_reviews", "person_id"),
    ("pending_edits", "person_id"),
    ("pending_edits", "settled_by"),
    ("devices", "person_id"),
    ("devices", "excused_by"),
];

/// The people who hold or held a position in a project, and its placeholders.
pub(super) async fn of_project(tx: &WriteTx, project_id: ProjectId) -> Result<HashSet<PersonId>, Error> {
    macro_rules! ids {
        ($table:ident, $id:ident, $condition:expr) => {{
            let ids = $table::Entity::find().select_only().column($table::Column::$id).filter($condition);
            ids.distinct().into_tuple::<PersonId>().all(tx).await?
        }};
    }
    let mut found: HashSet<PersonId> = HashSet::new();
    found.extend(ids!(memberships, PersonId, memberships::Column::ProjectId.eq(project_id)));
    found.extend(ids!(unit_owners, PersonId, unit_owners::Column::ProjectId.eq(project_id)));
    found.extend(ids!(people, Id, people::Column::Login.ends_with(placeholder_login("", project_id))));
    Ok(found)
}

/// Removes the demo's people, and those of its former project, unless a record that stays names them. `of_project` are
/// those of [`of_project`], read before the project was removed.
pub(super) async fn clear(tx: &WriteTx, of_project: &HashSet<PersonId>) -> Result<(), Error> {
    let demo = people::Entity::find().select_only().column(people::Column::Id).filter(people::Column::Demo.eq(true));
    let demo: Vec<PersonId> = demo.into_tuple().all(tx).await?;
    let others = ordinary(tx, of_project).await?;
    let kept = named_in_records(tx, &[demo.as_slice(), others.as_slice()].concat()).await?;
    let (locked, mut gone): (Vec<PersonId>, Vec<PersonId>) = demo.into_iter().partition(|id| kept.contains(id));
    gone.extend(others.into_iter().filter(|id| !kept.contains(id)));
    for ids in locked.chunks(CHUNK) {
        remove_access(tx, ids).await?;
        let lock = people::Entity::update_many()
            .col_expr(people::Column::PasswordHash, Expr::value(None::<String>))
            .filter(people::Column::Id.is_in(ids.iter().copied()));
        lock.exec(tx).await?;
    }
    for ids in gone.chunks(CHUNK) {
        remove_access(tx, ids).await?;
        remove(tx, ids).await?;
    }
    Ok(())
}

/// Those of the people who are neither the demo's nor administrators, whom the command line made.
async fn ordinary(tx: &WriteTx, ids: &HashSet<PersonId>) -> Result<Vec<PersonId>, Error> {
    use people::Column;
    let (ids, mut found): (Vec<PersonId>, Vec<PersonId>) = (ids.iter().copied().collect(), Vec::new());
    for ids in ids.chunks(CHUNK) {
        let people = people::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::Demo.eq(false))
            .filter(Column::Administrator.eq(false));
        found.extend(people.into_tuple::<PersonId>().all(tx).await?);
    }
    Ok(found)
}

/// Those of the people whom a record names.
async fn named_in_records(tx: &WriteTx, ids: &[PersonId]) -> Result<HashSet<PersonId>, Error> {
    let mut named = HashSet::new();
    for ids in ids.chunks(CHUNK) {
        for (table, column) in RECORDS_OF_PEOPLE {
            let column = Alias::new(column);
            let people = Query::select()
                .distinct()
                .column(column.clone())
                .from(Alias::new(table))
                .and_where(Expr::col(column).is_in(ids.iter().copied()))
                .to_owned();
            for row in tx.query_all(&people).await? {
                named.insert(row.try_get_by_index(0)?);
            }
        }
    }
    Ok(named)
}

/// Ends every way in: whose password is gone would come back by a link, and a link without a maker would be the
/// operator's. The addresses and the message preferences of the people are removed with it.
async fn remove_access(tx: &WriteTx, ids: &[PersonId]) -> Result<(), Error> {
    use one_time_links::Column as Link;
    macro_rules! remove_of_people {
        ($($table:ident),+) => {
            $($table::Entity::delete_many().filter($table::Column::PersonId.is_in(ids.iter().copied())).exec(tx).await?;)+
        };
    }
    remove_of_people!(sessions, sign_in_codes);
    remove_of_people!(confirmed_addresses, address_codes, message_preferences, message_switches, unsubscribe_links);
    let ids = || ids.iter().copied();
    let links = Condition::any().add(Link::PersonId.is_in(ids())).add(Link::MadeBy.is_in(ids()));
    one_time_links::Entity::delete_many().filter(links).exec(tx).await?;
    remove_unit_links(tx, ids().collect()).await
}

/// Removes the links by which the people sign in to a unit, the links that they made for others, and their codes.
async fn remove_unit_links(tx: &WriteTx, ids: Vec<PersonId>) -> Result<(), Error> {
    use unit_links::Column as Link;
    let ids = || ids.iter().copied();
    let links = || Condition::any().add(Link::PersonId.is_in(ids())).add(Link::MadeBy.is_in(ids()));
    let removed = Query::select().column(Link::Id).from(unit_links::Entity).cond_where(links()).to_owned();
    let codes = sign_in_codes::Column::LinkId.in_subquery(removed);
    sign_in_codes::Entity::delete_many().filter(codes).exec(tx).await?;
    unit_links::Entity::delete_many().filter(links()).exec(tx).await.map(drop)
}

async fn remove(tx: &WriteTx, ids: &[PersonId]) -> Result<(), Error> {
    macro_rules! forget {
        ($table:ident: $($column:ident),+) => {
            $($table::Entity::update_many()
                .col_expr($table::Column::$column, Expr::value(None::<PersonId>))
                .filter($table::Column::$column.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;)+
        };
    }
    macro_rules! remove {
        ($($table:ident: $column:ident),+) => {
            $($table::Entity::delete_many()
                .filter($table::Column::$column.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;)+
        };
    }
    forget!(one_time_links: UsedBy, RevokedBy);
    forget!(unit_links: RevokedBy);
    forget!(message_attempts: ResolvedBy);
    remove!(operations: PersonId, client_ids: PersonId, quota_usage: PersonId, message_attempts: PersonId, people: Id);
    Ok(())
}
