//! The process's limit of open files.

/// The maximum number of files that is requested, because some systems allow a billion.
#[cfg(unix)]
const MOST: u64 = 65_536;

/// Raises the limit of open files (`RLIMIT_NOFILE`) as far as the system allows, and returns the limit that is in
/// force. `None` stands for no limit.
#[cfg(unix)]
#[must_use]
pub fn raise_file_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let now = current?;
    let wanted = maximum.unwrap_or(MOST).min(MOST);
    if wanted <= now {
        return Some(now);
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
        Ok(()) => Some(wanted),
        Err(error) => {
            tracing::warn!(%error, now, wanted, "the limit of open files cannot be raised");
            Some(now)
        }
    }
}

/// The limit of open files is unknown here.
#[cfg(not(unix))]
#[must_use]
pub fn raise_file_limit() -> Option<u64> {
    None
}
