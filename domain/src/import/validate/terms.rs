//! The project's own vocabulary, laid over the one that comes with the program.

use super::check::Check;
use rust_decimal::Decimal;

use super::codes::{Codes, of_terms, one_of};
use crate::defect::{Category, Severity};
use crate::import::document::{DefectTypeEntry, TaxonomyEntry};
use crate::import::phrases::{PART, ROOM_TYPE, TERM, TRADE, WARRANTY_TERM};
use crate::measurement::{self, MeasurementKind};
use crate::place::FitoutScope;
use crate::taxonomy::{DefectType, MeasurementRule, Taxonomy, Term, TermKind};

/// Checks the lists, and returns the vocabulary that the rest of the file speaks.
pub(super) fn check(check: &mut Check, own: &TaxonomyEntry, seed: &Taxonomy) -> Taxonomy {
    plain(check, "taxonomy.roomTypes", &own.room_types);
    plain(check, "taxonomy.trades", &own.trades);
    plain(check, "taxonomy.parts", &own.parts);
    let taxonomy = own.over(seed);
    for (index, part) in own.parts.iter().enumerate() {
        let known = taxonomy.terms(TermKind::RoomType).iter().map(|term| term.code.as_str());
        for (position, room_type) in part.room_types().into_iter().enumerate() {
            let path = format!("taxonomy.parts[{index}].roomTypes[{position}]");
            of_terms(check, path, ROOM_TYPE, room_type, known.clone());
        }
    }
    listed(check, "taxonomy.defectTypes", &own.defect_types, |entry| &entry.code);
    for (index, entry) in own.defect_types.iter().enumerate() {
        defect_type(check, &format!("taxonomy.defectTypes[{index}]"), entry, &taxonomy);
    }
    listed(check, "taxonomy.measurements", &own.measurements, |rule| &rule.code);
    for (index, rule) in own.measurements.iter().enumerate() {
        measurement(check, &format!("taxonomy.measurements[{index}]"), rule);
    }
    taxonomy
}

impl TaxonomyEntry {
    /// The vocabulary of the project: the seed with the project's own terms over it.
    #[must_use]
    pub fn over(&self, seed: &Taxonomy) -> Taxonomy {
        let mut taxonomy = seed.clone();
        taxonomy.overlay(TermKind::RoomType, &self.room_types);
        taxonomy.overlay(TermKind::Trade, &self.trades);
        taxonomy.overlay(TermKind::Part, &self.parts);
        let types: Vec<DefectType> = self.defect_types.iter().filter_map(DefectTypeEntry::defect_type).collect();
        taxonomy.overlay_defect_types(&types);
        taxonomy.overlay_measurements(&self.measurements);
        taxonomy
    }
}

impl DefectTypeEntry {
    /// The entry with its codes read; none while one of them is unknown.
    fn defect_type(&self) -> Option<DefectType> {
        Some(DefectType {
            code: self.code.clone(),
            part: self.part.clone(),
            trade: self.trade.clone(),
            zh: self.zh.clone(),
            en: self.en.clone(),
            severity: self.severity.parse().ok()?,
            category: self.category.parse().ok()?,
            days: self.days,
            fitout: self.fitout.as_deref().map_or(Some(FitoutScope::Both), |scope| scope.parse().ok())?,
            warranty: self.warranty.clone(),
        })
    }
}

fn plain(check: &mut Check, path: &str, terms: &[Term]) {
    listed(check, path, terms, |term| &term.code);
    for (index, term) in terms.iter().enumerate() {
        named(check, &format!("{path}[{index}]"), &term.code, &term.zh, &term.en);
    }
}

fn listed<'a, T>(check: &mut Check, path: &str, entries: &'a [T], code: impl Fn(&'a T) -> &'a String) {
    let codes = entries.iter().enumerate();
    Codes::index(check, TERM, codes.map(|(i, entry)| (format!("{path}[{i}].code"), code(entry).as_str())));
}

fn named(check: &mut Check, path: &str, code: &str, zh: &str, en: &str) {
    check.code(format!("{path}.code"), code);
    check.name(format!("{path}.zh"), zh);
    check.name(format!("{path}.en"), en);
}

fn defect_type(check: &mut Check, path: &str, entry: &DefectTypeEntry, taxonomy: &Taxonomy) {
    let terms = |kind| taxonomy.terms(kind).iter().map(|term| term.code.as_str());
    named(check, path, &entry.code, &entry.zh, &entry.en);
    of_terms(check, format!("{path}.part"), PART, &entry.part, terms(TermKind::Part));
    of_terms(check, format!("{path}.trade"), TRADE, &entry.trade, terms(TermKind::Trade));
    one_of(check, format!("{path}.severity"), &entry.severity, Severity::ALL);
    one_of(check, format!("{path}.category"), &entry.category, Category::ALL);
    if !(1..=3_650).contains(&entry.days) {
        let days = entry.days;
        let message = (format!("is {days}; must be from 1 to 3650"), format!("现为 {days}；应为 1 到 3650"));
        check.problem(format!("{path}.days"), message);
    }
    if let Some(scope) = &entry.fitout {
        one_of(check, format!("{path}.fitout"), scope, FitoutScope::ALL);
    }
    if let Some(warranty) = &entry.warranty {
        of_terms(check, format!("{path}.warranty"), WARRANTY_TERM, warranty, terms(TermKind::WarrantyTerm));
    }
}

fn measurement(check: &mut Check, path: &str, rule: &MeasurementRule) {
    named(check, path, &rule.code, &rule.zh, &rule.en);
    check.name(format!("{path}.unit"), &rule.unit);
    let Some(kind) = one_of(check, format!("{path}.kind"), &rule.kind, MeasurementKind::ALL) else { return };
    let text = |tolerance: Option<Decimal>| tolerance.map(|tolerance| tolerance.to_string());
    let (min, max) = (text(rule.tolerance_min), text(rule.tolerance_max));
    if let Err(refusal) = measurement::MeasurementRule::new(kind, min.as_deref(), max.as_deref()) {
        check.problem(format!("{path}.{}", refusal.field.join(".")), refusal.words());
    }
}
