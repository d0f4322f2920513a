//! Texts as lines: without characters that nothing can draw, broken where Chinese and Latin lines may end.

use domain::text::is_invisible;

use crate::fonts::{Fonts, Glyph, REPLACEMENT};

/// Differences of widths up to this, in sizes of letters, are those of rounding.
const ROUNDING: f32 = 0.001;

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Its text.
    pub(crate) text: String,
    /// The characters of the text.
    pub(crate) glyphs: Vec<Glyph>,
    /// The width without blanks at the end, in sizes of the letters (em).
    pub(crate) width: f32,
}

/// A text as it is drawn: without what shows nothing. What a standard forbids in a file is replaced.
fn drawable(text: &str) -> String {
    let mut drawable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => drawable.push('\n'),
            '\t' => drawable.push(' '),
            c if c.is_control() || is_invisible(c) => {}
            c if is_private(c) => drawable.push(REPLACEMENT),
            c => drawable.push(c),
        }
    }
    drawable
}

/// Characters without a common meaning: those for private use, and those that are none.
const fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

/// The lines of a text in a width, which is given in sizes of the letters (em). A word that is wider than the width is
/// broken; nothing is cut. There is at least one line.
pub(crate) fn lines(fonts: &Fonts, text: &str, width: f32) -> Vec<Line> {
    drawable(text).split('\n').flat_map(|paragraph| paragraph_lines(fonts, paragraph.trim_end(), width)).collect()
}

/// A text in one line.
pub(crate) fn line(fonts: &Fonts, text: &str) -> Line {
    let text = drawable(text).replace('\n', " ");
    let glyphs = fonts.glyphs(&text);
    part(&text, &glyphs)
}

fn paragraph_lines(fonts: &Fonts, text: &str, width: f32) -> Vec<Line> {
    let glyphs = fonts.glyphs(text);
    let mut ends = unicode_linebreak::linebreaks(text).map(|(end, _)| end).peekable();
    let (mut lines, mut start, mut last_end, mut used) = (Vec::new(), 0, 0, 0.0);
    for (at, glyph) in glyphs.iter().enumerate() {
        let blank = text[glyph.bytes.clone()].starts_with(char::is_whitespace);
        while !blank && at > start && used + glyph.width > width + ROUNDING {
            let end = if last_end > start { last_end } else { at };
            lines.push(part(text, &glyphs[start..end]));
            start = end;
            used = glyphs[start..at].iter().map(|glyph| glyph.width).sum();
        }
        used += glyph.width;
        if ends.next_if(|end| *end <= glyph.bytes.end).is_some() {
            last_end = at + 1;
        }
    }
    lines.push(part(text, &glyphs[start..]));
    lines
}

/// The glyphs of a line with their own text.
fn part(text: &str, glyphs: &[Glyph]) -> Line {
    let first = glyphs.first().map_or(0, |glyph| glyph.bytes.start);
    let last = glyphs.last().map_or(first, |glyph| glyph.bytes.end);
    let own = text[first..last].to_owned();
    let shown = own.trim_end().len();
    let glyphs: Vec<Glyph> = glyphs
        .iter()
        .map(|glyph| Glyph { bytes: glyph.bytes.start - first..glyph.bytes.end - first, ..glyph.clone() })
        .collect();
    let width = glyphs.iter().filter(|glyph| glyph.bytes.start < shown).map(|glyph| glyph.width).sum();
    Line { text: own, glyphs, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, width: f32) -> Vec<String> {
        let fonts = Fonts::open().expect("fonts");
        let lines = lines(&fonts, text, width);
        assert!(lines.iter().all(|line| line.width <= width + 1.0), "{lines:?}");
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn latin_breaks_between_words_and_chinese_between_characters() {
        assert_eq!(texts("one two three", 4.0), ["one two ", "three"]);
        assert_eq!(texts("客厅墙面空鼓", 4.0), ["客厅墙面", "空鼓"]);
        assert_eq!(texts("客厅墙面。空鼓", 4.0), ["客厅墙", "面。空鼓"], "no full stop begins a line");
    }

    #[test]
    fn long_words_are_broken_and_nothing_is_lost() {
        let hash = "0123456789abcdef".repeat(4);
        let lines = texts(&hash, 6.0);
        assert!(lines.len() > 3, "{lines:?}");
        assert_eq!(lines.concat(), hash);
        assert_eq!(texts("", 5.0), [""]);
        assert_eq!(texts("a\n\nb", 5.0), ["a", "", "b"]);
    }

    #[test]
    fn what_shows_nothing_is_left_out() {
        assert_eq!(texts("a\u{7}\u{0}b\u{200B}c\u{FEFF}\td", 9.0), ["abc d"]);
        assert_eq!(texts("\u{E000}\u{FFFF}", 9.0), ["〓〓"]);
    }
}
