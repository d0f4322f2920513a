//! Fragmented clips, as browsers and some recorders write them: each fragment contains its own duration.

use std::collections::HashMap;

use super::boxes::{Boxed, Numbers, boxes, find, find_path};
use super::timed_head::{TimedHead, milliseconds};

/// The tracks of a fragmented clip.
#[derive(Default)]
pub(super) struct Fragments {
    tracks: HashMap<u32, Track>,
}

/// A track, in its own units.
#[derive(Default)]
struct Track {
    scale: u32,
    /// The default duration of samples.
    default: u64,
    /// The start of its first fragment, and the end of its last.
    start: Option<u64>,
    end: u64,
}

impl Fragments {
    /// Reads the defaults in the header of the movie.
    pub(super) fn read_defaults(&mut self, movie: &[u8]) {
        for part in boxes(movie).filter(|part| part.kind == *b"trak") {
            let head = find_path(part.body, &[b"mdia", b"mdhd"]).and_then(TimedHead::read);
            if let (Some(id), Some(head)) = (track_id(part.body), head) {
                self.tracks.entry(id).or_default().scale = head.scale;
            }
        }
        let extends = find(movie, b"mvex").unwrap_or_default();
        for part in boxes(extends).filter(|part| part.kind == *b"trex") {
            let read = || {
                let mut numbers = Numbers::full(part.body)?;
                let id = numbers.word()?;
                numbers.word()?;
                Some((id, numbers.word()?))
            };
            if let Some((id, default)) = read() {
                self.tracks.entry(id).or_default().default = default.into();
            }
        }
    }

    /// Reads a fragment.
    pub(super) fn read(&mut self, fragment: &[u8]) {
        for part in boxes(fragment).filter(|part| part.kind == *b"traf") {
            self.read_track(part.body);
        }
    }

    fn read_track(&mut self, fragment: &[u8]) -> Option<()> {
        let mut head = Numbers::full(find(fragment, b"tfhd")?)?;
        let track = self.tracks.get_mut(&head.word()?)?;
        if head.flags & 1 != 0 {
            head.take(8)?;
        }
        if head.flags & 2 != 0 {
            head.take(4)?;
        }
        let default = if head.flags & 8 != 0 { head.word()?.into() } else { track.default };
        let said = find(fragment, b"tfdt").and_then(|body| Numbers::full(body)?.time());
        let start = said.unwrap_or(track.end);
        let runs = boxes(fragment).filter_map(|part| run(part, default));
        track.start = Some(track.start.map_or(start, |first| first.min(start)));
        track.end = track.end.max(runs.fold(start, u64::saturating_add));
        Some(())
    }

    /// The duration of the longest track.
    pub(super) fn duration_ms(&self) -> Option<u64> {
        let length = |track: &Track| milliseconds(track.end.saturating_sub(track.start?), track.scale);
        self.tracks.values().filter_map(length).max().filter(|&length| length > 0)
    }
}

/// The id of a track.
fn track_id(track: &[u8]) -> Option<u32> {
    let mut head = Numbers::full(find(track, b"tkhd")?)?;
    head.time()?;
    head.time()?;
    head.word()
}

/// The duration of the samples of a run.
fn run(part: Boxed<'_>, default: u64) -> Option<u64> {
    let mut run = Numbers::full(part.body).filter(|_| part.kind == *b"trun")?;
    let count = run.word()?;
    for flag in [0x1, 0x4] {
        run.take(if run.flags & flag != 0 { 4 } else { 0 })?;
    }
    if run.flags & 0x100 == 0 {
        return Some(default.saturating_mul(count.into()));
    }
    let behind = 4 * (run.flags >> 9 & 7).count_ones() as usize;
    let mut sum = 0_u64;
    for _ in 0..count {
        let Some(duration) = run.take(4) else { break };
        sum = sum.saturating_add(duration);
        // A sample has at most two numbers of four bytes.
        run.take(behind.min(8));
        run.take(behind.saturating_sub(8));
    }
    Some(sum)
}
