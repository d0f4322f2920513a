//! Owners' links: with a link and a code that is sent to the phone or address on file, an owner signs in to one unit. A
//! link has 256 random bits, is stored only as SHA-256, and is good for 30 days and for any number of devices.
//!
//! A link belongs to one ownership, so each co-owner and each proxy has an own one. It ends with the ownership, and a
//! proxy's with the last day of the power.

pub mod make;
pub mod many;
pub mod revoke;
mod send;
pub mod sheet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{PersonId, UnitLinkId};
use domain::unit::link::LINK_SECONDS;
use domain::{RefusalCode, Timestamp};
use store::Connection;
use store::boxed;
use store::entity::{people, unit_links, unit_owners};

use crate::App;
use crate::error::{Error, Result};
use crate::session::hash;

/// The page that opens a link.
const PAGE: &str = "/link";

/// The secret of a link that was just made. It is answered once and stored nowhere.
#[derive(Clone)]
pub struct UnitLinkToken(String);

impl UnitLinkToken {
    fn random() -> Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The path of the page that opens the link, with the token in the fragment, which browsers send to no server.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PAGE}#{}", self.0)
    }

    /// The whole address, for messages and QR codes.
    #[must_use]
    pub fn address(&self, app: &App) -> String {
        format!("{}{}", app.public_url, self.path())
    }
}

impl std::fmt::Debug for UnitLinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnitLinkToken")
    }
}

/// Makes a link of an ownership, with its row.
fn create_link(
    id: UnitLinkId,
    ownership: &unit_owners::Model,
    made_by: Option<PersonId>,
    now: Timestamp,
) -> Result<(UnitLinkToken, unit_links::Model)> {
    let token = UnitLinkToken::random()?;
    let row = unit_links::Model {
        id,
        token_hash: hash(&token.0),
        project_id: ownership.project_id,
        unit_id: ownership.unit_id,
        person_id: ownership.person_id,
        ownership_id: ownership.id,
        made_by,
        created_at: now.0,
        expires_at: now.plus_seconds(LINK_SECONDS).0,
        last_used_at: None,
        revoked_at: None,
        revoked_by: None,
    };
    Ok((token, row))
}

/// The link of a token that opens its unit now, with its person. A token that never existed, has expired or was revoked
/// is refused like one whose ownership has ended, or whose power has not begun or has ended.
///
/// # Errors
/// `LINK_INVALID`; `SIGN_IN_FIRST` for a person who has a role in the project meanwhile and acts there as staff; or an
/// internal error.
#[boxed]
pub(crate) async fn find_usable(
    app: &App,
    conn: &Connection,
    token: &str,
) -> Result<(unit_links::Model, people::Model)> {
    let (invalid, now) = (|| Error::from(RefusalCode::LinkInvalid), app.clock.now());
    let link = store::unit_links::by_token(conn, &hash(token), now).await?.ok_or_else(invalid)?;
    let ownership = store::members::ownership(conn, link.ownership_id).await?;
    ownership.filter(|ownership| store::units::counts(ownership, now)).ok_or_else(invalid)?;
    let person = store::sessions::person(conn, link.person_id).await?;
    let person = person.filter(|person| app.demo || !person.demo).ok_or_else(invalid)?;
    if store::projects::membership(conn, link.project_id, person.id).await?.is_some() {
        return Err(RefusalCode::SignInFirst.into());
    }
    Ok((link, person))
}
