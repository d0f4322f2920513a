//! Reading which messages were sent.

use async_graphql::{Context, InputObject, Object};
use domain::id::{PersonId, ProjectId};
use domain::message::{MessageChannel, MessageState};
use store::messages::AttemptFilter;

use super::types::MessageAttempt;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::scalars::Uid;

/// The list, for its cursors.
const LIST: &str = "messageAttempts";

/// Which messages: fields are ANDed, a list means any of, what is left out means all.
#[derive(InputObject)]
pub struct MessageAttemptFilter {
    /// In any of these states; `UNKNOWN` are those that wait for `messageResolve`.
    pub state: Option<Vec<MessageState>>,
    /// Over any of these channels.
    pub channel: Option<Vec<MessageChannel>>,
    /// About this project.
    pub project_id: Option<Uid<ProjectId>>,
    /// To this person.
    pub person_id: Option<Uid<PersonId>>,
}

impl From<MessageAttemptFilter> for AttemptFilter {
    fn from(filter: MessageAttemptFilter) -> Self {
        Self {
            states: filter.state.unwrap_or_default(),
            channels: filter.channel.unwrap_or_default(),
            project_id: filter.project_id.map(|id| id.0),
            person_id: filter.person_id.map(|id| id.0),
        }
    }
}

/// Messages to people.
#[derive(Default)]
pub struct MessageQuery;

#[Object]
impl MessageQuery {
    /// Messages to people by e-mail, text message, official account and push notification, the newest first. All of
    /// them for administrators, those about their projects for delivery managers and customer relations; null for
    /// everybody else.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn message_attempts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; all if left out.")] filter: Option<MessageAttemptFilter>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Option<Connection<MessageAttempt>>> {
        let request = Paging { first, after, last, before }.request(LIST)?;
        let filter = filter.map(AttemptFilter::from).unwrap_or_default();
        let page = app::messages::read::list(ctx.app(), ctx.caller()?, &filter, &request).await?;
        Ok(page.map(|page| connection(page, LIST)))
    }
}
