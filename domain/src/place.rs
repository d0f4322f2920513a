//! Places: their codes, and the order in which people walk them.

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

/// The number by which units, and what hangs on them, are sorted by place: building, entrance, floor, then the last
/// number in the unit's code. Equal numbers are told apart by id.
#[must_use]
pub fn place_order(building_sort: i32, entrance: Option<&str>, floor: i32, code: &str) -> i64 {
    let building = i64::from(building_sort.clamp(0, 99_999));
    let entrance = entrance.map_or(0, |entrance| last_number(entrance, 1_000).unwrap_or_else(|| letter(entrance)));
    // Basements come before the ground floor.
    let floor = i64::from(floor.clamp(-499, 500)) + 499;
    let position = last_number(code, 10_000_000).unwrap_or_default();
    ((building * 1_000 + entrance) * 1_000 + floor) * 10_000_000 + position
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

/// A for 1, B for 2; anything else comes last.
fn letter(text: &str) -> i64 {
    match text.chars().next().map(|c| c.to_ascii_uppercase()) {
        Some(c @ 'A'..='Z') => i64::from(u32::from(c) - u32::from('A') + 1),
        _ => 999,
    }
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
}
