//! The changes that may concern an owner: what all units have in common, and what belongs to the own ones.

use domain::object_kind::ObjectKind as K;
use domain::photo::PhotoStage;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::visibility::{ChangeReader, exists, same_id};
use crate::defects::readable_comments;
use crate::entity::changes::{self, Column};
use crate::entity::{
    defect_comments, defects, photos, repair_attempts, unit_inspections, unit_reviews, units, verdicts,
};
use crate::id_in::id_in;
use crate::visibility::{not_signed_elsewhere, shown_to_owner};

impl ChangeReader<'_> {
    /// The condition of a row of a kind; none for a kind that never reaches an owner.
    pub(super) fn seen_by_owner(&self, kind: K) -> Option<Condition> {
        let all = Condition::all;
        let of_own_unit = |condition: Condition| all().add(self.in_owned_units(Column::UnitId)).add(condition);
        Some(match kind {
            K::Project => self.project(),
            K::PendingEdit => self.pending_edits(),
            K::InboxEntry => self.inbox_entries(),
            K::Building => self.of_owned_units(units::Column::BuildingId),
            K::UnitType => self.of_owned_units(units::Column::UnitTypeId),
            K::Round => self.inspects_owned_units(),
            K::Unit | K::Room | K::UnitInspection => all().add(self.in_owned_units(Column::UnitId)),
            K::Defect => of_own_unit(same_id::<defects::Entity>(defects::Column::Id, shown_to_owner())),
            K::RepairAttempt => of_own_unit(of_shown_defect::<repair_attempts::Entity>("repair_attempts", all())),
            K::Verdict => of_own_unit(of_shown_defect::<verdicts::Entity>("verdicts", all())),
            K::Comment => {
                let readable = readable_comments(self.scope);
                of_own_unit(of_shown_defect::<defect_comments::Entity>("defect_comments", readable))
            }
            K::Photo => {
                let of_defect = of_shown_defect::<photos::Entity>("photos", self.ready_or_own_photo());
                Condition::any().add(self.own_signature()).add(of_own_unit(of_defect))
            }
            K::Review => of_own_unit(self.own_review()),
            // What belongs to no unit, and what staff alone read.
            K::Company | K::Person | K::Checklist | K::ResponsibilityRule | K::Dispute => return None,
            K::CheckResult | K::Measurement | K::Signature | K::Waiver => return None,
        })
    }

    /// A column holds one of the caller's units.
    pub(super) fn in_owned_units<C: ColumnTrait>(&self, unit: C) -> Expr {
        id_in(self.conn, unit, &self.scope.owned_units)
    }

    /// A column of one of the caller's units holds the id of the change at hand.
    fn of_owned_units(&self, column: units::Column) -> Condition {
        let unit = Query::select()
            .from(units::Entity)
            .and_where(self.in_owned_units(units::Column::Id))
            .and_where(Expr::col((units::Entity, column)).equals((changes::Entity, Column::ObjectId)))
            .to_owned();
        Condition::all().add(exists(unit))
    }

    /// One of the caller's units is inspected in the round at hand.
    fn inspects_owned_units(&self) -> Condition {
        use unit_inspections::Column as C;
        let round = Expr::col((unit_inspections::Entity, C::RoundId)).equals((changes::Entity, Column::ObjectId));
        let inspected = Query::select()
            .from(unit_inspections::Entity)
            .and_where(round)
            .and_where(self.in_owned_units(C::UnitId))
            .to_owned();
        Condition::all().add(exists(inspected))
    }

    /// A photo was ready once, or is the caller's own. One that was ready was visible, and its loss is reported.
    fn ready_or_own_photo(&self) -> Condition {
        use photos::Column as C;
        Condition::any().add(C::ReadyAt.is_not_null()).add(C::PersonId.eq(self.scope.person_id))
    }

    /// The photo at hand is the picture of the caller's own signature, which belongs to no unit by itself.
    fn own_signature(&self) -> Condition {
        use photos::Column as C;
        let own = Condition::all().add(C::PersonId.eq(self.scope.person_id)).add(C::Stage.eq(PhotoStage::Signature));
        let own = own.add(not_signed_elsewhere(self.scope));
        Condition::all().add(Column::UnitId.is_null()).add(same_id::<photos::Entity>(C::Id, own))
    }

    /// The review at hand is the caller's own.
    fn own_review(&self) -> Condition {
        use unit_reviews::Column as C;
        same_id::<unit_reviews::Entity>(C::Id, C::PersonId.eq(self.scope.person_id).into())
    }
}

/// The row of a table with the id of the change at hand belongs to a defect that its owner sees, and meets a condition.
/// The rows of a void defect come again when it is restored.
fn of_shown_defect<E: EntityTrait>(table: &'static str, condition: Condition) -> Condition {
    let row = Query::select()
        .from(E::default())
        .inner_join(defects::Entity, Expr::col((defects::Entity, defects::Column::Id)).equals((table, "defect_id")))
        .and_where(Expr::col((table, "id")).equals((changes::Entity, Column::ObjectId)))
        .cond_where(shown_to_owner())
        .cond_where(condition)
        .to_owned();
    Condition::all().add(exists(row))
}
