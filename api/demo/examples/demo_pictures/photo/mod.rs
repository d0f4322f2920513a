//! Photos of defects before and after their repair, drawn: a scene, the flaw in it, the light on it.

mod light;
mod motifs;
mod scene;
mod shot;

use super::Picture;
use super::canvas::{Ink, Spot, ink};
use super::letters::{Run, write};
use shot::Shot;

pub(crate) use motifs::{MOTIFS, ROOMS};

/// The pixels that a scene is drawn with; the photo has fewer, so that its edges are smooth.
const SCENE: (u32, u32) = (1280, 960);
/// The pixels of a photo.
const PHOTO: (u32, u32) = (800, 600);
/// The quality of the JPEG, of 100.
const QUALITY: u8 = 78;

/// Whether a photo shows the defect or its repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The defect as it was found.
    Before,
    /// The same place after the repair.
    After,
}

impl Stage {
    /// The part of the file's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Where the camera is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Camera {
    /// In front of a wall, a door, a window.
    Ahead,
    /// Above the floor.
    Down,
}

/// What a pair of photos shows.
pub(crate) struct Motif {
    /// The name of its files: the code of the defect type, with an addition where one type has two motifs.
    pub(crate) name: &'static str,
    /// What is written on the photos.
    caption: &'static str,
    camera: Camera,
    /// Draws the place, with the flaw or repaired, and answers where to look.
    draw: fn(&mut Shot) -> Spot,
}

/// Draws a photo (JPEG, 800×600). Both photos of a motif show the same place.
pub(crate) fn draw_photo(motif: &Motif, stage: Stage) -> Picture {
    let mut shot = Shot::new(motif, stage);
    let focus = (motif.draw)(&mut shot);
    shot.sticker(focus);
    finish(shot, motif, stage)
}

/// Draws a room as a whole, before any repair, without a mark.
pub(crate) fn draw_room(room: &Motif) -> Picture {
    let mut shot = Shot::new(room, Stage::Before);
    (room.draw)(&mut shot);
    finish(shot, room, Stage::Before)
}

/// Lays the light over the scene, writes the caption, and encodes.
fn finish(shot: Shot, motif: &Motif, stage: Stage) -> Picture {
    let mut canvas = shot.develop().shrunk(PHOTO.0, PHOTO.1)?;
    let (width, height) = (PHOTO.0 as f32, PHOTO.1 as f32);
    canvas.rect((0.0, height - 32.0), (width, height), ink(15, 17, 20).thin(0.62));
    let (word, colour) = stage_word(stage);
    write(&mut canvas, word, (16.0, height - 23.0), 1.7, Run::Across, colour);
    write(&mut canvas, motif.caption, (124.0, height - 23.0), 1.7, Run::Across, ink(238, 238, 234));
    canvas.into_jpeg(QUALITY)
}

fn stage_word(stage: Stage) -> (&'static str, Ink) {
    match stage {
        Stage::Before => ("BEFORE", ink(255, 176, 96)),
        Stage::After => ("AFTER", ink(140, 226, 150)),
    }
}
