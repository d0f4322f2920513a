//! Any object by its id.

use async_graphql::{Context, Interface, Object};
use domain::id::DefectId;
use domain::object_kind::ObjectKind as K;
use uuid::Uuid;

use super::checklist::types::Checklist;
use super::context::ContextExt;
use super::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use super::defect::types::Defect;
use super::error::ApiResult;
use super::inbox::types::InboxEntry;
use super::inspection::types::UnitInspection;
use super::page::check_count;
use super::photo::types::Photo;
use super::project::types::{Building, Company, Person, Project, ResponsibilityRule, UnitType};
use super::round::types::Round;
use super::scalars::Uid;
use super::sync::types::PendingEdit;
use super::unit::types::{Room, Unit, UnitReview};

/// Most ids at once.
const MOST: usize = 100;

/// Any object that is found by its id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "Uid", desc = "The object's id."))]
#[allow(missing_docs, reason = "a list of the schema's types")]
pub enum Node {
    Project(Project),
    Company(Company),
    Person(Person),
    Building(Building),
    UnitType(UnitType),
    Unit(Unit),
    Room(Room),
    ResponsibilityRule(ResponsibilityRule),
    Checklist(Checklist),
    Round(Round),
    UnitInspection(UnitInspection),
    Defect(Defect),
    RepairAttempt(RepairAttempt),
    Verdict(Verdict),
    Dispute(Dispute),
    Comment(Comment),
    Photo(Photo),
    UnitReview(UnitReview),
    PendingEdit(PendingEdit),
    InboxEntry(InboxEntry),
}

/// Runs an expression with the object of a node, as its own type.
macro_rules! with_object {
    ($node:expr, $object:ident => $done:expr) => {{
        use $crate::node::Node;
        match $node {
            Node::Project($object) => $done,
            Node::Company($object) => $done,
            Node::Person($object) => $done,
            Node::Building($object) => $done,
            Node::UnitType($object) => $done,
            Node::Unit($object) => $done,
            Node::Room($object) => $done,
            Node::ResponsibilityRule($object) => $done,
            Node::Checklist($object) => $done,
            Node::Round($object) => $done,
            Node::UnitInspection($object) => $done,
            Node::Defect($object) => $done,
            Node::RepairAttempt($object) => $done,
            Node::Verdict($object) => $done,
            Node::Dispute($object) => $done,
            Node::Comment($object) => $done,
            Node::Photo($object) => $done,
            Node::UnitReview($object) => $done,
            Node::PendingEdit($object) => $done,
            Node::InboxEntry($object) => $done,
        }
    }};
}
pub(super) use with_object;

impl Node {
    /// The defect that it belongs to, for clients with a local copy.
    #[must_use]
    pub fn defect_id(&self) -> Option<DefectId> {
        match self {
            Self::RepairAttempt(attempt) => Some(attempt.0.defect_id),
            Self::Verdict(verdict) => Some(verdict.0.defect_id),
            Self::Dispute(dispute) => Some(dispute.0.defect_id),
            Self::Comment(comment) => Some(comment.0.defect_id),
            Self::Photo(photo) => photo.0.defect_id(),
            Self::InboxEntry(entry) => entry.0.defect_id,
            _ => None,
        }
    }
}

/// The object of a known kind, if the viewer may see it: by the same finder as everywhere else.
///
/// # Errors
/// When the database fails.
pub async fn load(ctx: &Context<'_>, kind: K, id: Uuid) -> ApiResult<Option<Node>> {
    let all = ctx.loaders();
    Ok(match kind {
        K::Project => all.project.projects.load(id.into()).await?.map(Node::from),
        K::Company => all.project.companies.load(id.into()).await?.map(Node::from),
        K::Person => all.project.people.load(id.into()).await?.map(Node::from),
        K::Building => all.project.buildings.load(id.into()).await?.map(Node::from),
        K::UnitType => all.project.unit_types.load(id.into()).await?.map(Node::from),
        K::Unit => all.unit.units.load(id.into()).await?.map(Node::from),
        K::Room => all.unit.rooms.load(id.into()).await?.map(Node::from),
        K::ResponsibilityRule => all.project.rules.load(id.into()).await?.map(Node::from),
        K::Checklist => all.checklist.checklists.load(id.into()).await?.map(Node::from),
        K::Round => all.round.rounds.load(id.into()).await?.map(Node::from),
        K::UnitInspection => all.inspection.inspections.load(id.into()).await?.map(Node::from),
        K::Defect => all.defect.defects.load(id.into()).await?.map(Node::from),
        K::RepairAttempt => all.change.attempts.load(id.into()).await?.map(Node::from),
        K::Verdict => all.change.verdicts.load(id.into()).await?.map(Node::from),
        K::Dispute => all.change.disputes.load(id.into()).await?.map(Node::from),
        K::Comment => all.change.comments.load(id.into()).await?.map(Node::from),
        K::Photo => all.photo.photos.load(id.into()).await?.map(Node::from),
        K::Review => all.change.reviews.load(id.into()).await?.map(Node::from),
        K::PendingEdit => all.sync.pending_edits.load(id.into()).await?.map(Node::from),
        K::InboxEntry => all.inbox.entries.load(id.into()).await?.map(Node::from),
        // `K::EMBEDDED`: read inside the object that they belong to, whose own change announces theirs.
        K::CheckResult | K::Measurement | K::Signature | K::Waiver => None,
    })
}

/// The object of an id: one statement tells the kinds of all ids of a request, then one a kind loads what the viewer
/// may see.
async fn load_node(ctx: &Context<'_>, id: Uid) -> ApiResult<Option<Node>> {
    match ctx.loaders().project.kinds.load(id.0).await? {
        Some(kind) => load(ctx, kind, id.0).await,
        None => Ok(None),
    }
}

/// Reading any object.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its id; null when there is none that the viewer may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The object's id.")] id: Uid) -> ApiResult<Option<Node>> {
        ctx.caller()?;
        load_node(ctx, id).await
    }

    /// Several objects by their ids, in the order of the ids; null where there is none that the viewer may see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objects' ids, 100 at most.")] ids: Vec<Uid>,
    ) -> ApiResult<Vec<Option<Node>>> {
        ctx.caller()?;
        check_count(ids.len(), MOST)?;
        futures::future::try_join_all(ids.into_iter().map(|id| load_node(ctx, id))).await
    }
}
