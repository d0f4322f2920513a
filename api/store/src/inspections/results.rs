//! The results of unit inspections: each company's results and measurements, never over another's.

use std::collections::HashMap;

use domain::VisibilityScope;
use domain::id::{CheckResultId, CompanyId, InspectionId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{check_results, measurements};
use crate::id_in::id_in;
use crate::visibility;

/// The results of unit inspections that the caller sees: a contractor those of the own company.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn results_of(
    conn: &Connection,
    scope: &VisibilityScope,
    inspections: &[InspectionId],
) -> Result<Vec<check_results::Model>, Error> {
    use check_results::Column;
    read_results(conn, inspections, visibility::company_records(scope, Column::ProjectId, Column::CompanyId)).await
}

/// The results of one company, or of all for what the server itself works out.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn own_results(
    conn: &Connection,
    inspections: &[InspectionId],
    company_id: Option<CompanyId>,
) -> Result<Vec<check_results::Model>, Error> {
    let own = company_id.map(|id| check_results::Column::CompanyId.eq(id));
    read_results(conn, inspections, Condition::all().add_option(own)).await
}

/// The number of results and measurements of each of the inspections, by all people.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn record_counts(
    conn: &Connection,
    inspections: &[InspectionId],
) -> Result<HashMap<InspectionId, u64>, Error> {
    use {check_results::Column as Checked, measurements::Column as Measured};
    let results: Vec<(InspectionId, i64)> = check_results::Entity::find()
        .select_only()
        .column(Checked::InspectionId)
        .column_as(Checked::Id.count(), "records")
        .filter(id_in(conn, Checked::InspectionId, inspections))
        .group_by(Checked::InspectionId)
        .into_tuple()
        .all(conn)
        .await?;
    let measured: Vec<(InspectionId, i64)> = measurements::Entity::find()
        .select_only()
        .column(Measured::InspectionId)
        .column_as(Measured::Id.count(), "records")
        .filter(id_in(conn, Measured::InspectionId, inspections))
        .group_by(Measured::InspectionId)
        .into_tuple()
        .all(conn)
        .await?;
    let mut counts = HashMap::new();
    for (id, records) in results.into_iter().chain(measured) {
        *counts.entry(id).or_insert(0) += u64::try_from(records).unwrap_or(0);
    }
    Ok(counts)
}

async fn read_results(
    conn: &Connection,
    inspections: &[InspectionId],
    seen: Condition,
) -> Result<Vec<check_results::Model>, Error> {
    check_results::Entity::find()
        .filter(id_in(conn, check_results::Column::InspectionId, inspections))
        .filter(seen)
        .order_by_asc(check_results::Column::RecordedAt)
        .order_by_asc(check_results::Column::Id)
        .all(conn)
        .await
}

/// The measurements of unit inspections that the caller sees: a contractor those of the own company.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn measurements_of(
    conn: &Connection,
    scope: &VisibilityScope,
    inspections: &[InspectionId],
) -> Result<Vec<measurements::Model>, Error> {
    use measurements::Column;
    read_measurements(conn, inspections, visibility::company_records(scope, Column::ProjectId, Column::CompanyId)).await
}

/// The measurements of one company, or of all for what the server itself works out.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn own_measurements(
    conn: &Connection,
    inspections: &[InspectionId],
    company_id: Option<CompanyId>,
) -> Result<Vec<measurements::Model>, Error> {
    let own = company_id.map(|id| measurements::Column::CompanyId.eq(id));
    read_measurements(conn, inspections, Condition::all().add_option(own)).await
}

async fn read_measurements(
    conn: &Connection,
    inspections: &[InspectionId],
    seen: Condition,
) -> Result<Vec<measurements::Model>, Error> {
    measurements::Entity::find()
        .filter(id_in(conn, measurements::Column::InspectionId, inspections))
        .filter(seen)
        .order_by_asc(measurements::Column::RecordedAt)
        .order_by_asc(measurements::Column::Id)
        .all(conn)
        .await
}

/// Writes results, new or over the own earlier ones.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_results(conn: &Connection, rows: &[check_results::Model]) -> Result<(), Error> {
    use check_results::Column as C;
    for chunk in rows.chunks(1_000) {
        let newer = OnConflict::columns([C::InspectionId, C::RoomId, C::ItemId, C::CompanyId])
            .update_columns([
                C::Result,
                C::Note,
                C::MeasurementId,
                C::PersonId,
                C::OccurredAt,
                C::RecordedAt,
                C::Version,
                C::ChangedIn,
                C::ChangedDevice,
            ])
            .to_owned();
        check_results::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(newer)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

/// Removes results.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete_results(conn: &Connection, ids: &[CheckResultId]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    check_results::Entity::delete_many().filter(id_in(conn, check_results::Column::Id, ids)).exec(conn).await.map(drop)
}

/// Writes measurements, new or over the own earlier ones.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_measurements(conn: &Connection, rows: &[measurements::Model]) -> Result<(), Error> {
    use measurements::Column as C;
    for chunk in rows.chunks(1_000) {
        let newer = OnConflict::columns([C::InspectionId, C::RoomId, C::ItemId, C::CompanyId])
            .update_columns([
                C::RuleCode,
                C::Design,
                C::Readings,
                C::OutOfTolerance,
                C::InTolerance,
                C::PersonId,
                C::OccurredAt,
                C::RecordedAt,
                C::Version,
                C::ChangedIn,
                C::ChangedDevice,
            ])
            .to_owned();
        measurements::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(newer)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}
