use super::*;

fn is_deep(text: &str) -> bool {
    is_deeper_than(text.as_bytes(), 64)
}

#[test]
fn brackets_are_counted_whatever_hides_their_ends() {
    let each = [
        "[",
        "{a: ",
        "- ",
        "? ",
        "[']',",
        "[\"]\",",
        "[\"\\\"]\",",
        "['a'']',",
        "[\"'\",']',",
        "[a'b, ']',",
        "[x: ']',",
        "[&a ']',",
        "[!t ']',",
        "[!<t> ']',",
        "[ # ]\n",
        "[a # ]\n",
        "[\n  ']\n',",
        "{']': [x#y, \"}]\",",
        "[- ']',",
        "['a\n\n]b',",
        "[# ]\u{85}",
        "[a:b, ']',",
    ];
    for part in each {
        assert!(!is_deep(&part.repeat(10)), "{part:?}");
        assert!(is_deep(&part.repeat(65)), "{part:?}");
    }
}

#[test]
fn texts_before_the_brackets_do_not_hide_them() {
    let before = [
        "a: it's\nb: ",
        "a: |\n  it's\nb: ",
        "a: >-\n\n  it's \"\n\nb: ",
        "a:\n  b: |\n  c: ",
        "a: |2\n   it's\n  '\nb: ",
        "- |\n it's\n- ",
        "- it's\n  don't\n- ",
        "# it's\n",
        "a: x # it's\nb: ",
        "--- it's\n--- ",
        "%YAML 1.1 # '\n---\n",
        "中'文: it's\n中: ",
        "? it's\n: ",
        "'it''s': ",
        "\"\\\"'\": ",
        "&it's'\n: ",
        "a: \"x\\\n  y\"\nb: ",
        "- - |\n   '\n  - ",
        "a: |\n\nb: ",
        "a:\n- |\n '\n- ",
        "|\n '\n...\n",
        "a: b'\u{2028}c: ",
    ];
    for text in before {
        let attack = "[']',".repeat(70);
        assert!(is_deep(&format!("{text}{attack}")), "{text:?}");
    }
}

#[test]
fn brackets_of_texts_are_not_counted() {
    let lines = [
        "- [a, {b: c}]\n",
        "- 'it''s [[[ {{{'\n",
        "- \"[[[ \\\" {{{\"\n",
        "- see [1 and don't {worry\n",
        "- a # [[[\n",
        "- a: |\n    it's [[[ {{{\n    \"[[[\n  b: 'x'\n",
        "- >\n  [[[\n\n  {{{\n",
        "- {\"a\": [\"x]\", '}'], b: it's}\n",
        "- first line\n  second [[[ line's\n",
        "- ? a\n  : - b\n    - c\n",
        "- &a [x]\n- *a\n- !!str [y]\n",
        "- a: {}\n  b: []\n",
        "- [x]: y\n",
        "- 'a': \"b\"\n  中文: 'x[['\n",
    ];
    for line in lines {
        assert!(!is_deep(&line.repeat(1_000)), "{line:?}");
    }
}

#[test]
fn lists_and_objects_in_block_style_are_levels() {
    let nested = |levels: usize| (0..levels).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>();
    assert!(!is_deep(&nested(64)) && is_deep(&nested(65)));
    assert!(!is_deep(&"a:\n- b\n- c: d\n".repeat(1_000)));
}
