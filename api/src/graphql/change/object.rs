//! The object of a change, read by the same finder as everywhere else: what the viewer may not see is not there.

use async_graphql::{Context, Union};
use domain::object_kind::ObjectKind as K;
use uuid::Uuid;

use crate::graphql::ask::Ask;
use crate::graphql::checklist::types::Checklist;
use crate::graphql::defect::children::{Comment, Dispute, RepairAttempt, Verdict};
use crate::graphql::defect::types::Defect;
use crate::graphql::error::ApiResult;
use crate::graphql::inspection::types::UnitInspection;
use crate::graphql::photo::types::Photo;
use crate::graphql::project::types::{Company, Person, Project, Room, Unit};
use crate::graphql::round::types::Round;
use crate::graphql::unit::types::UnitReview;

/// An object that changed. Clients need a branch for types that they do not know.
#[derive(Union)]
pub enum ChangedObject {
    /// A project.
    Project(Project),
    /// A company.
    Company(Company),
    /// A person.
    Person(Person),
    /// A unit.
    Unit(Unit),
    /// A room.
    Room(Room),
    /// A checklist.
    Checklist(Checklist),
    /// A round.
    Round(Round),
    /// The inspection of a unit in a round.
    UnitInspection(UnitInspection),
    /// A defect.
    Defect(Defect),
    /// A repair attempt.
    RepairAttempt(RepairAttempt),
    /// A verdict.
    Verdict(Verdict),
    /// A dispute.
    Dispute(Dispute),
    /// A comment.
    Comment(Comment),
    /// A photo.
    Photo(Photo),
    /// An owner's review.
    UnitReview(UnitReview),
}

/// The object, if the viewer may see it.
pub(super) async fn load(ctx: &Context<'_>, kind: K, id: Uuid) -> ApiResult<Option<ChangedObject>> {
    let all = ctx.loaders();
    Ok(match kind {
        K::Project => all.project.projects.one(id).await?.map(ChangedObject::Project),
        K::Company => all.project.companies.one(id).await?.map(ChangedObject::Company),
        K::Person => all.project.people.one(id).await?.map(ChangedObject::Person),
        K::Unit => all.project.units.one(id).await?.map(ChangedObject::Unit),
        K::Room => all.project.rooms.one(id).await?.map(ChangedObject::Room),
        K::Checklist => all.checklist.checklists.one(id).await?.map(ChangedObject::Checklist),
        K::Round => all.round.rounds.one(id).await?.map(ChangedObject::Round),
        K::UnitInspection => all.inspection.inspections.one(id).await?.map(ChangedObject::UnitInspection),
        K::Defect => all.defect.defects.one(id).await?.map(ChangedObject::Defect),
        K::RepairAttempt => all.change.attempts.one(id).await?.map(ChangedObject::RepairAttempt),
        K::Verdict => all.change.verdicts.one(id).await?.map(ChangedObject::Verdict),
        K::Dispute => all.change.disputes.one(id).await?.map(ChangedObject::Dispute),
        K::Comment => all.change.comments.one(id).await?.map(ChangedObject::Comment),
        K::Photo => all.photo.photos.one(id).await?.map(ChangedObject::Photo),
        K::Review => all.change.reviews.one(id).await?.map(ChangedObject::UnitReview),
        // Read through the object that they belong to, whose own change comes with theirs.
        K::Building
        | K::UnitType
        | K::CheckResult
        | K::Measurement
        | K::Signature
        | K::Waiver
        | K::ResponsibilityRule => None,
    })
}
