//! Drawn photos of defects before and after their repair: a scene, its flaw, and the light.

mod light;
mod motifs;
mod scene;
mod shot;

use super::Picture;
use super::canvas::{Ink, Spot, ink};
use super::letters::{Run, write};
use shot::Shot;

pub(crate) use motifs::{MOTIFS, ROOMS};

/// The size in pixels in which a scene is drawn; the photo is smaller, so that its edges are smooth.
const SCENE: (u32, u32) = (1280, 960);
/// The size of a photo in pixels.
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
    /// The part of the file name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// The position of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Camera {
    /// In front of a wall, a door, a window.
    Ahead,
    /// Above the floor.
    Down,
}

/// The motif of a pair of photos.
pub(crate) struct Motif {
    /// The name of its files: the code of the defect type, with a suffix if one type has two motifs.
    pub(crate) name: &'static str,
    /// The caption of the photos.
    caption: &'static str,
    camera: Camera,
    /// Draws the place, with the flaw or repaired; returns the position of the flaw.
    draw: fn(&mut Shot) -> Spot,
}

/// Draws a photo (JPEG, 800×600). Both photos of a motif show the same place.
pub(crate) fn draw_photo(motif: &Motif, stage: Stage) -> Picture {
    let mut shot = Shot::new(motif, stage);
    let focus = (motif.draw)(&mut shot);
    shot.sticker(focus);
    finish(shot, motif, stage)
}

/// Draws an overview of a room before any repair, without a mark.
pub(crate) fn draw_room(room: &Motif) -> Picture {
    let mut shot = Shot::new(room, Stage::Before);
    (room.draw)(&mut shot);
    finish(shot, room, Stage::Before)
}

/// Adds the light and the caption to the scene, and encodes it.
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
