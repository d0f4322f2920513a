//! The keys of rows that an earlier version of the program wrote: filled in batches at the first start, before anything is
//! read by them.

use std::collections::{BTreeMap, HashMap};

use domain::place::{ORDER_VERSION, place_order};
use domain::text::{code_key, folded};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::db::{Db, WriteTx};
use crate::entity::{buildings, defects, units};

/// The version of [`folded`]: raised when it folds otherwise.
pub const SEARCH_VERSION: i32 = 2;
/// Rows of one transaction.
const BATCH: u64 = 500;

/// What was filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Units that got their keys.
    pub units: u64,
    /// Defects that got theirs.
    pub defects: u64,
    /// Codes of units that read the same, by project: they stay, and people are told.
    pub twins: BTreeMap<Uuid, Vec<String>>,
}

/// Fills the keys that are missing, or of an older version.
///
/// # Errors
/// When the database fails; what was filled until then stays.
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
        filled.twins = twins(db).await?;
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
    let ids: Vec<Uuid> = rows.iter().map(|row| row.building_id).collect();
    let sorts: HashMap<Uuid, i32> = buildings::Entity::find()
        .filter(among(tx, buildings::Column::Id, &ids))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row.sort))
        .collect();
    for row in &rows {
        let sort = sorts.get(&row.building_id).copied().unwrap_or_default();
        units::Entity::update_many()
            .col_expr(Column::Search, Expr::value(folded(&row.code)))
            .col_expr(Column::CodeKey, Expr::value(code_key(&row.code)))
            .col_expr(Column::PlaceOrder, Expr::value(place_order(sort, row.entrance.as_deref(), row.floor, &row.code)))
            .col_expr(Column::OrderVersion, Expr::value(ORDER_VERSION))
            .filter(Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    crate::import::move_defects(tx, &ids).await?;
    Ok(rows.len() as u64)
}

async fn fill_defects(tx: &WriteTx) -> Result<u64, Error> {
    use defects::Column;
    let stale = Condition::any().add(Column::SearchVersion.is_null()).add(Column::SearchVersion.lt(SEARCH_VERSION));
    let rows: Vec<(Uuid, String)> = defects::Entity::find()
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

/// Codes that read the same as another one of their project.
async fn twins(db: &Db) -> Result<BTreeMap<Uuid, Vec<String>>, Error> {
    use units::Column;
    let rows: Vec<(Uuid, String, Option<String>)> = units::Entity::find()
        .select_only()
        .columns([Column::ProjectId, Column::Code, Column::CodeKey])
        .order_by_asc(Column::Code)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut by_key: BTreeMap<(Uuid, String), Vec<String>> = BTreeMap::new();
    for (project_id, code, key) in rows {
        by_key.entry((project_id, key.unwrap_or_default())).or_default().push(code);
    }
    let mut twins: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for ((project_id, _), codes) in by_key.into_iter().filter(|(_, codes)| codes.len() > 1) {
        twins.entry(project_id).or_default().extend(codes);
    }
    Ok(twins)
}

/// Codes of units, buildings, companies and unit types that are not in the form in which new ones have to be: they stay, and
/// files may name them.
///
/// # Errors
/// When the database fails.
pub async fn odd_codes(db: &Db, project_id: Uuid) -> Result<std::collections::HashSet<String>, Error> {
    use crate::entity::{companies, unit_types};
    let reader = db.read();
    let mut codes: Vec<String> = Vec::new();
    macro_rules! add {
        ($($table:ident),+) => {
            $(codes.extend(
                $table::Entity::find()
                    .select_only()
                    .column($table::Column::Code)
                    .filter($table::Column::ProjectId.eq(project_id))
                    .into_tuple::<String>()
                    .all(reader)
                    .await?,
            );)+
        };
    }
    add!(units, buildings, companies, unit_types);
    Ok(codes.into_iter().filter(|code| code_key(code) != *code).collect())
}
