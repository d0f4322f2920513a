//! What the database layer must know to connect.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::{Backend, OpenError};

/// Where the database is and how many connections it may have.
#[derive(Clone)]
pub struct DbSettings {
    /// `sqlite:<path>` or `postgres://user:password@host:port/name`.
    pub url: String,
    /// Connections for reading.
    pub readers: u32,
    /// Connections for writing; SQLite always has one.
    pub writers: u32,
    /// A statement that takes longer is broken off, on both databases.
    pub statement_timeout: Duration,
}

impl DbSettings {
    /// The settings for this address, the rest at the defaults.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), readers: 8, writers: 8, statement_timeout: Duration::from_secs(5) }
    }

    /// Refuses settings that make no sense, without connecting.
    pub fn check(&self) -> Result<Backend, OpenError> {
        if self.readers == 0 || self.writers == 0 {
            let zero = "at least one connection is needed for reading and one for writing";
            return Err(OpenError::Settings(zero.to_owned()));
        }
        Ok(match self.target()? {
            Target::Sqlite(_) => Backend::Sqlite,
            Target::Postgres(_) => Backend::Postgres,
        })
    }

    pub(super) fn target(&self) -> Result<Target, OpenError> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            return sqlite_path(path).map(Target::Sqlite);
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            return match self.url.parse::<PgConnectOptions>() {
                Ok(options) => Ok(Target::Postgres(Box::new(options))),
                Err(error) => Err(OpenError::Settings(format!(
                    "the database's address cannot be read ({error}); right would be \
                     postgres://user:password@host:5432/name"
                ))),
            };
        }
        Err(OpenError::Settings("the database's address must begin with sqlite: or postgres://".to_owned()))
    }

    /// The address as it may be shown and logged: without the password.
    pub fn address(&self) -> String {
        match self.target() {
            Ok(Target::Sqlite(path)) => format!("sqlite:{}", path.display()),
            Ok(Target::Postgres(options)) => format!(
                "postgres://{}@{}:{}/{}",
                options.get_username(),
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or_default()
            ),
            Err(_) => "(not an address)".to_owned(),
        }
    }
}

/// The address, hiding the password, in place of the URL.
impl fmt::Debug for DbSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbSettings")
            .field("address", &self.address())
            .field("readers", &self.readers)
            .field("writers", &self.writers)
            .field("statement_timeout", &self.statement_timeout)
            .finish()
    }
}

/// An address that was understood.
pub(super) enum Target {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

fn sqlite_path(path: &str) -> Result<PathBuf, OpenError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    // Each connection would have an empty database of its own.
    if path.is_empty() || path.contains(":memory:") || path.contains('?') {
        return Err(OpenError::Settings(
            "sqlite: must be followed by the path of a file, without parameters".to_owned(),
        ));
    }
    Ok(Path::new(path).to_path_buf())
}
