//! The data folder: the layout of the objects on disk, and the writes that make an acknowledged object survive a crash.
//!
//! ```text
//! lock                     held while a store runs, because two on one folder would sweep each other's uploads
//! incoming/                uploads in progress; emptied at start
//! parts/<upload>/          parts of objects that were acknowledged, see `parts`
//! buckets/<bucket>/<key>   objects, see `keys` and `object_file`
//! ```

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::clock::StoreClock;
use crate::keys;
use crate::object_file::{self, Metadata};

/// The maximum number of folders that are remembered as durable; at this number the set is emptied.
const REMEMBERED_FOLDERS: usize = 10_000;

/// The behaviour when the key is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenTaken {
    /// The new object replaces the old one as a whole.
    Replace,
    /// The new object is refused with `AlreadyExists` (`If-None-Match: *`).
    Refuse,
}

/// The data folder of a running store.
#[derive(Debug)]
pub(crate) struct DataFolder {
    incoming: PathBuf,
    parts: PathBuf,
    buckets: PathBuf,
    /// Folders whose own entry in their parent is known to be on disk.
    durable: Mutex<HashSet<PathBuf>>,
    /// The clock that dates objects.
    clock: StoreClock,
    /// Kept open, because the lock belongs to the open file.
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, creates it if it is missing, and sweeps the leftovers of an earlier run.
    pub(crate) fn open(folder: &Path, clock: StoreClock) -> io::Result<Self> {
        make_folder(folder)?;
        let lock = File::create(folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another object store is running on this folder; stop it or choose another folder",
            ),
            fs::TryLockError::Error(error) => error,
        })?;
        let (incoming, parts, buckets) = (folder.join("incoming"), folder.join("parts"), folder.join("buckets"));
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        for folder in [&incoming, &parts, &buckets] {
            fs::create_dir_all(folder)?;
        }
        for bucket in fs::read_dir(&buckets)? {
            let bucket = bucket?;
            if bucket.file_type()?.is_dir() {
                sweep_empty_folders(&bucket.path())?;
            }
        }
        sync_folder(folder)?;
        Ok(Self { incoming, parts, buckets, durable: Mutex::default(), clock, _lock: lock })
    }

    /// The current time by the store's clock, milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Creates a bucket; an existing bucket is no error.
    pub(crate) fn create_bucket(&self, bucket: &str) -> io::Result<()> {
        self.make_durable(&self.buckets.join(bucket))
    }

    /// Whether the bucket is there.
    pub(crate) fn has_bucket(&self, bucket: &str) -> bool {
        self.buckets.join(bucket).is_dir()
    }

    /// The folder of a bucket.
    pub(crate) fn bucket_folder(&self, bucket: &str) -> PathBuf {
        self.buckets.join(bucket)
    }

    /// The folder of the parts that are not joined yet.
    pub(crate) fn parts(&self) -> &Path {
        &self.parts
    }

    /// The folder that is swept at the next start.
    pub(crate) fn incoming(&self) -> &Path {
        &self.incoming
    }

    /// A new file for an upload; it is removed when dropped.
    pub(crate) fn new_upload(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(&self.incoming)
    }

    /// Seals an upload whose bytes are checked, and moves it to its key. The object is on disk when this returns.
    pub(crate) fn commit(
        &self,
        mut upload: NamedTempFile,
        metadata: &Metadata,
        (bucket, key): (&str, &str),
        when_taken: WhenTaken,
    ) -> io::Result<()> {
        let path = self.path(bucket, key)?;
        let parent = path.parent().unwrap_or(&self.buckets);
        object_file::seal(upload.as_file_mut(), metadata)?;
        upload.as_file().sync_all()?;
        self.make_durable(parent)?;
        match when_taken {
            WhenTaken::Replace => drop(upload.persist(&path).map_err(|error| error.error)?),
            // A hard link fails in one step if the name is taken. The upload's own name is removed on drop.
            WhenTaken::Refuse => fs::hard_link(upload.path(), &path)?,
        }
        sync_folder(parent)
    }

    /// Opens an object for reading, positioned at its first byte.
    pub(crate) fn open_object(&self, bucket: &str, key: &str) -> io::Result<(File, Metadata)> {
        let mut file = File::open(self.path(bucket, key)?)?;
        let metadata = object_file::read_metadata(&mut file)?;
        Ok((file, metadata))
    }

    /// Removes an object; a missing object is no error. Its folder stays, because an upload may be about to use it.
    pub(crate) fn delete(&self, bucket: &str, key: &str) -> io::Result<()> {
        let path = self.path(bucket, key)?;
        match fs::remove_file(&path) {
            Ok(()) => sync_folder(path.parent().unwrap_or(&self.buckets)),
            Err(error) if is_absent(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn path(&self, bucket: &str, key: &str) -> io::Result<PathBuf> {
        let relative = keys::path_of(key).ok_or(io::ErrorKind::InvalidFilename)?;
        Ok(self.buckets.join(bucket).join(relative))
    }

    /// Creates a folder under `buckets` with its parents, and waits until their entries are on disk.
    ///
    /// An existing folder may have no durable entry yet, because another upload may have created it this instant. So
    /// the first use by this process syncs it, under a lock; later uses only look into the set in memory.
    fn make_durable(&self, folder: &Path) -> io::Result<()> {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.contains(folder) {
            return Ok(());
        }
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|above| *above != self.buckets && !durable.contains(*above)).collect();
        if durable.len() + missing.len() > REMEMBERED_FOLDERS {
            durable.clear();
        }
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => sync_folder(folder.parent().unwrap_or(&self.buckets))?,
            }
            durable.insert(folder.to_path_buf());
        }
        Ok(())
    }
}

/// Whether the error says that there is no such object.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Waits until the entries of a folder are on disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates a folder with its missing parents, and waits until their entries are on disk.
fn make_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
    fs::create_dir_all(folder)?;
    for made in missing {
        match made.parent() {
            Some(above) if above.as_os_str().is_empty() => sync_folder(Path::new("."))?,
            Some(above) => sync_folder(above)?,
            None => {}
        }
    }
    Ok(())
}

/// Removes the empty folders below `folder`, deepest first.
fn sweep_empty_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sweep_empty_folders(&entry.path())?;
            match fs::remove_dir(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => {
                    return Err(error);
                }
                _ => {}
            }
        }
    }
    Ok(())
}
