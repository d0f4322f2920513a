//! Faults that the parsers of JSON and YAML find, in words: the parsers' own are English, and made for programmers.

use domain::import::Problem;
use domain::words::{Bilingual, Phrase};

use super::format::Format;

/// The problem for each phrase of the parser's messages; the first match counts.
const KINDS: &[(&str, Phrase)] = &[
    // JSON.
    (
        "EOF while parsing",
        ("the file ends too early: something that was opened is not closed", "文件不完整，有内容没有结束"),
    ),
    ("trailing characters", ("there is something behind the end of the content", "内容结束之后还有多余的字符")),
    ("trailing comma", ("there is a comma without anything behind it", "逗号之后没有内容")),
    ("key must be a string", ("the name of a field must stand in quotes", "字段名须加引号")),
    ("expected `:`", ("a colon is missing behind the name of a field", "字段名之后缺少冒号")),
    ("expected `,` or `]`", ("a comma, or the bracket that closes a list, is missing", "列表中缺少逗号或右方括号")),
    ("expected `,` or `}`", ("a comma, or the brace that closes an object, is missing", "对象中缺少逗号或右花括号")),
    ("control character", ("a text has a line break or a control character in it", "文字中有换行或控制字符")),
    ("invalid escape", ("a backslash stands before a sign that it cannot stand before", "反斜杠后的字符无效")),
    ("hex escape", ("a backslash and u need four hexadecimal digits behind them", "反斜杠与 u 之后须有四位十六进制数")),
    ("unicode code point", ("a text has a character that does not exist", "文字中有不存在的字符")),
    ("number out of range", ("a number is too large", "数字过大")),
    ("invalid number", ("a number is not written as one", "数字的写法无效")),
    ("expected value", ("a value is missing, or a text without quotes stands here", "缺少值，或文字没有加引号")),
    ("recursion limit", ("lists or objects are nested too deep", "列表或对象嵌套过深")),
    // YAML.
    ("invalid type", ("this kind of value is not possible here", "此处不能用这种类型的值")),
    ("found unexpected ':'", ("a colon stands where none can be", "此处不能有冒号")),
    ("',' or ']'", ("a comma, or the bracket that closes a list, is missing", "列表中缺少逗号或右方括号")),
    ("',' or '}'", ("a comma, or the brace that closes an object, is missing", "对象中缺少逗号或右花括号")),
    ("expected ':'", ("a colon is missing behind the name of a field", "字段名之后缺少冒号")),
    (
        "'-' indicator",
        (
            "a line of a list does not begin with a hyphen, or is indented otherwise",
            "列表的行没有以连字符开头，或缩进不一致",
        ),
    ),
    (
        "expected key",
        ("a line is indented otherwise than those before, or is no field", "缩进与前面的行不一致，或不是字段"),
    ),
    ("tab character", ("a tab stands where blanks must be", "缩进须用空格，不能用制表符")),
    (
        "mapping values are not allowed",
        ("a colon in a text: write the text in quotes, or mend the indentation", "文字中有冒号时须加引号，或缩进有误"),
    ),
    (
        "mapping keys are not allowed",
        ("a field cannot begin here; mend the indentation", "此处不能开始字段，请检查缩进"),
    ),
    ("block sequence entries", ("a list cannot begin here; mend the indentation", "此处不能开始列表，请检查缩进")),
    (
        "cannot start any token",
        ("a text that begins with this sign must stand in quotes", "以该符号开头的文字须加引号"),
    ),
    ("end of stream", ("the file ends within a text in quotes", "文件在引号内的文字中结束")),
    ("document indicator", ("three hyphens or points stand within a text", "文字中有单独成行的三个连字符或句点")),
    ("escape", ("a backslash stands before a sign that it cannot stand before", "反斜杠后的字符无效")),
    ("more than one document", ("the file has more than one document; keep one", "文件中有多个文档，请只保留一个")),
    ("anchor", ("a reference names something that is not there", "引用的名称不存在")),
    ("alias", ("a reference names something that is not there", "引用的名称不存在")),
    ("repetition limit", ("references repeat too much", "引用重复过多")),
    ("tag", ("a tag, which begins with an exclamation mark, is not possible here", "此处不能用感叹号开头的标签")),
];
/// Of a fault that is none of these.
const OTHER: Phrase = ("this is not how it is written", "写法有误");

/// Where a parser stopped: line and column, from 1.
pub(super) type Place = (usize, usize);

/// The problem of a fault of the file, with its place. `own` is a fault that the parser does not know, which it only
/// carries; of others, `why` are the parser's words.
pub(super) fn problem(format: Format, at: Option<Place>, why: &str, own: Option<Bilingual>) -> Problem {
    let name = format.name();
    let (en_at, zh_at) = match at {
        Some((line, column)) => (format!("line {line}, column {column}: "), format!("第 {line} 行第 {column} 列，")),
        None => (String::new(), String::new()),
    };
    let Bilingual { en, zh } = own.unwrap_or_else(|| kind(why));
    let en = format!("the file is no {name} that can be read: {en_at}{en}");
    Problem::new("", (en, format!("{name} 文件无法读取：{zh_at}{zh}")))
}

/// The kind of a fault by the parser's words, which are quoted in English.
fn kind(why: &str) -> Bilingual {
    let (en, zh) = KINDS.iter().find(|(part, _)| why.contains(*part)).map_or(OTHER, |(_, kind)| *kind);
    (format!("{en} (\"{}\")", without_places(why)), zh).into()
}

/// The parser's words without the places that it names.
fn without_places(why: &str) -> String {
    let mut words = why.to_owned();
    while let Some(start) = words.find(" at line ") {
        let behind = words[start + 1..].find([',', ';']).map(|end| start + 1 + end);
        // A column follows the line without a comma.
        words.replace_range(start..behind.unwrap_or(words.len()), "");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_once() {
        for (why, without) in [
            ("expected `:` at line 2 column 6", "expected `:`"),
            (
                "did not find expected ',' or ']' at line 2 column 2, while parsing a flow sequence at line 1 column 4",
                "did not find expected ',' or ']', while parsing a flow sequence",
            ),
            ("unknown anchor", "unknown anchor"),
        ] {
            assert_eq!(without_places(why), without);
        }
        let told = problem(Format::Json, Some((2, 6)), "expected `:` at line 2 column 6", None).message;
        assert_eq!(told.zh, "JSON 文件无法读取：第 2 行第 6 列，字段名之后缺少冒号");
        assert_eq!(told.en.matches("line 2").count(), 1, "{}", told.en);
        let own = Some(("twice", "重复").into());
        let told = problem(Format::Yaml, None, "a: twice", own).message;
        assert_eq!(
            (told.en.as_str(), told.zh.as_str()),
            ("the file is no YAML that can be read: twice", "YAML 文件无法读取：重复")
        );
    }
}
