//! Responsibility rules.

use async_graphql::Object;
use domain::id::ResponsibilityRuleId;
use domain::unit::UnitKind;
use store::entity::responsibility_rules;

use super::types::{Building, Company, row_type};
use crate::plan::{ToOne, by_id, planned};
use crate::scalars::Uid;

row_type! {
    /// The company that new defects go to: a null field matches anything, the most specific rule wins, then the lowest
    /// priority number. Staff only.
    ResponsibilityRule(responsibility_rules::Model);
}

#[Object(use_type_description)]
impl ResponsibilityRule {
    /// The rule's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Only defects of this trade, a code of the project's terms; null = any.
    fn trade(&self) -> Option<&str> {
        self.0.trade.as_deref()
    }

    /// Only in this building; null = any.
    fn building(&self) -> ToOne<Building> {
        ToOne::by(self.0.building_id)
    }

    /// Only in units of this kind; null = any.
    fn unit_kind(&self) -> Option<UnitKind> {
        self.0.unit_kind
    }

    /// The contractor that becomes responsible.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// Lower goes first among equally specific rules.
    fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Raised by one with each change; for `expectedVersion`.
    fn version(&self) -> i32 {
        self.0.version
    }
}

by_id! {
    ResponsibilityRule: ResponsibilityRuleId = project.rules;
}

planned! {
    ResponsibilityRule {
        "id" => value(|object| Uid::from(object.0.id));
        "trade" => leaf(trade);
        "building" => one(building);
        "unitKind" => leaf(unit_kind);
        "company" => one(company);
        "priority" => leaf(priority);
        "version" => leaf(version);
    }
}
