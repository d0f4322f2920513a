//! Moved objects that a reader has in the own copy and may not see any more: the reader gets their removal.

use domain::VisibilityScope;
use domain::change::MOVED_PHOTO;
use domain::event::EventName;
use domain::object_kind::ObjectKind as K;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::visibility::{exists, kind, of_company};
use crate::entity::changes::{self, Column};
use crate::entity::{defect_companies, events, photos};

/// The defect at hand was in one of these units before it was moved: a client that reads the changes of one has it.
pub(super) fn defect_from(units: impl IntoIterator<Item = Uuid>) -> Condition {
    let moved = events_of_object(EventName::DefectMoved).and_where(events::Column::UnitId.is_in(units)).to_owned();
    kind(K::Defect).add(exists(moved))
}

/// The photo at hand was in a unit of the owner, who was shown it there, and is in none of them now.
pub(super) fn photo_of_owner(scope: &VisibilityScope) -> Condition {
    use photos::Column as P;
    let owned_units = || scope.owned_units.iter().copied();
    let moved = moves_of_photo()
        .and_where(events::Column::UnitId.is_in(owned_units()))
        .and_where(P::UnitId.is_not_in(owned_units()))
        .and_where(P::VisibleToOwner.eq(true))
        .and_where(until_move(Expr::col((photos::Entity, P::ReadyAt))))
        .to_owned();
    moved_photo().add(exists(moved))
}

/// The photo at hand was at a defect of the caller's company, which saw it there, and is at none of them now.
pub(super) fn photo_of_contractor(scope: &VisibilityScope) -> Condition {
    use defect_companies::Column as C;
    let defect = || Expr::col((defect_companies::Entity, C::DefectId));
    let still = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(defect_companies::Entity)
        .and_where(defect().equals((photos::Entity, photos::Column::DefectId)))
        .and_where(of_company(scope))
        .to_owned();
    let moved = moves_of_photo()
        .inner_join(defect_companies::Entity, defect().equals((events::Entity, events::Column::DefectId)))
        .and_where(of_company(scope))
        .and_where(until_move(Expr::col((defect_companies::Entity, C::Since))))
        .and_where(Expr::SubQuery(None, Box::new(still.into())).eq(0))
        .to_owned();
    moved_photo().add(exists(moved))
}

/// The row of a photo that was moved, for those who saw it before.
fn moved_photo() -> Condition {
    Condition::all().add(Column::ObjectKind.eq(MOVED_PHOTO))
}

/// The moves of the photo at hand, each once for the place from which and once for the place to which it was moved.
fn moves_of_photo() -> SelectStatement {
    let photo = Expr::col((photos::Entity, photos::Column::Id)).equals((events::Entity, events::Column::ObjectId));
    events_of_object(EventName::PhotoUpdated).inner_join(photos::Entity, photo).to_owned()
}

/// The events of one name of the object at hand.
fn events_of_object(name: EventName) -> SelectStatement {
    Query::select()
        .from(events::Entity)
        .and_where(Expr::col((events::Entity, events::Column::ObjectId)).equals((changes::Entity, Column::ObjectId)))
        .and_where(events::Column::Name.eq(name.as_str()))
        .to_owned()
}

/// A time lies before the move, or at it.
fn until_move(time: Expr) -> Expr {
    time.lte(Expr::col((events::Entity, events::Column::RecordedAt)))
}
