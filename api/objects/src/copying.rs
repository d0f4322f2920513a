//! Copies an object within the store.

use std::fs::File;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::folder::{DataFolder, WhenTaken};
use crate::object_file::{self, CHUNK, Declared, Metadata};

/// Copies an object's bytes to another key, and notices when they rotted on disk.
pub(crate) fn copy(
    folder: &DataFolder,
    (source, known): (File, Metadata),
    declared: Declared,
    to: (&str, &str),
) -> io::Result<Metadata> {
    let mut upload = folder.new_upload()?;
    let mut sha256 = Sha256::new();
    let mut bytes = source.take(known.length);
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = bytes.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        sha256.update(&chunk[..count]);
        upload.write_all(&chunk[..count])?;
    }
    let metadata = object_file::metadata(declared, known.length, sha256);
    if metadata.sha256 != known.sha256 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the source's bytes have changed on disk"));
    }
    folder.commit(upload, &metadata, to, WhenTaken::Replace)?;
    Ok(metadata)
}
