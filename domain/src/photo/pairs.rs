//! Pairs of photos of a defect: those from before and from after each repair attempt.

use super::PhotoStage;
use crate::id::AttemptId;
use crate::time::Timestamp;

/// A photo of a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// What it shows.
    pub stage: PhotoStage,
    /// The attempt that it belongs to.
    pub attempt_id: Option<AttemptId>,
    /// When it was taken.
    pub at: Timestamp,
}

/// The photos of one repair attempt, by their places in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The attempt, by its place in the list; none for what has not been repaired yet.
    pub attempt: Option<usize>,
    /// The photos before.
    pub before: Vec<usize>,
    /// The photos afterwards.
    pub after: Vec<usize>,
}

/// Pairs the photos of a defect, in the order in which they were taken, with its attempts, first to last. The photos
/// before an attempt are those taken since the attempt before it or, if there are none, those before that attempt.
#[must_use]
pub fn pairs(photos: &[Taken], attempts: &[(AttemptId, Timestamp)]) -> Vec<Pair> {
    let of = |stage: PhotoStage| photos.iter().enumerate().filter(move |(_, photo)| photo.stage == stage);
    if attempts.is_empty() {
        let before: Vec<usize> = of(PhotoStage::Before).map(|(n, _)| n).collect();
        let after: Vec<usize> = of(PhotoStage::After).map(|(n, _)| n).collect();
        let none = before.is_empty() && after.is_empty();
        return if none { Vec::new() } else { vec![Pair { attempt: None, before, after }] };
    }
    let mut since = i64::MIN;
    let mut before: Vec<usize> = Vec::new();
    let pair = |(n, (id, at)): (usize, &(AttemptId, Timestamp))| {
        // A photo of the very same moment shows the state before.
        let meanwhile = since.saturating_add(1)..=at.0;
        let taken: Vec<usize> =
            of(PhotoStage::Before).filter(|(_, photo)| meanwhile.contains(&photo.at.0)).map(|(n, _)| n).collect();
        since = since.max(at.0);
        if !taken.is_empty() {
            before = taken;
        } else if n == 0 {
            // By a clock that is wrong all of them came later.
            before = of(PhotoStage::Before).map(|(n, _)| n).collect();
        }
        let after = of(PhotoStage::After).filter(|(_, photo)| photo.attempt_id == Some(*id)).map(|(n, _)| n).collect();
        Pair { attempt: Some(n), before: before.clone(), after }
    };
    attempts.iter().enumerate().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(Option<usize>, Vec<usize>, Vec<usize>)>;

    /// The pairs of photos as (stage, attempt, when) and attempts as (id, when).
    fn pairs_of(photos: &[(PhotoStage, u128, i64)], attempts: &[(u128, i64)]) -> Pairs {
        let taken = |(stage, attempt, at): &(PhotoStage, u128, i64)| Taken {
            stage: *stage,
            attempt_id: (*attempt > 0).then(|| AttemptId::from_u128(*attempt)),
            at: Timestamp(*at),
        };
        let rows: Vec<Taken> = photos.iter().map(taken).collect();
        let attempts: Vec<_> = attempts.iter().map(|(id, at)| (AttemptId::from_u128(*id), Timestamp(*at))).collect();
        pairs(&rows, &attempts).into_iter().map(|pair| (pair.attempt, pair.before, pair.after)).collect()
    }

    #[test]
    fn photos_stand_with_the_attempt_that_they_belong_to() {
        use PhotoStage::{After, Before, Signature};
        assert_eq!(pairs_of(&[], &[]), []);
        assert_eq!(pairs_of(&[(Before, 0, 1), (After, 0, 2), (Signature, 0, 3)], &[]), [(None, vec![0], vec![1])]);
        let photos = [(Before, 0, 1), (Before, 0, 2), (After, 7, 5), (Before, 0, 6), (After, 8, 9), (After, 0, 9)];
        assert_eq!(
            pairs_of(&photos, &[(7, 5), (8, 9), (9, 12)]),
            [
                (Some(0), vec![0, 1], vec![2]),
                (Some(1), vec![3], vec![4]),
                // There is no photo of the state after the second attempt.
                (Some(2), vec![3], vec![]),
            ]
        );
        // Taken when it was repaired, or after it by a clock that is wrong.
        assert_eq!(pairs_of(&[(Before, 0, 5), (After, 7, 4)], &[(7, 5)]), [(Some(0), vec![0], vec![1])]);
        assert_eq!(pairs_of(&[(Before, 0, 50), (After, 7, 4)], &[(7, 5)]), [(Some(0), vec![0], vec![1])]);
    }
}
