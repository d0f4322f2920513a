//! Draw on a photo: the markup is data beside it, and replaced as a whole; a job draws it into a rendition.

use domain::id::PhotoId;
use domain::object_kind::ObjectKind;
use domain::photo::markup::{Shape, check};
use domain::photo::{AnnotatedPhoto, Markup, PhotoCommand, permit_annotate};
use domain::{Caller, Timestamp};
use serde_json::{Value, json};

use super::PhotoRow;
use super::jobs::DrawMarkup;
use super::markup::{hash, parse_markup};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{check_version, occurred};
use crate::jobs::JobKind;
use crate::operation::{Change, FieldConflict, OperationContext};
use crate::redacted::Redacted;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// The annotation to draw on a photo.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotatePhoto {
    /// The photo.
    pub photo_id: PhotoId,
    /// All that is drawn on it from now on; nothing takes the markup off.
    pub shapes: Vec<Shape<f64>>,
    /// The version that the caller knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<Timestamp>,
}

/// Replaces the annotation of a photo. The event keeps the annotations before and after. The same annotation again
/// changes nothing.
///
/// # Errors
/// Faults of the shapes, the rule's refusal, `STALE_VERSION`, or an internal error.
pub async fn annotate(ctx: Context<'_>, input: AnnotatePhoto) -> Result<Redacted<PhotoRow>> {
    // Before any read: an annotation above the limits costs no transaction.
    let markup = check(input.shapes).map_err(Error::Refused)?;
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    let mut found = store::photos::find_for_update(&work.tx, &ctx.caller.visibility(), &[input.photo_id]).await?;
    let mut photo = found.pop().ok_or_else(|| Error::not_found("photoId"))?;
    let occurred_at = work.plausible_time(said, Timestamp(photo.occurred_at));
    let actor = work.act_in_project_at(ctx.caller, photo.project_id, said).await?;
    permit_annotate(&actor, &facts(&work, ctx.caller, &photo).await?)?;
    if parse_markup(photo.markup.as_ref())? == markup {
        // Sent twice, perhaps: the version that the client knew was that before its own markup.
        work.tx.rollback().await?;
        return Ok(Redacted::of(ctx.caller, photo));
    }
    check_version(input.expected_version, photo.version)?;
    let is_by_others = work.is_by_others(photo.version, drawing_of(&photo));
    if let (true, Some(operation)) = (is_by_others, &work.operation) {
        operation.conflict(vec![conflict(&photo, markup.as_ref())?]);
        work.tx.rollback().await?;
        return Ok(Redacted::of(ctx.caller, photo));
    }
    let before = photo.markup.take();
    photo.markup = markup.as_ref().map(serde_json::to_value).transpose()?;
    photo.markup_by = markup.as_ref().map(|_| ctx.caller.person_id);
    photo.markup_at = markup.as_ref().map(|_| work.now.0);
    photo.marked_key = None;
    photo.version += 1;
    let at = photo.markup_at.map(Timestamp);
    let drawn = (photo.version, ctx.caller.person_id, work.operation.as_ref().map(OperationContext::device_id));
    store::photos::set_markup(&work.tx, photo.id, photo.markup.clone(), photo.markup_by, at, drawn).await?;
    work.add_event(new_event(&photo, before, occurred_at));
    if let Some(markup) = &markup {
        work.enqueue(JobKind::PhotoMarkup, &DrawMarkup { photo_id: photo.id, markup: hash(markup)? })?;
    }
    work.commit().await?;
    Ok(Redacted::of(ctx.caller, photo))
}

/// The last change of the annotation. For an annotation older than this record only its author is known; a photo
/// without one has nothing to overwrite.
fn drawing_of(photo: &PhotoRow) -> Change {
    let never_drawn = photo.drawn_in.is_none() && photo.markup.is_none();
    let version = if never_drawn { Some(0) } else { photo.drawn_in };
    Change { version, by: photo.drawn_by.or(photo.markup_by), device_id: photo.drawn_device }
}

/// Both drawings, as a conflict for a person to resolve.
fn conflict(photo: &PhotoRow, yours: Option<&Markup>) -> Result<FieldConflict> {
    Ok(FieldConflict {
        field: "shapes".to_owned(),
        yours: serde_json::to_value(yours)?,
        theirs: photo.markup.clone().unwrap_or_default(),
        changed_at: photo.markup_at.map(Timestamp),
        changed_by: photo.drawn_by.or(photo.markup_by),
    })
}

fn new_event(photo: &PhotoRow, before: Option<Value>, occurred_at: Timestamp) -> NewEvent {
    NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        data: json!({ "markup": { "from": before, "to": photo.markup } }),
        ..NewEvent::new(PhotoCommand::Mark.event(), ObjectKind::Photo, photo.id, occurred_at)
    }
}

async fn facts(work: &UnitOfWork, caller: &Caller, photo: &PhotoRow) -> Result<AnnotatedPhoto> {
    let defect = match photo.defect_id {
        Some(id) => store::defects::find(&work.tx, &caller.visibility(), id).await?,
        None => None,
    };
    Ok(AnnotatedPhoto {
        stage: photo.stage,
        state: photo.state,
        person_id: photo.person_id,
        company_id: photo.company_id,
        unit_id: photo.unit_id,
        defect_raised_by: defect.map(|defect| defect.raised_by),
    })
}
