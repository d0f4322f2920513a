//! Measurements 实测实量: readings judged by the rule of their checklist item, in exact decimals.

use rust_decimal::Decimal;

use crate::number;
use crate::refusal::{Refusal, RefusalCode};
use crate::words::Bilingual;

/// Most readings of one measurement.
pub const MAX_READINGS: usize = 50;

string_enum! {
    /// How readings are judged.
    pub enum MeasurementKind {
        /// Each reading's size is at most the upper tolerance, whichever way it leans.
        Absolute = "ABSOLUTE",
        /// Each reading minus the design value lies between the tolerances.
        Deviation = "DEVIATION",
        /// 极差: the largest minus the smallest reading is at most the upper tolerance.
        Range = "RANGE",
        /// Each reading is at least the lower tolerance.
        MinValue = "MIN_VALUE",
        /// Each reading lies between the tolerances.
        Value = "VALUE",
    }
}

/// A rule: the kind and its tolerances, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasurementRule {
    kind: MeasurementKind,
    min: Option<Decimal>,
    max: Option<Decimal>,
}

/// How a measurement was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The design value as a plain number.
    pub design: Option<String>,
    /// The readings as plain numbers.
    pub readings: Vec<String>,
    /// Whether all of it is in tolerance.
    pub in_tolerance: bool,
    /// How many readings are out of tolerance 爆点. For a range: those too far above the smallest.
    pub out_of_tolerance: usize,
}

impl MeasurementRule {
    /// A rule from its stored texts; a tolerance left out is no limit on that side.
    ///
    /// # Errors
    /// `INVALID_VALUE` when a tolerance is no number, the kind lacks the one it judges by, or they are crossed.
    pub fn new(kind: MeasurementKind, min: Option<&str>, max: Option<&str>) -> Result<Self, Refusal> {
        let wrong = |field, en: &str, zh: &str| Err(Refusal::at(RefusalCode::InvalidValue, field).because(en, zh));
        let value = |text: &str| number::read(text, None).map(|number| number.value);
        let min = match min.map(value).transpose() {
            Ok(min) => min,
            Err(why) => return wrong("toleranceMin", &why.en, &why.zh),
        };
        let max = match max.map(value).transpose() {
            Ok(max) => max,
            Err(why) => return wrong("toleranceMax", &why.en, &why.zh),
        };
        let needs_max = matches!(kind, MeasurementKind::Absolute | MeasurementKind::Range);
        if needs_max && max.is_none_or(|max| max.is_sign_negative() && !max.is_zero()) {
            return wrong("toleranceMax", "this kind needs an upper tolerance of at least 0", "此类规则需要非负的上限");
        }
        if kind == MeasurementKind::MinValue && min.is_none() {
            return wrong("toleranceMin", "this kind needs a lower tolerance", "此类规则需要下限");
        }
        if min.is_none() && max.is_none() {
            return wrong("toleranceMax", "a rule needs a tolerance", "规则需要允许偏差");
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return wrong("toleranceMin", "not above the upper tolerance", "下限不得大于上限");
        }
        Ok(Self { kind, min, max })
    }

    /// Judges the readings, which are numbers as people type them, in this unit.
    ///
    /// # Errors
    /// `READINGS_INVALID` with the reason, at `readings`, `readings.<n>` or `design`.
    pub fn judge(&self, unit: &str, design: Option<&str>, readings: &[String]) -> Result<Judgement, Refusal> {
        let invalid = |field: &str, why: Bilingual| {
            Err(Refusal::at(RefusalCode::ReadingsInvalid, field).because(&why.en, &why.zh))
        };
        if readings.is_empty() {
            return invalid("readings", ("there are none", "没有读数").into());
        }
        if readings.len() > MAX_READINGS {
            return invalid("readings", ("there are more than 50", "读数超过 50 个").into());
        }
        if self.kind == MeasurementKind::Range && readings.len() < 2 {
            return invalid("readings", ("a range needs at least two", "极差至少需要两个读数").into());
        }
        let (mut values, mut texts) = (Vec::with_capacity(readings.len()), Vec::with_capacity(readings.len()));
        for (n, reading) in readings.iter().enumerate() {
            match number::read(reading, Some(unit)) {
                Ok(number) => {
                    values.push(number.value);
                    texts.push(number.text);
                }
                Err(why) => return invalid(&format!("readings.{n}"), why),
            }
        }
        let design = match design.map(|text| number::read(text, Some(unit))).transpose() {
            Ok(design) => design,
            Err(why) => return invalid("design", why),
        };
        let zero_point = match (self.kind, &design) {
            (MeasurementKind::Deviation, Some(design)) => design.value,
            (MeasurementKind::Deviation, None) => {
                return invalid("design", ("a deviation needs the design value", "偏差测量需要设计值").into());
            }
            (MeasurementKind::Range, _) => values.iter().copied().min().unwrap_or_default(),
            (MeasurementKind::Absolute | MeasurementKind::MinValue | MeasurementKind::Value, _) => Decimal::ZERO,
        };
        let out_of_tolerance = values.iter().filter(|value| !self.holds(**value - zero_point)).count();
        Ok(Judgement {
            design: design.map(|design| design.text),
            readings: texts,
            in_tolerance: out_of_tolerance == 0,
            out_of_tolerance,
        })
    }

    /// Whether one reading, taken from its zero point, is in tolerance.
    fn holds(&self, value: Decimal) -> bool {
        let above = self.min.is_none_or(|min| value >= min);
        let below = |value: Decimal| self.max.is_none_or(|max| value <= max);
        match self.kind {
            MeasurementKind::Absolute => below(value.abs()),
            MeasurementKind::Range => below(value),
            MeasurementKind::MinValue => above,
            MeasurementKind::Deviation | MeasurementKind::Value => above && below(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MeasurementKind as K;

    fn judge(rule: (K, Option<&str>, Option<&str>), design: Option<&str>, readings: &str) -> Result<usize, String> {
        let readings: Vec<String> = readings.split_whitespace().map(str::to_owned).collect();
        let rule = MeasurementRule::new(rule.0, rule.1, rule.2).map_err(|refusal| refusal.field.join("."))?;
        let judgement = rule.judge("mm", design, &readings).map_err(|refusal| {
            assert_eq!(refusal.code, RefusalCode::ReadingsInvalid);
            refusal.field.join(".")
        })?;
        assert_eq!(judgement.in_tolerance, judgement.out_of_tolerance == 0);
        Ok(judgement.out_of_tolerance)
    }

    #[test]
    fn each_kind_at_and_beyond_its_tolerance() {
        let absolute = (K::Absolute, None, Some("4"));
        let deviation = (K::Deviation, Some("-15"), Some("20"));
        let range = (K::Range, None, Some("10"));
        let min_value = (K::MinValue, Some("2.6"), None);
        let value = (K::Value, Some("0.2"), Some("0.3"));
        for (rule, design, readings, out) in [
            (absolute, None, "0 4 4.000000 -4", 0),
            (absolute, None, "4.000001", 1),
            (absolute, None, "-4.1 5 3", 2),
            (deviation, Some("2800"), "2785 2820 2800", 0),
            (deviation, Some("2800"), "2784.999999 2820.000001 2800", 2),
            (deviation, Some("-1.5"), "18.5", 0),
            (range, None, "3 13 8", 0),
            (range, None, "-5 5.1 6 0", 2),
            (range, None, "7 7", 0),
            (min_value, None, "2.6 2.60 3", 0),
            (min_value, None, "2.599999 2.6", 1),
            (value, None, "0.2 0.3 0.25", 0),
            (value, None, "0.19 0.31", 2),
            ((K::Value, None, Some("1")), None, "-100 1", 0),
            // Binary floating point would call 0.1 + 0.2 too much.
            ((K::Deviation, None, Some("0.2")), Some("0.1"), "0.3", 0),
        ] {
            assert_eq!(judge(rule, design, readings), Ok(out), "{rule:?} {design:?} {readings}");
        }
    }

    #[test]
    fn what_cannot_be_judged_is_refused_with_its_place() {
        let absolute = (K::Absolute, None, Some("4"));
        let refused = |readings: &str| judge(absolute, None, readings).err();
        assert_eq!(refused(""), Some("readings".to_owned()));
        assert_eq!(refused(&"1 ".repeat(50)), None);
        assert_eq!(refused(&"1 ".repeat(51)), Some("readings".to_owned()));
        let not_numbers = ["x", "1e3", "1,500", "1_000", "NaN", "inf", "--1", "1.2.3", ".", "-", "5cm", "0x10"];
        for wrong in not_numbers.into_iter().chain(["1.1234567", "1234567890123456789"]) {
            assert_eq!(refused(&format!("1 {wrong}")), Some("readings.1".to_owned()), "{wrong}");
        }
        assert_eq!(judge(absolute, None, "1.123456 +2 003 -0 1,5 5. .5 ５ 2mm"), Ok(2));
    }

    #[test]
    fn a_deviation_needs_its_design_and_a_range_two_readings() {
        let deviation = (K::Deviation, Some("-1"), Some("1"));
        assert_eq!(judge(deviation, None, "1"), Err("design".to_owned()));
        assert_eq!(judge(deviation, Some("tall"), "1"), Err("design".to_owned()));
        assert_eq!(judge((K::Range, None, Some("1")), None, "5"), Err("readings".to_owned()));
    }

    #[test]
    fn every_rule_of_the_seed_judges() {
        for rule in &crate::taxonomy::Taxonomy::seed().expect("the seed reads").measurements {
            let text = |tolerance: Option<Decimal>| tolerance.map(|tolerance| tolerance.to_string());
            let (min, max) = (text(rule.tolerance_min), text(rule.tolerance_max));
            let kind = rule.kind.parse().expect("a kind");
            assert!(MeasurementRule::new(kind, min.as_deref(), max.as_deref()).is_ok(), "{}", rule.code);
        }
    }

    #[test]
    fn a_rule_must_be_able_to_judge() {
        for (rule, field) in [
            ((K::Absolute, Some("1"), None), "toleranceMax"),
            ((K::Absolute, None, Some("-1")), "toleranceMax"),
            ((K::Range, None, None), "toleranceMax"),
            ((K::MinValue, None, Some("1")), "toleranceMin"),
            ((K::Deviation, None, None), "toleranceMax"),
            ((K::Value, Some("2"), Some("1")), "toleranceMin"),
            ((K::Value, Some("low"), Some("1")), "toleranceMin"),
            ((K::Value, None, Some("high")), "toleranceMax"),
        ] {
            assert_eq!(judge(rule, None, "1"), Err(field.to_owned()), "{rule:?}");
        }
    }
}
