//! The changes that may concern a contractor: the places, and defects that the company is or was responsible for, or
//! raised, with what hangs on them.

use domain::object_kind::ObjectKind as K;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{Condition, EntityTrait};

use super::visibility::{ChangeReader, exists};
use crate::defects::readable_comments;
use crate::entity::changes::{self, Column};
use crate::entity::{defect_comments, defect_companies, disputes, photos, repair_attempts, verdicts};
use crate::id_in::id_in;

impl ChangeReader<'_> {
    /// The condition of a row of a kind, empty if each row reaches a contractor; none for a kind that never does.
    pub(super) fn seen_by_contractor(&self, kind: K) -> Option<Condition> {
        let all = Condition::all;
        Some(match kind {
            K::Project => self.project(),
            K::Person => self.people(),
            K::PendingEdit => self.pending_edits(),
            K::InboxEntry => self.inbox_entries(),
            K::Company | K::Building | K::UnitType | K::Unit | K::Room => all(),
            K::Checklist | K::Round | K::UnitInspection | K::ResponsibilityRule => all(),
            K::Defect => self.defect_of_company(),
            K::RepairAttempt => self.of_company_defect::<repair_attempts::Entity>("repair_attempts", all()),
            K::Verdict => self.of_company_defect::<verdicts::Entity>("verdicts", all()),
            K::Dispute => self.of_company_defect::<disputes::Entity>("disputes", all()),
            K::Comment => {
                self.of_company_defect::<defect_comments::Entity>("defect_comments", readable_comments(self.scope))
            }
            K::Photo => self.of_company_defect::<photos::Entity>("photos", all()),
            K::Review => return None,
            K::CheckResult | K::Measurement | K::Signature | K::Waiver => return None,
        })
    }

    /// The defect at hand is or was one of the caller's company.
    fn defect_of_company(&self) -> Condition {
        let defect = Query::select()
            .from(defect_companies::Entity)
            .and_where(
                Expr::col((defect_companies::Entity, defect_companies::Column::DefectId))
                    .equals((changes::Entity, Column::ObjectId)),
            )
            .and_where(self.of_company())
            .to_owned();
        Condition::all().add(exists(defect))
    }

    /// The row of a table that has the id of the change at hand hangs on a defect of the caller's company, and meets a
    /// condition.
    fn of_company_defect<E: EntityTrait>(&self, table: &'static str, condition: Condition) -> Condition {
        let row = Query::select()
            .from(E::default())
            .inner_join(
                defect_companies::Entity,
                Expr::col((defect_companies::Entity, defect_companies::Column::DefectId)).equals((table, "defect_id")),
            )
            .and_where(Expr::col((table, "id")).equals((changes::Entity, Column::ObjectId)))
            .and_where(self.of_company())
            .cond_where(condition)
            .to_owned();
        Condition::all().add(exists(row))
    }

    /// The company of a defect is one of the caller's.
    pub(super) fn of_company(&self) -> Expr {
        id_in(self.conn, defect_companies::Column::CompanyId, &self.scope.contractor_companies)
    }
}
