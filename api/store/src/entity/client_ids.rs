//! Ids made by clients, each with its use.

use domain::id::PersonId;
use domain::object_kind::ObjectKind;
use sea_orm::entity::prelude::*;

/// A row of `client_ids`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "client_ids")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: ObjectKind,
    pub person_id: PersonId,
    pub fingerprint: Vec<u8>,
    pub recorded_at: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
