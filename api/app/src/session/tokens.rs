//! Tokens: random, kept only as SHA-256, and all refresh tokens of a session recognisable as one family.
//!
//! # The form of a refresh token
//!
//! 16 bytes that all refresh tokens of the session share (the family), 4 bytes that count them (the generation), 32
//! bytes of its own. Of the family and of the newest token only hashes are stored. A token that names the family and a
//! generation before the newest one can only come from a holder of a spent token, however many refreshes ago; so no
//! list of spent tokens is needed. Tokens of sessions that began before there were families have 32 random bytes, and
//! are recognised by their own hash.
//!
//! # Why the successor is derived from its predecessor
//!
//! The answer to a refresh may be lost, and then the same request must get the same tokens again. They cannot be read
//! back, because only hashes are stored. An encrypted copy, or a derivation with a key of the server, would make a
//! stolen database (with its key) as good as all the tokens that were derived lately. Therefore the new tokens are
//! HMAC-SHA-256 of a random salt under the **presented token**, which the server does not have: a stolen database holds
//! hashes and salts, and neither yields a token. The salt is removed when one of the new tokens is used, so that a
//! stolen old token together with a later copy of the database yields nothing either.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::id::{PersonId, SessionId, UnitId};
use domain::session::SESSION_SECONDS;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use store::entity::sessions;

use crate::error::{Error, Result};

/// How long an access token lasts: 15 minutes.
const ACCESS_SECONDS: i64 = 15 * 60;
/// How long a refresh token lasts: 30 days.
const REFRESH_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Bytes of the parts of a refresh token.
const FAMILY: usize = 16;
const GENERATION: usize = 4;
const SECRET: usize = 32;

/// The tokens of a signed-in device. Shown once, never again.
#[derive(Clone)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// The person.
    pub person_id: PersonId,
    /// The only unit of the session, after a sign-in by an owner's link.
    pub only_unit: Option<UnitId>,
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

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}

/// A token of 256 random bits.
pub(crate) fn random_token() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<SECRET>()?))
}

/// A refresh token as it was presented, and what can be read in it.
pub(super) struct RefreshToken {
    text: String,
    /// None in tokens that are older than families, and in texts that are no token.
    parts: Option<([u8; FAMILY], u32)>,
}

impl RefreshToken {
    pub(super) fn read(text: &str) -> Self {
        let parts = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == FAMILY + GENERATION + SECRET);
        let parts = parts.and_then(|bytes| {
            let family = bytes.first_chunk::<FAMILY>()?;
            let generation = bytes.get(FAMILY..)?.first_chunk::<GENERATION>()?;
            Some((*family, u32::from_be_bytes(*generation)))
        });
        Self { text: text.to_owned(), parts }
    }

    fn write(family: [u8; FAMILY], generation: u32, secret: &[u8; SECRET]) -> Self {
        let bytes = [family.as_slice(), &generation.to_be_bytes(), secret].concat();
        Self { text: URL_SAFE_NO_PAD.encode(bytes), parts: Some((family, generation)) }
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        hash(&self.text)
    }

    pub(super) fn family_hash(&self) -> Option<Vec<u8>> {
        self.parts.map(|(family, _)| Sha256::digest(family).to_vec())
    }

    pub(super) fn generation(&self) -> Option<u32> {
        self.parts.map(|(_, generation)| generation)
    }
}

/// An access token and a refresh token that are given out together.
pub(super) struct TokenPair {
    access: String,
    refresh: RefreshToken,
}

impl TokenPair {
    /// The first tokens of a session.
    pub(super) fn first() -> Result<Self> {
        let refresh = RefreshToken::write(random()?, 0, &random()?);
        Ok(Self { access: random_token()?, refresh })
    }

    /// The tokens that follow a refresh token: the same ones for the same token, salt and generation.
    pub(super) fn successor(spent: &RefreshToken, salt: &[u8], generation: u32) -> Result<Self> {
        let derive = |label: &str| derive(&spent.text, label, salt);
        let family = match spent.parts {
            Some((family, _)) => family,
            None => derive("family")?.first_chunk().copied().unwrap_or_default(),
        };
        let refresh = RefreshToken::write(family, generation, &derive("refresh")?);
        Ok(Self { access: URL_SAFE_NO_PAD.encode(derive("access")?), refresh })
    }

    /// Makes these the newest tokens of a session.
    pub(super) fn write_to(&self, row: &mut sessions::Model, now: Timestamp) {
        let last = Timestamp(row.created_at).plus_seconds(SESSION_SECONDS);
        row.access_hash = hash(&self.access);
        row.access_expires_at = now.plus_seconds(ACCESS_SECONDS).min(last).0;
        row.refresh_hash = self.refresh.hash();
        row.refresh_expires_at = now.plus_seconds(REFRESH_SECONDS).min(last).0;
        row.family_hash = self.refresh.family_hash();
        row.generation = self.refresh.generation().and_then(|generation| i32::try_from(generation).ok());
        row.rotated_at = Some(now.0);
        row.first_used_at = None;
    }

    /// Whether these are the newest tokens of a session.
    pub(super) fn is_of(&self, row: &sessions::Model) -> bool {
        row.access_hash == hash(&self.access) && row.refresh_hash == self.refresh.hash()
    }

    /// The tokens as they are answered.
    pub(super) fn into_session(self, row: &sessions::Model) -> Session {
        Session {
            id: row.id,
            person_id: row.person_id,
            only_unit: row.unit_id,
            access_token: self.access,
            access_expires_at: Timestamp(row.access_expires_at),
            refresh_token: self.refresh.text,
            refresh_expires_at: Timestamp(row.refresh_expires_at),
        }
    }
}

fn derive(key: &str, label: &str, salt: &[u8]) -> Result<[u8; SECRET]> {
    // It takes a key of any length.
    let mut mac = Hmac::<hmac_sha2::Sha256>::new_from_slice(key.as_bytes()).map_err(Error::internal)?;
    mac.update(label.as_bytes());
    mac.update(&[0]);
    mac.update(salt);
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_follow_from_token_salt_and_generation_alone() {
        let first = TokenPair::first().expect("tokens").refresh;
        let next = |salt: &[u8], generation| {
            let pair = TokenPair::successor(&RefreshToken::read(&first.text), salt, generation).expect("tokens");
            (pair.access, pair.refresh.text)
        };
        assert_eq!(next(b"salt", 1), next(b"salt", 1));
        assert_ne!(next(b"salt", 1), next(b"tlas", 1));
        assert_ne!(next(b"salt", 1).1, next(b"salt", 2).1);
        let second = RefreshToken::read(&next(b"salt", 1).1);
        assert_eq!((second.family_hash(), second.generation()), (first.family_hash(), Some(1)));
    }

    #[test]
    fn token_older_than_families_founds_one() {
        let old = RefreshToken::read(&random_token().expect("a token"));
        assert_eq!((old.family_hash(), old.generation()), (None, None));
        let successor = || TokenPair::successor(&old, b"salt", 1).expect("tokens");
        let (one, same) = (successor(), successor());
        assert!(one.refresh.family_hash().is_some());
        assert_eq!(one.refresh.text, same.refresh.text);
    }

    #[test]
    fn no_session_outlives_ninety_days() {
        let mut row = session_row(Timestamp(0));
        let last = Timestamp(0).plus_seconds(SESSION_SECONDS);
        let pair = TokenPair::first().expect("tokens");
        pair.write_to(&mut row, Timestamp(last.0 - 1));
        assert_eq!((row.access_expires_at, row.refresh_expires_at), (last.0, last.0));
        pair.write_to(&mut row, Timestamp(0));
        assert_eq!(row.refresh_expires_at, REFRESH_SECONDS * 1_000_000);
    }

    fn session_row(created: Timestamp) -> sessions::Model {
        super::super::open::row(SessionId::nil(), PersonId::nil(), None, "", created)
    }
}
