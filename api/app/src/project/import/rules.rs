//! Responsibility rules: one for each combination of trade, building and kind of unit.

use std::collections::HashMap;

use domain::id::{BuildingId, CompanyId};
use domain::import::{ImportedKind, RuleEntry};
use domain::object_kind::ObjectKind;
use domain::unit::UnitKind;
use store::entity::responsibility_rules;

use super::companies::Companies;
use super::places::Buildings;
use super::rows::Rows;
use super::write::{Import, id_of};
use crate::error::Result;

/// What a rule covers.
type Covers = (Option<String>, Option<BuildingId>, Option<UnitKind>);

impl Import<'_> {
    pub(super) async fn rules(&mut self, companies: &Companies, buildings: &Buildings) -> Result<()> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<responsibility_rules::Entity>(&work.tx, project_id).await?;
        let wanted = self.file.document.responsibility_rules.iter().map(|entry| {
            let unit_kind = entry.unit_kind.as_deref().map(str::parse).transpose()?;
            let building_id = entry.building.as_ref().and_then(|code| buildings.get(code)).map(|row| row.id);
            let covers: Covers = (entry.trade.clone(), building_id, unit_kind);
            Ok(companies.get(&entry.company).map(|company| (covers.clone(), (entry, covers, company.id))))
        });
        let wanted: Vec<_> = wanted.filter_map(Result::transpose).collect::<Result<_>>()?;
        let make = |(entry, (trade, building_id, unit_kind), company_id): (&RuleEntry, Covers, CompanyId),
                    row: Option<&responsibility_rules::Model>| responsibility_rules::Model {
            id: id_of(row.map(|row| row.id), work),
            project_id,
            trade,
            building_id,
            unit_kind,
            company_id,
            priority: entry.priority.unwrap_or_default(),
            version: row.map_or(1, |row| row.version),
        };
        let mut rows =
            Rows::match_up(ImportedKind::ResponsibilityRule, by_cover(there), wanted, make, |row| row.version += 1);
        store::import::save::<responsibility_rules::Entity>(&work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.mark_changed(ObjectKind::ResponsibilityRule, row.id);
        }
        let buildings: HashMap<BuildingId, &str> = buildings.values().map(|row| (row.id, row.code.as_str())).collect();
        rows.leave(|row| {
            let building = row.building_id.map(|id| buildings.get(&id).copied().unwrap_or("?"));
            let any = |part: Option<&str>| part.unwrap_or("*").to_owned();
            [any(row.trade.as_deref()), any(building), any(row.unit_kind.map(UnitKind::as_str))].join("/")
        });
        self.tallies.push(rows.tally);
        Ok(())
    }
}

/// Rules that were set by hand may cover the same; the file speaks of the one that goes first.
fn by_cover(mut rules: Vec<responsibility_rules::Model>) -> HashMap<Covers, responsibility_rules::Model> {
    rules.sort_by_key(|row| std::cmp::Reverse((row.priority, row.id)));
    rules.into_iter().map(|row| ((row.trade.clone(), row.building_id, row.unit_kind), row)).collect()
}
