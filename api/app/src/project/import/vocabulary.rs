//! The project's vocabulary: the program's own terms where a term is missing, and the file's terms over them.

use domain::id::{DefectTypeId, MeasurementRuleId, ProjectId};
use domain::import::ImportedKind;
use domain::measurement::MeasurementKind;
use domain::taxonomy::{DefectType, MeasurementRule, Term, TermKind};
use serde_json::Value;
use store::entity::{defect_types, measurement_rules, terms};

use super::lookalikes::check_term_lookalikes;
use super::report::Tally;
use super::rows::Rows;
use super::write::{Import, Prepared, id_of, sort_of};
use crate::error::Result;

impl Import<'_> {
    /// Terms that the file does not name stay as they are, even where they differ from the program's own.
    pub(super) async fn vocabulary(&mut self) -> Result<()> {
        let mut tally = Tally::new(ImportedKind::Term);
        for part in [self.terms().await?, self.defect_types().await?, self.measurement_rules().await?] {
            tally.created += part.created;
            tally.updated += part.updated;
            tally.unchanged += part.unchanged;
        }
        self.tallies.push(tally);
        Ok(())
    }

    async fn terms(&mut self) -> Result<Tally> {
        let (project_id, work, file) = (self.project_id, &*self.work, self.file);
        let there = store::import::load::<terms::Entity>(&work.tx, project_id).await?;
        let own = &file.document.taxonomy;
        check_terms(file, &there)?;
        let named = |kind: TermKind, term: &Term| match kind {
            TermKind::RoomType => own.room_types.contains(term),
            TermKind::Trade => own.trades.contains(term),
            TermKind::Part => own.parts.contains(term),
            _ => false,
        };
        let wanted = TermKind::ALL.iter().flat_map(|kind| {
            let list = file.taxonomy.terms(*kind).iter().enumerate();
            list.map(move |(sort, term)| ((*kind, term.code.clone()), (*kind, sort_of(sort), term)))
        });
        let make = |(kind, sort, term): (TermKind, i32, &Term), row: Option<&terms::Model>| match row {
            Some(row) if !named(kind, term) => row.clone(),
            row => terms::Model {
                id: id_of(row.map(|row| row.id), work),
                project_id,
                kind,
                code: term.code.clone(),
                zh: term.zh.clone(),
                en: term.en.clone(),
                sort: row.map_or(sort, |row| row.sort),
                data: Value::Object(term.data.clone()),
            },
        };
        let there = there.into_iter().map(|row| ((row.kind, row.code.clone()), row));
        let rows = Rows::match_up(ImportedKind::Term, there, wanted, make, |_| {});
        store::import::save::<terms::Entity>(&work.tx, rows.to_write()).await?;
        Ok(rows.tally)
    }

    async fn defect_types(&mut self) -> Result<Tally> {
        let (project_id, work, file) = (self.project_id, &*self.work, self.file);
        let there = store::import::load::<defect_types::Entity>(&work.tx, project_id).await?;
        let own: Vec<&str> = file.document.taxonomy.defect_types.iter().map(|entry| entry.code.as_str()).collect();
        let all = file.taxonomy.defect_types.iter().map(|entry| entry.code.as_str());
        check_term_lookalikes("taxonomy.defectTypes", there.iter().map(|row| row.code.as_str()), all, &own)?;
        let named = |code: &str| file.document.taxonomy.defect_types.iter().any(|entry| entry.code == code);
        let wanted = file.taxonomy.defect_types.iter().map(|entry| (entry.code.clone(), entry));
        let make = |entry: &DefectType, row: Option<&defect_types::Model>| match row {
            Some(row) if !named(&entry.code) => row.clone(),
            row => defect_type(id_of(row.map(|row| row.id), work), project_id, entry),
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let rows = Rows::match_up(ImportedKind::Term, there, wanted, make, |_| {});
        store::import::save::<defect_types::Entity>(&work.tx, rows.to_write()).await?;
        Ok(rows.tally)
    }

    async fn measurement_rules(&mut self) -> Result<Tally> {
        let (project_id, work, file) = (self.project_id, &*self.work, self.file);
        let there = store::import::load::<measurement_rules::Entity>(&work.tx, project_id).await?;
        let own: Vec<&str> = file.document.taxonomy.measurements.iter().map(|rule| rule.code.as_str()).collect();
        let all = file.taxonomy.measurements.iter().map(|rule| rule.code.as_str());
        check_term_lookalikes("taxonomy.measurements", there.iter().map(|row| row.code.as_str()), all, &own)?;
        let named = |code: &str| file.document.taxonomy.measurements.iter().any(|rule| rule.code == code);
        let wanted = file.taxonomy.measurements.iter();
        let wanted = wanted.map(|rule| Ok((rule.code.clone(), (rule, rule.kind.parse()?))));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        let make = |(rule, kind): (&MeasurementRule, MeasurementKind), row: Option<&measurement_rules::Model>| match row
        {
            Some(row) if !named(&rule.code) => row.clone(),
            row => measurement_rule(id_of(row.map(|row| row.id), work), project_id, rule, kind),
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let rows = Rows::match_up(ImportedKind::Term, there, wanted, make, |_| {});
        store::import::save::<measurement_rules::Entity>(&work.tx, rows.to_write()).await?;
        Ok(rows.tally)
    }
}

/// No new term of the file reads the same as another one of its kind.
fn check_terms(file: &Prepared, there: &[terms::Model]) -> Result<()> {
    for (kind, list, terms) in [
        (TermKind::RoomType, "taxonomy.roomTypes", &file.document.taxonomy.room_types),
        (TermKind::Trade, "taxonomy.trades", &file.document.taxonomy.trades),
        (TermKind::Part, "taxonomy.parts", &file.document.taxonomy.parts),
    ] {
        let of_kind = there.iter().filter(|row| row.kind == kind).map(|row| row.code.as_str());
        let all = file.taxonomy.terms(kind).iter().map(|term| term.code.as_str());
        let own: Vec<&str> = terms.iter().map(|term| term.code.as_str()).collect();
        check_term_lookalikes(list, of_kind, all, &own)?;
    }
    Ok(())
}

fn defect_type(id: DefectTypeId, project_id: ProjectId, entry: &DefectType) -> defect_types::Model {
    defect_types::Model {
        id,
        project_id,
        code: entry.code.clone(),
        part: entry.part.clone(),
        trade: entry.trade.clone(),
        zh: entry.zh.clone(),
        en: entry.en.clone(),
        severity: entry.severity,
        category: entry.category,
        days: entry.days,
        fitout: entry.fitout,
        warranty: entry.warranty.clone(),
    }
}

fn measurement_rule(
    id: MeasurementRuleId,
    project_id: ProjectId,
    rule: &MeasurementRule,
    kind: MeasurementKind,
) -> measurement_rules::Model {
    measurement_rules::Model {
        id,
        project_id,
        code: rule.code.clone(),
        zh: rule.zh.clone(),
        en: rule.en.clone(),
        unit_of_measure: rule.unit.clone(),
        kind,
        tolerance_min: rule.tolerance_min.map(|tolerance| tolerance.normalize().to_string()),
        tolerance_max: rule.tolerance_max.map(|tolerance| tolerance.normalize().to_string()),
        method_zh: rule.method_zh.clone(),
        method_en: rule.method_en.clone(),
        source: rule.source.clone(),
    }
}
