//! Restricts the data folder to its owner, because it holds password hashes, names and phone numbers.

#[cfg(unix)]
pub(super) use unix::{close_to_others, keep_private, make_folder};

#[cfg(unix)]
mod unix {
    use std::fs::{DirBuilder, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    use std::path::{Path, PathBuf};

    /// The permissions of the group and of others.
    const OTHERS: u32 = 0o077;

    /// New files of this process belong to its owner alone from now on.
    pub(crate) fn keep_private() {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(OTHERS));
    }

    /// Creates the folder if it is missing.
    pub(crate) fn make_folder(data: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(data)
    }

    /// Removes the permissions of group and others that an earlier version, or a copy, set: on the data folder with its
    /// lock, keys and objects, and on a database file.
    pub(crate) fn close_to_others(data: Option<&Path>, database: Option<&Path>) {
        let of_folder = |data: &Path| ["", "lock", "objects-keys.json", "objects"].map(|name| data.join(name));
        let files = data.map(of_folder).into_iter().flatten();
        let databases = database.into_iter().flat_map(|path| {
            let beside = |end: &str| {
                let mut name = path.as_os_str().to_owned();
                name.push(end);
                PathBuf::from(name)
            };
            ["", "-wal", "-shm"].map(beside)
        });
        for path in files.chain(databases) {
            match close(&path) {
                Ok(None) => {}
                Ok(Some(before)) => tracing::warn!(
                    path = %path.display(),
                    "could be reached by other users of this machine (mode {before:o}); now it is its owner's alone",
                ),
                Err(error) => tracing::warn!(
                    path = %path.display(), %error,
                    "can be reached by other users of this machine, and cannot be closed to them",
                ),
            }
        }
    }

    /// Returns the earlier mode, if group or others had permissions.
    fn close(path: &Path) -> io::Result<Option<u32>> {
        let mode = match std::fs::metadata(path) {
            Ok(found) => found.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if mode & OTHERS == 0 {
            return Ok(None);
        }
        std::fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS))?;
        Ok(Some(mode))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn mode(path: &Path) -> u32 {
            std::fs::metadata(path).expect("there").permissions().mode() & 0o777
        }

        #[test]
        fn permissions_of_others_are_removed_and_private_folder_is_unchanged() {
            let folder = tempfile::tempdir().expect("a folder");
            let data = folder.path().join("data");
            std::fs::create_dir_all(data.join("objects")).expect("made");
            let database = data.join("handover.db");
            for name in ["handover.db", "handover.db-wal", "objects-keys.json", "of others"] {
                std::fs::write(data.join(name), "").expect("written");
                std::fs::set_permissions(data.join(name), Permissions::from_mode(0o644)).expect("opened");
            }
            for open in [&data, &data.join("objects")] {
                std::fs::set_permissions(open, Permissions::from_mode(0o755)).expect("opened");
            }
            for _ in 0..2 {
                close_to_others(Some(&data), Some(&database));
                let modes = ["", "objects", "handover.db", "handover.db-wal", "objects-keys.json", "of others"];
                let modes = modes.map(|name| mode(&data.join(name)));
                assert_eq!(modes, [0o700, 0o700, 0o600, 0o600, 0o600, 0o644]);
            }
        }
    }
}

/// On systems without such modes, the system's own rights apply.
#[cfg(not(unix))]
pub(super) const fn keep_private() {}

/// The same.
#[cfg(not(unix))]
pub(super) fn make_folder(data: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(data)
}

/// On systems without such modes there is nothing to remove.
#[cfg(not(unix))]
pub(super) const fn close_to_others(_: Option<&std::path::Path>, _: Option<&std::path::Path>) {}
