//! When a message is tried again, and how long a channel rests in an outage.

use crate::id::MessageAttemptId;

const SECOND_MICROS: i64 = 1_000_000;
const MINUTE_SECONDS: i64 = 60;
/// The longest pause between two tries.
const LONGEST_MINUTES: i64 = 60;
/// The pauses of a channel that cannot be reached, in seconds; the last one repeats.
const OUTAGE_SECONDS: [i64; 6] = [5, 10, 20, 30, 45, 60];
/// Percent by which a pause differs at most.
const SPREAD_PERCENT: i64 = 20;

/// The pause in microseconds after a try, which counts from 1: 1, 2, 4 … minutes, at most 60, and up to a fifth more or
/// less, so that messages that failed together are not tried again together.
#[must_use]
pub fn pause_micros(attempt_id: MessageAttemptId, tries: i32) -> i64 {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(6);
    let minutes = (1_i64 << doublings).min(LONGEST_MINUTES);
    let pause = minutes * MINUTE_SECONDS * SECOND_MICROS;
    pause + pause / 100 * spread(attempt_id, tries)
}

/// How long a channel rests after so many outages in a row, which count from 1: in seconds.
#[must_use]
pub fn outage_seconds(outages: i32) -> i64 {
    let place = usize::try_from(outages.saturating_sub(1)).unwrap_or(0).min(OUTAGE_SECONDS.len() - 1);
    OUTAGE_SECONDS[place]
}

/// A number between -20 and 20 that is the same for the same try: FNV-1a over the id and the number of the try.
fn spread(attempt_id: MessageAttemptId, tries: i32) -> i64 {
    let bytes = attempt_id.uuid().into_bytes().into_iter().chain(tries.to_le_bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let width = 2 * SPREAD_PERCENT.unsigned_abs() + 1;
    i64::try_from((hash >> 32) % width).unwrap_or(0) - SPREAD_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_differ_by_a_fifth() {
        for (tries, minutes) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (i32::MAX, 60)] {
            for id in 0..200 {
                let seconds = pause_micros(MessageAttemptId::from_u128(id), tries) / SECOND_MICROS;
                let whole = minutes * MINUTE_SECONDS;
                assert!((whole * 80 / 100..=whole * 120 / 100).contains(&seconds), "try {tries}: {seconds} s");
            }
        }
        assert_eq!(pause_micros(MessageAttemptId::from_u128(1), 3), pause_micros(MessageAttemptId::from_u128(1), 3));
    }

    #[test]
    fn pauses_of_different_messages_differ() {
        let pauses: std::collections::BTreeSet<i64> =
            (0..200).map(|id| pause_micros(MessageAttemptId::from_u128(id << 64), 1)).collect();
        assert!(pauses.len() > 20, "{}", pauses.len());
    }

    #[test]
    fn an_outage_rests_longer_each_time_and_a_minute_at_most() {
        let rests: Vec<i64> = (1..=8).map(outage_seconds).collect();
        assert_eq!(rests, [5, 10, 20, 30, 45, 60, 60, 60]);
        assert_eq!(outage_seconds(0), 5);
        assert_eq!(outage_seconds(i32::MAX), 60);
    }
}
