//! The session's tokens, and the viewer with every role.

use std::sync::Arc;

use async_graphql::{Context, Object};
use domain::{Caller, Language, Party, Role};

use crate::error::ApiResult;
use crate::plan::{PlannedList, ToOne};
use crate::project::types::{Company, Project};
use crate::scalars::{DateTime, Uid};
use crate::unit::list;
use crate::unit::types::Unit;

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

    /// The own units that have been opened to their owners.
    async fn homes(&self, ctx: &Context<'_>) -> ApiResult<PlannedList<Unit>> {
        list::homes(ctx).await
    }

    /// The roles, at most one a project.
    fn memberships(&self) -> Vec<Membership> {
        self.0.memberships.iter().cloned().map(Membership).collect()
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
