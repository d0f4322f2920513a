//! Failed sign-ins are slowed: from the fifth on, each doubles the wait, up to 15 minutes.

use domain::{Refusal, RefusalCode, Timestamp};
use store::Connection;
use store::entity::sign_in_attempts;

use crate::error::Result;

/// Failures that cost nothing: a person may mistype.
const FREE_FAILURES: i32 = 4;
/// The longest wait.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// Failures are forgotten after a day of quiet.
const FORGET_SECONDS: i64 = 24 * 60 * 60;

/// Refuses while a wait lasts.
pub(super) async fn check(conn: &impl Connection, key: &str, now: Timestamp) -> Result<()> {
    let Some(row) = store::sessions::attempts(conn, key).await? else { return Ok(()) };
    let left = Timestamp(row.blocked_until).micros_since(now);
    if left <= 0 {
        return Ok(());
    }
    let seconds = left.div_euclid(1_000_000) + 1;
    Err(Refusal::new(RefusalCode::SignInSlowed).with("seconds", seconds).into())
}

/// Counts a failure.
pub(super) async fn count(conn: &impl Connection, key: &str, now: Timestamp) -> Result<()> {
    let earlier = store::sessions::attempts(conn, key).await?;
    let recent = earlier.filter(|row| now.micros_since(Timestamp(row.last_at).plus_seconds(FORGET_SECONDS)) < 0);
    let failures = recent.map_or(0, |row| row.failures).saturating_add(1);
    let row = sign_in_attempts::Model {
        key: key.to_owned(),
        failures,
        last_at: now.0,
        blocked_until: now.plus_seconds(wait_seconds(failures)).0,
    };
    Ok(store::sessions::save_attempts(conn, row).await?)
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
