//! The results of a unit inspection, and its signatures.

use app::redacted::Redacted;
use async_graphql::{Context, Object};
use domain::id::Id;
use domain::inspection::CheckOutcome;
use domain::{Party, Role};
use store::entity::{check_results, measurements, signatures};
use uuid::Uuid;

use crate::checklist::types::ChecklistItem;
use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};
use crate::photo::types::Photo;
use crate::project::types::{Company, Person, row_type};
use crate::project::vocabulary::MeasurementRule;
use crate::scalars::{DateTime, Uid};
use crate::unit::types::Room;

row_type! {
    /// A company's result of a checklist item in a room.
    CheckResult(Redacted<check_results::Model>);
    /// A company's measurement of a checklist item in a room.
    Measurement(Redacted<measurements::Model>);
    /// A party's signature under exactly the content shown to it.
    Signature(Redacted<signatures::Model>);
}

/// An id that is shown to the viewer, none where it was blanked.
fn unless_nil<I: Id>(id: I) -> Option<I> {
    Some(id).filter(|id| *id != I::from(Uuid::nil()))
}

#[Object(use_type_description)]
impl CheckResult {
    /// The result's id.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> ApiResult<Option<Room>> {
        ctx.loaders().unit.rooms.load(self.0.room_id).await
    }

    /// The checklist item.
    async fn item(&self, ctx: &Context<'_>) -> ApiResult<Option<ChecklistItem>> {
        ctx.loaders().checklist.items.load(self.0.item_id).await
    }

    /// The finding.
    async fn result(&self) -> CheckOutcome {
        self.0.result
    }

    /// Whether the item's rule gave it from a measurement, not a person.
    async fn by_measurement(&self) -> bool {
        self.0.measurement_id.is_some()
    }

    /// In words. Staff only.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The party that found it.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// The company that found it. Staff only.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load_optional(unless_nil(self.0.company_id)).await
    }

    /// Who recorded it last. Staff only.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(unless_nil(self.0.person_id)).await
    }

    /// When it was recorded, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// Raised by one with each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

#[Object(use_type_description)]
impl Measurement {
    /// The measurement's id.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> ApiResult<Option<Room>> {
        ctx.loaders().unit.rooms.load(self.0.room_id).await
    }

    /// The checklist item.
    async fn item(&self, ctx: &Context<'_>) -> ApiResult<Option<ChecklistItem>> {
        ctx.loaders().checklist.items.load(self.0.item_id).await
    }

    /// The rule that judged it.
    async fn rule(&self, ctx: &Context<'_>) -> ApiResult<Option<MeasurementRule>> {
        ctx.loaders().checklist.rules.load((self.0.project_id, self.0.rule_code.clone())).await
    }

    /// The design value, as a decimal, where the rule needs one.
    async fn design(&self) -> Option<&str> {
        self.0.design.as_deref()
    }

    /// The readings, as decimals, in the order measured.
    async fn readings(&self) -> ApiResult<Vec<String>> {
        serde_json::from_value(self.0.readings.clone()).map_err(ApiError::internal)
    }

    /// How many readings are out of tolerance 爆点.
    async fn out_of_tolerance(&self) -> i32 {
        self.0.out_of_tolerance
    }

    /// Whether all of it is in tolerance.
    async fn in_tolerance(&self) -> bool {
        self.0.in_tolerance
    }

    /// The party that measured.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// The company that measured. Staff only.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load_optional(unless_nil(self.0.company_id)).await
    }

    /// Who recorded it last. Staff only.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(unless_nil(self.0.person_id)).await
    }

    /// When it was measured, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// Raised by one with each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

#[Object(use_type_description)]
impl Signature {
    /// The signature's id.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The party that signed.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// In which role.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// The signer's name as it was then; for owners only of their own signatures. An owner's name is for delivery
    /// manager, customer relations and property service.
    async fn signer_name(&self) -> Option<&str> {
        Some(self.0.signer_name.as_str()).filter(|name| !name.is_empty())
    }

    /// The signer; for owners only themselves.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(unless_nil(self.0.person_id)).await
    }

    /// The signer's company; null for customers. Staff only.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load_optional(self.0.company_id).await
    }

    /// The image of the signature; for owners only of their own signatures.
    async fn photo(&self, ctx: &Context<'_>) -> ApiResult<Option<Photo>> {
        ctx.loaders().photo.photos.load_optional(self.0.photo_id).await
    }

    /// SHA-256 in hexadecimal of exactly the signed content.
    async fn content_hash(&self) -> String {
        hex::encode(&self.0.content_hash)
    }

    /// Which submission was signed.
    async fn submission_no(&self) -> i32 {
        self.0.submission_no
    }

    /// When it was signed, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// When a reopening made it history; null while it counts.
    async fn superseded_at(&self) -> Option<DateTime> {
        self.0.superseded_at.map(Into::into)
    }
}
