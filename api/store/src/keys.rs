//! The keys of rows that an earlier version of the program wrote: filled in batches at the first start, before anything
//! is read by them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::id::{BuildingId, DefectId, ProjectId, UnitId};
use domain::place::{ORDER_VERSION, place_order};
use domain::text::{SEARCH_VERSION, folded, plain_code};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::{Db, WriteTx};
use crate::entity::{buildings, defects, units};
use crate::id_in::id_in;

/// Rows of one transaction.
const BATCH: u64 = 500;

/// The numbers of filled keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Units that got their keys.
    pub units: u64,
    /// Defects that got theirs.
    pub defects: u64,
    /// Codes that read the same, if the keys of codes were filled: the codes stay, and the log names them.
    pub lookalikes: Vec<Lookalikes>,
}

/// Codes of one list of a project that read the same. No new code may; what an earlier version took stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalikes {
    /// The project.
    pub project_id: ProjectId,
    /// The list: a table, or the kind of a term.
    pub list: String,
    /// The codes.
    pub codes: Vec<String>,
}

/// Fills missing keys and keys of an older version.
///
/// # Errors
/// When the database fails; the keys filled until then stay.
#[boxed]
pub async fn fill(db: &Db) -> Result<Filled, Error> {
    let mut filled = Filled::default();
    loop {
        let count = db.write(async |tx| fill_units(tx).await).await?;
        if count == 0 {
            break;
        }
        filled.units += count;
    }
    loop {
        let count = db.write(async |tx| fill_defects(tx).await).await?;
        if count == 0 {
            break;
        }
        filled.defects += count;
    }
    if filled.units > 0 {
        filled.lookalikes = find_lookalikes(db).await?;
    }
    Ok(filled)
}

async fn fill_units(tx: &WriteTx) -> Result<u64, Error> {
    use units::Column;
    let stale = Condition::any()
        .add(Column::Search.is_null())
        .add(Column::CodeKey.is_null())
        .add(Column::OrderVersion.is_null())
        .add(Column::OrderVersion.lt(ORDER_VERSION));
    let rows = units::Entity::find().filter(stale).order_by_asc(Column::Id).limit(BATCH).all(tx).await?;
    let ids: Vec<BuildingId> = rows.iter().map(|row| row.building_id).collect();
    let sorts: HashMap<BuildingId, i32> = buildings::Entity::find()
        .filter(id_in(tx, buildings::Column::Id, &ids))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row.sort))
        .collect();
    for row in &rows {
        let sort = sorts.get(&row.building_id).copied().unwrap_or_default();
        units::Entity::update_many()
            .col_expr(Column::Search, Expr::value(folded(&row.code)))
            .col_expr(Column::CodeKey, Expr::value(folded(&row.code)))
            .col_expr(Column::PlaceOrder, Expr::value(place_order(sort, row.entrance.as_deref(), row.floor, &row.code)))
            .col_expr(Column::OrderVersion, Expr::value(ORDER_VERSION))
            .filter(Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    let ids: Vec<UnitId> = rows.iter().map(|row| row.id).collect();
    crate::import::move_defects(tx, &ids).await?;
    Ok(rows.len() as u64)
}

async fn fill_defects(tx: &WriteTx) -> Result<u64, Error> {
    use defects::Column;
    let stale = Condition::any().add(Column::SearchVersion.is_null()).add(Column::SearchVersion.lt(SEARCH_VERSION));
    let rows: Vec<(DefectId, String)> = defects::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Search])
        .filter(stale)
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(tx)
        .await?;
    for (id, search) in &rows {
        defects::Entity::update_many()
            .col_expr(Column::Search, Expr::value(folded(search)))
            .col_expr(Column::SearchVersion, Expr::value(SEARCH_VERSION))
            .filter(Column::Id.eq(*id))
            .exec(tx)
            .await?;
    }
    Ok(rows.len() as u64)
}

/// Codes that read the same as another one of their list, of every project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_lookalikes(db: &Db) -> Result<Vec<Lookalikes>, Error> {
    let mut by_key: BTreeMap<(ProjectId, String, String), Vec<String>> = BTreeMap::new();
    for (list, codes) in lists(db, None).await? {
        for (project_id, code) in codes {
            by_key.entry((project_id, list.clone(), folded(&code))).or_default().push(code);
        }
    }
    let several = by_key.into_iter().filter(|(_, codes)| codes.len() > 1);
    Ok(several.map(|((project_id, list, _), codes)| Lookalikes { project_id, list, codes }).collect())
}

/// Codes of a list, each with its project.
type Listed = (String, BTreeSet<(ProjectId, String)>);

/// The lists of codes of one project, or of all.
async fn lists(db: &Db, project_id: Option<ProjectId>) -> Result<Vec<Listed>, Error> {
    use crate::entity::{companies, defect_types, measurement_rules, terms, unit_types};
    let mut lists: Vec<Listed> = Vec::new();
    macro_rules! add {
        ($($table:ident),+) => {
            $({
                let of_project = Condition::all().add_option(project_id.map(|id| $table::Column::ProjectId.eq(id)));
                let rows: Vec<(ProjectId, String)> = $table::Entity::find()
                    .select_only()
                    .columns([$table::Column::ProjectId, $table::Column::Code])
                    .filter(of_project)
                    .into_tuple()
                    .all(db.read())
                    .await?;
                lists.push((stringify!($table).to_owned(), rows.into_iter().collect()));
            })+
        };
    }
    add!(units, buildings, companies, unit_types, defect_types, measurement_rules);
    let of_project = Condition::all().add_option(project_id.map(|id| terms::Column::ProjectId.eq(id)));
    let rows: Vec<(ProjectId, String, String)> = terms::Entity::find()
        .select_only()
        .columns([terms::Column::ProjectId, terms::Column::Kind, terms::Column::Code])
        .filter(of_project)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut kinds: BTreeMap<String, BTreeSet<(ProjectId, String)>> = BTreeMap::new();
    for (project_id, kind, code) in rows {
        kinds.entry(kind).or_default().insert((project_id, code));
    }
    lists.extend(kinds);
    Ok(lists)
}

/// Codes of a project that no new code may be: not in the form in which new ones have to be written, or the same to
/// read as another one of their list. They stay, and files may name them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn known_codes(db: &Db, project_id: ProjectId) -> Result<HashSet<String>, Error> {
    let mut lists = lists(db, Some(project_id)).await?;
    lists.extend(parts_of_lists(db, project_id).await?);
    let mut known = HashSet::new();
    for (_, codes) in lists {
        let mut by_key: HashMap<String, Vec<String>> = HashMap::new();
        for (_, code) in codes {
            by_key.entry(folded(&code)).or_default().push(code);
        }
        for same in by_key.into_values() {
            let is_twin = same.len() > 1;
            known.extend(same.into_iter().filter(|code| is_twin || plain_code(code) != *code));
        }
    }
    Ok(known)
}

/// Codes that are unique in a part of a project only, and names of checklists.
async fn parts_of_lists(db: &Db, project_id: ProjectId) -> Result<Vec<Listed>, Error> {
    use crate::entity::{checklist_items, checklists, unit_type_rooms};
    let mut lists: Vec<Listed> = Vec::new();
    macro_rules! add {
        ($($table:ident: $column:ident),+) => {
            $({
                let rows: Vec<(ProjectId, String)> = $table::Entity::find()
                    .select_only()
                    .columns([$table::Column::ProjectId, $table::Column::$column])
                    .distinct()
                    .filter($table::Column::ProjectId.eq(project_id))
                    .into_tuple()
                    .all(db.read())
                    .await?;
                lists.push((stringify!($table).to_owned(), rows.into_iter().collect()));
            })+
        };
    }
    add!(unit_type_rooms: Code, checklist_items: Code, checklists: Name);
    Ok(lists)
}
