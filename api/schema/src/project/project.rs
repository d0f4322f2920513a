//! A project as a viewer sees it.

use async_graphql::{Context, Object};
use domain::Caller;
use domain::id::ProjectId;
use domain::taxonomy::TermKind;
use store::columns::Columns;
use store::entity::projects;
use store::partial::Partial;

use super::policy::Policy;
use super::types::{Building, Company, Member, ResponsibilityRule, UnitType, row_type};
use super::vocabulary::{MeasurementRule, Term};
use crate::checklist::types::Checklist;
use crate::context::ContextExt;
use crate::credentials::types::{Invitation, invitations};
use crate::defect::defect_type::DefectType;
use crate::defect::list::{self, Asked, DefectFilter, DefectOrder};
use crate::defect::types::Defect;
use crate::error::{ApiError, ApiResult};
use crate::event::Event;
use crate::loaders::{BatchLoader, Loaders};
use crate::overview::{overview, types::Overview};
use crate::page::{Connection, Paging, connection};
use crate::photo::missing::{self, MissingPhotoFilter};
use crate::photo::types::Photo;
use crate::plan::{Branch, ById, ToMany, many, planned};
use crate::round::rounds;
use crate::round::types::Round;
use crate::scalars::Uid;
use crate::sync::device::Device;
use crate::unit::list::{self as units, UnitFilter, UnitOrder};
use crate::unit::types::Unit;

row_type! {
    /// A project: the handover of one or more buildings.
    Project(Partial<projects::Model>);
}

impl From<projects::Model> for Project {
    fn from(row: projects::Model) -> Self {
        Partial::whole(row).into()
    }
}

#[Object(use_type_description)]
impl Project {
    /// The project's id.
    pub async fn id(&self) -> Uid {
        self.0.id().into()
    }

    /// The project's code, unique on this server.
    fn code(&self) -> ApiResult<&str> {
        Ok(self.0.code()?)
    }

    /// The project's name.
    fn name(&self) -> ApiResult<&str> {
        Ok(self.0.name()?)
    }

    /// The time zone of its calendar, an IANA name such as `Asia/Shanghai`.
    fn time_zone(&self) -> ApiResult<String> {
        // Earlier versions kept it as it was typed.
        let kept = self.0.time_zone()?;
        Ok(domain::time::zone_name(kept).unwrap_or_else(|| kept.clone()))
    }

    /// The policy. Staff only; null for owners.
    fn policy(&self, ctx: &Context<'_>) -> ApiResult<Option<Policy>> {
        if !ctx.is_staff_of(self.0.id()) {
            return Ok(None);
        }
        let policy = serde_json::from_value(self.0.policy()?.clone()).map_err(ApiError::internal)?;
        Ok(Some(Policy(policy)))
    }

    /// Raised by one with each change of the project itself; for `expectedVersion`. Always 1 for owners, who are not
    /// shown the policy.
    fn version(&self, ctx: &Context<'_>) -> ApiResult<i32> {
        Ok(if ctx.is_staff_of(self.0.id()) { self.0.version()? } else { 1 })
    }

    /// The companies, by code. Staff only; empty for owners.
    fn companies(&self) -> ToMany<ProjectId, Company> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.companies_of)
    }

    /// The people with a role in the project. Staff only; empty for owners.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Member>> {
        let request = Paging { first, after, last, before }.request("members")?;
        let page = app::project::read::members(ctx.app(), ctx.caller()?, self.0.id(), &request).await?;
        Ok(connection(page, "members"))
    }

    /// The invitations that wait to be accepted and that the viewer may withdraw, oldest first. Empty for people
    /// without the right to invite.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Invitation>> {
        invitations(ctx, self.0.id(), &Paging { first, after, last, before }).await
    }

    /// The buildings in their order. Owners see those of their own units.
    fn buildings(&self) -> ToMany<ProjectId, Building> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.buildings_of)
    }

    /// The unit types by code. Owners see those of their own units.
    fn unit_types(&self) -> ToMany<ProjectId, UnitType> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.unit_types_of)
    }

    /// The units: all for staff, the own opened ones for owners.
    #[allow(clippy::too_many_arguments, reason = "the paging arguments of every list")]
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<UnitFilter>,
        #[graphql(desc = "In which order; by place if left out.")] order_by: Option<UnitOrder>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Unit>> {
        let paging = Paging { first, after, last, before };
        units::of_project(ctx, self.0.id(), units::Asked { filter, order: order_by, paging }).await
    }

    /// The rounds in the order of their numbers. Owners see those in which the own opened unit is inspected.
    async fn rounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Round>> {
        rounds(ctx, self.0.id(), Paging { first, after, last, before }).await
    }

    /// The checklists by name. Staff only.
    fn checklists(&self) -> ToMany<ProjectId, Checklist> {
        ToMany::by(self.0.id(), |loaders| &loaders.checklist.of_projects)
    }

    /// The project in numbers; null for roles that do not see it.
    async fn overview(&self, ctx: &Context<'_>) -> ApiResult<Option<Overview>> {
        overview(ctx, self.0.id()).await
    }

    /// Which company new defects go to, by priority. Staff only; empty for owners.
    fn responsibility_rules(&self) -> ToMany<ProjectId, ResponsibilityRule> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.rules_of)
    }

    /// The terms of the project's vocabulary, in the order of their lists. Owners see those that they need to read.
    fn terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this list; all if left out.")] kind: Option<TermKind>,
    ) -> ToMany<ProjectId, Term> {
        let staff = ctx.is_staff_of(self.0.id());
        let is_shown = move |term: &Term| {
            let of = term.0.kind;
            kind.is_none_or(|kind| kind == of) && (staff || of.shown_to_owners())
        };
        ToMany::by(self.0.id(), |loaders| &loaders.project.terms_of).some(is_shown, None)
    }

    /// The kinds of defects in the project's vocabulary, by code.
    fn defect_types(&self) -> ToMany<ProjectId, DefectType> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.defect_types_of)
    }

    /// The rules that judge measurements, by code. Staff only; empty for owners.
    fn measurement_rules(&self) -> ToMany<ProjectId, MeasurementRule> {
        ToMany::by(self.0.id(), |loaders| &loaders.project.measurement_rules_of)
    }

    /// The defects that the viewer may see: contractors those of their company, owners those of their own units.
    #[allow(clippy::too_many_arguments, reason = "the paging arguments of every list")]
    async fn defects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<DefectFilter>,
        #[graphql(desc = "In which order; by due time if left out.")] order_by: Option<DefectOrder>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Defect>> {
        let paging = Paging { first, after, last, before };
        list::of_project(ctx, self.0.id(), Asked { filter, order: order_by, paging }).await
    }

    /// How many of those defects match.
    async fn defect_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<DefectFilter>,
    ) -> ApiResult<i32> {
        list::count(ctx, self.0.id(), filter).await
    }

    /// The photos that were announced and have not arrived, the longest missed first: those of defects and signatures
    /// that the viewer may see. They stay here until they come or are written off.
    #[allow(clippy::too_many_arguments, reason = "the paging arguments of every list")]
    async fn missing_photos(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<MissingPhotoFilter>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Photo>> {
        missing::of_project(ctx, self.0.id(), filter, &Paging { first, after, last, before }).await
    }

    /// The devices that have pushed or reported, the first seen first: how far each has synced, and what it still
    /// holds. All of them for the developer, the supervising engineer and the property manager; for a contractor's lead
    /// those of the own company; for others the own ones.
    async fn devices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Device>> {
        crate::sync::device::of_project(ctx, self.0.id(), &Paging { first, after, last, before }).await
    }

    /// How many of those photos match.
    async fn missing_photo_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<MissingPhotoFilter>,
    ) -> ApiResult<i32> {
        missing::count(ctx, self.0.id(), filter).await
    }

    /// What happened in the project, the newest first. Staff only; empty for owners. Contractors read of no defects but
    /// their own, and of no waivers, reviews and signatures of others.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> ApiResult<Connection<Event>> {
        let request = Paging { first, after, ..Paging::default() }.request("events")?;
        let page = app::project::read::events(ctx.app(), ctx.caller()?, self.0.id(), &request).await?;
        Ok(connection(page, "events"))
    }
}

impl ById for Project {
    type Id = ProjectId;

    fn loader(loaders: &Loaders, _: Columns) -> &BatchLoader<ProjectId, Self> {
        &loaders.project.projects
    }

    /// A project exists for a caller who has a role or an opened unit in it.
    fn known(id: &ProjectId, caller: &Caller) -> Option<Self> {
        caller.actor_in(*id).map(|_| Self::from(Partial::of_id(*id)))
    }
}

planned! {
    Project [projects: Id] {
        "id" => value(|object| Uid::from(object.0.id()));
        "code" => leaf(code) [Code];
        "name" => leaf(name) [Name];
        "timeZone" => leaf(time_zone) [TimeZone];
        "policy" => asked() [Policy];
        "version" => leaf(version) [Version];
        "companies" => many(companies);
        "members" => asked();
        "invitations" => asked();
        "buildings" => many(buildings);
        "unitTypes" => many(unit_types);
        "units" => asked();
        "rounds" => asked();
        "checklists" => many(checklists);
        "overview" => asked();
        "responsibilityRules" => many(responsibility_rules);
        "terms" => below(terms);
        "defectTypes" => many(defect_types);
        "measurementRules" => many(measurement_rules);
        "defects" => asked();
        "defectCount" => asked();
        "missingPhotos" => asked();
        "devices" => asked();
        "missingPhotoCount" => asked();
        "events" => asked();
    }
}

/// The terms, by the argument that all rows share.
fn terms<'a>(ctx: Context<'a>) -> Option<Box<dyn Branch<Project> + 'a>> {
    let (_, kind) = ctx.param_value::<Option<TermKind>>("kind", None).ok()?;
    many(ctx, move |project: &Project, ctx: &Context<'_>| project.terms(ctx, kind))
}
