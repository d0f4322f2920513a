//! The project's vocabulary: terms and measurement rules. Defect types are with the defects.

use async_graphql::{Context, Json, Object};
use domain::Language;
use domain::measurement::MeasurementKind;
use domain::taxonomy::TermKind;
use store::entity::{measurement_rules, terms};

use super::types::row_type;
use crate::context::ContextExt;

row_type! {
    /// A term of the project's vocabulary: a code with its names.
    Term(terms::Model);
    /// A rule that judges measurements.
    MeasurementRule(measurement_rules::Model);
}

#[Object(use_type_description)]
impl Term {
    /// The list that it belongs to.
    async fn kind(&self) -> TermKind {
        self.0.kind
    }

    /// The code, unique in its list.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in the viewer's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.en,
            Language::Zh => &self.0.zh,
        }
    }

    /// In Chinese.
    async fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    async fn en(&self) -> &str {
        &self.0.en
    }

    /// What else the list holds on it, as JSON, such as the room types that a part occurs in. Staff only.
    async fn data(&self, ctx: &Context<'_>) -> Option<Json<serde_json::Value>> {
        ctx.is_staff_of(self.0.project_id).then(|| Json(self.0.data.clone()))
    }
}

#[Object(use_type_description)]
impl MeasurementRule {
    /// The code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in the viewer's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.en,
            Language::Zh => &self.0.zh,
        }
    }

    /// In Chinese.
    async fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    async fn en(&self) -> &str {
        &self.0.en
    }

    /// The unit of measure of readings and tolerances, such as `mm`.
    async fn unit_of_measure(&self) -> &str {
        &self.0.unit_of_measure
    }

    /// How readings are judged.
    async fn kind(&self) -> MeasurementKind {
        self.0.kind
    }

    /// The lower tolerance, a decimal number as text.
    async fn tolerance_min(&self) -> Option<&str> {
        self.0.tolerance_min.as_deref()
    }

    /// The upper tolerance, a decimal number as text.
    async fn tolerance_max(&self) -> Option<&str> {
        self.0.tolerance_max.as_deref()
    }

    /// How to measure, in the viewer's language.
    async fn method(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.method_en,
            Language::Zh => &self.0.method_zh,
        }
    }

    /// Where the tolerance comes from, such as the number of a standard.
    async fn source(&self) -> &str {
        &self.0.source
    }
}
