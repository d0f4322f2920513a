//! Responsibility rules.

use async_graphql::{Context, Object};
use domain::unit::UnitKind;
use store::entity::responsibility_rules;

use super::types::{Building, Company, row_type};
use crate::context::ContextExt;
use crate::error::ApiResult;
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
    async fn trade(&self) -> Option<&str> {
        self.0.trade.as_deref()
    }

    /// Only in this building; null = any.
    async fn building(&self, ctx: &Context<'_>) -> ApiResult<Option<Building>> {
        ctx.loaders().project.buildings.load_optional(self.0.building_id).await
    }

    /// Only in units of this kind; null = any.
    async fn unit_kind(&self) -> Option<UnitKind> {
        self.0.unit_kind
    }

    /// The contractor that becomes responsible.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load(self.0.company_id).await
    }

    /// Lower goes first among equally specific rules.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Raised by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
