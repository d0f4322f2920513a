//! A change with its object.

use async_graphql::SimpleObject;
use domain::object_kind::ObjectKind;

use crate::node::{Node, plan_node};
use crate::plan::planned;
use crate::scalars::Uid;

/// An object that looks different now, in its newest state.
#[derive(SimpleObject, Clone)]
pub struct Change {
    /// The number of its newest change. Numbers of a project are in the order of the commits.
    pub seq: i64,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// Which one.
    pub id: Uid,
    /// The unit that it belongs to; null for what belongs to none.
    pub unit_id: Option<Uid>,
    /// The defect that it belongs to: an attempt, a verdict, a dispute, a comment, a photo or an inbox entry goes with
    /// its defect. Null for other objects, and for removed ones.
    pub defect_id: Option<Uid>,
    /// It is no more, or the viewer may not see it any more: remove it, and with a defect all that hangs on it.
    pub deleted: bool,
    /// The object as the viewer sees it now; null when it is no more.
    pub object: Option<Node>,
}

planned! {
    Change {
        "seq" => value(|change| change.seq);
        "kind" => value(|change| change.kind);
        "id" => value(|change| change.id);
        "unitId" => value(|change| change.unit_id);
        "defectId" => value(|change| change.defect_id);
        "deleted" => value(|change| change.deleted);
        "object" => below(|ctx| plan_node(ctx, |change: &Change| change.object.as_ref()));
    }
}
