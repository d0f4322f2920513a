//! A type of defect: an entry of the project's vocabulary.

use async_graphql::{Context, Object};
use domain::Language;
use domain::defect::{Category, Severity};
use domain::id::ProjectId;
use store::entity::defect_types;

use crate::context::ContextExt;
use crate::plan::{by_id, planned};
use crate::project::types::row_type;

row_type! {
    /// A type of defect in the project's vocabulary.
    DefectType(defect_types::Model);
}

#[Object(use_type_description)]
impl DefectType {
    /// The code, like `WALL.SIZE`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The part that it belongs to.
    fn part(&self) -> &str {
        &self.0.part
    }

    /// The trade that usually repairs it.
    fn trade(&self) -> &str {
        &self.0.trade
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

    /// How bad it usually is.
    fn severity(&self) -> Severity {
        self.0.severity
    }

    /// The kind of shortcoming.
    fn category(&self) -> Category {
        self.0.category
    }

    /// Days to repair it from the moment of assignment.
    fn days(&self) -> i32 {
        self.0.days
    }
}

by_id! {
    DefectType: (ProjectId, String) = defect.types;
}

planned! {
    DefectType {
        "code" => leaf(code);
        "part" => leaf(part);
        "trade" => leaf(trade);
        "name" => leaf(name);
        "zh" => leaf(zh);
        "en" => leaf(en);
        "severity" => leaf(severity);
        "category" => leaf(category);
        "days" => leaf(days);
    }
}
