//! Copies an object within the store.

use std::fs::File;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::folder::{DataFolder, WhenTaken};
use crate::object_file::{self, CHUNK, Declared, Metadata};

/// Copies an object's bytes to another key, and detects bytes that were damaged on disk.
pub(crate) fn copy(
    folder: &DataFolder,
    (source, known): (File, Metadata),
    declared: Declared,
    to: (&str, &str),
) -> io::Result<Metadata> {
    let mut upload = folder.new_upload()?;
    let sha256 = append(source, &known, &mut upload, |_| ())?;
    let metadata = object_file::metadata(declared, known.length, sha256, folder.now());
    folder.commit(upload, &metadata, to, WhenTaken::Replace)?;
    Ok(metadata)
}

/// Appends the bytes of an object's file to another file; returns their SHA-256, so that it can be compared with the
/// metadata.
pub(crate) fn append(
    source: File,
    known: &Metadata,
    to: &mut impl Write,
    mut seen: impl FnMut(&[u8]),
) -> io::Result<Sha256> {
    let mut sha256 = Sha256::new();
    let mut bytes = source.take(known.length);
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = bytes.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        sha256.update(&chunk[..count]);
        seen(&chunk[..count]);
        to.write_all(&chunk[..count])?;
    }
    if hex::encode(sha256.clone().finalize()) != known.sha256 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the source's bytes have changed on disk"));
    }
    Ok(sha256)
}
