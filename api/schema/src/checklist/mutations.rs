//! Creating checklists.

use app::checklist::ItemInput;
use app::checklist::create::{CreateChecklist, create};
use async_graphql::{Context, InputObject, Object};
use domain::id::{ChecklistId, ProjectId};

use super::types::Checklist;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::payload;
use crate::scalars::{DateTime, Uid};

/// Creating checklists.
#[derive(Default)]
pub struct ChecklistMutation;

/// A new checklist.
#[derive(InputObject)]
pub struct ChecklistCreateInput {
    /// The checklist's id, a UUID of version 7 made by the client. The same again with the same content is no second
    /// checklist.
    pub checklist_id: Uid<ChecklistId>,
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// Its name, at most 200 characters.
    pub name: String,
    /// Its items, in the order of a walk; 1 to 2,000.
    pub items: Vec<ChecklistItemInput>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// An item of a new checklist.
#[derive(InputObject)]
pub struct ChecklistItemInput {
    /// Its code, unique in the checklist, at most 60 characters.
    pub code: String,
    /// The type of rooms in which it is looked at, a code of the project's room types.
    pub room_type: String,
    /// The part that is looked at, a code of the project's parts.
    pub part: Option<String>,
    /// The question in Chinese, at most 200 characters.
    pub zh: String,
    /// The question in English, at most 200 characters.
    pub en: String,
    /// Whether a unit inspection cannot be submitted without its result.
    #[graphql(default = true)]
    pub mandatory: bool,
    /// The rule that judges its readings, a code of the project's measurement rules; left out when it is not measured.
    pub measurement_code: Option<String>,
}

impl From<ChecklistItemInput> for ItemInput {
    fn from(item: ChecklistItemInput) -> Self {
        Self {
            code: item.code,
            room_type: item.room_type,
            part: item.part,
            zh: item.zh,
            en: item.en,
            mandatory: item.mandatory,
            measurement_code: item.measurement_code,
        }
    }
}

payload! {
    /// The created checklist.
    ChecklistCreatePayload {
        /// The checklist with its first version; null when refused.
        checklist: Checklist
    }
}

#[Object]
impl ChecklistMutation {
    /// Creates a checklist with its first version. Delivery manager and site engineer.
    async fn checklist_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The checklist.")] input: ChecklistCreateInput,
    ) -> ApiResult<ChecklistCreatePayload> {
        let new = CreateChecklist {
            checklist_id: input.checklist_id.0,
            project_id: input.project_id.0,
            name: input.name,
            items: input.items.into_iter().map(Into::into).collect(),
            occurred_at: input.occurred_at.map(|moment| moment.0),
        };
        ChecklistCreatePayload::from_result(create(ctx.acting()?, new).await, ctx.language())
    }
}
