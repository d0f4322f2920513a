//! Places: their codes, and the order in which people walk them.

use crate::text::plain_code;

string_enum! {
    /// In which state of fit-out homes of a type are handed over.
    pub enum Fitout {
        /// 毛坯: bare.
        Bare = "BARE",
        /// 精装: fitted out.
        Fitted = "FITTED",
    }
}

string_enum! {
    /// The homes in which a defect type occurs, by their state of fit-out.
    pub enum FitoutScope {
        /// All homes.
        Both = "BOTH",
        /// 毛坯: bare homes.
        Bare = "BARE",
        /// 精装: fitted-out homes.
        Fitted = "FITTED",
    }
}

/// The version of [`place_order`] and of the key by which units' codes are compared: raised when either changes, so
/// that the stored values are made anew.
pub const ORDER_VERSION: i32 = 4;

/// Entrances that begin with a number: so many numbers, each with a letter behind it or none.
const NUMBERED_ENTRANCES: i64 = 1_000 * 27;
/// Entrances of two letters and a number, or of three letters and more, that share their first two letters.
const ENTRANCES_OF_TWO_LETTERS: i64 = 100 + 26 * 15;
/// Entrances that share their first letter: with a number, or with a second letter.
const ENTRANCES_OF_A_LETTER: i64 = 1_000 + 26 * ENTRANCES_OF_TWO_LETTERS;
/// The rank of an entrance of which nothing tells an order.
const LAST_ENTRANCE: i64 = NUMBERED_ENTRANCES + 26 * ENTRANCES_OF_A_LETTER;
/// The lowest and the highest floor with a rank of their own.
const FLOORS: (i32, i32) = (-29, 200);

/// The number by which units, and the objects in them, are sorted by place as people walk: building, entrance, floor,
/// then the number in the unit's code and the text after it. Equal numbers are ordered by id.
#[must_use]
pub fn place_order(building_sort: i32, entrance: Option<&str>, floor: i32, code: &str) -> i64 {
    let building = i64::from(building_sort.clamp(0, 9_999));
    let entrance = entrance.map_or(0, entrance_rank);
    // Basements come before the ground floor.
    let (lowest, highest) = FLOORS;
    let floors = i64::from(highest - lowest) + 1;
    let floor = i64::from(floor.clamp(lowest, highest) - lowest);
    ((building * (LAST_ENTRANCE + 1) + entrance) * floors + floor) * 10_000_000 + position_rank(code)
}

/// Where an entrance stands among those of its building, up to [`LAST_ENTRANCE`]: by its number and the letter behind
/// it, by its side and number, by its letters. What tells nothing of an order comes last.
fn entrance_rank(entrance: &str) -> i64 {
    let text = plain_code(entrance);
    let number = last_number(&text, 1_000).or_else(|| chinese_number(&text));
    let first_digit = text.find(|c: char| c.is_ascii_digit());
    let first_side = text.char_indices().find_map(|(at, c)| side(c).map(|side| (at, side)));
    match (first_side, number) {
        (None, None) => LAST_ENTRANCE,
        (None, Some(number)) => number * 27,
        (Some((at, side)), Some(number)) if first_digit.is_some_and(|digit| digit < at) => number * 27 + side,
        (Some((at, side)), number) => NUMBERED_ENTRANCES + lettered_rank(&text[at..], side, number),
    }
}

/// The rank of an entrance that begins with a letter or a side: a run of letters is compared as a whole, so that A, AA
/// and B, or Nord and Nordost, do not mix. A word before a number or a single letter is the name for entrances.
fn lettered_rank(text: &str, first: i64, number: Option<i64>) -> i64 {
    let of = |letter: i64| (letter - 1) * ENTRANCES_OF_A_LETTER;
    let counted = number.unwrap_or(0);
    if !text.starts_with(is_latin) {
        return of(first) + counted;
    }
    let runs: Vec<Vec<i64>> = text
        .split(|c: char| !is_latin(c))
        .filter(|run| !run.is_empty())
        .map(|run| run.chars().map(|c| side(c).unwrap_or(26)).collect())
        .collect();
    let run: &[i64] = match runs.as_slice() {
        [word, letter, ..] if word.len() > 2 && letter.len() == 1 => letter,
        [word, ..] => word,
        [] => &[],
    };
    let of_two = |letter: i64, second: i64| of(letter) + 1_000 + (second - 1) * ENTRANCES_OF_TWO_LETTERS;
    match (run, number) {
        ([letter, second], _) => of_two(*letter, *second) + counted % 100,
        ([letter, second, third, rest @ ..], None) => {
            let longer = i64::try_from(rest.len()).unwrap_or(14).min(14);
            of_two(*letter, *second) + 100 + (third - 1) * 15 + longer
        }
        ([letter, ..], _) => of(*letter) + counted,
        ([], _) => of(first) + counted,
    }
}

/// Whether this is a letter of the Latin script, also one with an accent.
const fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{C0}'..='\u{24F}')
}

/// Where a unit stands on its floor, below 10,000,000: by the last number of three digits or more, or else by the last
/// one; then by the letter or the number behind it.
fn position_rank(code: &str) -> i64 {
    let text = plain_code(code);
    let mut last: Option<(usize, usize)> = None;
    let mut long: Option<(usize, usize)> = None;
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |at| start + at);
        last = Some((start, end));
        if end - start > 2 {
            long = last;
        }
        from = end;
    }
    let Some((start, end)) = long.or(last) else { return 0 };
    let rest = &text[end..];
    let behind = match (last_number(rest, 70), rest.chars().find_map(side)) {
        (Some(number), _) => 30 + number,
        (None, side) => side.unwrap_or(0),
    };
    last_number(&text[start..end], 100_000).unwrap_or(0) * 100 + behind
}

/// The place of a letter, a side or a sign in its row, 1 to 99.
fn side(c: char) -> Option<i64> {
    const ROWS: [&str; 6] = ["甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", "东南中西北", "前后", "左右", "上下"];
    let letter = c.to_ascii_uppercase();
    if letter.is_ascii_uppercase() {
        return Some(i64::from(u32::from(letter) - u32::from('A')) + 1);
    }
    let traditional = match c {
        '東' => '东',
        '後' => '后',
        c => c,
    };
    ROWS.iter()
        .find_map(|row| row.chars().position(|known| known == traditional))
        .and_then(|at| i64::try_from(at + 1).ok())
}

/// The last run of digits, below `limit`.
fn last_number(text: &str, limit: i64) -> Option<i64> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = text[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let digits = &text[start.max(end.saturating_sub(15))..end];
    digits.parse::<i64>().ok().map(|number| number % limit)
}

/// The first number in Chinese figures, below 1,000: 三, 十二, 二十, 一百零五, 二〇.
fn chinese_number(text: &str) -> Option<i64> {
    let figure = |c: char| match c {
        '〇' | '零' => Some(0),
        '一' | '壹' => Some(1),
        '二' | '两' | '兩' | '贰' => Some(2),
        '三' | '叁' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    };
    let unit = |c: char| match c {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        _ => None,
    };
    let is_of_number = |c: &char| figure(*c).is_some() || unit(*c).is_some();
    let run: Vec<char> = text.chars().skip_while(|c| !is_of_number(c)).take_while(is_of_number).take(7).collect();
    let (mut sum, mut pending) = (0_i64, None);
    for c in &run {
        match (figure(*c), unit(*c)) {
            // Figures side by side are written as digits.
            (Some(figure), _) => pending = Some(pending.unwrap_or(0) * 10 + figure),
            (None, Some(unit)) => sum += pending.take().unwrap_or(1) * unit,
            (None, None) => {}
        }
    }
    (!run.is_empty()).then_some((sum + pending.unwrap_or(0)) % 1_000)
}

#[cfg(test)]
mod tests {
    use super::place_order;

    #[test]
    fn units_are_in_the_order_of_a_walk() {
        let walk = [
            place_order(0, Some("1"), -1, "1-1-B01"),
            place_order(0, Some("1"), 2, "1-1-202"),
            place_order(0, Some("1"), 2, "1-1-203"),
            place_order(0, Some("1"), 10, "1-1-1001"),
            place_order(0, Some("2单元"), 2, "1-2-201"),
            place_order(0, Some("12"), 2, "1-12-201"),
            place_order(1, None, 1, "2-大堂"),
            place_order(1, Some("A"), 1, "2-A-101"),
            place_order(1, Some("b"), 1, "2-B-101"),
        ];
        assert!(walk.is_sorted_by(|a, b| a < b), "{walk:?}");
    }

    #[test]
    fn entrances_are_in_the_order_of_a_walk_whatever_they_are_called() {
        for row in [
            &["一单元", "二单元", "三单元", "九单元", "十单元", "十一单元", "二十单元", "二十一单元", "一百零五单元"][..],
            &["甲", "乙", "丙", "丁"],
            &["东", "西"],
            &["南楼", "北楼"],
            &["东一单元", "东二单元", "西一单元", "西十单元"],
            &["東", "西"],
            &["左", "右"],
            &["A", "b", "C"],
            &["A1", "A2", "A10", "B1"],
            &["１", "２", "１０"],
            &["第1单元", "第2单元", "第11单元", "A"],
            &["二〇", "二一"],
            &["1", "大堂"],
            &["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "X"],
            &["A", "AA", "AB", "B", "BA"],
            &["Nord", "Nordost", "Nordwest", "Ost", "Süd", "Südost", "Südwest", "West"],
            &["1", "1A", "1B", "2A", "2b", "10A"],
            &["Haus 1", "Haus 2", "Haus 10", "Haus 20"],
            &["Tower A", "Tower B", "Tower C"],
            &["NW 1", "NW 2", "NW 11", "SE 1"],
        ] {
            let order: Vec<i64> = row.iter().map(|entrance| place_order(0, Some(entrance), 1, "1")).collect();
            assert!(order.is_sorted_by(|a, b| a < b), "{row:?} {order:?}");
        }
    }

    #[test]
    fn letters_behind_a_number_count() {
        let row = ["1201", "1201A", "1201-b", "1201C", "1202", "1202A", "1202甲", "12-1203", "1204东", "1204西"];
        let order: Vec<i64> = row.iter().map(|code| place_order(0, None, 12, code)).collect();
        assert!(order.is_sorted_by(|a, b| a <= b), "{order:?}");
        let row = ["101", "101A", "101-1", "101-2", "101-11", "102", "1-1-103", "1-1-103-1", "104"];
        let order: Vec<i64> = row.iter().map(|code| place_order(0, None, 1, code)).collect();
        assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
        let largest = place_order(i32::MAX, Some("?"), i32::MAX, "99999Z");
        assert!(largest > 0 && largest > place_order(9_998, None, 1, "1"));
    }
}
