//! Companies that a defect concerns or ever concerned.

use domain::id::{CompanyId, DefectId};
use sea_orm::entity::prelude::*;

/// A row of `defect_companies`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "defect_companies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_id: DefectId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    pub since: i64,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
