//! Reading photos: what the caller may see of them, and links to their bytes.

use domain::photo::{PhotoFormat, PhotoRejection, PhotoSize, PhotoStage, PhotoState, PhotoType, has_original};
use domain::{Caller, Timestamp};
use std::borrow::Cow;
use store::boxed;
use store::columns::Columns;
use store::entity::photos::Column;
use store::page::{Page, PageRequest};
use store::photos::MissingFilter;
use uuid::Uuid;

use blob_store::Caching;

use super::render::{LARGE_EDGE, THUMB_EDGE};
use super::{PhotoRow, object_keys};
use crate::App;
use crate::error::Result;
use crate::redacted::{Redact, Redacted};

/// The media types of renditions.
const JPEG: &str = PhotoType::Jpeg.as_str();
const WEBP: &str = PhotoType::Webp.as_str();

/// An owner learns nothing of the people of other parties.
impl Redact for PhotoRow {
    fn redact_for(&mut self, caller: &Caller) {
        if caller.is_staff_of(self.project_id) {
            return;
        }
        if self.person_id != caller.person_id {
            self.person_id = Uuid::nil();
            (self.device_id, self.device_name, self.camera) = (None, None, None);
        }
        self.company_id = None;
        (self.written_off_at, self.written_off_by, self.write_off_reason) = (None, None, None);
        if self.withdrawn_by != Some(caller.person_id) {
            (self.withdrawn_at, self.withdrawn_by, self.withdraw_reason) = (None, None, None);
        }
        self.markup_by = self.markup_by.filter(|person_id| *person_id == caller.person_id);
    }
}

/// One photo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_photo(app: &App, caller: &Caller, id: Uuid) -> Result<Option<Redacted<PhotoRow>>> {
    let found = store::photos::find(app.db.read(), &caller.visibility(), id).await?;
    Ok(found.map(|photo| Redacted::of(caller, photo)))
}

/// Those of the photos that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_photos(app: &App, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Redacted<PhotoRow>>> {
    Ok(Redacted::all(caller, store::photos::find_many(app.db.read(), &caller.visibility(), ids).await?))
}

/// The photos of defects that the caller has been shown, with these columns only.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_defects(
    app: &App,
    caller: &Caller,
    defect_ids: &[Uuid],
    columns: Columns,
) -> Result<Vec<Redacted<PhotoRow>>> {
    let columns = columns | Columns::of([Column::ProjectId, Column::DefectId, Column::PersonId]);
    Ok(Redacted::all(
        caller,
        store::photos::of_defects(app.db.read(), &caller.visibility(), defect_ids, columns).await?,
    ))
}

/// The after-photos of repair attempts that the caller has been shown.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_attempts(app: &App, caller: &Caller, attempt_ids: &[Uuid]) -> Result<Vec<Redacted<PhotoRow>>> {
    Ok(Redacted::all(caller, store::photos::of_attempts(app.db.read(), &caller.visibility(), attempt_ids).await?))
}

/// A page of a project's missing photos, the longest missed first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing(
    app: &App,
    caller: &Caller,
    project_id: Uuid,
    filter: &MissingFilter,
    request: &PageRequest,
) -> Result<Page<Redacted<PhotoRow>>> {
    let page = store::photos::missing(app.db.read(), &caller.visibility(), project_id, filter, request).await?;
    Ok(page.map(|photo| Redacted::of(caller, photo)))
}

/// How many of a project's photos are missing.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_count(app: &App, caller: &Caller, project_id: Uuid, filter: &MissingFilter) -> Result<u64> {
    Ok(store::photos::missing_count(app.db.read(), &caller.visibility(), project_id, filter).await?)
}

/// When it was taken, in UTC: only if the camera said how far its clock was ahead.
#[must_use]
pub fn taken_at(photo: &PhotoRow) -> Option<Timestamp> {
    let local: jiff::civil::DateTime = photo.taken_local.as_deref()?.parse().ok()?;
    let offset = jiff::tz::Offset::from_seconds(photo.taken_offset?.checked_mul(60)?).ok()?;
    Some(Timestamp(offset.to_timestamp(local).ok()?.as_microsecond()))
}

/// Whether the photo is of this stage; no stage means any.
#[must_use]
pub fn is_of(photo: &PhotoRow, stage: Option<PhotoStage>) -> bool {
    stage.is_none_or(|stage| photo.stage == stage)
}

/// Which picture of a photo is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedImage {
    /// How large.
    pub size: PhotoSize,
    /// In which format; of renditions only.
    pub format: PhotoFormat,
    /// With the markup drawn in, of the large one.
    pub marked: bool,
}

/// A link to a photo that the caller has been shown, good for five minutes at most. None until its bytes are checked
/// and its renditions made; until a drawing or WebP is made, the plain JPEG instead. The original, which holds the
/// place where it was taken, is for who took it and the own company; other staff gets the copy without metadata.
#[must_use]
pub fn url(app: &App, caller: &Caller, photo: &PhotoRow, wanted: RequestedImage) -> Option<String> {
    let original = photo.object_key.as_deref();
    let as_webp = wanted.format == PhotoFormat::Webp && photo.webp_at.is_some();
    let drawn = photo.marked_key.as_deref().filter(|_| wanted.marked);
    let (key, content_type) = match (wanted.size, photo.state) {
        (PhotoSize::Large, PhotoState::Ready) if drawn.is_some() => (Cow::Borrowed(drawn?), JPEG),
        (PhotoSize::Thumb, PhotoState::Ready) if as_webp => (object_keys::webp(original?, THUMB_EDGE).into(), WEBP),
        (PhotoSize::Large, PhotoState::Ready) if as_webp => (object_keys::webp(original?, LARGE_EDGE).into(), WEBP),
        (PhotoSize::Thumb, PhotoState::Ready) => (photo.thumb_key.as_deref()?.into(), JPEG),
        (PhotoSize::Large, PhotoState::Ready) => (photo.large_key.as_deref()?.into(), JPEG),
        (PhotoSize::Original, PhotoState::Ready | PhotoState::Kept) => return of_original(app, caller, photo),
        // What the server cannot show may be evidence nevertheless.
        (PhotoSize::Original, PhotoState::Rejected) if is_picture(photo) => return of_original(app, caller, photo),
        _ => return None,
    };
    Some(app.objects.presign_get(&key, Caching::Own, Some(content_type)))
}

/// Whether a rejected photo is a picture or a clip, though one that cannot be shown.
pub(super) fn is_picture(photo: &PhotoRow) -> bool {
    matches!(photo.rejection, Some(PhotoRejection::Broken | PhotoRejection::TooManyPixels | PhotoRejection::TooLong))
}

fn of_original(app: &App, caller: &Caller, photo: &PhotoRow) -> Option<String> {
    let actor = caller.actor_in(photo.project_id)?;
    let own = has_original(caller.person_id, actor.company_id(), photo.person_id, photo.company_id);
    let key = match (own, actor.company_id()) {
        (true, _) => photo.object_key.as_deref()?,
        (false, Some(_)) => photo.stripped_key.as_deref()?,
        (false, None) => return None,
    };
    Some(app.objects.presign_get(key, Caching::None, Some(photo.content_type.as_str())))
}
