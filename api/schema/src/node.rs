//! Any object by its id.

use async_graphql::{Context, Interface, Object};
use domain::id::{DefectId, Id};
use domain::object_kind::ObjectKind as K;
use futures::FutureExt;
use futures::future::try_join_all;
use uuid::Uuid;

use super::checklist::types::Checklist;
use super::context::ContextExt;
use super::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use super::defect::types::Defect;
use super::error::ApiResult;
use super::inbox::types::InboxEntry;
use super::inspection::types::UnitInspection;
use super::loaders::BatchLoader;
use super::page::check_count;
use super::photo::types::Photo;
use super::plan::{Branch, Interface, Planned};
use super::project::types::{Building, Company, Person, Project, ResponsibilityRule, UnitType};
use super::round::types::Round;
use super::scalars::Uid;
use super::sync::types::PendingEdit;
use super::unit::types::{Room, Unit, UnitReview};

/// Most ids at once.
const MOST: usize = 100;

/// Any object that is found by its id.
#[derive(Interface, Clone)]
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

/// Plans a node field of rows: the selection of each type of object.
macro_rules! plan_of_types {
    ($($kind:ident)+) => {
        pub(super) fn plan_node<'a, T: Planned>(
            ctx: Context<'a>,
            node: fn(&T) -> Option<&Node>,
        ) -> Option<Box<dyn Branch<T> + 'a>> {
            let interface = Interface::new(ctx);
            $(
                let interface = interface.with(|node: &Node| match node {
                    Node::$kind(object) => Some(object),
                    _ => None,
                });
            )+
            interface.plan(node)
        }
    };
}
plan_of_types! {
    Project Company Person Building UnitType Unit Room ResponsibilityRule Checklist Round UnitInspection Defect
    RepairAttempt Verdict Dispute Comment Photo UnitReview PendingEdit InboxEntry
}

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

/// Declares by which loader the objects of each kind are found.
macro_rules! loaders_of_kinds {
    (none: $($embedded:ident)+; $($kind:ident = $($loader:ident).+;)+) => {
        /// The object of a known kind, if the viewer may see it: by the same finder as everywhere else.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn load(ctx: &Context<'_>, kind: K, id: Uuid) -> ApiResult<Option<Node>> {
            let all = ctx.loaders();
            Ok(match kind {
                $(K::$kind => all.$($loader).+.load(id.into()).await?.map(Node::from),)+
                $(K::$embedded)|+ => None,
            })
        }

        /// The same for many places at once; none also where nothing is wanted.
        ///
        /// # Errors
        /// When the database fails.
        pub async fn load_all(ctx: &Context<'_>, wanted: &[Option<(K, Uuid)>]) -> ApiResult<Vec<Option<Node>>> {
            let all = ctx.loaders();
            let kinds = [$(load_kind(&all.$($loader).+, K::$kind, wanted).boxed(),)+];
            let mut nodes = vec![None; wanted.len()];
            for (place, node) in try_join_all(kinds).await?.into_iter().flatten() {
                nodes[place] = Some(node);
            }
            Ok(nodes)
        }
    };
}
loaders_of_kinds! {
    // `K::EMBEDDED`: read inside the object that they belong to, whose own change announces theirs.
    none: CheckResult Measurement Signature Waiver;
    Project = project.projects;
    Company = project.companies;
    Person = project.people;
    Building = project.buildings;
    UnitType = project.unit_types;
    Unit = unit.units;
    Room = unit.rooms;
    ResponsibilityRule = project.rules;
    Checklist = checklist.checklists;
    Round = round.rounds;
    UnitInspection = inspection.inspections;
    Defect = defect.defects;
    RepairAttempt = change.attempts;
    Verdict = change.verdicts;
    Dispute = change.disputes;
    Comment = change.comments;
    Photo = photo.photos;
    Review = change.reviews;
    PendingEdit = sync.pending_edits;
    InboxEntry = inbox.entries;
}

/// The objects of one kind with their places.
async fn load_kind<I: Id, V: Clone + Send + Sync + 'static>(
    loader: &BatchLoader<I, V>,
    kind: K,
    wanted: &[Option<(K, Uuid)>],
) -> ApiResult<Vec<(usize, Node)>>
where
    Node: From<V>,
{
    let of_kind = wanted.iter().enumerate().filter_map(|(place, wanted)| Some((place, (*wanted)?)));
    let of_kind: Vec<(usize, I)> =
        of_kind.filter(|(_, (other, _))| *other == kind).map(|(place, (_, id))| (place, id.into())).collect();
    let loaded = loader.load_many(of_kind.iter().map(|(_, id)| *id).collect()).await?;
    let found = of_kind.into_iter().filter_map(|(place, id)| Some((place, Node::from(loaded.get(&id)?.clone()))));
    Ok(found.collect())
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
        try_join_all(ids.into_iter().map(|id| load_node(ctx, id))).await
    }
}
