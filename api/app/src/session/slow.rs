//! Failed sign-ins are slowed: from the fifth on, each doubles the wait, up to 15 minutes.

use domain::{Refusal, RefusalCode, Timestamp};
use store::Connection;
use store::db::WriteTx;
use store::entity::sign_in_attempts;

use crate::error::Result;

/// Failures that cost nothing: a person may mistype.
const FREE_FAILURES: i32 = 4;
/// The longest wait.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// Failures are forgotten after a day of quiet.
const FORGET_SECONDS: i64 = 24 * 60 * 60;

/// Refuses while a wait lasts, before any work is done for a password.
pub(crate) async fn admit(conn: &impl Connection, key: &str, now: Timestamp) -> Result<()> {
    match store::sessions::attempts(conn, key).await? {
        Some(row) => check(&row, now),
        None => Ok(()),
    }
}

/// Counts a failure, or forgets all of them after a right password. Refuses, right or wrong, when failures at the same
/// moment have begun a wait meanwhile: of many guesses at once no more are answered than one after the other.
pub(crate) async fn settle(tx: &WriteTx, key: &str, now: Timestamp, right: bool) -> Result<()> {
    let earlier = store::sessions::lock_attempts(tx, key).await?;
    check(&earlier, now)?;
    if right {
        return Ok(store::sessions::forget_attempts(tx, key).await?);
    }
    let recent = now.micros_since(Timestamp(earlier.last_at).plus_seconds(FORGET_SECONDS)) < 0;
    let failures = if recent { earlier.failures.saturating_add(1) } else { 1 };
    let blocked_until = now.plus_seconds(wait_seconds(failures)).0;
    let row = sign_in_attempts::Model { failures, last_at: now.0, blocked_until, ..earlier };
    Ok(store::sessions::save_attempts(tx, row).await?)
}

fn check(row: &sign_in_attempts::Model, now: Timestamp) -> Result<()> {
    let left = Timestamp(row.blocked_until).micros_since(now);
    if left <= 0 {
        return Ok(());
    }
    let seconds = left.div_euclid(1_000_000) + 1;
    Err(Refusal::new(RefusalCode::SignInSlowed).with("seconds", seconds).into())
}

fn wait_seconds(failures: i32) -> i64 {
    match failures - FREE_FAILURES {
        ..=0 => 0,
        over @ 1..=9 => 1 << over,
        _ => LONGEST_WAIT_SECONDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends_somewhere() {
        let waits: Vec<i64> = [1, 4, 5, 6, 10, 200].into_iter().map(wait_seconds).collect();
        assert_eq!(waits, [0, 0, 2, 4, 64, 900]);
    }
}
