//! Tokens: 256 random bits each, kept only as SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use sha2::{Digest, Sha256};
use store::entity::sessions;
use uuid::Uuid;

use crate::error::{Error, Result};

/// How long an access token lasts: 15 minutes.
const ACCESS_SECONDS: i64 = 15 * 60;
/// How long a refresh token lasts: 30 days.
const REFRESH_SECONDS: i64 = 30 * 24 * 60 * 60;

/// The tokens of a signed-in device. Shown once, never again.
#[derive(Clone)]
pub struct Session {
    /// The session.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// For `sessionRefresh`, once.
    pub refresh_token: String,
    /// When the refresh token ends.
    pub refresh_expires_at: Timestamp,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The hash under which a token is kept.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn random_token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Puts new tokens into a session's row and answers them.
pub(super) fn renew(row: &mut sessions::Model, now: Timestamp) -> Result<Session> {
    let session = Session {
        id: row.id,
        person_id: row.person_id,
        access_token: random_token()?,
        access_expires_at: now.plus_seconds(ACCESS_SECONDS),
        refresh_token: random_token()?,
        refresh_expires_at: now.plus_seconds(REFRESH_SECONDS),
    };
    row.access_hash = hash(&session.access_token);
    row.access_expires_at = session.access_expires_at.0;
    row.refresh_hash = hash(&session.refresh_token);
    row.refresh_expires_at = session.refresh_expires_at.0;
    Ok(session)
}
