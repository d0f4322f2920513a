//! One object in one file: its bytes, its metadata, and the length of the metadata.
//!
//! The bytes come first, so that a range of the object is a range of the file, and an operator can extract an object
//! with `head -c`. Bytes and metadata are one file, so one rename replaces both, and no reader sees new bytes under old
//! metadata.
//!
//! ```text
//! bytes | metadata as JSON | length of the JSON, u32 little-endian | "OBJECT1\n"
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The number of bytes that are read from disk at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

const MARK: &[u8; 8] = b"OBJECT1\n";
const FOOTER: u64 = 4 + MARK.len() as u64;
/// The maximum size of the metadata: the 2 KiB of S3 and room for the rest. A larger one is a damaged file.
const LONGEST_METADATA: u64 = 16 * 1024;

/// The metadata of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// Number of bytes.
    pub(crate) length: u64,
    /// SHA-256 of the bytes, hexadecimal. It is the entity tag too.
    pub(crate) sha256: String,
    /// Media type, as the writer declared it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    /// The `Cache-Control` value, as the writer declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    /// When the object was written, milliseconds since 1970.
    pub(crate) written_at: u64,
    /// The writer's own `x-amz-meta-*` headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) user: BTreeMap<String, String>,
}

/// The metadata that a writer declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Declared {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) user: BTreeMap<String, String>,
}

/// The metadata of bytes that were written at `written_at`, milliseconds since 1970.
pub(crate) fn metadata(declared: Declared, length: u64, sha256: Sha256, written_at: u64) -> Metadata {
    Metadata {
        length,
        sha256: hex::encode(sha256.finalize()),
        content_type: declared.content_type,
        cache_control: declared.cache_control,
        written_at,
        user: declared.user,
    }
}

/// Appends the metadata to a file that holds the bytes.
pub(crate) fn seal(file: &mut File, metadata: &Metadata) -> io::Result<()> {
    let mut tail = serde_json::to_vec(metadata)?;
    let length = u32::try_from(tail.len()).map_err(io::Error::other)?;
    tail.extend_from_slice(&length.to_le_bytes());
    tail.extend_from_slice(MARK);
    file.write_all(&tail)
}

/// Reads the metadata of an object's file, and positions the file at the object's first byte.
pub(crate) fn read_metadata(file: &mut File) -> io::Result<Metadata> {
    let file_length = file.metadata()?.len();
    let footer_at = file_length.checked_sub(FOOTER).ok_or_else(|| broken("too short"))?;
    file.seek(SeekFrom::Start(footer_at))?;
    let mut json_length = [0; 4];
    let mut mark = [0; MARK.len()];
    file.read_exact(&mut json_length)?;
    file.read_exact(&mut mark)?;
    let json_length = u64::from(u32::from_le_bytes(json_length));
    if &mark != MARK || json_length > LONGEST_METADATA {
        return Err(broken("no metadata at its end"));
    }
    let length = footer_at.checked_sub(json_length).ok_or_else(|| broken("metadata longer than the file"))?;
    file.seek(SeekFrom::Start(length))?;
    let mut json = Vec::new();
    file.take(json_length).read_to_end(&mut json)?;
    let metadata: Metadata = serde_json::from_slice(&json)?;
    if metadata.length != length {
        return Err(broken("length differs from its metadata"));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(metadata)
}

/// Whether the error means a damaged file, and not a failing disk.
pub(crate) fn is_broken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// The known metadata of a damaged object: the length of its file and its modification time.
pub(crate) fn of_broken(path: &Path) -> io::Result<Metadata> {
    let file = std::fs::metadata(path)?;
    let written = file.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(Metadata {
        length: file.len(),
        sha256: String::new(),
        content_type: None,
        cache_control: None,
        written_at: u64::try_from(written.as_millis()).unwrap_or(u64::MAX),
        user: BTreeMap::new(),
    })
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the object's file is broken: {what}"))
}
