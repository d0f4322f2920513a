//! A unit inspection as the viewer sees it.

use app::inspection::InspectionRow;
use app::inspection::lineage::{EarlierDefect as Earlier, UnitAccess as Access};
use app::redacted::Redacted;
use async_graphql::{Context, Object, SimpleObject};
use domain::Language;
use domain::Party;
use domain::defect::DefectStatus;
use domain::event::EventName;
use domain::inspection::{EarlierOutcome, InspectionCommand, InspectionStatus, MissingItem as Missing, MissingKind};

use super::results::{CheckResult, Measurement, Signature};
use crate::checklist::types::ChecklistItem;
use crate::context::ContextExt;
use crate::defect::types::Defect;
use crate::error::ApiResult;
use crate::event::Event;
use crate::project::types::{Company, Person, row_type};
use crate::round::types::Round;
use crate::row::Rows;
use crate::scalars::{DateTime, Uid};
use crate::sync::device::Device;
use crate::unit::types::{Room, Unit};

row_type! {
    /// A unit inspection 分户记录: the inspection of one unit in one round, by several people of several parties.
    UnitInspection(Redacted<InspectionRow>);
}

/// A checklist item of a room that lacks something.
#[derive(Clone)]
pub struct MissingItem(pub Missing);

/// A defect of the unit, and what became of it, seen from this round.
#[derive(async_graphql::Description, Clone)]
pub struct EarlierDefect(pub Earlier);

/// A person who was in a unit between the repair of a defect and its new damage, as far as events say.
#[derive(async_graphql::Description, Clone)]
pub struct UnitAccess(pub Access);

/// Whether the viewer may do a command to a unit inspection now.
#[derive(SimpleObject, Clone)]
pub struct AllowedInspectionCommand {
    /// The command.
    pub name: InspectionCommand,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not, in the viewer's language, the same as the command itself would answer; null when allowed.
    pub reason: Option<String>,
}

impl AllowedInspectionCommand {
    /// The rule's answers in a language.
    pub(super) fn in_language(commands: Vec<domain::inspection::Allowed>, language: Language) -> Vec<Self> {
        let told = |command: domain::inspection::Allowed| Self {
            name: command.command,
            allowed: command.refusal.is_none(),
            reason: command.refusal.map(|refusal| refusal.message(language)),
        };
        commands.into_iter().map(told).collect()
    }
}

/// A checklist item of a room that lacks something before the unit inspection can be submitted.
#[Object]
impl MissingItem {
    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> ApiResult<Option<Room>> {
        ctx.loaders().unit.rooms.load(self.0.room_id).await
    }

    /// The checklist item.
    async fn item(&self, ctx: &Context<'_>) -> ApiResult<Option<ChecklistItem>> {
        ctx.loaders().checklist.items.load(self.0.item_id).await
    }

    /// What it lacks.
    async fn kind(&self) -> MissingKind {
        self.0.kind
    }
}

#[Object(use_type_description)]
impl EarlierDefect {
    /// The defect as it is now.
    async fn defect(&self) -> Defect {
        self.0.defect.clone().into()
    }

    /// Its outcome. When the round closes, this is frozen.
    async fn outcome(&self) -> EarlierOutcome {
        self.0.outcome
    }

    /// Its status. When the round closes, this is frozen as it is then. For owners a dispute, and a company that follows
    /// from it, do not move it.
    async fn status(&self) -> DefectStatus {
        self.0.status
    }

    /// Who was in the unit between the repair and the new damage, when the outcome is `REGRESSED`: who inspected,
    /// found, repaired, judged or photographed anything there, by the devices' clocks. For staff of developer,
    /// supervisor and property service; empty for others.
    async fn access(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitAccess>> {
        let defect = &self.0.defect;
        let regressed = self.0.outcome == EarlierOutcome::Regressed;
        if !regressed || !ctx.caller()?.visibility().projects.contains(&defect.project_id) {
            return Ok(Vec::new());
        }
        match &self.0.access {
            Some(frozen) => Ok(frozen.iter().cloned().map(UnitAccess).collect()),
            None => ctx.loaders().inspection.access.load_list((defect.id, defect.unit_id)).await,
        }
    }
}

#[Object(use_type_description)]
impl UnitAccess {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// For which company; null of owners.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load_optional(self.0.company_id).await
    }

    /// For which party.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// The first time, by the device's clock.
    async fn first_at(&self) -> DateTime {
        DateTime(self.0.first_at)
    }

    /// The last time, by the device's clock.
    async fn last_at(&self) -> DateTime {
        DateTime(self.0.last_at)
    }

    /// The person's acts there, each kind once, in the order of the first time.
    async fn events(&self) -> &[EventName] {
        &self.0.events
    }
}

#[Object(use_type_description)]
impl UnitInspection {
    /// The unit inspection's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The round.
    async fn round(&self, ctx: &Context<'_>) -> ApiResult<Option<Round>> {
        ctx.loaders().round.rounds.load(self.0.round_id).await
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> ApiResult<Option<Unit>> {
        ctx.loaders().unit.units.load(self.0.unit_id).await
    }

    /// How far it has come.
    async fn status(&self) -> InspectionStatus {
        self.0.status
    }

    /// The parties that must sign.
    async fn required_parties(&self, ctx: &Context<'_>) -> ApiResult<Vec<Party>> {
        let round = ctx.loaders().round.rounds.load(self.0.round_id).await?;
        Ok(round.map(|round| app::round::read::required_parties(&round.0)).transpose()?.unwrap_or_default())
    }

    /// The results, each party's own: none overwrites another's. Contractors see those of their own company; owners
    /// those of a submitted or signed inspection, without notes and names.
    async fn results(&self, ctx: &Context<'_>) -> ApiResult<Rows<CheckResult>> {
        Ok(Rows(ctx.loaders().inspection.results.load_list(self.0.id).await?))
    }

    /// The measurements 实测实量, each party's own; seen as results are.
    async fn measurements(&self, ctx: &Context<'_>) -> ApiResult<Rows<Measurement>> {
        Ok(Rows(ctx.loaders().inspection.measurements.load_list(self.0.id).await?))
    }

    /// The entries that are missing before it can be submitted, in the order of a walk; for contractors those of the
    /// own company's results. Staff only; empty for owners.
    async fn missing(&self, ctx: &Context<'_>) -> ApiResult<Vec<MissingItem>> {
        ctx.loaders().inspection.missing.load_list(self.0.id).await
    }

    /// The devices that hold something of the unit, or held: whether each has synced. As far as the viewer sees them in
    /// `Project.devices`.
    async fn devices(&self, ctx: &Context<'_>) -> ApiResult<Vec<Device>> {
        ctx.loaders().sync.devices.load_list((self.0.project_id, self.0.unit_id)).await
    }

    /// The signatures, first to last; those from before a reopening stay as history with `supersededAt`. Owners see
    /// that a party signed and when, names only of their own.
    async fn signatures(&self, ctx: &Context<'_>) -> ApiResult<Vec<Signature>> {
        ctx.loaders().inspection.signatures.load_list(self.0.id).await
    }

    /// The defects of the unit that the viewer sees, logged before this round was opened or in it, each with its
    /// outcome. Those that came after the submission are in `lateDefects`. They are shown as they stand now until the
    /// round closes, also of a submitted or signed inspection: `unitInspectionContent` has the signed content.
    async fn earlier_defects(&self, ctx: &Context<'_>) -> ApiResult<Vec<EarlierDefect>> {
        ctx.loaders().inspection.earlier.load_list(self.0.id).await
    }

    /// The defects that came too late for this inspection, because it was submitted or its round was closed, as far as
    /// the viewer sees them. No signature under this inspection covers them.
    async fn late_defects(&self, ctx: &Context<'_>) -> ApiResult<Vec<Defect>> {
        ctx.loaders().inspection.late.load_list(self.0.id).await
    }

    /// What happened, first to last, as far as the viewer may know.
    async fn events(&self, ctx: &Context<'_>) -> ApiResult<Rows<Event>> {
        Ok(Rows(ctx.loaders().inspection.events.load_list(self.0.id.uuid()).await?))
    }

    /// When it was begun, by the device's clock.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(Into::into)
    }

    /// When it was submitted, by the device's clock; null while it is not, or is taken up again.
    async fn submitted_at(&self) -> Option<DateTime> {
        self.0.submitted_at.map(Into::into)
    }

    /// Who submitted it. Staff only.
    async fn submitted_by(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(self.0.submitted_by).await
    }

    /// Which submission this is or will be: 1, and one more after each reopening.
    async fn submission_no(&self) -> i32 {
        self.0.submission_no
    }

    /// SHA-256 in hexadecimal of exactly the content that the parties sign, taken at the submission: results,
    /// measurements and defects. To be given back by `unitInspectionSign`; null before the first submission.
    async fn content_hash(&self) -> Option<String> {
        self.0.content_hash.as_ref().map(hex::encode)
    }

    /// Why the unit could not be entered. Staff only.
    async fn inaccessible_reason(&self) -> Option<&str> {
        self.0.inaccessible_reason.as_deref()
    }

    /// Raised by one with each change that the viewer is shown: for contractors not with what other companies record,
    /// for owners not with what is recorded before the submission. For `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Every command, whether the viewer may do it now, and why not.
    async fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedInspectionCommand>> {
        ctx.loaders().inspection.allowed.load_list(self.0.id).await
    }
}
