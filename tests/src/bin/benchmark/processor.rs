//! Processor time of processes, as the kernel counts it: of a server, and of PostgreSQL behind it.

use std::collections::HashMap;
use std::fs;

use sqlx::postgres::PgConnection;
use tokio::sync::Mutex;

use crate::Fault;
use crate::stock::connect;

/// User and system time of a process so far, in milliseconds; none if this machine has no such process.
pub(crate) fn milliseconds(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name in parentheses; user and system time are the 14th and 15th fields, in hundredths of a second.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) * 10)
}

/// The processes of PostgreSQL that serve the benchmark's database. Whatever else the same PostgreSQL does, its other
/// processes do.
pub(crate) struct Backends(Mutex<PgConnection>);

/// Milliseconds by process.
pub(crate) type Times = HashMap<u32, u64>;

impl Backends {
    /// Those of a database.
    pub(crate) async fn of(url: &str) -> Result<Self, Fault> {
        Ok(Self(Mutex::new(connect(url).await?)))
    }

    /// Their processor time so far; empty if PostgreSQL runs on another machine.
    pub(crate) async fn times(&self) -> Result<Times, Fault> {
        let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let pids: Vec<i32> = sqlx::query_scalar(others).fetch_all(&mut *self.0.lock().await).await?;
        let pids = pids.into_iter().filter_map(|pid| u32::try_from(pid).ok());
        Ok(pids.filter_map(|pid| Some((pid, milliseconds(pid)?))).collect())
    }

    /// Their processor time since then, in milliseconds, without that of processes that have ended.
    pub(crate) async fn since(&self, before: &Times) -> Result<Option<u64>, Fault> {
        let now = self.times().await?;
        let spent = now.iter().map(|(pid, time)| time.saturating_sub(before.get(pid).copied().unwrap_or(0))).sum();
        Ok((!now.is_empty()).then_some(spent))
    }
}
