//! The field's vocabulary: room types, parts, trades, defect types, measurement rules and more.
//!
//! The seed that comes with the program is the default of every new project; a project's own terms
//! are laid over it by code.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::defect::{Category, Severity};
use crate::place::FitoutScope;

const SEED: &str = include_str!("../seed/taxonomy.json");

string_enum! {
    /// The lists of plain terms: a code with its names.
    pub enum TermKind {
        /// 房间类型: what a room is for.
        RoomType = "ROOM_TYPE",
        /// 部位: part of a room or of a building.
        Part = "PART",
        /// 责任工种: trade.
        Trade = "TRADE",
        /// How bad a defect is.
        Severity = "SEVERITY",
        /// Stage of an inspection round.
        Stage = "STAGE",
        /// Why a customer refuses a delivery.
        RefusalReason = "REFUSAL_REASON",
        /// Step of a delivery visit.
        DeliveryStep = "DELIVERY_STEP",
        /// Document shown or handed over at delivery.
        DeliveryDocument = "DELIVERY_DOCUMENT",
        /// Warranty term of a part.
        WarrantyTerm = "WARRANTY_TERM",
        /// Time limits of a warranty request.
        WarrantySla = "WARRANTY_SLA",
        /// When a late defect is escalated, and the recipients.
        EscalationRule = "ESCALATION_RULE",
    }
}

impl TermKind {
    /// Whether owners need the list to read their data; they do not see how staff works.
    #[must_use]
    pub const fn shown_to_owners(self) -> bool {
        match self {
            Self::RoomType
            | Self::Part
            | Self::Trade
            | Self::Severity
            | Self::Stage
            | Self::RefusalReason
            | Self::DeliveryDocument
            | Self::WarrantyTerm => true,
            Self::DeliveryStep | Self::WarrantySla | Self::EscalationRule => false,
        }
    }
}

/// A term: a code, its names, and what else the list holds on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The code, upper-case.
    #[serde(deserialize_with = "upper")]
    pub code: String,
    /// The name in Chinese.
    pub zh: String,
    /// The name in English.
    pub en: String,
    /// Further values of this list (rank, lead, room types, …).
    #[serde(flatten)]
    pub data: Map<String, Value>,
}

impl Term {
    /// For a part: the room types it occurs in, as far as they are listed.
    #[must_use]
    pub fn room_types(&self) -> Vec<&str> {
        let listed = self.data.get("room_types").and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

/// A kind of defect, with the defaults that a new defect of it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefectType {
    /// The code.
    pub code: String,
    /// The part that it occurs on.
    pub part: String,
    /// The trade that repairs it.
    pub trade: String,
    /// The name in Chinese.
    pub zh: String,
    /// The name in English.
    pub en: String,
    /// How bad it is.
    #[serde(deserialize_with = "upper_code")]
    pub severity: Severity,
    /// What kind of shortcoming.
    #[serde(deserialize_with = "upper_code")]
    pub category: Category,
    /// Days to repair.
    pub days: i32,
    /// The homes in which it occurs.
    #[serde(deserialize_with = "upper_code")]
    pub fitout: FitoutScope,
    /// The warranty term.
    pub warranty: Option<String>,
}

/// A rule that judges readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasurementRule {
    /// The code.
    pub code: String,
    /// The name in Chinese.
    pub zh: String,
    /// The name in English.
    pub en: String,
    /// The unit of measure.
    pub unit: String,
    /// How readings are judged: a [`crate::measurement::MeasurementKind`].
    #[serde(deserialize_with = "upper")]
    pub kind: String,
    /// The lower bound.
    pub tolerance_min: Option<Decimal>,
    /// The upper bound.
    pub tolerance_max: Option<Decimal>,
    /// How to measure, in Chinese.
    pub method_zh: String,
    /// How to measure, in English.
    pub method_en: String,
    /// Where the tolerance comes from.
    pub source: String,
}

/// All lists of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Taxonomy {
    terms: Vec<(TermKind, Vec<Term>)>,
    /// The kinds of defects.
    pub defect_types: Vec<DefectType>,
    /// The rules for measurements.
    pub measurements: Vec<MeasurementRule>,
}

impl Taxonomy {
    /// The lists that come with the program.
    ///
    /// # Errors
    /// When the file that was built in is no taxonomy: a fault of the build, held by a test.
    pub fn seed() -> Result<Self, serde_json::Error> {
        let mut file: Map<String, Value> = serde_json::from_str(SEED)?;
        let terms = TermKind::ALL
            .iter()
            .map(|kind| Ok((*kind, take_list(&mut file, kind.seed_name())?)))
            .collect::<Result<_, serde_json::Error>>()?;
        Ok(Self {
            terms,
            defect_types: take_list(&mut file, "defect_types")?,
            measurements: take_list(&mut file, "measurements")?,
        })
    }

    /// The terms of one list, in its order.
    #[must_use]
    pub fn terms(&self, kind: TermKind) -> &[Term] {
        self.terms.iter().find(|(k, _)| *k == kind).map_or(&[], |(_, terms)| terms)
    }

    /// Whether a list has a code.
    #[must_use]
    pub fn has(&self, kind: TermKind, code: &str) -> bool {
        self.terms(kind).iter().any(|term| term.code == code)
    }

    /// Puts terms over those of the same code, new ones at the end.
    pub fn overlay(&mut self, kind: TermKind, terms: &[Term]) {
        if let Some((_, list)) = self.terms.iter_mut().find(|(k, _)| *k == kind) {
            overlay(list, terms, |term| &term.code);
        }
    }

    /// Puts defect types over those of the same code.
    pub fn overlay_defect_types(&mut self, types: &[DefectType]) {
        overlay(&mut self.defect_types, types, |entry| &entry.code);
    }

    /// Puts measurement rules over those of the same code.
    pub fn overlay_measurements(&mut self, rules: &[MeasurementRule]) {
        overlay(&mut self.measurements, rules, |entry| &entry.code);
    }
}

impl TermKind {
    /// The name of the list in the seed file.
    const fn seed_name(self) -> &'static str {
        match self {
            Self::RoomType => "room_types",
            Self::Part => "parts",
            Self::Trade => "trades",
            Self::Severity => "severities",
            Self::Stage => "inspection_stages",
            Self::RefusalReason => "refusal_reasons",
            Self::DeliveryStep => "delivery_steps",
            Self::DeliveryDocument => "delivery_documents",
            Self::WarrantyTerm => "warranty_terms",
            Self::WarrantySla => "warranty_sla",
            Self::EscalationRule => "escalation_rules",
        }
    }
}

fn overlay<T: Clone>(list: &mut Vec<T>, over: &[T], code: impl Fn(&T) -> &String) {
    for entry in over {
        match list.iter_mut().find(|known| code(known) == code(entry)) {
            Some(known) => known.clone_from(entry),
            None => list.push(entry.clone()),
        }
    }
}

fn take_list<T: DeserializeOwned>(file: &mut Map<String, Value>, list: &str) -> Result<Vec<T>, serde_json::Error> {
    serde_json::from_value(file.remove(list).unwrap_or_default())
}

/// The seed writes some codes in lower case; ours are upper-case throughout.
fn upper<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|code| code.to_uppercase())
}

fn upper_code<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = crate::string_enum::UnknownCode>,
{
    upper(deserializer)?.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_complete_and_consistent() {
        let seed = Taxonomy::seed().expect("the seed is a taxonomy");
        for kind in TermKind::ALL {
            assert!(!seed.terms(*kind).is_empty(), "{kind} is empty");
        }
        for entry in &seed.defect_types {
            assert!(seed.has(TermKind::Part, &entry.part), "{}", entry.code);
            assert!(seed.has(TermKind::Trade, &entry.trade), "{}", entry.code);
            let warranty = entry.warranty.as_deref().expect("each has a warranty term");
            assert!(seed.has(TermKind::WarrantyTerm, warranty), "{}", entry.code);
        }
        for severity in Severity::ALL {
            assert!(seed.has(TermKind::Severity, severity.as_str()), "{severity}");
        }
        assert!(seed.terms(TermKind::Part)[0].room_types().contains(&"LIVING"));
    }

    #[test]
    fn a_projects_term_replaces_the_seeds_of_the_same_code() {
        let mut taxonomy = Taxonomy::seed().expect("the seed is a taxonomy");
        let before = taxonomy.terms(TermKind::Trade).len();
        let term =
            |code: &str| Term { code: code.to_owned(), zh: "甲".to_owned(), en: "A".to_owned(), data: Map::new() };
        taxonomy.overlay(TermKind::Trade, &[term("TILE"), term("ROBOT")]);
        assert_eq!(taxonomy.terms(TermKind::Trade).len(), before + 1);
        let tile = taxonomy.terms(TermKind::Trade).iter().find(|t| t.code == "TILE").expect("there");
        assert_eq!(tile.en, "A");
    }
}
