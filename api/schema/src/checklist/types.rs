//! Checklists, their versions and items, and the rules that judge measurements.

use async_graphql::{Context, Object};
use domain::Language;
use store::entity::{checklist_items, checklist_versions, checklists};

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::project::types::row_type;
use crate::project::vocabulary::MeasurementRule;
use crate::row::Rows;
use crate::scalars::{DateTime, Uid};

row_type! {
    /// A checklist: the items to inspect in each type of room. Staff only.
    Checklist(checklists::Model);
    /// A version of a checklist. A round holds on to the version that it was planned with.
    ChecklistVersion(checklist_versions::Model);
    /// An item of a checklist version: looked at in each room of a type.
    ChecklistItem(checklist_items::Model);
}

#[Object(use_type_description)]
impl Checklist {
    /// The checklist's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// All versions, oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> ApiResult<Vec<ChecklistVersion>> {
        ctx.loaders().checklist.versions_of.load_list(self.0.id).await
    }

    /// The newest version: new rounds take it.
    async fn current_version(&self, ctx: &Context<'_>) -> ApiResult<Option<ChecklistVersion>> {
        Ok(ctx.loaders().checklist.versions_of.load_list(self.0.id).await?.pop())
    }

    /// Raised by one with each change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the server got it.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

#[Object(use_type_description)]
impl ChecklistVersion {
    /// The version's id.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// 1 for the first.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// The checklist. Staff only.
    async fn checklist(&self, ctx: &Context<'_>) -> ApiResult<Option<Checklist>> {
        ctx.loaders().checklist.checklists.load(self.0.checklist_id).await
    }

    /// Its items, in the order of a walk.
    async fn items(&self, ctx: &Context<'_>) -> ApiResult<Rows<ChecklistItem>> {
        Ok(Rows(ctx.loaders().checklist.items_of.load_list(self.0.id).await?))
    }

    /// When a round with it was first opened; null while none was.
    async fn frozen_at(&self) -> Option<DateTime> {
        self.0.frozen_at.map(Into::into)
    }

    /// When the server got it.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

#[Object(use_type_description)]
impl ChecklistItem {
    /// The item's id: results and measurements name it.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Its code, unique in the version.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The type of rooms in which it is looked at, a code of the project's terms.
    async fn room_type(&self) -> &str {
        &self.0.room_type
    }

    /// The part that is looked at, a code of the project's terms.
    async fn part(&self) -> Option<&str> {
        self.0.part.as_deref()
    }

    /// The question, in the viewer's language.
    async fn text(&self, ctx: &Context<'_>) -> &str {
        in_language(ctx, &self.0.en, &self.0.zh)
    }

    /// In Chinese.
    async fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    async fn en(&self) -> &str {
        &self.0.en
    }

    /// Whether a unit inspection cannot be submitted without its result.
    async fn mandatory(&self) -> bool {
        self.0.mandatory
    }

    /// The rule that judges its readings; null when it is not measured.
    async fn measurement_rule(&self, ctx: &Context<'_>) -> ApiResult<Option<MeasurementRule>> {
        let key = self.0.measurement_code.clone().map(|rule| (self.0.project_id, rule));
        ctx.loaders().checklist.rules.load_optional(key).await
    }
}

fn in_language<'a>(ctx: &Context<'_>, en: &'a str, zh: &'a str) -> &'a str {
    match ctx.language() {
        Language::En => en,
        Language::Zh => zh,
    }
}
