//! Reads a PDF as far as the tests need it: its pages with their text, by the fonts' tables of characters.

use std::collections::HashMap;

/// The objects of a PDF by number: what stands before a stream, and the stream unpacked.
pub(crate) struct Pdf(HashMap<usize, (String, Vec<u8>)>);

impl Pdf {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&bytes[bytes.len() - 64..]).into_owned();
        let start: usize = text
            .split("startxref")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .expect("startxref");
        let table = String::from_utf8_lossy(&bytes[start..]).into_owned();
        let mut lines = table.lines().skip(2);
        let offsets = std::iter::from_fn(|| lines.next().filter(|line| line.len() >= 18 && !line.contains("trailer")));
        let objects = offsets.enumerate().filter(|(_, line)| line.contains(" n"));
        Self(
            objects
                .map(|(number, line)| (number, object(&bytes[line[..10].parse::<usize>().expect("an offset")..])))
                .collect(),
        )
    }

    fn head(&self, number: usize) -> &str {
        &self.0[&number].0
    }

    /// The pages in their order.
    fn page_numbers(&self) -> Vec<usize> {
        let tree = self.0.values().find(|(head, _)| head.contains("/Type/Pages")).expect("pages");
        let kids = tree.0.split("/Kids[").nth(1).and_then(|rest| rest.split(']').next()).expect("kids");
        kids.split(" 0 R").filter_map(|kid| kid.trim().parse().ok()).collect()
    }

    /// How many pages there are.
    pub(crate) fn page_count(&self) -> usize {
        self.page_numbers().len()
    }

    /// The text of each page, lines in the order in which they are drawn.
    pub(crate) fn pages(&self) -> Vec<String> {
        self.page_numbers().into_iter().map(|page| self.page_text(page)).collect()
    }

    /// The text of all pages without white space, so that line breaks do not matter.
    pub(crate) fn text(&self) -> String {
        self.pages().concat().split_whitespace().collect()
    }

    /// Whether an object has this text.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.values().any(|(head, _)| head.contains(text))
    }

    /// How many objects have this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.0.values().filter(|(head, _)| head.contains(text)).count()
    }

    fn page_text(&self, page: usize) -> String {
        let head = self.head(page);
        let resources = number_after(head, "/Resources ").map_or(head, |number| self.head(number));
        let fonts = self.fonts(resources);
        let contents = number_after(head, "/Contents ").expect("contents");
        draw(&self.0[&contents].1, &fonts)
    }

    /// The tables of characters of the fonts by their names.
    fn fonts(&self, resources: &str) -> HashMap<String, HashMap<u16, String>> {
        let list = resources.split("/Font<<").nth(1).and_then(|rest| rest.split(">>").next()).unwrap_or("");
        let named = list.split(" 0 R").filter_map(|entry| entry.trim().strip_prefix('/')?.split_once(' '));
        let table = |number: &str| {
            let font = self.head(number.parse().expect("a font"));
            let table = number_after(font, "/ToUnicode ").expect("characters");
            characters(&String::from_utf8_lossy(&self.0[&table].1))
        };
        named.map(|(name, number)| (name.to_owned(), table(number))).collect()
    }
}

fn number_after(text: &str, key: &str) -> Option<usize> {
    text.split(key).nth(1)?.split(' ').next()?.parse().ok()
}

fn object(bytes: &[u8]) -> (String, Vec<u8>) {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let end = find(bytes, b"endobj").expect("an end");
    let Some(stream) = find(&bytes[..end], b"stream") else {
        return (String::from_utf8_lossy(&bytes[..end]).into_owned(), Vec::new());
    };
    let head = String::from_utf8_lossy(&bytes[..stream]).into_owned();
    let length = head.split("/Length ").nth(1).and_then(|rest| rest.split(['/', '>', '\n', ' ']).next()?.parse().ok());
    let start = stream + if bytes[stream + 6] == b'\r' { 8 } else { 7 };
    let packed = &bytes[start..start + length.unwrap_or(0)];
    let content = if head.contains("FlateDecode") {
        miniz_oxide::inflate::decompress_to_vec_zlib(packed).expect("a whole stream")
    } else {
        packed.to_vec()
    };
    (head, content)
}

/// The characters of glyphs from a table of characters.
fn characters(table: &str) -> HashMap<u16, String> {
    let mut found = HashMap::new();
    for block in table.split("beginbfchar").skip(1) {
        let block = block.split("endbfchar").next().unwrap_or("");
        let values: Vec<&str> = block.split(['<', '>']).skip(1).step_by(2).collect();
        for pair in values.chunks_exact(2) {
            found.insert(u16::from_str_radix(pair[0], 16).expect("a glyph"), utf16(&unhex(pair[1])));
        }
    }
    for block in table.split("beginbfrange").skip(1) {
        assert!(block.trim_start().starts_with("endbfrange"), "ranges are not read");
    }
    found
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hexadecimal")).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The text that a page draws. What says which text it really is counts instead of its glyphs.
fn draw(content: &[u8], fonts: &HashMap<String, HashMap<u16, String>>) -> String {
    let (mut text, mut font, mut open, mut last) = (String::new(), None, Vec::new(), Vec::new());
    for token in Tokens(content, 0) {
        match token {
            Token::Word(word) if word == "Tf" => font = fonts.get(String::from_utf8_lossy(&last).as_ref()),
            Token::Word(word) if word == "BDC" || word == "BMC" => open.push(std::mem::take(&mut last) == b"actual"),
            Token::Word(word) if word == "EMC" => {
                open.pop();
                text.push('\n');
            }
            Token::Word(word) if word == "ActualText" => last = b"ActualText".to_vec(),
            Token::Word(word) if word == "MCID" => last.clear(),
            Token::Word(word) if word.starts_with('f') => last = word.into_bytes(),
            Token::Word(_) => {}
            Token::Text(bytes) if last == b"ActualText" => {
                text.push_str(&actual(&bytes));
                last = b"actual".to_vec();
            }
            Token::Text(_) if open.contains(&true) => {}
            Token::Text(bytes) => {
                let font = font.expect("a font");
                let glyphs = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                text.extend(glyphs.map(|glyph| font.get(&glyph).map_or("\u{FFFD}", String::as_str)));
            }
        }
    }
    text
}

fn actual(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest),
        bytes => bytes.iter().copied().map(char::from).collect(),
    }
}

enum Token {
    /// An operator or name.
    Word(String),
    /// A string.
    Text(Vec<u8>),
}

/// The tokens of a content stream, without numbers.
struct Tokens<'a>(&'a [u8], usize);

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let at = self.1;
            match *self.0.get(at)? {
                b'(' => return Some(Token::Text(self.literal())),
                b'<' if self.0.get(at + 1) == Some(&b'<') => self.1 += 2,
                b'<' => {
                    let length = self.0[at..].iter().position(|byte| *byte == b'>')?;
                    self.1 += length + 1;
                    return Some(Token::Text(unhex(&String::from_utf8_lossy(&self.0[at + 1..at + length]))));
                }
                byte if byte.is_ascii_alphabetic() => {
                    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
                    let length = self.0[at..].iter().position(|byte| !is_word(byte)).unwrap_or(self.0.len() - at);
                    self.1 += length;
                    return Some(Token::Word(String::from_utf8_lossy(&self.0[at..at + length]).into_owned()));
                }
                _ => self.1 += 1,
            }
        }
    }
}

impl Tokens<'_> {
    fn literal(&mut self) -> Vec<u8> {
        let (mut bytes, mut depth) = (Vec::new(), 1);
        self.1 += 1;
        loop {
            let byte = self.0[self.1];
            self.1 += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 1 => return bytes,
                b')' => depth -= 1,
                _ => {}
            }
            let byte = if byte == b'\\' { self.escaped() } else { byte };
            bytes.push(byte);
        }
    }

    fn escaped(&mut self) -> u8 {
        let byte = self.0[self.1];
        self.1 += 1;
        match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let digits =
                    self.0[self.1 - 1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                let digits_text = String::from_utf8_lossy(&self.0[self.1 - 1..self.1 - 1 + digits]).into_owned();
                self.1 += digits - 1;
                u8::from_str_radix(&digits_text, 8).unwrap_or(0)
            }
            other => other,
        }
    }
}
