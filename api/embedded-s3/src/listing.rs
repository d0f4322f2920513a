//! Walks a bucket in the order of its keys, for `ListObjectsV2`.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::folder::is_absent;
use crate::keys::{self, Entry};
use crate::object_file::{self, Metadata};

/// The parameters of a listing.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// Only keys with this prefix.
    pub(crate) prefix: &'a str,
    /// Only keys after this one.
    pub(crate) after: &'a str,
    /// The maximum number of keys.
    pub(crate) limit: usize,
}

/// One page of a bucket's keys, in the order of their bytes.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<(String, Metadata)>,
    /// More keys follow the last one.
    pub(crate) more: bool,
}

/// Lists one page of the bucket in `folder`.
pub(crate) fn list(folder: &Path, wanted: &Wanted<'_>) -> io::Result<Page> {
    let mut page = Page::default();
    walk(folder, "", wanted, &mut page)?;
    Ok(page)
}

/// Adds the objects below `folder`, whose keys start with `above`; stops at a full page.
fn walk(folder: &Path, above: &str, wanted: &Wanted<'_>, page: &mut Page) -> io::Result<()> {
    for entry in sorted_entries(folder)? {
        let key = format!("{above}{}", entry.key_part);
        let path = folder.join(&entry.file_name);
        if entry.is_folder() {
            if may_hold(&key, wanted) {
                walk(&path, &key, wanted, page)?;
            }
        } else if key.starts_with(wanted.prefix) && key.as_str() > wanted.after {
            if page.objects.len() == wanted.limit {
                page.more = true;
            } else {
                match File::open(&path).and_then(|mut file| object_file::read_metadata(&mut file)) {
                    Ok(metadata) => page.objects.push((key, metadata)),
                    // The object was removed after the folder was read.
                    Err(error) if is_absent(&error) => {}
                    // The object is damaged on disk: it is listed, and the listing continues after it.
                    Err(error) if object_file::is_broken(&error) => {
                        page.objects.push((key, object_file::of_broken(&path)?))
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if page.more {
            break;
        }
    }
    Ok(())
}

/// Whether a folder of keys that all start with `start` can contain a requested key.
fn may_hold(start: &str, wanted: &Wanted<'_>) -> bool {
    let fits_prefix = start.starts_with(wanted.prefix) || wanted.prefix.starts_with(start);
    fits_prefix && (start > wanted.after || wanted.after.starts_with(start))
}

fn sorted_entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        entries.extend(entry?.file_name().to_str().and_then(keys::entry_of));
    }
    entries.sort_unstable();
    Ok(entries)
}
