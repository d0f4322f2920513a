//! The fonts of the program: which font draws a character, and how wide it is.

use std::ops::Range;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use crate::error::DocumentError;

/// The fonts in the order in which they are asked for a character.
const FILES: [(&str, &[u8]); 2] = [
    ("NotoSansCJKsc-Regular-subset.otf", include_bytes!("../fonts/NotoSansCJKsc-Regular-subset.otf")),
    ("NotoSans-Regular-subset.ttf", include_bytes!("../fonts/NotoSans-Regular-subset.ttf")),
];
/// The place of the font with Latin alone.
const LATIN: usize = 1;
/// Is drawn for a character that no font has.
pub(crate) const REPLACEMENT: char = '〓';
/// From here on characters are Chinese, Japanese or Korean, and signs.
const FIRST_EAST_ASIAN: char = '\u{2E80}';

/// A character as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glyph {
    /// The font, by its place in the list.
    pub(crate) face: usize,
    /// Its number in the font.
    pub(crate) id: u32,
    /// The width in sizes of the letters (em).
    pub(crate) width: f32,
    /// The bytes of the text that it stands for.
    pub(crate) bytes: Range<usize>,
}

struct Face {
    font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    per_em: f32,
}

impl Face {
    fn open(bytes: &'static [u8]) -> Option<Self> {
        let reference = FontRef::new(bytes).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        let metrics = reference.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { per_em: font.units_per_em(), characters: reference.charmap(), metrics, font })
    }

    fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let id = self.characters.map(c).filter(|id| id.to_u32() != 0)?;
        let width = self.metrics.advance_width(id).unwrap_or(self.per_em);
        Some((id.to_u32(), width / self.per_em))
    }
}

/// The fonts of the program, open.
pub(crate) struct Fonts(Vec<Face>);

impl Fonts {
    /// Opens the fonts; takes less than a millisecond.
    ///
    /// # Errors
    /// `Font` for a file that is no font.
    pub(crate) fn open() -> Result<Self, DocumentError> {
        let faces = FILES.iter().map(|(name, bytes)| Face::open(bytes).ok_or(DocumentError::Font(name)));
        Ok(Self(faces.collect::<Result<_, _>>()?))
    }

    /// The font at this place of the list.
    pub(crate) fn font(&self, face: usize) -> &Font {
        &self.0[face].font
    }

    /// The characters of a text as they are drawn, one glyph for each.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<Glyph> {
        let (mut glyphs, mut start) = (Vec::with_capacity(text.len()), 0);
        while start < text.len() {
            let run = &text[start..start + run_length(&text[start..])];
            let is_latin = run.starts_with(is_shared) && !is_beside_east_asian(text, start, run.len());
            let face = if is_latin { LATIN } else { self.face_of(run) };
            glyphs.extend(run.char_indices().map(|(at, c)| {
                let first = start + at;
                self.glyph(c, face, first..first + c.len_utf8())
            }));
            start += run.len();
        }
        glyphs
    }

    /// The first font that has all characters of a word, so that no word is mixed of two; otherwise the first.
    fn face_of(&self, word: &str) -> usize {
        self.0.iter().position(|face| word.chars().all(|c| face.glyph(c).is_some())).unwrap_or(0)
    }

    fn glyph(&self, c: char, preferred: usize, bytes: Range<usize>) -> Glyph {
        let order = std::iter::once(preferred).chain((0..self.0.len()).filter(|face| *face != preferred));
        let wanted = [c, if c.is_whitespace() { ' ' } else { REPLACEMENT }];
        let found = wanted
            .iter()
            .find_map(|c| order.clone().find_map(|face| self.0[face].glyph(*c).map(|(id, width)| (face, id, width))));
        let (face, id, width) = found.unwrap_or((0, 1, 1.0));
        Glyph { face, id, width, bytes }
    }
}

/// Signs of which Chinese has its own form, as wide as a character.
const fn is_shared(c: char) -> bool {
    matches!(c, '·' | '‘' | '’' | '“' | '”' | '…' | '—' | '‥')
}

/// Whether the nearest character before or behind this one, blanks left out, is Chinese.
fn is_beside_east_asian(text: &str, start: usize, length: usize) -> bool {
    let is_text = |c: &char| !c.is_whitespace() && !is_shared(*c);
    let before = text[..start].chars().rev().find(is_text);
    let behind = text[start + length..].chars().find(is_text);
    before.into_iter().chain(behind).any(|c| c >= FIRST_EAST_ASIAN)
}

/// The bytes of the word at the start of a text, or of its first character if that is no letter.
fn run_length(text: &str) -> usize {
    let is_letter = |c: char| c < FIRST_EAST_ASIAN && (c.is_alphabetic() || ('\u{300}'..='\u{36F}').contains(&c));
    match text.find(|c| !is_letter(c)).unwrap_or(text.len()) {
        0 => text.chars().next().map_or(0, char::len_utf8),
        length => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_drawn_by_one_font() {
        let fonts = Fonts::open().expect("fonts");
        let faces = |text: &str| fonts.glyphs(text).iter().map(|glyph| glyph.face).collect::<Vec<_>>();
        assert_eq!(faces("Müller 王"), [0; 8]);
        assert_eq!(faces("Łuk 王"), [1, 1, 1, 0, 0]);
        assert_eq!(faces("𠮷㛃䶮"), [0; 3], "rare characters of names");
    }

    #[test]
    fn signs_are_as_wide_as_the_letters_beside_them() {
        let fonts = Fonts::open().expect("fonts");
        let widths = |text: &str| -> Vec<f32> {
            let glyphs = fonts.glyphs(text);
            let signs = glyphs.iter().filter(|glyph| text[glyph.bytes.clone()].starts_with(is_shared));
            signs.map(|glyph| glyph.width).collect()
        };
        assert!(widths("the owner’s “own” unit · floor…").iter().all(|width| *width < 0.9));
        assert_eq!(widths("业主的“意见”·户型……"), [1.0; 5]);
    }

    #[test]
    fn a_character_without_a_font_is_replaced() {
        let fonts = Fonts::open().expect("fonts");
        let replacement = fonts.glyphs("〓")[0].id;
        let drawn: Vec<u32> = fonts.glyphs("a😀ب").iter().map(|glyph| glyph.id).collect();
        assert_eq!(drawn[1..], [replacement; 2]);
        assert!(fonts.glyphs("😀")[0].bytes == (0..4), "the text keeps the character");
    }
}
