//! Attachments: what the server makes no renditions of and keeps as received. Video clips, and pictures as phones take
//! them (HEIC). That they are what was declared is all that is checked.

mod clip;
mod still;

use domain::photo::{MAX_BYTES, PhotoRejection, PhotoType};
use nom_exif::{EntryValue, ExifDateTime};
use store::photos::Camera;

use crate::App;
use crate::jobs::JobError;
use crate::photo::PhotoRow;

/// What an attachment tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    pub(super) camera: Camera,
    /// Of a clip.
    pub(super) duration_ms: Option<i32>,
}

/// Reads what a received attachment tells of itself, or why it cannot be kept as what it was declared.
///
/// # Errors
/// When the object store fails.
pub(super) async fn examine(
    app: &App,
    photo: &PhotoRow,
    content_type: PhotoType,
    object_key: &str,
) -> Result<Result<Attachment, PhotoRejection>, JobError> {
    if content_type.is_video() {
        return clip::examine(app, object_key).await;
    }
    let bytes = app.objects.get_bytes(object_key, MAX_BYTES).await?;
    tracing::debug!(photo = %photo.id, "a picture that is kept as received");
    on_thread(move || still::examine(bytes)).await
}

/// Reads a stranger's file on a thread of its own; a reader that falls over it would do so each time.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PhotoRejection> + Send + 'static,
) -> Result<Result<T, PhotoRejection>, JobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(failure) if failure.is_panic() => {
            tracing::error!("the reader of an attachment panicked");
            Ok(Err(PhotoRejection::Broken))
        }
        Err(_) => Err(JobError::Passing("the program is shutting down".to_owned())),
    }
}

/// Most characters of a camera's name.
const DEVICE_LIMIT: usize = 100;

/// Maker and model as one name, without what does not belong into a line of text.
fn device(maker: Option<&EntryValue>, model: Option<&EntryValue>) -> Option<String> {
    let words = [maker, model].into_iter().flatten().filter_map(EntryValue::as_str);
    let words: Vec<String> = words
        .map(|word| word.chars().filter(|letter| !letter.is_control()).collect::<String>().trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let name: String = words.join(" ").chars().take(DEVICE_LIMIT).collect();
    (!name.is_empty()).then_some(name)
}

/// When it was taken by the camera's clock, and how far that was ahead of UTC if the camera says so. A clock that was
/// never set tells nothing.
fn taken(value: Option<&EntryValue>) -> (Option<String>, Option<i32>) {
    const FORM: &str = "%Y-%m-%dT%H:%M:%S";
    let (local, offset) = match value.and_then(EntryValue::as_datetime) {
        Some(ExifDateTime::Aware(moment)) => {
            (moment.format(FORM).to_string(), Some(moment.offset().local_minus_utc() / 60))
        }
        Some(ExifDateTime::Naive(moment)) => (moment.format(FORM).to_string(), None),
        None => return (None, None),
    };
    // Clocks start at 1904 or 1970 when nobody has set them.
    let set =
        local.get(..4).and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| (1990..=9999).contains(&year));
    if set { (Some(local), offset) } else { (None, None) }
}
