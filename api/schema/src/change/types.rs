//! A change with its object.

use async_graphql::SimpleObject;
use domain::object_kind::ObjectKind;

use crate::node::Node;
use crate::scalars::Uid;

/// An object that looks different now, in its newest state.
#[derive(SimpleObject)]
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
