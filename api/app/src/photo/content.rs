//! The real type of a photo's bytes, independent of the declared one: a picture with renditions, or an attachment that
//! is kept as received (HEIC, video clips).

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use blob_store::ObjectError;
use bytes::Bytes;
use domain::photo::{MAX_BYTES, MAX_VIDEO_BYTES, MAX_VIDEO_MS, PhotoRejection, PhotoType};
use imaging::attachment;

use crate::App;
use crate::jobs::JobError;

/// Bytes at the start of a file that tell its type.
const HEAD: u64 = 4_096;

/// The content of a photo.
pub(super) enum Content {
    /// A picture of which renditions are made.
    Picture(PhotoType, Bytes),
    /// A file that is kept as received.
    Attachment(PhotoType, Attachment),
}

/// What an attachment tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    pub(super) camera: imaging::Camera,
    /// Of a clip, where it is known.
    pub(super) duration_ms: Option<i32>,
}

/// The bytes, in memory or in a file of this machine.
enum Source {
    Memory(Bytes),
    /// A clip's index may stand at its end.
    File(File, u64),
}

/// Reads the type of the bytes under a key, or the reason why they cannot be used.
///
/// # Errors
/// When the object store fails.
pub(super) async fn read(
    app: &App,
    declared: PhotoType,
    object_key: &str,
) -> Result<Result<Content, PhotoRejection>, JobError> {
    let source = match fetch(app, declared, object_key).await? {
        Ok(source) => source,
        Err(why) => return Ok(Err(why)),
    };
    on_thread(move || examine(source, declared)).await
}

fn examine(mut source: Source, declared: PhotoType) -> Result<Content, PhotoRejection> {
    let seen = imaging::kind(&source.head()?).ok_or(PhotoRejection::NotAnImage)?;
    let kind = declared.corrected(seen);
    if seen.is_video() {
        return Ok(Content::Attachment(kind, clip(source)?));
    }
    let bytes = source.into_bytes()?;
    if seen.has_renditions() {
        return Ok(Content::Picture(kind, bytes));
    }
    // A camera's notes that cannot be read are no reason to refuse its picture.
    Ok(Content::Attachment(kind, Attachment { camera: attachment::heif(&bytes), duration_ms: None }))
}

fn clip(source: Source) -> Result<Attachment, PhotoRejection> {
    let clip = match source {
        Source::Memory(bytes) => attachment::clip(Cursor::new(bytes)),
        Source::File(file, _) => attachment::clip(file),
    }?;
    if clip.duration_ms.is_some_and(|duration| duration > MAX_VIDEO_MS) {
        return Err(PhotoRejection::TooLong);
    }
    let duration_ms = clip.duration_ms.and_then(|duration| i32::try_from(duration).ok());
    Ok(Attachment { camera: clip.camera, duration_ms })
}

impl Source {
    fn head(&mut self) -> Result<Vec<u8>, PhotoRejection> {
        let mut head = Vec::new();
        match self {
            Self::Memory(bytes) => head.extend(bytes.iter().take(usize::try_from(HEAD).unwrap_or(usize::MAX))),
            Self::File(file, _) => {
                rewind(file)?;
                file.take(HEAD).read_to_end(&mut head).map_err(|_| PhotoRejection::Broken)?;
            }
        }
        Ok(head)
    }

    /// All bytes of a file that is no clip.
    fn into_bytes(self) -> Result<Bytes, PhotoRejection> {
        match self {
            Self::Memory(bytes) => Ok(bytes),
            Self::File(_, length) if length > MAX_BYTES => Err(PhotoRejection::TooLarge),
            Self::File(mut file, _) => {
                let mut bytes = Vec::new();
                rewind(&mut file)?;
                file.read_to_end(&mut bytes).map_err(|_| PhotoRejection::Broken)?;
                Ok(bytes.into())
            }
        }
    }
}

fn rewind(file: &mut File) -> Result<u64, PhotoRejection> {
    file.seek(SeekFrom::Start(0)).map_err(|_| PhotoRejection::Broken)
}

/// Brings the bytes to this machine: a declared clip may be large, and goes to a file.
async fn fetch(app: &App, declared: PhotoType, object_key: &str) -> Result<Result<Source, PhotoRejection>, JobError> {
    if !declared.is_video() {
        return match app.objects.get_bytes(object_key, MAX_BYTES).await {
            Ok(bytes) => Ok(Ok(Source::Memory(bytes))),
            Err(ObjectError::TooLarge { .. }) => Ok(Err(PhotoRejection::TooLarge)),
            Err(error) => Err(error.into()),
        };
    }
    let local = |error: io::Error| JobError::Transient(format!("no room for a clip: {error}"));
    let mut object = app.objects.get_stream(object_key).await?;
    if object.length > MAX_VIDEO_BYTES {
        return Ok(Err(PhotoRejection::TooLarge));
    }
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(local)?);
    let mut length = 0;
    while let Some(chunk) = object.chunk().await? {
        length += chunk.len() as u64;
        tokio::io::AsyncWriteExt::write_all(&mut file, &chunk).await.map_err(local)?;
    }
    if length != object.length {
        let reason = "it ended too early".to_owned();
        return Err(ObjectError::Unreachable { action: "read a clip", reason }.into());
    }
    let mut file = file.into_std().await;
    file.flush().map_err(local)?;
    Ok(Ok(Source::File(file, length)))
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
        Err(_) => Err(JobError::Transient("the program is shutting down".to_owned())),
    }
}
