//! Objects that a reader has in the own copy and may not see any more: the reader gets their removal. Each has a row of
//! its own, which later changes of the object do not move, so the removal comes once.

use domain::change::{FewReaders, MOVED_PHOTO, VOID_DEFECT};
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::visibility::{Branch, ChangeReader, exists};
use crate::entity::changes::{self, Column};
use crate::entity::{defect_companies, defects, events, photos};
use crate::visibility::shown_to_owner;

impl ChangeReader<'_> {
    /// The defect at hand was in a unit of the owner, and is in none of them now.
    pub(super) fn moved_defect_of_owner(&self) -> Branch {
        let owned_units = self.scope.owned_units.iter().copied();
        let rows = owned_units.map(|unit_id| FewReaders::OfMovedDefect(unit_id).row_kind(ObjectKind::Defect));
        let elsewhere = defect_at_hand().and_where(self.in_owned_units(defects::Column::UnitId).not()).to_owned();
        Branch::new(rows, exists(elsewhere).into())
    }

    /// The defect at hand is in a unit of the owner, who was shown it before it was declared void.
    pub(super) fn void_defect_of_owner(&self) -> Branch {
        let hidden = defect_at_hand()
            .and_where(self.in_owned_units(defects::Column::UnitId))
            .cond_where(shown_to_owner().not())
            .to_owned();
        Branch::new([VOID_DEFECT], exists(hidden).into())
    }

    /// The photo at hand was in a unit of the owner, who was shown it there, and is in none of them now.
    pub(super) fn photo_lost_by_owner(&self) -> Branch {
        use photos::Column as P;
        let moved = moves_of_photo()
            .and_where(self.in_owned_units(events::Column::UnitId))
            .and_where(self.in_owned_units(P::UnitId).not())
            .and_where(P::VisibleToOwner.eq(true))
            .and_where(until_move(Expr::col((photos::Entity, P::ReadyAt))))
            .to_owned();
        Branch::new([MOVED_PHOTO], exists(moved).into())
    }

    /// The photo at hand was at a defect of the caller's company, which saw it there, and is at none of them now.
    pub(super) fn photo_lost_by_contractor(&self) -> Branch {
        use defect_companies::Column as C;
        let defect = || Expr::col((defect_companies::Entity, C::DefectId));
        let still = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from(defect_companies::Entity)
            .and_where(defect().equals((photos::Entity, photos::Column::DefectId)))
            .and_where(self.of_company())
            .to_owned();
        let moved = moves_of_photo()
            .inner_join(defect_companies::Entity, defect().equals((events::Entity, events::Column::DefectId)))
            .and_where(self.of_company())
            .and_where(until_move(Expr::col((defect_companies::Entity, C::Since))))
            .and_where(Expr::SubQuery(None, Box::new(still.into())).eq(0))
            .to_owned();
        Branch::new([MOVED_PHOTO], exists(moved).into())
    }
}

/// The defect of the row at hand.
fn defect_at_hand() -> SelectStatement {
    Query::select()
        .from(defects::Entity)
        .and_where(Expr::col((defects::Entity, defects::Column::Id)).equals((changes::Entity, Column::ObjectId)))
        .to_owned()
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
