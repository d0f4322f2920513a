//! Object keys as file paths: a key can name any bytes, a path made from it never leaves its folder.
//!
//! Each segment between slashes is percent-encoded, everything but `a-z`, `0-9`, `-` and `_`. So `..`, NUL,
//! separators and upper case (which some file systems fold) cannot reach the file system as themselves. Objects end
//! in `.obj`, which no encoded segment can, so the key `a` and the key `a/b` live side by side.

use std::path::PathBuf;

/// The suffix of an object's file.
const OBJECT_SUFFIX: &str = ".obj";
/// The name of an empty segment (`a//b`) on disk; no other segment encodes to it.
const EMPTY_SEGMENT: &str = "%";
/// The longest encoded segment; with the suffix it fits every common file system (255).
const LONGEST_SEGMENT: usize = 240;

/// A name in a folder of objects, read back.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The part of the key that this name encodes. That of a folder ends in `/`, so that entries sort as keys do.
    pub(crate) key_part: String,
    /// The name on disk.
    pub(crate) file_name: String,
}

impl Entry {
    /// Whether further entries lie below it.
    pub(crate) fn is_folder(&self) -> bool {
        self.key_part.ends_with('/')
    }
}

/// The path of a key's file, relative to its bucket; `None` if a segment is too long to be a file name.
pub(crate) fn path_of(key: &str) -> Option<PathBuf> {
    let mut segments: Vec<String> = key.split('/').map(encode).collect();
    if segments.iter().any(|segment| segment.len() > LONGEST_SEGMENT) {
        return None;
    }
    segments.last_mut()?.push_str(OBJECT_SUFFIX);
    Some(segments.iter().collect())
}

/// Decodes a name on disk; `None` if this store did not make it.
pub(crate) fn entry_of(file_name: &str) -> Option<Entry> {
    let file = file_name.strip_suffix(OBJECT_SUFFIX);
    let mut key_part = decode(file.unwrap_or(file_name))?;
    if file.is_none() {
        key_part.push('/');
    }
    Some(Entry { key_part, file_name: file_name.to_owned() })
}

fn encode(segment: &str) -> String {
    if segment.is_empty() {
        return EMPTY_SEGMENT.to_owned();
    }
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(char::from(byte)),
            _ => {
                encoded.push('%');
                encoded.push_str(&hex::encode([byte]));
            }
        }
    }
    encoded
}

fn decode(name: &str) -> Option<String> {
    if name == EMPTY_SEGMENT {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match first {
            b'%' => {
                let (code, tail) = tail.split_at_checked(2)?;
                bytes.push(*hex::decode(code).ok()?.first()?);
                rest = tail;
            }
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => {
                bytes.push(first);
                rest = tail;
            }
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 12] =
        ["a", "a/b", "a//b", "/a", "a/", "..", "../../etc/passwd", "nul\0byte", "A", "ä/ö", "a.obj", "%41"];

    #[test]
    fn every_key_has_a_unique_path_that_decodes_to_it() {
        let mut paths: Vec<PathBuf> = KEYS.iter().filter_map(|key| path_of(key)).collect();
        for (key, path) in KEYS.iter().zip(&paths) {
            let parts: Option<Vec<Entry>> = path.iter().map(|name| entry_of(&name.to_string_lossy())).collect();
            let read: String = parts.unwrap().into_iter().map(|entry| entry.key_part).collect();
            assert_eq!(&read, key);
        }
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), KEYS.len());
    }

    #[test]
    fn no_path_leaves_the_folder() {
        for key in KEYS {
            let path = path_of(key).unwrap();
            assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{key:?}");
        }
    }

    #[test]
    fn a_segment_too_long_for_a_file_name_is_refused() {
        assert!(path_of(&"x".repeat(240)).is_some());
        assert!(path_of(&"x".repeat(241)).is_none());
        assert!(path_of(&"X".repeat(81)).is_none());
    }
}
