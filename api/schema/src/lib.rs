//! The GraphQL schema: thin resolvers over the use cases, and their shared parts.
//!
//! One folder a noun, each with its types, queries, mutations and loaders. Rules are not here: a resolver turns its
//! input into a use case's, and the answer into the schema's words.

pub mod change;
pub mod checklist;
pub mod command;
pub mod context;
pub mod credentials;
pub mod defect;
pub mod error;
pub mod event;
pub mod executor;
pub mod inbox;
pub mod info;
pub mod inspection;
pub mod loaders;
pub mod message;
pub mod node;
pub mod overview;
pub mod page;
pub mod payload;
pub mod people;
pub mod photo;
pub mod plan;
mod prices;
pub mod profile;
pub mod project;
pub mod retried;
pub mod round;
pub mod scalars;
pub mod session;
pub mod sync;
pub mod unit;
pub mod unit_link;

use async_graphql::{MergedObject, MergedSubscription, SchemaBuilder};
use retried::Retried;

/// The queries. Lists that grow are connections; an id that the viewer may not see answers like an id that does not
/// exist.
#[derive(MergedObject, Default)]
pub struct Query(
    session::SessionQuery,
    session::DeviceSessionQuery,
    credentials::CredentialsQuery,
    project::ProjectQuery,
    unit::UnitQuery,
    defect::DefectQuery,
    photo::PhotoQuery,
    checklist::ChecklistQuery,
    round::RoundQuery,
    inspection::InspectionQuery,
    unit::UnitReviewQuery,
    change::ChangeQuery,
    sync::SyncQuery,
    message::MessageQuery,
    node::NodeQuery,
    info::InfoQuery,
);

/// The commands. Each answers its object, and its validation and permission errors.
#[derive(MergedObject, Default)]
pub struct Mutation(
    session::SessionMutation,
    session::LinkSessionMutation,
    session::DeviceSessionMutation,
    credentials::InvitationMutation,
    credentials::PasswordMutation,
    project::ImportMutation,
    project::ProjectMutation,
    people::PeopleMutation,
    defect::DefectMutation,
    defect::DefectResolutionMutation,
    photo::PhotoMutation,
    photo::MissingPhotoMutation,
    photo::PhotoMarkupMutation,
    photo::PhotoCorrectionMutation,
    checklist::ChecklistMutation,
    round::RoundMutation,
    round::RoundChangeMutation,
    inspection::InspectionMutation,
    unit::UnitMutation,
    unit_link::UnitLinkMutation,
    sync::SyncMutation,
    message::MessageMutation,
    inbox::InboxMutation,
);

/// What can be followed, over WebSocket (graphql-transport-ws) or server-sent events (graphql-sse).
#[derive(MergedSubscription, Default)]
pub struct Subscription(change::ChangeSubscription);

/// The schema.
pub type Schema = async_graphql::Schema<Query, Retried<Mutation>, Subscription>;

/// The schema under construction.
pub type Builder = SchemaBuilder<Query, Retried<Mutation>, Subscription>;

/// The schema under construction; the transport's settings fit it.
#[must_use]
pub fn schema() -> Builder {
    async_graphql::Schema::build(Query::default(), Retried(Mutation::default()), Subscription::default())
}

/// The schema as text, the same for everybody: `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    schema().finish().sdl()
}
