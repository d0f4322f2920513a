//! Dumps of databases, compressed.

use std::path::Path;

use async_compression::Level;
use async_compression::tokio::write::ZstdEncoder;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::Failure;

/// Creates an empty database; replaces an existing one of that name.
pub(super) async fn create(server: &str, name: &str) -> Result<(), Failure> {
    remove(server, name).await?;
    execute(server, &format!("CREATE DATABASE {name}")).await
}

/// Drops the database if it exists.
pub(super) async fn remove(server: &str, name: &str) -> Result<(), Failure> {
    execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
}

async fn execute(server: &str, sql: &str) -> Result<(), Failure> {
    let mut admin = PgConnection::connect(server).await?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await?;
    Ok(admin.close().await?)
}

/// A SQLite file as SQL statements.
pub(super) async fn dump_sqlite(file: &Path) -> Result<String, Failure> {
    text(Command::new("sqlite3").arg(file).arg(".dump")).await
}

/// The database as SQL statements that any PostgreSQL accepts from the owner of an empty database.
pub(super) async fn dump_postgres(url: &str) -> Result<String, Failure> {
    let inserts = ["--no-owner", "--no-privileges", "--rows-per-insert=100"];
    let text = text(Command::new("pg_dump").args(inserts).arg(url)).await?;
    // The lines before the first object are settings of the session, some of which only newer servers know, and
    // commands of the program psql. So is the last line.
    let begin = text.find("\nCREATE ").ok_or("the dump has no table")?;
    let objects = text[begin..].lines().filter(|line| !line.starts_with("\\unrestrict"));
    Ok(objects.collect::<Vec<_>>().join("\n"))
}

async fn text(command: &mut Command) -> Result<String, Failure> {
    let done = command.output().await?;
    if done.status.success() {
        return Ok(String::from_utf8(done.stdout)?);
    }
    Err(String::from_utf8_lossy(&done.stderr).into_owned().into())
}

/// Writes statements compressed by zstd.
pub(super) async fn pack(statements: &str, to: &Path) -> Result<(), Failure> {
    let mut packed = ZstdEncoder::with_quality(Vec::new(), Level::Best);
    packed.write_all(statements.as_bytes()).await?;
    packed.shutdown().await?;
    Ok(std::fs::write(to, packed.into_inner())?)
}
