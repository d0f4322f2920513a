//! Readiness with its blockers, reviews, the commands allowed with a unit, and the modules of the other types of units.

use std::sync::Arc;

use async_graphql::{Context, Json, Object, SimpleObject};
use domain::unit::UnitCommand;
use domain::unit::readiness::BlockerCode;
use store::entity::unit_reviews;

use super::content::UnitReviewContent;
pub use super::owner::UnitOwner;
pub use super::unit::{Room, Unit};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::photo::types::Photo;
use crate::plan::{ToOne, planned};
use crate::project::types::{Person, row_type};
use crate::scalars::{DateTime, Uid};

row_type! {
    /// What an owner said of the own unit, signed. Never changed.
    UnitReview(unit_reviews::Model);
}

/// Whether the viewer may do a command with a unit now.
#[derive(SimpleObject, Clone)]
pub struct AllowedUnitCommand {
    /// The command.
    pub name: UnitCommand,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not, in the viewer's language, the same as the command itself would answer; null when allowed.
    pub reason: Option<String>,
}

/// Whether a unit is ready for delivery, and if not, why.
#[derive(async_graphql::Description)]
pub struct Readiness {
    /// As the viewer may see it.
    pub readiness: Arc<domain::unit::readiness::Readiness>,
    /// Whether the viewer is staff, not an owner.
    pub staff: bool,
    /// Whether the viewer may know waived subjects and their reasons.
    pub reads_waivers: bool,
}

#[Object(use_type_description)]
impl Readiness {
    /// Nothing blocks that was not waived. Derived from the unit's state now, never set by hand.
    fn ready(&self) -> bool {
        self.readiness.ready
    }

    /// What stands between the unit and its delivery, the waived ones too.
    fn blockers(&self) -> Vec<ReadinessBlocker> {
        let (staff, reads_waivers) = (self.staff, self.reads_waivers);
        let of = |index| ReadinessBlocker { of: Arc::clone(&self.readiness), index, staff, reads_waivers };
        (0..self.readiness.blockers.len()).map(of).collect()
    }
}

/// Something that stands between a unit and its delivery.
#[derive(async_graphql::Description)]
pub struct ReadinessBlocker {
    of: Arc<domain::unit::readiness::Readiness>,
    index: usize,
    staff: bool,
    reads_waivers: bool,
}

impl ReadinessBlocker {
    fn blocker(&self) -> &domain::unit::readiness::Blocker {
        &self.of.blockers[self.index]
    }
}

#[Object(use_type_description)]
impl ReadinessBlocker {
    /// What blocks, for programs.
    fn code(&self) -> BlockerCode {
        self.blocker().code
    }

    /// What blocks, in the viewer's language; for owners in plain words.
    fn message(&self, ctx: &Context<'_>) -> String {
        match self.staff {
            true => self.blocker().message(ctx.language()),
            false => self.blocker().owner_message(ctx.language()),
        }
    }

    /// What would clear it, besides a waiver.
    fn cleared_by(&self, ctx: &Context<'_>) -> &'static str {
        match self.staff {
            true => self.blocker().cleared_by(ctx.language()),
            false => self.blocker().owner_cleared_by(ctx.language()),
        }
    }

    /// The unit inspection, defect or photo that it is about; null for the unit as a whole, and for contractors and
    /// owners when it is none of theirs: such blockers of one kind are one, however many they are.
    fn subject_id(&self) -> Option<Uid> {
        self.blocker().subject_id.map(Uid)
    }

    /// Whether a delivery manager let it pass: then it no longer blocks.
    fn waived(&self) -> bool {
        self.blocker().waiver.is_some()
    }

    /// Who let it pass, when and why. Staff only, but not contractors.
    fn waiver(&self) -> Option<ReadinessWaiver> {
        let waiver = self.blocker().waiver.clone()?;
        self.reads_waivers.then_some(ReadinessWaiver(waiver))
    }
}

/// A blocker that a delivery manager let pass by name. Staff only, but not contractors.
#[derive(async_graphql::Description)]
pub struct ReadinessWaiver(domain::unit::readiness::Waiver);

#[Object(use_type_description)]
impl ReadinessWaiver {
    /// The waiver's id, for `readinessWaiverRevoke`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Who.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// Why.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        DateTime(self.0.recorded_at)
    }
}

#[Object(use_type_description)]
impl UnitReview {
    /// The review's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The unit.
    fn unit(&self) -> ToOne<Unit> {
        ToOne::by(self.0.unit_id)
    }

    /// Who wrote it.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// From 1, very bad, to 5, very good.
    fn rating(&self) -> Option<i32> {
        self.0.rating
    }

    /// In words.
    fn body(&self) -> &str {
        &self.0.body
    }

    /// The picture of the signature.
    fn signature_photo(&self) -> ToOne<Photo> {
        ToOne::by(self.0.signature_photo_id)
    }

    /// Exactly the content that the owner saw and reviewed: the unit, its defects with their state, its readiness.
    fn content(&self) -> Json<serde_json::Value> {
        Json(self.0.content.clone())
    }

    /// The same content as a page for people, with the text that was hashed.
    fn signed(&self, ctx: &Context<'_>) -> ApiResult<UnitReviewContent> {
        UnitReviewContent::new(self.0.content.clone(), &self.0.content_hash, ctx.language())
    }

    /// SHA-256 of that content in hexadecimal.
    fn content_hash(&self) -> String {
        use std::fmt::Write;
        self.0.content_hash.iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// When it was written, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }
}

planned! {
    UnitReview {
        "id" => value(|object| Uid::from(object.0.id));
        "unit" => one(unit);
        "person" => one(person);
        "rating" => leaf(rating);
        "body" => leaf(body);
        "signaturePhoto" => one(signature_photo);
        "content" => leaf(content);
        "signed" => asked();
        "contentHash" => leaf(content_hash);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
    }
}

planned! {
    AllowedUnitCommand {
        "name" => value(|object| object.name);
        "allowed" => value(|object| object.allowed);
        "reason" => value(|object| object.reason);
    }
}
