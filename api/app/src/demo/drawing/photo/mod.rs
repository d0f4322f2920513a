//! Photos of defects before and after their repair, drawn: a scene, the flaw in it, the light on it.

mod flaws;
mod light;
mod scene;
mod shot;

use super::Picture;
use super::canvas::{Ink, ink};
use super::letters::{Run, write};
use shot::Shot;

/// The width of a photo in pixels.
pub const PHOTO_WIDTH: u32 = 1280;
/// The height of a photo in pixels.
pub const PHOTO_HEIGHT: u32 = 960;
/// A usual quality for site photos; higher only makes the grain larger.
const QUALITY: u8 = 80;

/// Whether a photo shows the defect or its repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The defect as it was found.
    Before,
    /// The same place after the repair.
    After,
}

/// What a photo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// A crack in a painted wall.
    Crack,
    /// A water stain under a ceiling.
    Stain,
    /// A chipped and cracked floor tile.
    ChippedTile,
    /// Scratches on wood.
    Scratch,
    /// A hollow wall tile, circled in chalk.
    HollowTile,
    /// Peeling paint.
    PeelingPaint,
    /// A socket that is not level.
    CrookedSocket,
    /// Window glass with smears and paint.
    DirtyGlass,
    /// A gap between skirting and wall.
    SkirtingGap,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 9] = [
        Self::Crack,
        Self::Stain,
        Self::ChippedTile,
        Self::Scratch,
        Self::HollowTile,
        Self::PeelingPaint,
        Self::CrookedSocket,
        Self::DirtyGlass,
        Self::SkirtingGap,
    ];

    /// What it is called on a photo.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crack => "wall crack",
            Self::Stain => "water stain",
            Self::ChippedTile => "chipped tile",
            Self::Scratch => "scratch",
            Self::HollowTile => "hollow tile",
            Self::PeelingPaint => "peeling paint",
            Self::CrookedSocket => "crooked socket",
            Self::DirtyGlass => "dirty glass",
            Self::SkirtingGap => "skirting gap",
        }
    }

    /// The picture that comes nearest to a defect type of the taxonomy ("WALL.CRACK"). Types that
    /// no picture fits get the crack, so that every defect can be shown.
    pub fn of_defect_type(code: &str) -> Self {
        let (part, kind) = code.split_once('.').unwrap_or((code, ""));
        match (part, kind) {
            ("WALL" | "FLOOR", "TILE_HOLLOW" | "HOLLOW") => Self::HollowTile,
            ("WALL" | "FLOOR", "TILE_CRACK" | "TILE_LIP")
            | ("SANI" | "SILL", "DAMAGE")
            | ("PUB", "FINISH" | "STAIR") => Self::ChippedTile,
            ("WALL", "PAINT" | "SAND" | "PAPER" | "CORNER" | "STAIN") | ("CEIL", "CRACK") => Self::PeelingPaint,
            ("WALL", "DAMP") | ("CEIL", "LEAK") | ("WP" | "WATER" | "DRAIN" | "HEAT" | "AC", _) => Self::Stain,
            ("WIN" | "RAIL" | "CLEAN", _) => Self::DirtyGlass,
            ("ELEC" | "LIGHT" | "LV" | "GAS", _) => Self::CrookedSocket,
            ("SKIRT", _) | ("FLOOR", "WOOD_GAP" | "UNEVEN" | "LEVEL") => Self::SkirtingGap,
            ("EDOOR" | "IDOOR" | "CAB", _) | ("FLOOR", "WOOD_SCRATCH") => Self::Scratch,
            ("FLOOR" | "FLUE" | "SANI", _) => Self::ChippedTile,
            _ => Self::Crack,
        }
    }
}

/// Draws a photo (JPEG, 1280×960). The same seed is the same place: its `Before` and `After` show
/// the same scene with and without the flaw.
pub fn draw_defect_photo(flaw: Flaw, stage: Stage, seed: u64) -> Picture {
    let mut shot = Shot::new(flaw, stage, seed);
    let focus = match flaw {
        Flaw::Crack => flaws::crack(&mut shot),
        Flaw::Stain => flaws::stain(&mut shot),
        Flaw::ChippedTile => flaws::chipped_tile(&mut shot),
        Flaw::Scratch => flaws::scratch(&mut shot),
        Flaw::HollowTile => flaws::hollow_tile(&mut shot),
        Flaw::PeelingPaint => flaws::peeling_paint(&mut shot),
        Flaw::CrookedSocket => flaws::crooked_socket(&mut shot),
        Flaw::DirtyGlass => flaws::dirty_glass(&mut shot),
        Flaw::SkirtingGap => flaws::skirting_gap(&mut shot),
    };
    shot.sticker(focus);
    let mut canvas = shot.develop();
    let strip = ink(15, 17, 20).thin(0.62);
    let (width, height) = (PHOTO_WIDTH as f32, PHOTO_HEIGHT as f32);
    canvas.rect((0.0, height - 42.0), (width, height), strip);
    let (word, colour) = stage_word(stage);
    write(&mut canvas, word, (22.0, height - 30.0), 2.2, Run::Across, colour);
    let caption = format!("{}  #{:04}", flaw.name(), seed % 10_000);
    write(&mut canvas, &caption, (170.0, height - 30.0), 2.2, Run::Across, ink(238, 238, 234));
    canvas.into_jpeg(QUALITY)
}

fn stage_word(stage: Stage) -> (&'static str, Ink) {
    match stage {
        Stage::Before => ("BEFORE", ink(255, 176, 96)),
        Stage::After => ("AFTER", ink(140, 226, 150)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_flaw_is_a_jpeg_of_the_stated_size_and_another_picture() {
        let mut seen = HashSet::new();
        for flaw in Flaw::ALL {
            let bytes = draw_defect_photo(flaw, Stage::Before, 7).expect("drawn");
            let image = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).expect("a JPEG");
            assert_eq!((image.width(), image.height()), (PHOTO_WIDTH, PHOTO_HEIGHT));
            assert!(bytes.len() < 400_000, "{flaw:?}: {} bytes", bytes.len());
            assert!(seen.insert(bytes), "{flaw:?} looks like another flaw");
        }
    }

    #[test]
    fn seed_and_stage_decide_the_picture() {
        let draw = |stage, seed| draw_defect_photo(Flaw::Crack, stage, seed).expect("drawn");
        let photo = draw(Stage::Before, 7);
        assert_eq!(photo, draw(Stage::Before, 7));
        assert_ne!(photo, draw(Stage::Before, 8));
        assert_ne!(photo, draw(Stage::After, 7));
    }

    #[test]
    fn every_defect_type_has_a_picture_that_fits_its_part() {
        assert_eq!(Flaw::of_defect_type("WALL.CRACK"), Flaw::Crack);
        assert_eq!(Flaw::of_defect_type("FLOOR.TILE_HOLLOW"), Flaw::HollowTile);
        assert_eq!(Flaw::of_defect_type("WIN.SEALANT"), Flaw::DirtyGlass);
        assert_eq!(Flaw::of_defect_type("SKIRT.LOOSE"), Flaw::SkirtingGap);
        assert_eq!(Flaw::of_defect_type("CLEAN.GLASS"), Flaw::DirtyGlass);
        assert_eq!(Flaw::of_defect_type("PUB.FINISH"), Flaw::ChippedTile);
        assert_eq!(Flaw::of_defect_type("SOMETHING.NEW"), Flaw::Crack);
    }
}
