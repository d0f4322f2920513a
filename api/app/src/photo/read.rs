//! Reading photos: what the caller may see of them, and links to their bytes.

use domain::id::{AttemptId, DefectId, PersonId, PhotoId, ProjectId};
use domain::photo::{PhotoFormat, PhotoRejection, PhotoSize, PhotoStage, PhotoState, PhotoType, has_original};
use domain::{Caller, Timestamp};
use std::borrow::Cow;
use store::boxed;
use store::columns::Columns;
use store::page::{Page, PageRequest};
use store::partial::{NotRead, Partial};
use store::photos::MissingFilter;

use blob_store::Caching;

use super::render::{LARGE_EDGE, THUMB_EDGE};
use super::{PhotoRow, object_keys};
use crate::App;
use crate::error::Result;
use crate::redacted::{Redact, Redacted};

/// The media types of renditions.
const JPEG: &str = PhotoType::Jpeg.as_str();
const WEBP: &str = PhotoType::Webp.as_str();

/// An owner learns nothing of the people of other parties. The rule holds for partly read rows too, so it decides by
/// columns that are always read.
impl Redact for PhotoRow {
    fn redact_for(&mut self, caller: &Caller) {
        if caller.is_staff_of(self.project_id) {
            return;
        }
        if self.person_id != caller.person_id {
            self.person_id = PersonId::nil();
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
pub async fn find_photo(app: &App, caller: &Caller, id: PhotoId) -> Result<Option<Redacted<PhotoRow>>> {
    let found = store::photos::find(app.db.read(), &caller.visibility(), id).await?;
    Ok(found.map(|photo| Redacted::of(caller, photo)))
}

/// Those of the photos that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_photos(app: &App, caller: &Caller, ids: &[PhotoId]) -> Result<Vec<Redacted<PhotoRow>>> {
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
    defect_ids: &[DefectId],
    columns: Columns,
) -> Result<Vec<Redacted<Partial<PhotoRow>>>> {
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
pub async fn of_attempts(
    app: &App,
    caller: &Caller,
    attempt_ids: &[AttemptId],
) -> Result<Vec<Redacted<Partial<PhotoRow>>>> {
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
    project_id: ProjectId,
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
pub async fn missing_count(app: &App, caller: &Caller, project_id: ProjectId, filter: &MissingFilter) -> Result<u64> {
    Ok(store::photos::missing_count(app.db.read(), &caller.visibility(), project_id, filter).await?)
}

/// When it was taken, in UTC: only if the camera said how far its clock was ahead.
///
/// # Errors
/// When a needed column was not read.
pub fn taken_at(photo: &Partial<PhotoRow>) -> Result<Option<Timestamp>, NotRead> {
    Ok(in_utc(photo.taken_local()?.as_deref(), photo.taken_offset()?))
}

/// The moment of a local time, in UTC, with the offset in minutes.
fn in_utc(local: Option<&str>, offset: Option<i32>) -> Option<Timestamp> {
    let local: jiff::civil::DateTime = local?.parse().ok()?;
    let offset = jiff::tz::Offset::from_seconds(offset?.checked_mul(60)?).ok()?;
    Some(Timestamp(offset.to_timestamp(local).ok()?.as_microsecond()))
}

/// Whether the photo is of this stage; no stage means any.
#[must_use]
pub fn is_of(photo: &Partial<PhotoRow>, stage: Option<PhotoStage>) -> bool {
    stage.is_none_or(|stage| photo.stage() == stage)
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

/// A link to a photo that the caller may see, good for five minutes at most. None until its bytes are checked and its
/// renditions made; until a drawing or WebP is made, the plain JPEG instead. The original contains the place where it
/// was taken. Only its photographer and the same company get it; other staff gets the copy without metadata.
///
/// # Errors
/// When a needed column was not read.
pub fn url(
    app: &App,
    caller: &Caller,
    photo: &Partial<PhotoRow>,
    wanted: RequestedImage,
) -> Result<Option<String>, NotRead> {
    let (key, content_type) = match (wanted.size, photo.state()) {
        (PhotoSize::Original, PhotoState::Ready | PhotoState::Kept) => return original_url(app, caller, photo),
        // What the server cannot show may be evidence nevertheless.
        (PhotoSize::Original, PhotoState::Rejected) if is_picture(photo.rejection()) => {
            return original_url(app, caller, photo);
        }
        (PhotoSize::Original, _) => return Ok(None),
        (_, PhotoState::Ready) => rendition(photo, wanted)?,
        _ => return Ok(None),
    };
    Ok(key.map(|key| app.objects.presign_get(&key, Caching::Own, Some(content_type))))
}

/// The key and the type of a ready photo's rendition.
fn rendition(
    photo: &Partial<PhotoRow>,
    wanted: RequestedImage,
) -> Result<(Option<Cow<'_, str>>, &'static str), NotRead> {
    let is_large = wanted.size == PhotoSize::Large;
    let drawn = photo.marked_key()?.as_deref().filter(|_| wanted.marked && is_large);
    if let Some(key) = drawn {
        return Ok((Some(key.into()), JPEG));
    }
    if wanted.format == PhotoFormat::Webp && photo.webp_at()?.is_some() {
        let edge = if is_large { LARGE_EDGE } else { THUMB_EDGE };
        return Ok((photo.object_key()?.as_deref().map(|original| object_keys::webp(original, edge).into()), WEBP));
    }
    let key = if is_large { photo.large_key()? } else { photo.thumb_key()? };
    Ok((key.as_deref().map(Cow::Borrowed), JPEG))
}

/// Whether a rejected photo is a picture or a clip, though one that cannot be shown.
pub(super) const fn is_picture(rejection: Option<PhotoRejection>) -> bool {
    matches!(rejection, Some(PhotoRejection::Broken | PhotoRejection::TooManyPixels | PhotoRejection::TooLong))
}

fn original_url(app: &App, caller: &Caller, photo: &Partial<PhotoRow>) -> Result<Option<String>, NotRead> {
    let Some(actor) = caller.actor_in(photo.project_id()) else { return Ok(None) };
    let own = has_original(caller.person_id, actor.company_id(), photo.person_id(), photo.company_id()?);
    let key = match (own, actor.company_id()) {
        (true, _) => photo.object_key()?,
        (false, Some(_)) => photo.stripped_key()?,
        (false, None) => return Ok(None),
    };
    let content_type = photo.content_type().as_str();
    Ok(key.as_deref().map(|key| app.objects.presign_get(key, Caching::None, Some(content_type))))
}
