//! A defect as the viewer sees it.

use app::defect::DefectRow;
use app::redacted::Redacted;
use async_graphql::{Context, Object, SimpleObject};
use domain::defect::{Category, DefectCommand, DefectStatus, Severity, due, number_text};
use domain::id::PhotoId;
use domain::photo::PhotoStage;
use domain::{Language, Party, Timestamp};
use store::entity::escalations;
use store::partial::Partial;

use super::children::{Comment, Dispute, RepairAttempt};
use super::defect_type::DefectType;
use crate::brief::Brief;
use crate::checklist::types::ChecklistItem;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::event::Event;
use crate::inspection::types::UnitInspection;
use crate::lookahead::columns_of_rows;
use crate::photo;
use crate::photo::pairs::{self, DefectPhotoPair};
use crate::photo::types::{Photo, some_of};
use crate::project::types::{Company, Person, Project, row_type};
use crate::round::types::Round;
use crate::row::{Row, Rows};
use crate::scalars::{DateTime, Uid};
use crate::unit::types::{Room, Unit};

row_type! {
    /// A defect 缺陷: one identity from the first round to the end of the warranty.
    Defect(Redacted<Partial<DefectRow>>);
}

impl From<Redacted<DefectRow>> for Defect {
    fn from(row: Redacted<DefectRow>) -> Self {
        Redacted::<Partial<DefectRow>>::from(row).into()
    }
}

/// A position on a version of the unit type's plan.
#[derive(SimpleObject, Clone, Copy)]
pub struct Pin {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
    /// The version of the plan that the position is on.
    pub plan_id: Option<Uid>,
}

/// A step of escalation that a defect has gone through.
#[derive(SimpleObject, Clone)]
pub struct DefectEscalation {
    /// The code of the project's term of kind `ESCALATION_RULE`.
    pub step: String,
    /// The due time that it counts from.
    pub due_at: DateTime,
    /// When it was reached, by the server's clock.
    pub recorded_at: DateTime,
}

impl From<escalations::Model> for DefectEscalation {
    fn from(row: escalations::Model) -> Self {
        Self { step: row.step, due_at: row.due_at.into(), recorded_at: row.recorded_at.into() }
    }
}

/// Whether the viewer may do a command to a defect now.
#[derive(SimpleObject, Clone)]
pub struct AllowedDefectCommand {
    /// The command.
    pub name: DefectCommand,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not, in the viewer's language, the same as the command itself would answer; null when allowed.
    pub reason: Option<String>,
}

#[Object(use_type_description)]
impl Defect {
    /// The defect's id, for life.
    pub async fn id(&self) -> Uid {
        self.0.id().into()
    }

    /// The number for people, like `D-000123`; unique in the project. Never parse it.
    async fn number(&self) -> String {
        number_text(self.0.number())
    }

    /// How far it has come. For owners a dispute, and a company that follows from it, do not move it.
    async fn status(&self) -> DefectStatus {
        self.0.status()
    }

    /// The status in plain words, in the viewer's language.
    async fn status_text(&self, ctx: &Context<'_>) -> ApiResult<&'static str> {
        let (en, zh) = self.0.status().plain_words();
        Ok(match ctx.language() {
            Language::En => en,
            Language::Zh => zh,
        })
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> ApiResult<Option<Project>> {
        ctx.loaders().project.projects.load(self.0.project_id()).await
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<Unit>>> {
        // Staff of a project see all its places, rounds and companies, as the finders have it.
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, Some(self.0.unit_id()), seen, &ctx.loaders().unit.units).await
    }

    /// The room; null for the unit as a whole.
    async fn room(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<Room>>> {
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, self.0.room_id(), seen, &ctx.loaders().unit.rooms).await
    }

    /// The part, a code of the project's terms.
    async fn part(&self) -> ApiResult<&str> {
        Ok(self.0.part()?)
    }

    /// The type in the project's vocabulary.
    #[graphql(name = "type")]
    async fn kind(&self, ctx: &Context<'_>) -> ApiResult<Option<DefectType>> {
        ctx.loaders().defect.types.load((self.0.project_id(), self.0.type_code()?.clone())).await
    }

    /// In words, as it was written.
    async fn description(&self) -> ApiResult<&str> {
        Ok(self.0.description()?)
    }

    /// How bad it is.
    async fn severity(&self) -> Severity {
        self.0.severity()
    }

    /// The kind of shortcoming.
    async fn category(&self) -> Category {
        self.0.category()
    }

    /// The trade that repairs it, a code of the project's terms.
    async fn trade(&self) -> ApiResult<&str> {
        Ok(self.0.trade()?)
    }

    /// Where it is on the plan.
    async fn pin(&self) -> ApiResult<Option<Pin>> {
        self.pin_of()
    }

    /// The round in which it was found; null when outside of any.
    async fn round(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<Round>>> {
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, self.0.round_id()?, seen, &ctx.loaders().round.rounds).await
    }

    /// The unit inspection in which it was found; null when outside of any.
    async fn inspection(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<UnitInspection>>> {
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, self.0.inspection_id()?, seen, &ctx.loaders().inspection.inspections).await
    }

    /// The unit inspection that it came too late for, because that was submitted or its round was closed: no signature
    /// under that inspection covers it. Null when it came in time, or was found outside of any inspection.
    async fn late_for(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<UnitInspection>>> {
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, self.0.late_for_id()?, seen, &ctx.loaders().inspection.inspections).await
    }

    /// The checklist item that it explains. Staff only.
    async fn check_item(&self, ctx: &Context<'_>) -> ApiResult<Option<ChecklistItem>> {
        ctx.loaders().checklist.items.load_optional(self.0.check_item_id()?).await
    }

    /// Who raised it; null for owners unless it was the viewer.
    async fn raised_by(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.raised_by()).await
    }

    /// The party that raised it.
    async fn raised_party(&self) -> Party {
        self.0.raised_party()
    }

    /// Whether an owner found it.
    async fn raised_by_owner(&self) -> ApiResult<bool> {
        Ok(self.0.owner_finding()?)
    }

    /// The responsible company. Staff only.
    async fn responsible_company(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<Company>>> {
        let seen = ctx.is_staff_of(self.0.project_id());
        Brief::of(ctx, self.0.responsible_company_id()?, seen, &ctx.loaders().project.companies).await
    }

    /// The person of the responsible company who repairs it. Staff only.
    async fn assignee(&self, ctx: &Context<'_>) -> ApiResult<Option<Row<Person>>> {
        Ok(ctx.loaders().project.people.load_optional(self.0.assignee_id()?).await?.map(Row))
    }

    /// When the responsible company got it. For owners a company that follows from a dispute does not move it.
    async fn assigned_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.assigned_at()?.map(Into::into))
    }

    /// The time by which it is to be repaired. It does not change while the clock is stopped; when the clock runs
    /// again, the working time that was left is left. For owners holds and disputes do not move it.
    async fn due_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.due_at()?.map(Into::into))
    }

    /// Whether the repair is late now: to do or disputed, and the due time has passed, or had passed when the clock
    /// stopped. Owners do not see that a clock is stopped: to them it is late once the due time has passed. The filter
    /// `overdue` uses the same rule.
    async fn overdue(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let (due_at, stopped_at) = (self.0.due_at()?.map(Timestamp), self.0.clock_stopped_at()?.map(Timestamp));
        Ok(due::is_overdue(self.0.status(), due_at, stopped_at, ctx.loaders().now))
    }

    /// Whether it is escalated and still alive: a step of the escalation rules at or after the due time was reached, or
    /// too many attempts failed. It begins anew with a new due time. Staff only; false for owners.
    async fn escalated(&self) -> ApiResult<bool> {
        Ok(self.0.escalated_at()?.is_some() && self.0.status().is_alive())
    }

    /// The steps of the escalation rules that it has gone through with its present due time. Staff only; empty for
    /// owners.
    async fn escalations(&self, ctx: &Context<'_>) -> ApiResult<Vec<DefectEscalation>> {
        if !ctx.is_staff_of(self.0.project_id()) {
            return Ok(Vec::new());
        }
        ctx.loaders().defect.escalations.load_list(self.0.id()).await
    }

    /// Whether it is on hold. Staff only; false for owners.
    async fn on_hold(&self) -> ApiResult<bool> {
        Ok(self.0.held_since()?.is_some())
    }

    /// Why it is on hold. Staff only.
    async fn hold_reason(&self) -> ApiResult<Option<&str>> {
        Ok(self.0.hold_reason()?.as_deref())
    }

    /// The repair attempts, first to last.
    async fn attempts(&self, ctx: &Context<'_>) -> ApiResult<Vec<RepairAttempt>> {
        ctx.loaders().defect.attempts.load_list(self.0.id()).await
    }

    /// The photos of every stage, also those that belong to an attempt, in the order in which they were taken. Owners
    /// see those that are ready.
    async fn photos(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this stage.")] stage: Option<PhotoStage>,
        #[graphql(desc = "Only the first so many.")] first: Option<u32>,
    ) -> ApiResult<Rows<Photo>> {
        let columns = columns_of_rows(ctx, photo::required_columns);
        Ok(Rows(some_of(ctx.loaders().photo.of_defects.load_list((self.0.id(), columns)).await?, stage, first)))
    }

    /// The photos before and after each repair attempt, side by side, first to last; before any attempt one pair with
    /// the finding.
    async fn photo_pairs(&self, ctx: &Context<'_>) -> ApiResult<Vec<DefectPhotoPair>> {
        pairs::of_defect(ctx, self.0.id(), self.pin_of()?).await
    }

    /// Whether a photo of it has the same bytes as a photo of another stage, of another attempt or of another defect:
    /// look at it before you pass the repair. For staff of developer, supervisor and property service; false for
    /// others.
    async fn reused_photo(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        Ok(!self.reused(ctx).await?.is_empty())
    }

    /// The photos that `reusedPhoto` is about.
    async fn reused_photos(&self, ctx: &Context<'_>) -> ApiResult<Vec<Photo>> {
        let ids = self.reused(ctx).await?;
        let photos = ids.into_iter().map(|id| ctx.loaders().photo.photos.load(id));
        Ok(futures::future::try_join_all(photos).await?.into_iter().flatten().collect())
    }

    /// How many attempts failed.
    async fn failed_attempts(&self) -> ApiResult<i32> {
        Ok(self.0.failed_count()?)
    }

    /// How often it was opened again.
    async fn reopened_count(&self) -> ApiResult<i32> {
        Ok(self.0.reopened_count()?)
    }

    /// The disputes, first to last. Staff only; empty for owners.
    async fn disputes(&self, ctx: &Context<'_>) -> ApiResult<Vec<Dispute>> {
        ctx.loaders().defect.disputes.load_list(self.0.id()).await
    }

    /// The comments that the viewer may read, first to last, 1,000 at most.
    async fn comments(&self, ctx: &Context<'_>) -> ApiResult<Rows<Comment>> {
        Ok(Rows(ctx.loaders().defect.comments.load_list(self.0.id()).await?))
    }

    /// What happened, first to last, as far as the viewer may know.
    async fn events(&self, ctx: &Context<'_>) -> ApiResult<Rows<Event>> {
        Ok(Rows(ctx.loaders().defect.events.load_list(self.0.id()).await?))
    }

    /// The defect that this one repeats, when it is void as a duplicate or merged.
    async fn duplicate_of(&self, ctx: &Context<'_>) -> ApiResult<Option<Self>> {
        ctx.loaders().defect.defects.load_optional(self.0.duplicate_of()?).await
    }

    /// The defects that were merged into this one or declared its duplicates.
    async fn duplicates(&self, ctx: &Context<'_>) -> ApiResult<Vec<Self>> {
        ctx.loaders().defect.duplicates.load_list(self.0.id()).await
    }

    /// Raised by one with each change that the viewer is shown; for `expectedVersion`. Owners are shown no holds, disputes
    /// and assignees, for example.
    async fn version(&self) -> ApiResult<i32> {
        Ok(self.0.version()?)
    }

    /// When it was found, by the device's clock.
    async fn occurred_at(&self) -> ApiResult<DateTime> {
        Ok(self.0.occurred_at()?.into())
    }

    /// When the server got it.
    async fn recorded_at(&self) -> ApiResult<DateTime> {
        Ok(self.0.recorded_at()?.into())
    }

    /// When it last changed, by the server's clock; for owners, when it last changed as far as they are shown.
    async fn updated_at(&self) -> ApiResult<DateTime> {
        Ok(self.0.updated_at()?.into())
    }

    /// When the latest repair was reported, by the device's clock; null while none waits or has passed.
    async fn fixed_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.fixed_at()?.map(Into::into))
    }

    /// When it was closed.
    async fn closed_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.closed_at()?.map(Into::into))
    }

    /// Every command, whether the viewer may do it now, and why not.
    async fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedDefectCommand>> {
        ctx.loaders().defect.allowed.load_list(self.0.id()).await
    }
}

impl Defect {
    async fn reused(&self, ctx: &Context<'_>) -> ApiResult<Vec<PhotoId>> {
        if !ctx.caller()?.visibility().projects.contains(&self.0.project_id()) {
            return Ok(Vec::new());
        }
        ctx.loaders().defect.reused.load_list(self.0.id()).await
    }

    fn pin_of(&self) -> ApiResult<Option<Pin>> {
        let (place, plan_id) = (self.0.pin_x()?.zip(self.0.pin_y()?), self.0.plan_id()?);
        Ok(place.map(|(x, y)| Pin { x, y, plan_id: plan_id.map(Uid::from) }))
    }
}
