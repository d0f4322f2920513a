//! Routing 派单: which company a new defect goes to by the project's responsibility rules.

use crate::id::{BuildingId, CompanyId, ResponsibilityRuleId};
use crate::unit::UnitKind;

/// A rule: defects of this trade in this area belong to this company. An absent field matches anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponsibilityRule {
    /// The rule's id, the last tie-break.
    pub id: ResponsibilityRuleId,
    /// Only this trade.
    pub trade: Option<String>,
    /// Only this building.
    pub building_id: Option<BuildingId>,
    /// Only this kind of unit.
    pub unit_kind: Option<UnitKind>,
    /// The company.
    pub company_id: CompanyId,
    /// Lower goes first among equally specific rules.
    pub priority: i32,
}

impl ResponsibilityRule {
    fn matches(&self, trade: &str, building_id: BuildingId, unit_kind: UnitKind) -> bool {
        self.trade.as_deref().is_none_or(|wanted| wanted == trade)
            && self.building_id.is_none_or(|wanted| wanted == building_id)
            && self.unit_kind.is_none_or(|wanted| wanted == unit_kind)
    }

    fn specificity(&self) -> usize {
        usize::from(self.trade.is_some())
            + usize::from(self.building_id.is_some())
            + usize::from(self.unit_kind.is_some())
    }
}

/// The company that the most specific matching rule names.
#[must_use]
pub fn route(
    rules: &[ResponsibilityRule],
    trade: &str,
    building_id: BuildingId,
    unit_kind: UnitKind,
) -> Option<CompanyId> {
    rules
        .iter()
        .filter(|rule| rule.matches(trade, building_id, unit_kind))
        .min_by_key(|rule| (std::cmp::Reverse(rule.specificity()), rule.priority, rule.id))
        .map(|rule| rule.company_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(n: u128, trade: Option<&str>, building: Option<BuildingId>, priority: i32) -> ResponsibilityRule {
        ResponsibilityRule {
            id: ResponsibilityRuleId::from_u128(n),
            trade: trade.map(str::to_owned),
            building_id: building,
            unit_kind: None,
            company_id: CompanyId::from_u128(n),
            priority,
        }
    }

    #[test]
    fn the_most_specific_rule_wins_then_the_lowest_priority_number() {
        let tower = BuildingId::from_u128(100);
        let rules = [
            rule(1, None, None, 0),
            rule(2, Some("TILE"), None, 5),
            rule(3, Some("TILE"), None, 1),
            rule(4, Some("TILE"), Some(tower), 9),
        ];
        let to = |trade, building| route(&rules, trade, building, UnitKind::Residential).map(|id| id.uuid().as_u128());
        assert_eq!(to("TILE", tower), Some(4));
        assert_eq!(to("TILE", BuildingId::nil()), Some(3));
        assert_eq!(to("PAINT", tower), Some(1));
        assert_eq!(route(&rules[1..], "PAINT", tower, UnitKind::Residential), None);
    }
}
