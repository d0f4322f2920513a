//! One-time links: 256 random bits, stored only as SHA-256, good once and for a limited time.
//!
//! A token that was used, has expired, was revoked or never existed gets the same refusal, from the same statement.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{OneTimeLinkId, PersonId};
pub use domain::one_time_link::LinkKind;
use domain::{RefusalCode, Timestamp};
use store::entity::one_time_links;

use crate::App;
use crate::error::{Error, Result};
use crate::messages::Enqueued;
use crate::session::hash;

/// How long ended links are kept before they are removed: 30 days.
const KEEP_SECONDS: i64 = 30 * 24 * 60 * 60;
/// The page that opens a link.
const PAGE: &str = "/join";

/// A link that was just made. Its token is answered once and stored nowhere.
#[derive(Clone)]
pub struct NewLink {
    /// The link's id, for its revocation.
    pub id: OneTimeLinkId,
    /// The secret of the link.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The masked address that it was sent to; none without an address.
    pub sent_to: Option<String>,
}

impl NewLink {
    /// The path of the page that opens the link, with the token in the fragment, which browsers send to no server.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PAGE}#{}", self.token)
    }
}

impl std::fmt::Debug for NewLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLink").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes a link of a kind, and its row without any content.
pub(super) fn create_link(
    id: OneTimeLinkId,
    kind: LinkKind,
    made_by: Option<PersonId>,
    now: Timestamp,
) -> Result<(NewLink, one_time_links::Model)> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    let link = NewLink {
        id,
        token: URL_SAFE_NO_PAD.encode(bytes),
        expires_at: now.plus_seconds(kind.seconds()),
        sent_to: None,
    };
    let row = one_time_links::Model {
        id,
        kind,
        token_hash: hash(&link.token),
        project_id: None,
        login: None,
        name: None,
        phone: None,
        language: None,
        company_id: None,
        role: None,
        units: serde_json::json!([]),
        person_id: None,
        made_by,
        created_at: now.0,
        expires_at: link.expires_at.0,
        used_at: None,
        used_by: None,
        revoked_at: None,
        revoked_by: None,
        sign_in_first_at: None,
        email: None,
    };
    Ok((link, row))
}

impl NewLink {
    /// The whole address of the link, for a message.
    pub(super) fn url(&self, app: &App) -> String {
        format!("{}{}", app.public_url, self.path())
    }

    /// Notes where the link was sent to.
    pub(super) fn note_sent(&mut self, enqueued: Enqueued) {
        if let Enqueued::Queued { tail, .. } = enqueued {
            self.sent_to = Some(tail);
        }
    }
}

/// The open link of a token.
///
/// # Errors
/// `LINK_INVALID`, or an internal error.
pub(super) async fn find_link(app: &App, kind: LinkKind, token: &str) -> Result<one_time_links::Model> {
    let found = store::one_time_links::by_token(app.db.read(), kind, &hash(token), app.clock.now()).await?;
    found.ok_or_else(|| RefusalCode::LinkInvalid.into())
}

/// Before which moment links must have ended to be removed.
pub(crate) const fn removed_before(now: Timestamp) -> Timestamp {
    now.plus_seconds(-KEEP_SECONDS)
}
