//! The devices on which a person is signed in: listed, ended from elsewhere, and the notices about ended sessions.

use app::session::end::{Which, end};
use app::session::list::{Notice, active};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::Language;
use domain::id::{PersonId, SessionId};
use domain::session::SessionNoticeKind;
use store::entity::sessions;

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::payload::{UserError, split};
use crate::plan::planned;
use crate::scalars::{DateTime, Uid};

/// The list, for its cursors.
const LIST: &str = "sessions";

/// A notice about an earlier session.
#[derive(SimpleObject)]
pub struct SessionNotice {
    /// What happened, for programs.
    pub kind: SessionNoticeKind,
    /// What happened and what to do, in the person's language.
    pub message: &'static str,
    /// What the person called the device; null if the device has no name.
    pub device: Option<String>,
    /// When it happened.
    pub at: DateTime,
}

impl SessionNotice {
    /// A notice in the language of its person.
    pub fn new(notice: Notice, language: Language) -> Self {
        let Notice { kind, device, at } = notice;
        Self { kind, message: kind.message(language), device, at: DateTime(at) }
    }
}

/// A device on which a person is signed in.
#[derive(async_graphql::Description, Clone)]
pub struct ActiveSession(sessions::Model);

impl From<sessions::Model> for ActiveSession {
    fn from(row: sessions::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ActiveSession {
    /// The session's id, for `sessionEnd`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// What the person called the device at the sign-in; null if the device has no name.
    fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }

    /// When the person signed in.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the device was seen last, to 15 minutes: at the sign-in, at each refresh, and at the first use of each
    /// access token. Null for a session that was not seen since the server's update to this list.
    fn last_seen_at(&self) -> Option<DateTime> {
        self.0.last_seen_at.map(DateTime::from)
    }

    /// The network address from which it was seen then.
    fn last_address(&self) -> Option<&str> {
        self.0.last_address.as_deref()
    }

    /// When the session ends if the device is not seen again.
    fn expires_at(&self) -> DateTime {
        self.0.refresh_expires_at.into()
    }

    /// Whether it is the session that asks.
    fn current(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        Ok(ctx.caller()?.session_id == Some(self.0.id))
    }
}

/// Reading the list of devices.
#[derive(Default)]
pub struct DeviceSessionQuery;

#[Object]
impl DeviceSessionQuery {
    /// The devices on which a person is signed in, the newest sign-in first. Null of a person whose sessions the viewer
    /// may not see.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person; left out, the own sessions. Of other people for administrators only.")]
        person_id: Option<Uid<PersonId>>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Option<Connection<ActiveSession>>> {
        let request = Paging { first, after, last, before }.request(LIST)?;
        let page = active(ctx.app(), ctx.caller()?, person_id.map(|id| id.0), &request).await?;
        Ok(page.map(|page| connection(page, LIST)))
    }
}

/// Which sessions to end: give one of the two fields.
#[derive(InputObject)]
pub struct SessionEndInput {
    /// This session: an own one, or any one for an administrator.
    pub session_id: Option<Uid<SessionId>>,
    /// All sessions of this person: the own ones but the one that asks, or those of any person for an administrator.
    pub person_id: Option<Uid<PersonId>>,
}

/// How many sessions have ended.
#[derive(SimpleObject)]
pub struct SessionEndPayload {
    /// How many sessions ended by this; 0 if they had ended before. Null when refused.
    pub ended_count: Option<i32>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Ending sessions from elsewhere.
#[derive(Default)]
pub struct DeviceSessionMutation;

#[Object]
impl DeviceSessionMutation {
    /// Ends sessions of the own person from another device, or of any person as an administrator: for a device that is
    /// lost or in wrong hands. Its tokens and connections end at once, and its `deviceToken` is of no use any more. The
    /// device keeps its unsent work, and sends it after the next sign-in.
    async fn session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session, or the person whose sessions, to end.")] input: SessionEndInput,
    ) -> ApiResult<SessionEndPayload> {
        let which = Which::of(input.session_id.map(|id| id.0), input.person_id.map(|id| id.0));
        let caller = ctx.caller()?;
        let ended = match which {
            Ok(which) => end(ctx.app(), &ctx.client(), caller, which).await,
            Err(refused) => Err(refused),
        };
        let (count, user_errors) = split(ended, ctx.language())?;
        let ended_count = count.map(|count| i32::try_from(count).unwrap_or(i32::MAX));
        Ok(SessionEndPayload { ended_count, user_errors })
    }
}

planned! {
    ActiveSession {
        "id" => leaf(id);
        "device" => leaf(device);
        "createdAt" => leaf(created_at);
        "lastSeenAt" => leaf(last_seen_at);
        "lastAddress" => leaf(last_address);
        "expiresAt" => leaf(expires_at);
        "current" => leaf(current);
    }
}
