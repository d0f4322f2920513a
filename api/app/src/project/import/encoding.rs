//! The encoding of an import file, and its name in messages.

use domain::import::Problem;
use domain::words::Phrase;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

/// The first bytes of other kinds of files, and the names of those kinds.
const OTHER_FILES: &[(&[u8], Phrase)] = &[
    (b"PK\x03\x04", ("a spreadsheet or an archive", "电子表格或压缩包")),
    (b"\xD0\xCF\x11\xE0", ("a spreadsheet or a document of an office program", "办公软件的表格或文档")),
    (b"%PDF", ("a PDF", "PDF 文件")),
    (b"\x89PNG", ("a picture", "图片")),
    (b"\xFF\xD8\xFF", ("a picture", "图片")),
    (b"GIF8", ("a picture", "图片")),
    (b"\x1F\x8B", ("an archive", "压缩包")),
    (b"Rar!", ("an archive", "压缩包")),
    (b"7z\xBC\xAF", ("an archive", "压缩包")),
];
const BINARY: Phrase = ("no text, but the data of a program", "程序数据，不是文本");
const UTF32: Phrase = ("text in UTF-32", "UTF-32 编码的文本");
const BROKEN_UTF16: Phrase = ("text in UTF-16 that is damaged or cut off", "损坏或不完整的 UTF-16 文本");
const WESTERN: Phrase =
    ("text in a western encoding, probably Windows-1252 or Latin-1", "西文编码的文本，可能是 Windows-1252 或 Latin-1");
const UNKNOWN: Phrase =
    ("text in an encoding that is neither UTF-8 nor GB 18030", "既非 UTF-8 也非 GB 18030 编码的文本");

/// Reads the bytes as text without a byte order mark: UTF-8, UTF-16, or GB 18030 as older programs write it.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Problem> {
    if let Some((_, what)) = OTHER_FILES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(no_text(*what));
    }
    if matches!(bytes, [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..]) {
        return Err(other_encoding(UTF32, bytes));
    }
    if let Some(encoding) = utf16(bytes) {
        let (text, has_faults) = encoding.decode_with_bom_removal(bytes);
        return if has_faults { Err(other_encoding(BROKEN_UTF16, bytes)) } else { Ok(text.into_owned()) };
    }
    if bytes.contains(&0) {
        return Err(no_text(BINARY));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned()),
        Err(_) if is_chinese(bytes) => {
            let (text, has_faults) = GB18030.decode_without_bom_handling(bytes);
            if has_faults { Err(other_encoding(UNKNOWN, bytes)) } else { Ok(text.into_owned()) }
        }
        Err(_) => Err(other_encoding(if is_western(bytes) { WESTERN } else { UNKNOWN }, bytes)),
    }
}

/// The form of UTF-16, by the byte order mark, or by the side on which the zeros of ASCII stand.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let (mut pairs, mut first, mut second) = (0_usize, 0_usize, 0_usize);
    for pair in bytes.chunks_exact(2).take(2_000) {
        pairs += 1;
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    // Brackets, colons, blanks and the names of fields are ASCII in every file. A Chinese character may end in a zero.
    let is_many = |zeros: usize, others: usize| zeros * 10 >= pairs && zeros > 2 * others && zeros > 1;
    if is_many(second, first) { Some(UTF_16LE) } else { is_many(first, second).then_some(UTF_16BE) }
}

/// Whether the bytes outside of ASCII come in pairs of high ones, as Chinese in GB 2312 does and no western text.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut at, mut pairs, mut high) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            at += 1;
            continue;
        }
        pairs += 1;
        high += usize::from(bytes.get(at + 1).is_some_and(|&second| second >= 0xA1));
        at += 2;
    }
    pairs > 0 && high * 10 >= pairs * 9
}

/// Whether the bytes outside of ASCII stand alone between letters, as in western languages.
fn is_western(bytes: &[u8]) -> bool {
    let is_alone = |at: usize| {
        let is_plain = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(u8::is_ascii);
        is_plain(at.checked_sub(1)) && is_plain(Some(at + 1))
    };
    let high: Vec<usize> = (0..bytes.len()).filter(|&at| !bytes[at].is_ascii()).take(1_000).collect();
    let alone = high.iter().filter(|&&at| is_alone(at)).count();
    alone * 10 >= high.len() * 9
}

fn no_text((en, zh): Phrase) -> Problem {
    let en = format!("the file is {en}; write the project as YAML or JSON text, as docs/import.md shows");
    Problem::new("", (en, format!("文件是{zh}；请按 docs/import.md 所示写成 YAML 或 JSON 文本")))
}

fn other_encoding((en, zh): Phrase, bytes: &[u8]) -> Problem {
    let until = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
    let line = bytes[..until].iter().filter(|&&byte| byte == b'\n').count() + 1;
    let en = format!("the file is {en} (line {line}); save it as UTF-8");
    Problem::new("", (en, format!("文件是{zh}（第 {line} 行）；请另存为 UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "project: {name: 湖畔, code: A}\n";

    fn decoded(bytes: &[u8]) -> Result<String, String> {
        decode(bytes).map_err(|problem| problem.message.en)
    }

    fn utf16_of(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn every_encoding_in_use_is_read() {
        for bytes in [
            TEXT.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(),
            [&b"\xFF\xFE"[..], &utf16_of(TEXT, false)].concat(),
            [&b"\xFE\xFF"[..], &utf16_of(TEXT, true)].concat(),
            utf16_of(TEXT, false),
            utf16_of(TEXT, true),
            GB18030.encode(TEXT).0.into_owned(),
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Ok(TEXT), "{bytes:?}");
        }
        // It begins with Chinese, and its characters end in zeros.
        let chinese = "# 一一一号楼一览\nproject: {name: 一一, code: A}\n";
        for big in [false, true] {
            assert_eq!(decoded(&utf16_of(chinese, big)).as_deref(), Ok(chinese));
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_in_words() {
        let utf32: Vec<u8> = TEXT.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let cut = [&b"\xFF\xFE"[..], &utf16_of(TEXT, false), &b"\x00"[..]].concat();
        for (bytes, part) in [
            (&b"a: 1\nname: K\xFCche\n"[..], "Latin-1 (line 2); save it as UTF-8"),
            (&b"name: \xE9\xE8 caf\xE9\n\x81\x82\x83"[..], "neither UTF-8 nor GB 18030"),
            (&b"PK\x03\x04..."[..], "a spreadsheet or an archive"),
            (&b"%PDF-1.7"[..], "a PDF"),
            (&b"\x7FELF\x02\x01\x01\x00\x00\x01\x02\x03"[..], "the data of a program"),
            (&[&b"\xFF\xFE\x00\x00"[..], &utf32].concat(), "UTF-32"),
            (&cut, "UTF-16 that is damaged"),
        ] {
            let why = decoded(bytes).expect_err(part);
            assert!(why.contains(part), "{part}: {why}");
        }
    }
}
