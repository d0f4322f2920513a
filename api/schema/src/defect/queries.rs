//! Defects by id, and likely duplicates.

use app::defect::duplicates::{Place, find};
use async_graphql::{Context, InputObject, Object};
use domain::id::{DefectId, RoomId, UnitId};

use super::types::Defect;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::{PlannedList, ToOne};
use crate::scalars::Uid;

/// Where a defect would be logged, and of what type.
#[derive(InputObject)]
pub struct DefectDuplicatesInput {
    /// The unit.
    pub unit_id: Uid<UnitId>,
    /// The room; left out for the unit as a whole.
    pub room_id: Option<Uid<RoomId>>,
    /// The part, a code of the project's terms.
    pub part: String,
    /// The defect type's code.
    #[graphql(name = "type")]
    pub type_code: String,
    /// From the left of the plan, 0 to 1.
    pub x: Option<f64>,
    /// From the top of the plan, 0 to 1.
    pub y: Option<f64>,
}

/// Reading defects.
#[derive(Default)]
pub struct DefectQuery;

#[Object]
impl DefectQuery {
    /// A defect. Contractors see those that their company is or was responsible for or raised; owners those of their
    /// own opened unit.
    fn defect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The defect's id.")] id: Uid<DefectId>,
    ) -> ApiResult<ToOne<Defect>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }

    /// Defects that one at this place would likely repeat: same unit, room and part, still alive, and of the same type
    /// or near in position.
    async fn defect_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place.")] input: DefectDuplicatesInput,
    ) -> ApiResult<PlannedList<Defect>> {
        let place = Place {
            unit_id: input.unit_id.0,
            room_id: input.room_id.map(|id| id.0),
            part: input.part,
            type_code: input.type_code,
            pin: input.x.zip(input.y),
            except: None,
        };
        let found = find(ctx.app(), ctx.caller()?, &place).await?;
        Ok(PlannedList(found.into_iter().map(Defect::from).collect()))
    }
}
