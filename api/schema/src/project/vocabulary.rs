//! The project's vocabulary: terms and measurement rules. Defect types are with the defects.

use async_graphql::{Context, Json, Object};
use domain::Language;
use domain::id::ProjectId;
use domain::measurement::MeasurementKind;
use domain::taxonomy::TermKind;
use store::entity::{measurement_rules, terms};

use super::types::row_type;
use crate::context::ContextExt;
use crate::plan::{by_id, planned};

row_type! {
    /// A term of the project's vocabulary: a code with its names.
    Term(terms::Model);
    /// A rule that judges measurements.
    MeasurementRule(measurement_rules::Model);
}

#[Object(use_type_description)]
impl Term {
    /// The list that it belongs to.
    fn kind(&self) -> TermKind {
        self.0.kind
    }

    /// The code, unique in its list.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in the viewer's language.
    fn name(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.en,
            Language::Zh => &self.0.zh,
        }
    }

    /// In Chinese.
    fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    fn en(&self) -> &str {
        &self.0.en
    }

    /// What else the list holds on it, as JSON, such as the room types that a part occurs in. Staff only.
    fn data(&self, ctx: &Context<'_>) -> Option<Json<serde_json::Value>> {
        ctx.is_staff_of(self.0.project_id).then(|| Json(self.0.data.clone()))
    }
}

#[Object(use_type_description)]
impl MeasurementRule {
    /// The code.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in the viewer's language.
    fn name(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.en,
            Language::Zh => &self.0.zh,
        }
    }

    /// In Chinese.
    fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    fn en(&self) -> &str {
        &self.0.en
    }

    /// The unit of measure of readings and tolerances, such as `mm`.
    fn unit_of_measure(&self) -> &str {
        &self.0.unit_of_measure
    }

    /// How readings are judged.
    fn kind(&self) -> MeasurementKind {
        self.0.kind
    }

    /// The lower tolerance, a decimal number as text.
    fn tolerance_min(&self) -> Option<&str> {
        self.0.tolerance_min.as_deref()
    }

    /// The upper tolerance, a decimal number as text.
    fn tolerance_max(&self) -> Option<&str> {
        self.0.tolerance_max.as_deref()
    }

    /// How to measure, in the viewer's language.
    fn method(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            Language::En => &self.0.method_en,
            Language::Zh => &self.0.method_zh,
        }
    }

    /// Where the tolerance comes from, such as the number of a standard.
    fn source(&self) -> &str {
        &self.0.source
    }
}

by_id! {
    MeasurementRule: (ProjectId, String) = checklist.rules;
}

planned! {
    Term {
        "kind" => leaf(kind);
        "code" => leaf(code);
        "name" => leaf(name);
        "zh" => leaf(zh);
        "en" => leaf(en);
        "data" => leaf(data);
    }
}

planned! {
    MeasurementRule {
        "code" => leaf(code);
        "name" => leaf(name);
        "zh" => leaf(zh);
        "en" => leaf(en);
        "unitOfMeasure" => leaf(unit_of_measure);
        "kind" => leaf(kind);
        "toleranceMin" => leaf(tolerance_min);
        "toleranceMax" => leaf(tolerance_max);
        "method" => leaf(method);
        "source" => leaf(source);
    }
}
