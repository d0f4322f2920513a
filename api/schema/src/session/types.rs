//! The session's tokens, and the viewer with every role.

use std::sync::Arc;

use app::people::addresses::Contact;
use async_graphql::{Context, Object};
use domain::{Caller, Language, Party, Role};
use store::inbox::InboxFilter;

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::inbox::preferences::MessagePreferences;
use crate::inbox::types::InboxEntry;
use crate::page::{Connection, Paging, connection};
use crate::plan::{PlannedList, ToOne};
use crate::project::types::{Company, Project};
use crate::scalars::{DateTime, Uid};
use crate::unit::list;
use crate::unit::types::Unit;

/// The inbox, for its cursors.
const INBOX: &str = "inbox";

/// A signed-in device with its tokens. They are shown once.
#[derive(async_graphql::Description)]
pub struct Session(pub app::session::Session, pub Option<Arc<Caller>>);

#[Object(use_type_description)]
impl Session {
    /// The session's id, for `sessionRevoke` and `sessionEnd`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// For the header `Authorization: Bearer`.
    fn access_token(&self) -> &str {
        &self.0.access_token
    }

    /// When the access token ends: 15 minutes after it was made, at the next `sessionRefresh`, with the session, and 90
    /// days after the sign-in at the latest.
    fn access_expires_at(&self) -> DateTime {
        DateTime(self.0.access_expires_at)
    }

    /// For `sessionRefresh`, good once. If the answer to that is lost, it is answered with the same new tokens again
    /// for 60 s, as long as neither of them was used. A token that was spent earlier ends the session.
    fn refresh_token(&self) -> &str {
        &self.0.refresh_token
    }

    /// When the refresh token ends: 30 days after it was made, and 90 days after the sign-in at the latest. Then the
    /// person signs in again.
    fn refresh_expires_at(&self) -> DateTime {
        DateTime(self.0.refresh_expires_at)
    }

    /// The person who has signed in; null when another person did so before in the same document.
    fn viewer(&self) -> Option<Viewer> {
        self.1.clone().map(Viewer)
    }
}

/// The person who asks.
#[derive(async_graphql::Description)]
pub struct Viewer(pub Arc<Caller>);

#[Object(use_type_description)]
impl Viewer {
    /// The person's id.
    fn id(&self) -> Uid {
        self.0.person_id.into()
    }

    /// The person's name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The language of messages to this person.
    fn language(&self) -> Language {
        self.0.language
    }

    /// May create projects by `projectImport`.
    fn administrator(&self) -> bool {
        self.0.administrator
    }

    /// The only unit that this session sees, after a sign-in by an owner's link; null for a session that sees
    /// everything that the person may see.
    fn only_unit_id(&self) -> Option<Uid> {
        self.0.only_unit.map(Uid::from)
    }

    /// How messages reach this person.
    async fn contact(&self, ctx: &Context<'_>) -> ApiResult<ViewerContact> {
        Ok(ViewerContact(app::people::addresses::contact_of(ctx.app(), &self.0).await?))
    }

    /// What the viewer has heard of the own work, the newest first. The same entries come by `changes`.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only entries that were not read.", default)] unread: bool,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<InboxEntry>> {
        let request = Paging { first, after, last, before }.request(INBOX)?;
        let filter = InboxFilter { unread };
        Ok(connection(app::inbox::read::page(ctx.app(), &self.0, filter, &request).await?, INBOX))
    }

    /// How many entries of the inbox were not read.
    async fn unread_count(&self, ctx: &Context<'_>) -> ApiResult<u64> {
        Ok(app::inbox::read::unread_count(ctx.app(), &self.0).await?)
    }

    /// Over which channel and when messages come, and which not; null in a session of one unit.
    async fn message_preferences(&self, ctx: &Context<'_>) -> ApiResult<Option<MessagePreferences>> {
        let preferences = app::messages::preferences::of_caller(ctx.app(), &self.0).await?;
        Ok(preferences.map(MessagePreferences::from))
    }

    /// The own units that have been opened to their owners.
    async fn homes(&self, ctx: &Context<'_>) -> ApiResult<PlannedList<Unit>> {
        list::homes(ctx).await
    }

    /// The roles, at most one a project.
    fn memberships(&self) -> Vec<Membership> {
        self.0.memberships.iter().cloned().map(Membership).collect()
    }
}

/// How messages reach the person who asks. Addresses are masked (`…5678`) in a session of one unit.
#[derive(async_graphql::Description)]
pub struct ViewerContact(Contact);

#[Object(use_type_description)]
impl ViewerContact {
    /// The e-mail address; null without one.
    fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Whether `addressConfirm` has confirmed this e-mail address.
    fn email_confirmed(&self) -> bool {
        self.0.email_confirmed
    }

    /// The phone, as it was written; null without one.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The phone as a number that messages are sent to, as E.164; null for one that takes no messages.
    fn phone_number(&self) -> Option<&str> {
        self.0.phone_number.as_deref()
    }

    /// Whether `addressConfirm` has confirmed this number.
    fn phone_confirmed(&self) -> bool {
        self.0.phone_confirmed
    }
}

/// A role in a project.
#[derive(async_graphql::Description)]
pub struct Membership(domain::Membership);

#[Object(use_type_description)]
impl Membership {
    /// The project.
    fn project(&self) -> ToOne<Project> {
        ToOne::by(self.0.project_id)
    }

    /// The company for which the role is held.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// The role.
    fn role(&self) -> Role {
        self.0.role
    }

    /// The party that the role belongs to.
    fn party(&self) -> Party {
        self.0.role.party()
    }
}
