//! Writes the data of a release to `tests/data`: a dump of SQLite and one of PostgreSQL, made by the same steps.
//!
//! ```sh
//! eval "$(.ci/postgres start)"
//! faketime -f -271d cargo run -p tests --bin release_data -- target/debug/handover tests/data/m0003
//! ```
//!
//! The program may be of any commit, because only its HTTP API is used. It seeds its demo, imports
//! `docs/example-project.yaml`, and then [`history`] adds the history of that project. `faketime` dates everything early,
//! so that tests can open the data with a clock of their own. `pg_dump` and `sqlite3` must be on the path.

mod dump;
mod history;
mod program;

use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use tests::database::{at_database, postgres_url};

use program::Program;

type Failure = Box<dyn std::error::Error>;

/// Writes the data of a release.
#[derive(Parser)]
struct Arguments {
    /// The program `handover` of the release.
    program: PathBuf,
    /// The folder to write to, named after the newest migration, such as `tests/data/m0003`.
    folder: PathBuf,
}

/// The database to dump; it is removed afterwards.
const NAME: &str = "handover_release_data";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let Arguments { program, folder } = Arguments::parse();
    let program = std::path::absolute(program)?;
    std::fs::create_dir_all(&folder)?;
    let data = tempfile::tempdir()?;
    let known = run(&program, data.path(), None).await?;
    let statements = dump::dump_sqlite(&data.path().join("handover.db")).await?;
    dump::pack(&statements, &folder.join("sqlite.sql.zst")).await?;
    write(&known, &folder.join("sqlite.json"))?;

    let server = postgres_url().ok_or("TEST_POSTGRES_URL is not set: eval \"$(.ci/postgres start)\"")?;
    dump::create(&server, NAME).await?;
    let data = tempfile::tempdir()?;
    let url = at_database(&server, NAME);
    let known = run(&program, data.path(), Some(&url)).await?;
    dump::pack(&dump::dump_postgres(&url).await?, &folder.join("postgres.sql.zst")).await?;
    write(&known, &folder.join("postgres.json"))?;
    dump::remove(&server, NAME).await
}

/// Creates the data by the program; returns the facts that tests need.
async fn run(program: &Path, data: &Path, database: Option<&str>) -> Result<Value, Failure> {
    let program = Program::new(program, data, database);
    // The demo is seeded only into an empty database, so it comes before the import.
    program.serve().await?.stop().await?;
    program.import("docs/example-project.yaml").await?;
    let running = program.serve().await?;
    let known = history::happens(&running.address).await?;
    running.stop().await?;
    Ok(known)
}

fn write(known: &Value, file: &Path) -> Result<(), Failure> {
    Ok(std::fs::write(file, serde_json::to_string_pretty(known)? + "\n")?)
}
