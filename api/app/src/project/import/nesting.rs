//! How deep a YAML text nests, found before the parser reads it. The parser reads a whole file before it can be
//! stopped, and takes seconds for a megabyte of open brackets.
//!
//! The scanner follows the rules of libyaml's scanner, because a text that the two read in different ways could hide
//! its brackets in a part that only one of them takes for a quoted text. The result for a text that libyaml refuses
//! does not matter.

/// Whether a YAML text nests lists and objects in each other more than `levels` times.
pub(super) fn is_deeper_than(text: &[u8], levels: usize) -> bool {
    let mut scanner =
        Scanner { text, at: 0, line: 0, column: 0, flow: 0, indents: Vec::new(), key: None, key_allowed: true };
    while scanner.next_token() {
        if scanner.flow + scanner.indents.len() > levels {
            return true;
        }
    }
    false
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    /// In characters.
    column: usize,
    /// Open brackets and braces.
    flow: usize,
    /// The columns of the open lists and objects in block style.
    indents: Vec<usize>,
    /// Line and column of what becomes the key of an object in block style if a colon follows.
    key: Option<(usize, usize)>,
    /// Whether a token in block style may be a key.
    key_allowed: bool,
}

impl Scanner<'_> {
    /// Reads a token; false at the end.
    fn next_token(&mut self) -> bool {
        self.skip_to_token();
        if self.is_end() {
            return false;
        }
        if self.flow == 0 {
            self.close_beyond(self.column);
        }
        let (in_flow, before_blank) = (self.flow > 0, self.is_blank_or_end(1));
        match self.peek(0) {
            b'%' if self.column == 0 => self.begin_document(),
            b'-' | b'.' if self.is_document_mark() => self.begin_document(),
            b'[' | b'{' => self.open_bracket(),
            b']' | b'}' => {
                self.flow = self.flow.saturating_sub(1);
                self.key_allowed = false;
                self.skip();
            }
            b',' => self.skip(),
            b'-' if before_blank => self.indicator(),
            b'?' if in_flow || before_blank => self.indicator(),
            b':' if in_flow || before_blank => self.colon(),
            b'*' | b'&' => self.anchor(),
            b'!' => self.tag(),
            b'|' | b'>' if !in_flow => self.block_scalar(),
            quote @ (b'\'' | b'"') => self.quoted(quote),
            _ => self.plain(),
        }
        true
    }

    /// A directive or the mark of a document's begin or end: nothing in block style is open after it.
    fn begin_document(&mut self) {
        if self.flow == 0 {
            self.indents.clear();
            self.key = None;
        }
        self.key_allowed = false;
        if self.peek(0) == b'%' {
            self.skip_line();
        } else {
            (0..3).for_each(|_| self.skip());
        }
    }

    fn open_bracket(&mut self) {
        self.may_be_key();
        self.flow += 1;
        self.skip();
    }

    /// A hyphen or question mark: in block style it begins an entry, in which a key may stand.
    fn indicator(&mut self) {
        if self.flow == 0 {
            self.open_at(self.column);
            self.key = None;
            self.key_allowed = true;
        }
        self.skip();
    }

    /// The colon behind a key: in block style it opens an object at the key's column.
    fn colon(&mut self) {
        if self.flow == 0 {
            match self.key.take().filter(|(line, _)| *line == self.line) {
                Some((_, column)) => {
                    self.open_at(column);
                    self.key_allowed = false;
                }
                None => {
                    self.open_at(self.column);
                    self.key_allowed = true;
                }
            }
        }
        self.skip();
    }

    fn anchor(&mut self) {
        self.scalar_begins();
        self.skip();
        while self.peek(0).is_ascii_alphanumeric() || matches!(self.peek(0), b'_' | b'-') {
            self.skip();
        }
    }

    fn tag(&mut self) {
        self.scalar_begins();
        if self.peek(1) == b'<' {
            while !self.is_blank_or_end(0) && self.peek(0) != b'>' {
                self.skip();
            }
        }
        while !(self.is_blank_or_end(0) || self.flow > 0 && self.peek(0) == b',') {
            self.skip();
        }
    }

    fn quoted(&mut self, quote: u8) {
        self.scalar_begins();
        self.skip();
        while !self.is_end() {
            let byte = self.peek(0);
            self.skip();
            let is_escape = byte == b'\\' && quote == b'"' || byte == b'\'' && quote == b'\'' && self.peek(0) == b'\'';
            if is_escape {
                self.skip();
            } else if byte == quote {
                return;
            }
        }
    }

    /// A text without quotes, which may go on over several lines.
    fn plain(&mut self) {
        self.scalar_begins();
        let least = self.indents.last().map_or(0, |column| column + 1);
        let mut line_ended = false;
        while !self.is_end() && !self.is_document_mark() && self.peek(0) != b'#' {
            while !self.is_blank_or_end(0) && !self.ends_plain() {
                line_ended = false;
                self.skip();
            }
            if self.is_end() || !self.is_blank_or_end(0) {
                break;
            }
            while !self.is_end() && self.is_blank_or_end(0) {
                line_ended |= self.line_break(0) > 0;
                self.skip();
            }
            if self.flow == 0 && self.column < least {
                break;
            }
        }
        if line_ended {
            self.key_allowed = true;
        }
    }

    fn ends_plain(&self) -> bool {
        match self.peek(0) {
            b':' => self.is_blank_or_end(1),
            b',' | b'[' | b']' | b'{' | b'}' => self.flow > 0,
            _ => false,
        }
    }

    /// A text behind `|` or `>`: the following lines as far as they are indented.
    fn block_scalar(&mut self) {
        self.key = None;
        self.key_allowed = true;
        self.skip();
        let mut explicit = 0;
        while matches!(self.peek(0), b'+' | b'-' | b'1'..=b'9') {
            if self.peek(0).is_ascii_digit() {
                explicit = usize::from(self.peek(0) - b'0');
            }
            self.skip();
        }
        self.skip_line();
        self.skip();
        let parent = self.indents.last().copied();
        let least = parent.map_or(1, |column| column + 1);
        let given = (explicit > 0).then(|| parent.unwrap_or(0) + explicit);
        let indent = self.skip_indentation(given, least);
        while !self.is_end() && self.column == indent {
            self.skip_line();
            self.skip();
            self.skip_indentation(Some(indent), least);
        }
    }

    /// Skips empty lines and the indentation of the next one; returns the indentation of the text, found if not given.
    fn skip_indentation(&mut self, given: Option<usize>, least: usize) -> usize {
        let mut most = least;
        loop {
            while self.peek(0) == b' ' && given.is_none_or(|indent| self.column < indent) {
                self.skip();
            }
            most = most.max(self.column);
            if self.line_break(0) == 0 {
                return given.unwrap_or(most);
            }
            self.skip();
        }
    }

    fn skip_to_token(&mut self) {
        loop {
            while matches!(self.peek(0), b' ' | b'\t') || self.is_byte_order_mark() {
                self.skip();
            }
            if self.peek(0) == b'#' {
                self.skip_line();
            }
            if self.line_break(0) == 0 {
                return;
            }
            self.skip();
            self.key_allowed |= self.flow == 0;
        }
    }

    fn scalar_begins(&mut self) {
        self.may_be_key();
        self.key_allowed = false;
    }

    fn may_be_key(&mut self) {
        if self.flow == 0 && self.key_allowed {
            self.key = Some((self.line, self.column));
        }
    }

    /// Opens a list or an object in block style, unless one is open at this column.
    fn open_at(&mut self, column: usize) {
        if self.indents.last().is_none_or(|last| *last < column) {
            self.indents.push(column);
        }
    }

    fn close_beyond(&mut self, column: usize) {
        while self.indents.last().is_some_and(|last| *last > column) {
            self.indents.pop();
        }
    }

    fn is_document_mark(&self) -> bool {
        let rest = &self.text[self.at.min(self.text.len())..];
        self.column == 0 && (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.is_blank_or_end(3)
    }

    fn is_byte_order_mark(&self) -> bool {
        self.column == 0 && (self.peek(0), self.peek(1), self.peek(2)) == (0xEF, 0xBB, 0xBF)
    }

    fn is_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The byte there; 0 behind the end.
    fn peek(&self, offset: usize) -> u8 {
        self.text.get(self.at + offset).copied().unwrap_or_default()
    }

    fn is_blank_or_end(&self, offset: usize) -> bool {
        let is_end = self.at + offset >= self.text.len();
        is_end || matches!(self.peek(offset), b' ' | b'\t') || self.line_break(offset) > 0
    }

    /// The bytes of a line break there; 0 if there is none.
    fn line_break(&self, offset: usize) -> usize {
        match (self.peek(offset), self.peek(offset + 1), self.peek(offset + 2)) {
            (b'\r', b'\n', _) | (0xC2, 0x85, _) => 2,
            (b'\r' | b'\n', ..) => 1,
            (0xE2, 0x80, 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// Skips the rest of the line, but not its break.
    fn skip_line(&mut self) {
        while !self.is_end() && self.line_break(0) == 0 {
            self.skip();
        }
    }

    /// Skips a character or a line break.
    fn skip(&mut self) {
        let line_break = self.line_break(0);
        if line_break > 0 {
            self.at += line_break;
            self.line += 1;
            self.column = 0;
        } else if !self.is_end() {
            self.at += 1;
            while self.peek(0) & 0xC0 == 0x80 {
                self.at += 1;
            }
            self.column += 1;
        }
    }
}

#[cfg(test)]
#[path = "nesting_tests.rs"]
mod tests;
