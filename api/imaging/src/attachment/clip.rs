//! Video clips: their duration and the camera's metadata.

use std::io::{BufReader, Read, Seek, SeekFrom};

use domain::photo::PhotoRejection::{self, Broken};

use super::boxes::{Numbers, boxes, find, find_path, header};
use super::fragments::Fragments;
use super::tags;
use super::timed_head::{TimedHead, milliseconds};
use crate::camera::Camera;

/// The maximum size of the index of a clip: an hour's index is 2 MB.
const MOST_READ: u64 = 8_000_000;
/// The maximum number of consecutive boxes: one fragment for each frame of some minutes.
const MOST_BOXES: u32 = 50_000;

/// The metadata of a clip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clip {
    /// The duration in milliseconds; `None` if the file does not contain it.
    pub duration_ms: Option<u64>,
    /// The camera's metadata.
    pub camera: Camera,
}

/// Reads the index of a clip, at any position in the file.
///
/// # Errors
/// `BROKEN` for a file without an index, or with one that is too large.
pub fn clip(source: impl Read + Seek) -> Result<Clip, PhotoRejection> {
    let mut source = BufReader::new(source);
    let size = source.seek(SeekFrom::End(0)).map_err(|_| Broken)?;
    source.rewind().map_err(|_| Broken)?;
    let (mut at, mut left) = (0, MOST_READ);
    let (mut movie, mut fragments) = (None, Fragments::default());
    for _ in 0..MOST_BOXES {
        let Some((kind, head, length)) = next(&mut source, size - at) else { break };
        let body = length - head;
        match &kind {
            b"moov" | b"moof" => {
                left = left.checked_sub(body).ok_or(Broken)?;
                let mut bytes = vec![0; usize::try_from(body).map_err(|_| Broken)?];
                source.read_exact(&mut bytes).map_err(|_| Broken)?;
                if kind == *b"moof" {
                    fragments.read(&bytes);
                } else if movie.is_none() {
                    fragments.read_defaults(&bytes);
                    movie = Some(bytes);
                }
            }
            _ => source.seek_relative(i64::try_from(body).map_err(|_| Broken)?).map_err(|_| Broken)?,
        }
        at += length;
    }
    let movie = movie.ok_or(Broken)?;
    let duration_ms = duration(&movie).into_iter().chain(fragments.duration_ms()).max();
    Ok(Clip { duration_ms, camera: tags::camera(&movie) })
}

/// The next box: its type, the size of its header, and its whole size. `None` at the end, and for a box that extends
/// beyond it.
fn next(source: &mut impl Read, left: u64) -> Option<([u8; 4], u64, u64)> {
    let mut bytes = [0; 16];
    source.read_exact(&mut bytes[..8]).ok()?;
    if bytes[..4] == [0, 0, 0, 1] {
        source.read_exact(&mut bytes[8..]).ok()?;
    }
    let (head, length) = header(&bytes)?;
    let (head, length) = (head as u64, length.unwrap_or(left));
    let kind = *bytes[4..].first_chunk()?;
    // Cut off media data does not affect the index.
    let is_index = kind == *b"moov" || kind == *b"moof";
    let length = if is_index { Some(length).filter(|&length| length <= left)? } else { length.min(left) };
    (length >= head).then_some((kind, head, length))
}

/// The duration of the movie in milliseconds: the maximum of its header and its tracks.
fn duration(movie: &[u8]) -> Option<u64> {
    let head = find(movie, b"mvhd").and_then(TimedHead::read);
    let scale = head.as_ref().map_or(0, |head| head.scale);
    let extended = find_path(movie, &[b"mvex", b"mehd"]).and_then(|body| Numbers::full(body)?.known_time()?);
    let tracks = boxes(movie).filter(|part| part.kind == *b"trak").filter_map(|part| track(part.body, scale));
    let own = head.and_then(|head| head.duration);
    let of_movie = own.into_iter().chain(extended).filter_map(|duration| milliseconds(duration, scale));
    of_movie.chain(tracks).max()
}

/// The duration of a track: that of its edit list, or of all its samples.
fn track(track: &[u8], movie_scale: u32) -> Option<u64> {
    let edited = find_path(track, &[b"edts", b"elst"]).and_then(edited);
    if let Some(edited) = edited.and_then(|duration| milliseconds(duration, movie_scale)) {
        return Some(edited);
    }
    let media = find(track, b"mdia")?;
    let head = find(media, b"mdhd").and_then(TimedHead::read)?;
    let samples = find_path(media, &[b"minf", b"stbl", b"stts"]).and_then(samples);
    let durations = head.duration.into_iter().chain(samples);
    durations.filter_map(|duration| milliseconds(duration, head.scale)).max()
}

/// The sum of the edits; `None` if it is unknown.
fn edited(elst: &[u8]) -> Option<u64> {
    let mut list = Numbers::full(elst)?;
    let mut sum = 0_u64;
    for _ in 0..list.word()? {
        sum = sum.saturating_add(list.known_time()??);
        list.time()?;
        list.word()?;
    }
    Some(sum).filter(|&sum| sum > 0)
}

/// The sum of the durations of a track's samples.
fn samples(stts: &[u8]) -> Option<u64> {
    let mut list = Numbers::full(stts)?;
    let mut sum = 0_u64;
    for _ in 0..list.word()? {
        let (Some(count), Some(each)) = (list.word(), list.word()) else { break };
        sum = sum.saturating_add(u64::from(count) * u64::from(each));
    }
    Some(sum).filter(|&sum| sum > 0)
}
