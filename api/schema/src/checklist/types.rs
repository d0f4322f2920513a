//! Checklists, their versions and items, and the rules that judge measurements.

use async_graphql::{Context, Object};
use domain::Language;
use domain::id::{ChecklistId, ChecklistItemId, ChecklistVersionId};
use store::entity::{checklist_items, checklist_versions, checklists};

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::{PlannedObject, ToMany, ToOne, by_id, planned};
use crate::project::types::row_type;
use crate::project::vocabulary::MeasurementRule;
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
    fn name(&self) -> &str {
        &self.0.name
    }

    /// All versions, oldest first.
    fn versions(&self) -> ToMany<ChecklistId, ChecklistVersion> {
        ToMany::by(self.0.id, |loaders| &loaders.checklist.versions_of)
    }

    /// The newest version: new rounds take it.
    async fn current_version(&self, ctx: &Context<'_>) -> ApiResult<Option<PlannedObject<ChecklistVersion>>> {
        Ok(ctx.loaders().checklist.versions_of.load_list(self.0.id).await?.pop().map(PlannedObject))
    }

    /// Raised by one with each change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When the server got it.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

#[Object(use_type_description)]
impl ChecklistVersion {
    /// The version's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// 1 for the first.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// The checklist. Staff only.
    fn checklist(&self) -> ToOne<Checklist> {
        ToOne::by(self.0.checklist_id)
    }

    /// Its items, in the order of a walk.
    fn items(&self) -> ToMany<ChecklistVersionId, ChecklistItem> {
        ToMany::by(self.0.id, |loaders| &loaders.checklist.items_of)
    }

    /// When a round with it was first opened; null while none was.
    fn frozen_at(&self) -> Option<DateTime> {
        self.0.frozen_at.map(Into::into)
    }

    /// When the server got it.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

#[Object(use_type_description)]
impl ChecklistItem {
    /// The item's id: results and measurements name it.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Its code, unique in the version.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The type of rooms in which it is looked at, a code of the project's terms.
    fn room_type(&self) -> &str {
        &self.0.room_type
    }

    /// The part that is looked at, a code of the project's terms.
    fn part(&self) -> Option<&str> {
        self.0.part.as_deref()
    }

    /// The question, in the viewer's language.
    fn text(&self, ctx: &Context<'_>) -> &str {
        in_language(ctx, &self.0.en, &self.0.zh)
    }

    /// In Chinese.
    fn zh(&self) -> &str {
        &self.0.zh
    }

    /// In English.
    fn en(&self) -> &str {
        &self.0.en
    }

    /// Whether a unit inspection cannot be submitted without its result.
    fn mandatory(&self) -> bool {
        self.0.mandatory
    }

    /// The rule that judges its readings; null when it is not measured.
    fn measurement_rule(&self) -> ToOne<MeasurementRule> {
        ToOne::by(self.0.measurement_code.clone().map(|rule| (self.0.project_id, rule)))
    }
}

fn in_language<'a>(ctx: &Context<'_>, en: &'a str, zh: &'a str) -> &'a str {
    match ctx.language() {
        Language::En => en,
        Language::Zh => zh,
    }
}

by_id! {
    Checklist: ChecklistId = checklist.checklists;
    ChecklistVersion: ChecklistVersionId = checklist.versions;
    ChecklistItem: ChecklistItemId = checklist.items;
}

planned! {
    Checklist {
        "id" => value(|object| Uid::from(object.0.id));
        "name" => leaf(name);
        "versions" => many(versions);
        "currentVersion" => asked();
        "version" => leaf(version);
        "createdAt" => leaf(created_at);
    }
}

planned! {
    ChecklistVersion {
        "id" => leaf(id);
        "number" => leaf(number);
        "checklist" => one(checklist);
        "items" => many(items);
        "frozenAt" => leaf(frozen_at);
        "createdAt" => leaf(created_at);
    }
}

planned! {
    ChecklistItem {
        "id" => leaf(id);
        "code" => leaf(code);
        "roomType" => leaf(room_type);
        "part" => leaf(part);
        "text" => leaf(text);
        "zh" => leaf(zh);
        "en" => leaf(en);
        "mandatory" => leaf(mandatory);
        "measurementRule" => one(measurement_rule);
    }
}
