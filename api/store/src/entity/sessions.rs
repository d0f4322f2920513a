//! Signed-in devices.

use domain::id::{PersonId, SessionId, UnitId, UnitLinkId};
use domain::session::SessionEndReason;
use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub person_id: PersonId,
    pub access_hash: Vec<u8>,
    pub access_expires_at: i64,
    pub refresh_hash: Vec<u8>,
    pub previous_refresh_hash: Option<Vec<u8>>,
    pub refresh_expires_at: i64,
    pub revoked_at: Option<i64>,
    pub device: Option<String>,
    pub created_at: i64,
    /// The hash of the part that all refresh tokens of the session share; none until the first refresh of a session
    /// that is older than families.
    pub family_hash: Option<Vec<u8>>,
    /// The number of the newest refresh token.
    pub generation: Option<i32>,
    /// The hash of the token with which a session that is older than families began one.
    pub ancestor_hash: Option<Vec<u8>>,
    /// The salt of the newest tokens, until one of them is used.
    pub successor_salt: Option<Vec<u8>>,
    pub rotated_at: Option<i64>,
    /// When the newest access token was used first.
    pub first_used_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    pub last_address: Option<String>,
    /// The hash of the device token, none once the device is known no more.
    pub device_hash: Option<Vec<u8>>,
    pub ended_reason: Option<SessionEndReason>,
    /// When the person was informed of the end.
    pub notified_at: Option<i64>,
    /// When a device pushed or reported in this session last, whichever device it named.
    pub last_contact_at: Option<i64>,
    /// The only unit of the session, after a sign-in by an owner's link.
    pub unit_id: Option<UnitId>,
    /// That link.
    pub link_id: Option<UnitLinkId>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
