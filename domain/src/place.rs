//! Places: their codes, and the order in which people walk them.

use crate::text::plain_code;

codes! {
    /// What a unit is.
    pub enum UnitKind {
        /// 户: a home that is handed over to its owner.
        Residential = "RESIDENTIAL",
        /// 公区: lobby, stair, roof and other common parts.
        Common = "COMMON",
    }
}

codes! {
    /// In which state of fit-out homes of a type are handed over.
    pub enum Fitout {
        /// 毛坯: bare.
        Bare = "BARE",
        /// 精装: fitted out.
        Fitted = "FITTED",
    }
}

codes! {
    /// As what a person belongs to a unit.
    pub enum OwnerKind {
        /// 业主.
        Owner = "OWNER",
        /// 共有人: co-owner.
        CoOwner = "CO_OWNER",
        /// 代理人: holds a power of attorney.
        Proxy = "PROXY",
    }
}

/// The version of [`place_order`] and of the key by which units' codes are compared: raised when either changes, so that
/// what is stored is made anew.
pub const ORDER_VERSION: i32 = 3;

/// The number by which units, and what hangs on them, are sorted by place as people walk: building, entrance, floor, then
/// the last number in the unit's code and the letter behind it. Equal numbers are told apart by id.
#[must_use]
pub fn place_order(building_sort: i32, entrance: Option<&str>, floor: i32, code: &str) -> i64 {
    let building = i64::from(building_sort.clamp(0, 9_999));
    let entrance = entrance.map_or(0, entrance_rank);
    // Basements come before the ground floor.
    let floor = i64::from(floor.clamp(-499, 500)) + 499;
    ((building * 10_000 + entrance) * 1_000 + floor) * 10_000_000 + position_rank(code)
}

/// Where an entrance stands among those of its building, below 10,000: by its number, by its side and number, by its
/// letter. What tells nothing of an order comes last.
fn entrance_rank(entrance: &str) -> i64 {
    let text = plain_code(entrance);
    let number = last_number(&text, 1_000).or_else(|| chinese_number(&text));
    match (text.chars().find_map(side), number) {
        (Some(side), number) => side * 100 + number.unwrap_or(0) % 100,
        (None, Some(number)) => number,
        (None, None) => 9_999,
    }
}

/// Where a unit stands on its floor, below 10,000,000.
fn position_rank(code: &str) -> i64 {
    let text = plain_code(code);
    let Some(end) = text.rfind(|c: char| c.is_ascii_digit()) else { return 0 };
    let behind = text[end + 1..].chars().find_map(side).unwrap_or(0);
    last_number(&text, 100_000).unwrap_or(0) * 100 + behind
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
        let largest = place_order(i32::MAX, Some("?"), i32::MAX, "99999Z");
        assert!(largest > 0 && largest > place_order(9_998, None, 1, "1"));
    }
}
