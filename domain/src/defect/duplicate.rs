//! Likely duplicates: same unit, room and part, still alive, and of the same type or near in position.

/// How near two pins are a likely duplicate: 5 % of the plan's side.
pub const NEAR: f64 = 0.05;

/// The values by which two defects of the same unit, room and part are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness<'a> {
    /// The defect type's code.
    pub type_code: &'a str,
    /// The pin.
    pub pin: Option<(f64, f64)>,
}

/// Whether two defects are likely the same.
#[must_use]
pub fn likely(a: Likeness<'_>, b: Likeness<'_>) -> bool {
    let near = match (a.pin, b.pin) {
        (Some((ax, ay)), Some((bx, by))) => Some((ax - bx).hypot(ay - by) <= NEAR),
        _ => None,
    };
    match near {
        Some(true) => true,
        // Two pins far apart are two places, even of one type.
        Some(false) => false,
        None => a.type_code == b.type_code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_pins_or_the_same_type_without_pins() {
        let at = |type_code, pin| Likeness { type_code, pin };
        assert!(likely(at("A", Some((0.1, 0.1))), at("B", Some((0.12, 0.1)))));
        assert!(!likely(at("A", Some((0.1, 0.1))), at("A", Some((0.9, 0.1)))));
        assert!(likely(at("A", None), at("A", Some((0.9, 0.1)))));
        assert!(!likely(at("A", None), at("B", None)));
    }
}
