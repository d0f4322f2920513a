//! Outlines of text, from embedded fonts and, for rare characters, from a font file of the machine.

use std::path::{Path as FilePath, PathBuf};

use domain::photo::Markup;
use domain::photo::markup::Form;
use tiny_skia::{Path, PathBuilder, Rect};
use ttf_parser::{Face, FaceParsingError, GlyphId, OutlineBuilder, fonts_in_collection, name_id};

/// The font of Latin, Greek and units.
const LATIN: &[u8] = include_bytes!("fonts/DejaVuSans-Bold-subset.ttf");
/// The font of the Chinese characters of GB 2312.
const CHINESE: &[u8] = include_bytes!("fonts/DroidSansFallback-GB2312.ttf");
/// The usual paths of a font with all Chinese characters.
const USUAL_PLACES: [&str; 8] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
];
/// The largest font file that is read.
const MAX_FILE: u64 = 64_000_000;
/// The line height, in font sizes.
const LINE: f32 = 1.25;
/// The baseline, from the top of a line, in font sizes.
const BASELINE: f32 = 0.96;

/// The errors of font files.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file cannot be read.
    #[error("{file}: {1}", file = .0.display())]
    File(PathBuf, std::io::Error),
    /// The file is no font, or too large.
    #[error("{} is no font (TrueType or OpenType) of at most 64 MB", .0.display())]
    NoFont(PathBuf),
    /// The embedded fonts.
    #[error("the built-in font: {0}")]
    BuiltIn(#[from] FaceParsingError),
}

/// The sources of fonts. The embedded ones are sufficient for English and simplified Chinese.
#[derive(Debug, Clone, Default)]
pub struct FontSource {
    /// A file for other characters.
    more: Option<PathBuf>,
}

impl FontSource {
    /// With a file at one of the usual paths, if it exists.
    #[must_use]
    pub fn usual() -> Self {
        Self { more: USUAL_PLACES.iter().map(PathBuf::from).find(|place| place.is_file()) }
    }

    /// With this file for rare characters.
    ///
    /// # Errors
    /// When it is no font.
    pub fn with_file(file: PathBuf) -> Result<Self, FontError> {
        read(&file)?;
        Ok(Self { more: Some(file) })
    }

    /// The fonts for an annotation; the file is read only if a character needs it, because it may be large.
    pub(super) fn open(&self, markup: &Markup) -> Result<Letters, FontError> {
        let built_in = Letters { more: None };
        let faces = built_in.faces()?;
        let mut words = markup.shapes().iter().flat_map(|shape| match &shape.form {
            Form::Text { text: words, .. } | Form::Measure { label: words, .. } => words.chars(),
            Form::Arrow { .. } | Form::Circle { .. } | Form::Freehand { .. } => "".chars(),
        });
        let lacking = words.any(|c| !faces.has(c));
        drop(faces);
        let Some(file) = self.more.as_ref().filter(|_| lacking) else { return Ok(built_in) };
        match read(file) {
            Ok(more) => Ok(Letters { more: Some(more) }),
            Err(error) => {
                // Boxes in place of a few characters are better than an annotation without arrows.
                tracing::warn!(%error, "characters of a markup are drawn as boxes");
                Ok(built_in)
            }
        }
    }
}

/// A font in memory.
pub(super) struct Letters {
    /// The bytes of a file, and the index of the font in it.
    more: Option<(Vec<u8>, u32)>,
}

impl Letters {
    pub(super) fn faces(&self) -> Result<Faces<'_>, FontError> {
        let mut faces = vec![Face::parse(LATIN, 0)?, Face::parse(CHINESE, 0)?];
        faces.extend(self.more.as_ref().and_then(|(bytes, index)| Face::parse(bytes, *index).ok()));
        Ok(Faces(faces))
    }
}

/// Reads a font file; of a collection the font for simplified Chinese, or the first one.
fn read(file: &FilePath) -> Result<(Vec<u8>, u32), FontError> {
    let failed = |error| FontError::File(file.to_owned(), error);
    if std::fs::metadata(file).map_err(failed)?.len() > MAX_FILE {
        return Err(FontError::NoFont(file.to_owned()));
    }
    let bytes = std::fs::read(file).map_err(failed)?;
    let count = fonts_in_collection(&bytes).unwrap_or(1);
    let simplified = (0..count).find(|&index| Face::parse(&bytes, index).is_ok_and(|face| is_simplified(&face)));
    let index = simplified.unwrap_or(0);
    if Face::parse(&bytes, index).is_err() {
        return Err(FontError::NoFont(file.to_owned()));
    }
    Ok((bytes, index))
}

fn is_simplified(face: &Face<'_>) -> bool {
    let names = face.names().into_iter().filter(|name| name.name_id == name_id::FULL_NAME);
    names.filter_map(|name| name.to_string()).any(|name| name.split_whitespace().any(|word| word == "SC"))
}

/// A character to be drawn.
#[derive(Clone, Copy)]
struct Glyph {
    /// The font and the glyph; `None` for a character that no font has.
    of: Option<(usize, GlyphId)>,
    /// The advance in pixels.
    width: f32,
}

/// A run of characters that is not broken.
struct Run {
    glyphs: Vec<Glyph>,
    width: f32,
    blank: bool,
}

/// Fonts in the order of preference.
pub(super) struct Faces<'a>(Vec<Face<'a>>);

/// Text, broken into lines.
pub(super) struct Block<'a> {
    faces: &'a Faces<'a>,
    lines: Vec<Vec<Glyph>>,
    size: f32,
    /// In pixels.
    pub(super) width: f32,
    /// In pixels.
    pub(super) height: f32,
}

impl<'a> Faces<'a> {
    fn has(&self, c: char) -> bool {
        is_blank(c) || self.0.iter().any(|face| face.glyph_index(c).is_some())
    }

    fn glyph(&self, c: char, size: f32) -> Glyph {
        let found = self.0.iter().enumerate().find_map(|(n, face)| Some((n, face.glyph_index(c)?)));
        let Some((n, id)) = found else {
            let width = if is_blank(c) { 0.0 } else { size };
            return Glyph { of: None, width };
        };
        let face = &self.0[n];
        let advance = face.glyph_hor_advance(id).map_or(1.0, |advance| f32::from(advance) / per_em(face));
        Glyph { of: Some((n, id)), width: advance * size }
    }

    /// Text of a size, in lines of at most this width.
    pub(super) fn block(&'a self, words: &str, size: f32, room: f32) -> Block<'a> {
        let mut lines = vec![(Vec::new(), 0.0_f32)];
        for run in self.runs(words, size) {
            let used = lines.last().map_or(0.0, |line| line.1);
            if used > 0.0 && used + run.width > room {
                lines.push((Vec::new(), 0.0));
                if run.blank {
                    continue;
                }
            }
            for glyph in run.glyphs {
                // A word that is longer than a line is broken at any character.
                if lines.last().is_some_and(|line| line.1 > 0.0 && line.1 + glyph.width > room) {
                    lines.push((Vec::new(), 0.0));
                }
                if let Some(line) = lines.last_mut() {
                    line.0.push(glyph);
                    line.1 += glyph.width;
                }
            }
        }
        let width = lines.iter().map(|line| line.1).fold(0.0, f32::max);
        let height = lines.len() as f32 * LINE * size;
        Block { faces: self, lines: lines.into_iter().map(|line| line.0).collect(), size, width, height }
    }

    /// Words and blanks; a Chinese character is a word.
    fn runs(&self, words: &str, size: f32) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut open = false;
        for c in words.chars() {
            let glyph = self.glyph(c, size);
            let alone = c == ' ' || c >= '\u{2E80}';
            match runs.last_mut() {
                Some(run) if open && !alone => {
                    run.glyphs.push(glyph);
                    run.width += glyph.width;
                }
                _ => runs.push(Run { glyphs: vec![glyph], width: glyph.width, blank: c == ' ' }),
            }
            open = !alone;
        }
        runs
    }
}

/// Variation selectors, which only modify the character before them.
const fn is_blank(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}')
}

fn per_em(face: &Face<'_>) -> f32 {
    f32::from(face.units_per_em())
}

impl Block<'_> {
    /// The outlines of all characters, with the top left corner at a place.
    pub(super) fn path(&self, left: f32, top: f32) -> Option<Path> {
        let mut path = PathBuilder::new();
        for (n, line) in self.lines.iter().enumerate() {
            let (mut x, foot) = (left, top + (n as f32 * LINE + BASELINE) * self.size);
            for glyph in line {
                match glyph.of {
                    Some((face, id)) => {
                        let face = &self.faces.0[face];
                        let mut pen = Pen { path: &mut path, x, y: foot, scale: self.size / per_em(face) };
                        let _ = face.outline_glyph(id, &mut pen);
                    }
                    None => self.replacement(&mut path, x, foot, glyph.width),
                }
                x += glyph.width;
            }
        }
        path.finish()
    }

    /// A hollow box in place of a character that cannot be drawn.
    fn replacement(&self, path: &mut PathBuilder, x: f32, foot: f32, width: f32) {
        let thick = 0.07 * self.size;
        let outer = Rect::from_ltrb(x + thick, foot - 0.8 * self.size, x + width - thick, foot);
        let Some(outer) = outer else { return };
        path.push_rect(outer);
        let (l, t, r, b) = (outer.left() + thick, outer.top() + thick, outer.right() - thick, outer.bottom() - thick);
        // In the opposite direction, so that it is a hole.
        path.move_to(l, t);
        path.line_to(l, b);
        path.line_to(r, b);
        path.line_to(r, t);
        path.close();
    }
}

/// Draws a glyph's outline, which has its own units and an upward y axis.
struct Pen<'p> {
    path: &'p mut PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (x.mul_add(self.scale, self.x), y.mul_add(-self.scale, self.y))
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
