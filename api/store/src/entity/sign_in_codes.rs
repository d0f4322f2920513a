//! Codes that were sent to owners who sign in by a link.

use domain::id::{PersonId, SignInCodeId, UnitLinkId};
use sea_orm::entity::prelude::*;

/// A row of `sign_in_codes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInCodeId,
    pub link_id: UnitLinkId,
    pub person_id: PersonId,
    /// The hash of the network address that asked for it.
    pub address_key: String,
    /// The HMAC of the code under the link's token.
    pub code_hash: Vec<u8>,
    /// How many guesses were compared with it.
    pub tries: i32,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
