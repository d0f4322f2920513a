//! Multipart objects: each part is as durable as an object, and they are joined whole or not at all.
//!
//! ```text
//! parts/<upload>/upload   what the parts will become, as JSON
//! parts/<upload>/<number> a part, see `object_file`
//! ```
//!
//! An upload's folder appears and disappears by one rename, so no half upload exists. It survives a restart until the
//! client joins or aborts it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::copying::append;
use crate::folder::{DataFolder, WhenTaken, is_absent, sync_folder};
use crate::object_file::{self, Declared, Metadata};

/// The file that describes the object to be made of the parts; no part number has this name.
const UPLOAD: &str = "upload";
/// The minimum size in bytes of every part but the last, as in S3.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;
/// The number of letters of an upload id: enough to be unique.
const NAME_LENGTH: usize = 32;

/// An object whose parts are being uploaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) declared: Declared,
    /// Milliseconds since 1970.
    pub(crate) begun_at: u64,
}

/// The target of the parts: upload id, bucket and key must belong together.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) upload_id: String,
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// A part as the request to join names it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) number: i32,
    /// The entity tag of the part's acknowledgement.
    pub(crate) tag: Option<String>,
}

/// The parameters of a join besides the parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whole {
    pub(crate) length: Option<u64>,
    /// SHA-256 of all bytes, hexadecimal.
    pub(crate) sha256: Option<String>,
    pub(crate) refuse_if_taken: bool,
}

/// The errors of operations on parts.
#[derive(Debug)]
pub(crate) enum PartsError {
    /// There is no such upload, or not for this key.
    NoSuchUpload,
    /// This part is not there, or is another one than named.
    InvalidPart(i32),
    /// The part numbers do not rise.
    InvalidOrder,
    /// A part that is not the last is too small.
    TooSmall(i32),
    /// No parts are named.
    None,
    /// The joined object differs from its declaration.
    BadDigest,
    /// The disk failed.
    Disk(io::Error),
}

impl From<io::Error> for PartsError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Begins a multipart object; returns its upload id. The upload is on disk when this returns.
pub(crate) fn begin(folder: &DataFolder, upload: &Upload) -> io::Result<String> {
    // A key that no object can have is refused now, and not after all parts were sent.
    crate::keys::path_of(&upload.key).ok_or(io::ErrorKind::InvalidFilename)?;
    let draft = tempfile::Builder::new().prefix("").rand_bytes(NAME_LENGTH).tempdir_in(folder.incoming())?;
    let mut file = File::create_new(draft.path().join(UPLOAD))?;
    file.write_all(&serde_json::to_vec(upload)?)?;
    file.sync_all()?;
    sync_folder(draft.path())?;
    let name = draft.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    fs::rename(draft.path(), folder.parts().join(&name))?;
    // The folder was renamed to its upload: nothing is left to remove.
    let _ = draft.keep();
    sync_folder(folder.parts())?;
    Ok(name)
}

/// The upload of this id, if it belongs to this key.
pub(crate) fn find(folder: &DataFolder, place: &Place) -> Result<Upload, PartsError> {
    let upload = read(folder, &place.upload_id)?.ok_or(PartsError::NoSuchUpload)?;
    if (&upload.bucket, &upload.key) == (&place.bucket, &place.key) {
        Ok(upload)
    } else {
        Err(PartsError::NoSuchUpload)
    }
}

/// Seals a part whose bytes are checked, and puts it beside the others. The part is on disk when this returns.
pub(crate) fn commit_part(
    folder: &DataFolder,
    place: &Place,
    number: i32,
    mut part: NamedTempFile,
    metadata: &Metadata,
) -> Result<(), PartsError> {
    find(folder, place)?;
    let folder = folder.parts().join(&place.upload_id);
    object_file::seal(part.as_file_mut(), metadata)?;
    part.as_file().sync_all()?;
    let put = part.persist(folder.join(number.to_string())).map_err(|error| error.error);
    // The upload was joined or aborted meanwhile.
    put.and_then(|_| sync_folder(&folder)).map_err(no_upload_if_absent)
}

/// The stored parts, by number.
pub(crate) fn list(folder: &DataFolder, place: &Place) -> Result<Vec<(i32, Metadata)>, PartsError> {
    find(folder, place)?;
    let folder = folder.parts().join(&place.upload_id);
    let mut numbers = Vec::new();
    for entry in fs::read_dir(&folder).map_err(no_upload_if_absent)? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    numbers.sort_unstable();
    let read = |number: i32| {
        let mut file = File::open(folder.join(number.to_string()))?;
        Ok((number, object_file::read_metadata(&mut file)?))
    };
    numbers.into_iter().map(read).collect::<io::Result<_>>().map_err(no_upload_if_absent)
}

/// Joins the named parts to an object, and deletes the upload. The object is on disk when this returns.
pub(crate) fn join(folder: &DataFolder, place: &Place, parts: &[Named], asked: &Whole) -> Result<Metadata, PartsError> {
    let upload = find(folder, place)?;
    let opened = open_all(folder, place, parts)?;
    let (mut whole, mut sha256, mut length) = (folder.new_upload()?, Sha256::new(), 0);
    for (part, known) in opened {
        append(part, &known, &mut whole, |bytes| sha256.update(bytes))?;
        length += known.length;
    }
    let metadata = object_file::metadata(upload.declared, length, sha256, folder.now());
    let other_length = asked.length.is_some_and(|declared| declared != length);
    if other_length || asked.sha256.as_ref().is_some_and(|declared| *declared != metadata.sha256) {
        return Err(PartsError::BadDigest);
    }
    let when_taken = if asked.refuse_if_taken { WhenTaken::Refuse } else { WhenTaken::Replace };
    folder.commit(whole, &metadata, (&place.bucket, &place.key), when_taken)?;
    // The object exists. That its parts still take space does not fail the join.
    if let Err(error) = forget(folder, &place.upload_id) {
        tracing::warn!(%error, "parts that were joined could not be removed");
    }
    Ok(metadata)
}

/// Opens the named parts before any byte is copied; checks their order, sizes and tags.
fn open_all(folder: &DataFolder, place: &Place, parts: &[Named]) -> Result<Vec<(File, Metadata)>, PartsError> {
    if parts.is_empty() {
        return Err(PartsError::None);
    }
    if parts.windows(2).any(|pair| pair[0].number >= pair[1].number) {
        return Err(PartsError::InvalidOrder);
    }
    let folder = folder.parts().join(&place.upload_id);
    let mut opened = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let invalid = || PartsError::InvalidPart(part.number);
        let mut file = File::open(folder.join(part.number.to_string()))
            .map_err(|error| if is_absent(&error) { invalid() } else { error.into() })?;
        let metadata = object_file::read_metadata(&mut file)?;
        if part.tag.as_ref().is_some_and(|tag| *tag != metadata.sha256) {
            return Err(invalid());
        }
        if metadata.length < SMALLEST_PART && index + 1 < parts.len() {
            return Err(PartsError::TooSmall(part.number));
        }
        opened.push((file, metadata));
    }
    Ok(opened)
}

/// Deletes an upload and its parts.
pub(crate) fn abort(folder: &DataFolder, place: &Place) -> Result<(), PartsError> {
    find(folder, place)?;
    forget(folder, &place.upload_id).map_err(no_upload_if_absent)
}

/// Every unfinished upload of a bucket, by key and upload id.
pub(crate) fn unfinished(folder: &DataFolder, bucket: &str, prefix: &str) -> io::Result<Vec<(String, Upload)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.parts())? {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        if let Some(upload) = read(folder, &name)?.filter(|one| one.bucket == bucket && one.key.starts_with(prefix)) {
            found.push((name, upload));
        }
    }
    found.sort_by(|(name, upload), (other_name, other)| (&upload.key, name).cmp(&(&other.key, other_name)));
    Ok(found)
}

fn read(folder: &DataFolder, upload_id: &str) -> io::Result<Option<Upload>> {
    let Some(path) = path_of(folder, upload_id) else { return Ok(None) };
    match fs::read(path.join(UPLOAD)) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folder of an upload; `None` if this store did not make the id, which could then name any path.
fn path_of(folder: &DataFolder, upload_id: &str) -> Option<PathBuf> {
    let ours = upload_id.len() == NAME_LENGTH && upload_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    ours.then(|| folder.parts().join(upload_id))
}

/// Renames the upload's folder in one step, then removes it. After a kill in between, the sweep at the start removes
/// it.
fn forget(folder: &DataFolder, upload_id: &str) -> io::Result<()> {
    let gone = folder.incoming().join(upload_id);
    fs::rename(folder.parts().join(upload_id), &gone)?;
    sync_folder(folder.parts())?;
    fs::remove_dir_all(gone)
}

fn no_upload_if_absent(error: io::Error) -> PartsError {
    if is_absent(&error) { PartsError::NoSuchUpload } else { PartsError::Disk(error) }
}
