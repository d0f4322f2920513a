//! An owner's review of the own unit, signed, with exactly the content shown.

use domain::change::ChangeAudience;
use domain::id::{PhotoId, ReviewId, UnitId};
use domain::inspection::SignatureSubject;
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, required};
use domain::unit::{UnitCommand, UnitFacts, permit};
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::entity::{signatures, unit_reviews};

use super::content::{ShownContent, shown_to_owner};
use super::read::{facts_of, worked_in};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::project::rules::ProjectRules;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// A review as it is stored.
pub type ReviewRow = unit_reviews::Model;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The review's id, made by the client.
    #[serde(rename = "review_id")]
    pub review_id: ReviewId,
    /// The unit.
    #[serde(rename = "unit_id")]
    pub unit_id: UnitId,
    /// From 1 to 5.
    #[serde(rename = "rating")]
    pub rating: Option<i32>,
    /// In words.
    #[serde(rename = "body")]
    pub body: String,
    /// The image of the signature, a photo declared as one.
    #[serde(rename = "signature_photo_id")]
    pub signature_photo_id: Option<PhotoId>,
    /// The hash of the content shown to the owner, in hexadecimal; left out = the present content.
    #[serde(rename = "content_hash")]
    pub content_hash: Option<String>,
    /// The device's time; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
}

/// Reviews the own unit.
///
/// # Errors
/// The rule's refusal, `CONTENT_CHANGED`, `PHOTO_UNUSABLE`, `INVALID_VALUE`, a text's refusal, or an internal error.
pub async fn review(ctx: Context<'_>, input: Review) -> Result<ReviewRow> {
    let body = required(&input.body, NOTE_LIMIT, "body")?;
    if input.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "rating");
        return Err(wrong.because("a rating is from 1 to 5", "评分须为 1 至 5").into());
    }
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    // Not closed to its owners meanwhile.
    store::units::lock_shared(&work.tx, &[input.unit_id]).await?;
    let unit = store::units::find(&work.tx, &ctx.caller.visibility(), input.unit_id).await?;
    let unit = unit.ok_or_else(|| Error::not_found("unitId"))?;
    let actor = work.act_in_project_at(ctx.caller, unit.project_id, said).await?;
    let occurred_at = unit.opened_at.map_or(said, |opened_at| work.plausible_time(said, Timestamp(opened_at)));
    let acted_for_other_party = worked_in(&work.tx, ctx.caller, &[unit.id]).await?.contains(&unit.id);
    permit(&UnitFacts { acted_for_other_party, ..facts_of(&unit, None) }, &actor, UnitCommand::Review)?;
    if work.reserve_client_id(input.review_id, ObjectKind::Review, "reviewId", &input).await?
        == ClientIdReservation::Done
    {
        return repeated_answer(&work, ctx.caller, input.review_id).await;
    }
    check_photo(&work, &actor, unit.id, input.signature_photo_id).await?;
    let policy = ProjectRules::load(&work.tx, unit.project_id).await?.policy;
    work.check_synced(&policy, unit.project_id, unit.id).await?;
    let shown = shown_to_owner(&work.tx, ctx.caller, &unit).await?;
    if input.content_hash.as_ref().is_some_and(|hash| !hash.eq_ignore_ascii_case(&shown.hash_text())) {
        return Err(Refusal::at(RefusalCode::ContentChanged, "contentHash").into());
    }
    let review = review_row(&work, &actor, &input, body, &shown, occurred_at);
    let signature = signature_row(&work, ctx.caller, &review);
    let signature_id = signature.id;
    store::units::insert_review(&work.tx, review.clone()).await?;
    store::inspections::insert_signature(&work.tx, signature).await?;
    work.add_event(NewEvent {
        unit_id: Some(unit.id),
        // The texts stay in the review: an event is never a way around its readers' rights.
        data: json!({ "reviewId": review.id, "contentHash": shown.hash_text() }),
        ..NewEvent::new(UnitCommand::Review.event(), ObjectKind::Review, review.id, occurred_at)
    });
    work.mark_changed(ObjectKind::Signature, signature_id, Some(unit.id));
    if let Some(photo_id) = review.signature_photo_id {
        // From now on the photo belongs to the unit: a client that reads the changes of this unit only has not received
        // it yet.
        work.mark_changed(ObjectKind::Photo, photo_id, None);
    }
    // The unit lists its reviews: to its author each comes by itself, and neither contractors nor other owners read it.
    work.mark_changed_for(ChangeAudience::WholeProject, ObjectKind::Unit, unit.id, Some(unit.id));
    work.commit().await?;
    Ok(review)
}

/// The answer to a repetition.
async fn repeated_answer(work: &UnitOfWork, caller: &Caller, id: ReviewId) -> Result<ReviewRow> {
    let mut found = store::units::reviews_by_ids(&work.tx, &caller.visibility(), &[id]).await?;
    found.pop().ok_or_else(|| Error::not_found("reviewId"))
}

async fn check_photo(work: &UnitOfWork, actor: &Actor, unit_id: UnitId, photo_id: Option<PhotoId>) -> Result<()> {
    let Some(photo_id) = photo_id else { return Ok(()) };
    if store::inspections::photo_fits(&work.tx, actor.project_id, unit_id, actor.person_id, photo_id).await? {
        return Ok(());
    }
    Err(Refusal::at(RefusalCode::PhotoUnusable, "signaturePhotoId").into())
}

fn review_row(
    work: &UnitOfWork,
    actor: &Actor,
    input: &Review,
    body: String,
    shown: &ShownContent,
    occurred_at: Timestamp,
) -> ReviewRow {
    ReviewRow {
        id: input.review_id,
        project_id: actor.project_id,
        unit_id: input.unit_id,
        person_id: actor.person_id,
        rating: input.rating,
        body,
        signature_photo_id: input.signature_photo_id,
        content: shown.content.clone(),
        content_hash: shown.hash.clone(),
        occurred_at: occurred_at.0,
        recorded_at: work.now.0,
    }
}

fn signature_row(work: &UnitOfWork, caller: &Caller, review: &ReviewRow) -> signatures::Model {
    signatures::Model {
        id: work.new_id(),
        project_id: review.project_id,
        subject_kind: SignatureSubject::UnitReview,
        subject_id: review.id.uuid(),
        submission_no: 1,
        party: domain::Party::Customer,
        person_id: review.person_id,
        company_id: None,
        role: domain::Role::Owner,
        signer_name: caller.name.clone(),
        photo_id: review.signature_photo_id,
        content_hash: review.content_hash.clone(),
        occurred_at: review.occurred_at,
        recorded_at: review.recorded_at,
        superseded_at: None,
    }
}
