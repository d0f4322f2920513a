//! The filter of a reader of changes: some units of the project.

use domain::change::{ChangeAudience, MOVED_PHOTO, shown_rows};
use domain::event::EventName;
use domain::id::{BuildingId, UnitId};
use domain::object_kind::ObjectKind as K;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use super::visibility::exists;
use crate::db::Connection;
use crate::entity::changes::{self, Column};
use crate::entity::{events, signatures, unit_inspections, unit_reviews, units};
use crate::id_in::id_in;

/// Which units only; what belongs to no unit comes always. Empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceFilter {
    /// These units.
    pub units: Vec<UnitId>,
    /// All units of these buildings.
    pub buildings: Vec<BuildingId>,
}

impl PlaceFilter {
    /// Whether everything is wanted.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.units.is_empty() && self.buildings.is_empty()
    }

    pub(super) fn condition(&self, conn: &Connection) -> Condition {
        if self.is_all() {
            return Condition::all();
        }
        let photos = [K::Photo.as_str(), MOVED_PHOTO];
        let common = Condition::all().add(Column::UnitId.is_null()).add(Column::ObjectKind.is_not_in(photos));
        let own = Condition::any().add(common).add(self.has(conn, Column::UnitId)).add(self.signature_pictures(conn));
        let moved = |name| exists(self.moved(conn, name));
        let of_photo = Condition::all().add(Column::ObjectKind.is_in(photos));
        let of_defect =
            Condition::all().add(Column::ObjectKind.is_in(shown_rows(K::Defect, ChangeAudience::OwnerData)));
        own.add(of_defect.add(moved(EventName::DefectMoved))).add(of_photo.add(moved(EventName::PhotoUpdated)))
    }

    /// Whether a column holds one of the units.
    fn has<C: ColumnTrait>(&self, conn: &Connection, unit: C) -> Condition {
        let mut any = Condition::any().add(id_in(conn, unit, &self.units));
        if !self.buildings.is_empty() {
            let of_buildings = Query::select()
                .column(units::Column::Id)
                .from(units::Entity)
                .cond_where(id_in(conn, units::Column::BuildingId, &self.buildings))
                .to_owned();
            any = any.add(unit.in_subquery(of_buildings));
        }
        any
    }

    /// The moves of the object at hand out of one of the units, or into it.
    fn moved(&self, conn: &Connection, name: EventName) -> SelectStatement {
        Query::select()
            .from(events::Entity)
            .and_where(
                Expr::col((events::Entity, events::Column::ObjectId)).equals((changes::Entity, Column::ObjectId)),
            )
            .and_where(events::Column::Name.eq(name))
            .cond_where(self.has(conn, events::Column::UnitId))
            .to_owned()
    }

    /// The picture of a signature belongs to no unit by itself, but to the units of the inspections and reviews that it
    /// signed.
    fn signature_pictures(&self, conn: &Connection) -> Condition {
        let inspections = by_subject(
            Query::select().from(unit_inspections::Entity).cond_where(self.has(conn, unit_inspections::Column::UnitId)),
            Expr::col((unit_inspections::Entity, unit_inspections::Column::Id)),
        );
        let reviews = by_subject(
            Query::select().from(unit_reviews::Entity).cond_where(self.has(conn, unit_reviews::Column::UnitId)),
            Expr::col((unit_reviews::Entity, unit_reviews::Column::Id)),
        );
        let of_picture =
            Expr::col((signatures::Entity, signatures::Column::PhotoId)).equals((changes::Entity, Column::ObjectId));
        let signed = Query::select()
            .from(signatures::Entity)
            .cond_where(of_picture)
            .cond_where(Condition::any().add(exists(inspections)).add(exists(reviews)))
            .to_owned();
        let of_no_unit = Condition::all().add(Column::ObjectKind.eq(K::Photo)).add(Column::UnitId.is_null());
        of_no_unit.add(exists(signed))
    }
}

/// The subjects of the signature at hand.
fn by_subject(select: &mut SelectStatement, id: Expr) -> SelectStatement {
    select.and_where(id.equals((signatures::Entity, signatures::Column::SubjectId))).to_owned()
}
