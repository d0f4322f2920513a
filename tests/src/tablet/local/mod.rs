//! The tablet's own database: SQLite, `synchronous=FULL`, one writer.
//!
//! It contains four independent things:
//!
//! | table | content | when it is deleted |
//! | --- | --- | --- |
//! | `scopes`, `objects` | the copy of the server's data for one person, and its cursor | at any request of the server, because it can be loaded again |
//! | `operations` | the work of people on this device: queue and journal | never before the server has answered; the journal after 90 days |
//! | `photos` | pending photos, with their files | never before the server has the bytes |
//! | `device` | the device's own id, made once | never |
//!
//! The copy contains only the server's data. The app shows the queue on top of it, and does not write the queue into
//! it. So a reset may drop the copy at any time, and never touches people's work.

mod copy;
mod photos;
mod queue;
mod waiting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use uuid::Uuid;

use crate::ids::v7;

pub use copy::{Change, Held, Page, Place};
pub use photos::{Photo, PhotoState};
pub use queue::{Answered, Kept, Operation, State};
pub use waiting::Waiting;

/// The tables. A newer app changes them by further statements, and never by a new database, because they contain the
/// queue.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS device (id TEXT NOT NULL, name TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS scopes (
    id INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    filter TEXT,                -- buildings or units of the day, as JSON; null = the whole project
    shown INTEGER NOT NULL,     -- the copy that is shown
    cursor TEXT,                -- behind which the shown copy stands
    loading INTEGER,            -- the copy that a full load is filling; null when none is under way
    loading_cursor TEXT,
    UNIQUE (person_id, project_id)
);

CREATE TABLE IF NOT EXISTS objects (
    scope_id INTEGER NOT NULL,
    copy INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    unit_id TEXT,
    defect_id TEXT,             -- the defect that it hangs on
    content TEXT NOT NULL,      -- JSON as the server showed it
    PRIMARY KEY (scope_id, copy, kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_of_defect ON objects (scope_id, copy, defect_id);

CREATE TABLE IF NOT EXISTS operations (
    position INTEGER PRIMARY KEY AUTOINCREMENT,     -- the order in which people worked
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL,                        -- whose work: sent in this person's session only
    project_id TEXT NOT NULL,
    unit_id TEXT,
    command TEXT NOT NULL,
    input TEXT NOT NULL,
    base_version INTEGER,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'QUEUED',           -- QUEUED, ACKNOWLEDGED, PARKED, REFUSED
    answer TEXT,                                    -- the server's, as it came
    offered INTEGER NOT NULL DEFAULT 0              -- 1: offered again, after the server was restored from a backup
);
CREATE INDEX IF NOT EXISTS operations_by_state ON operations (state, person_id, project_id, position);

CREATE TABLE IF NOT EXISTS photos (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    unit_id TEXT,
    defect_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    byte_size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    stage TEXT NOT NULL,
    state TEXT NOT NULL         -- TAKEN, DECLARED, UPLOADED, COMPLETE, REFUSED
);
";

/// The durability of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Survives a loss of power: used by an app.
    PowerCut,
    /// Survives a kill of the app: used by tests, which are a thousand tablets on one disk.
    Crash,
}

/// The tablet's database and the folder with its photos.
#[derive(Clone, Debug)]
pub struct Local {
    pool: SqlitePool,
    folder: PathBuf,
    device_id: Uuid,
    device_name: String,
}

impl Local {
    /// Opens the tablet's database in a separate folder, or creates it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn open(folder: &Path, device_name: &str, durability: Durability) -> sqlx::Result<Self> {
        let synchronous = match durability {
            Durability::PowerCut => SqliteSynchronous::Full,
            Durability::Crash => SqliteSynchronous::Off,
        };
        let options = SqliteConnectOptions::new()
            .filename(folder.join("tablet.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        let insert = "INSERT INTO device (id, name) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM device)";
        sqlx::query(insert).bind(v7().to_string()).bind(device_name).execute(&pool).await?;
        let (id, device_name): (String, String) =
            sqlx::query_as("SELECT id, name FROM device").fetch_one(&pool).await?;
        Ok(Self { pool, folder: folder.to_owned(), device_id: parsed(&id)?, device_name })
    }

    /// The device's id, generated once.
    #[must_use]
    pub const fn device_id(&self) -> Uuid {
        self.device_id
    }

    /// The name that people give the device.
    #[must_use]
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// Closes the database, as the end of the app does.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The database itself, for tests that read or damage it.
    #[must_use]
    pub const fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

fn parsed(id: &str) -> sqlx::Result<Uuid> {
    id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn optional(id: Option<&str>) -> sqlx::Result<Option<Uuid>> {
    id.map(parsed).transpose()
}
