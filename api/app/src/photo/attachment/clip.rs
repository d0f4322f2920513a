//! Video clips: how long they are, and what the camera wrote into them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use domain::photo::{MAX_VIDEO_BYTES, MAX_VIDEO_MS, PhotoRejection};
use nom_exif::{EntryValue, MediaKind, MediaParser, MediaSource, TrackInfo, TrackInfoTag};
use store::photos::Camera;

use super::{Attachment, device, on_thread, taken};
use crate::App;
use crate::jobs::JobError;
use crate::object_store::ObjectError;

/// What may be read of a clip besides its pictures and sounds: an hour's index is 2 MB.
const MOST_READ: u64 = 8_000_000;

/// Brings the clip to a file of this machine and reads its index there, which may stand at its end.
pub(super) async fn examine(app: &App, object_key: &str) -> Result<Result<Attachment, PhotoRejection>, JobError> {
    let local = |error: io::Error| JobError::Passing(format!("no room for a clip: {error}"));
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
    on_thread(move || read(file)).await
}

fn read(mut file: File) -> Result<Attachment, PhotoRejection> {
    let broken = |_| PhotoRejection::Broken;
    file.seek(SeekFrom::Start(0)).map_err(|_| PhotoRejection::Broken)?;
    let source = MediaSource::seekable(Frugal { file, left: MOST_READ }).map_err(|_| PhotoRejection::NotAnImage)?;
    if source.kind() != MediaKind::Track {
        return Err(PhotoRejection::NotAnImage);
    }
    let told = MediaParser::new().parse_track(source).map_err(broken)?;
    let duration = told.get(TrackInfoTag::DurationMs).and_then(EntryValue::as_u64).ok_or(PhotoRejection::Broken)?;
    if duration > MAX_VIDEO_MS {
        return Err(PhotoRejection::TooLong);
    }
    let duration_ms = i32::try_from(duration).map_err(|_| PhotoRejection::TooLong)?;
    Ok(Attachment { camera: camera(&told), duration_ms: Some(duration_ms) })
}

fn camera(told: &TrackInfo) -> Camera {
    let (taken_local, taken_offset) = taken(told.get(TrackInfoTag::CreateDate));
    Camera {
        taken_local,
        taken_offset,
        device: device(told.get(TrackInfoTag::Make), told.get(TrackInfoTag::Model)),
        orientation: None,
    }
}

/// A file of which only so many bytes are read: what a hostile one calls its index would be held in memory.
struct Frugal {
    file: File,
    left: u64,
}

impl Read for Frugal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::other("the index is too large"));
        }
        let count = self.file.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

impl Seek for Frugal {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
