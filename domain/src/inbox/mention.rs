//! Mentions in a comment: `@` and the name or the login of a person.

use crate::text::folded;

/// Most mentions of one text that are looked for.
const MOST: usize = 50;

/// Whether a text can mention anybody.
#[must_use]
pub fn may_mention(text: &str) -> bool {
    folded(text).contains('@')
}

/// The places in `people` of those whom a text mentions. A person has several names, the own one and the login. The
/// longest name that stands behind an `@` counts; several people of that name are all meant. Capital letters make no
/// difference. An `@` inside a word, as in an e-mail address, mentions nobody.
#[must_use]
pub fn mentioned(text: &str, people: &[Vec<String>]) -> Vec<usize> {
    let text = folded(text);
    let names: Vec<(usize, String)> = people
        .iter()
        .enumerate()
        .flat_map(|(place, names)| names.iter().map(move |name| (place, folded(name))))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let mut found = Vec::new();
    let signs = text.match_indices('@').filter(|(at, _)| !text[..*at].ends_with(is_before_address));
    for (at, sign) in signs.take(MOST) {
        let behind = &text[at + sign.len()..];
        let meant: Vec<&(usize, String)> = names.iter().filter(|(_, name)| is_first_word(behind, name)).collect();
        let longest = meant.iter().map(|(_, name)| name.len()).max();
        found.extend(meant.iter().filter(|(_, name)| Some(name.len()) == longest).map(|(place, _)| *place));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a text begins with a name that ends there. The end of a Chinese name cannot be seen.
fn is_first_word(text: &str, name: &str) -> bool {
    let Some(behind) = text.strip_prefix(name) else { return false };
    // The point at the end of a sentence belongs to no login.
    let behind = behind.trim_start_matches(['.', '-', '+', '@']);
    !name.ends_with(is_part_of_word) || !behind.starts_with(is_part_of_word)
}

/// What stands before the `@` of an e-mail address.
const fn is_before_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+')
}

/// A letter or a digit of a script with blanks between words.
fn is_part_of_word(c: char) -> bool {
    let is_chinese = matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}');
    c == '_' || (c.is_alphanumeric() && !is_chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        let people = [
            &["site", "Ana Site"][..],
            &["site-2", "王伟"],
            &["wang.wm", "王伟明"],
            &["li.na", "李娜"],
            &["li.na2", "李娜"],
            &["sun+1@site.example", "Øre"],
        ];
        mentioned(text, &people.map(|names| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>()))
    }

    #[test]
    fn a_login_or_a_name_behind_the_sign_mentions_its_person() {
        for (text, expected) in [
            ("@site please", vec![0]),
            ("see @SITE.", vec![0]),
            ("(@Ana  Site)", vec![0]),
            ("ok.@site-2, and @site", vec![0, 1]),
            ("请@王伟看一下", vec![1]),
            ("请＠王伟明看一下", vec![2]),
            ("@李娜 来", vec![3, 4]),
            ("@sun+1@site.example", vec![5]),
            ("@øre!", vec![5]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn other_signs_mention_nobody() {
        for text in ["", "site", "@", "@ site", "mail to x@site", "@site2", "@site.next", "@sites", "@Ana", "@nobody"] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert!(may_mention("＠site") && !may_mention("site"));
    }
}
