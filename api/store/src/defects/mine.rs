//! What waits for a person, as a condition on defects: the duties that the rule gives, row by row.

use domain::Party;
use domain::defect::DefectStatus;
use domain::defect::duty::{Duty, Whose};
use domain::event::EventName;
use domain::id::{CompanyId, PersonId};
use domain::photo::PhotoStage;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::defects::{Column, Entity};
use crate::entity::{events, photos, repair_attempts, verdicts};
use crate::sides::names_of;

/// The position for which defects wait.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mine {
    /// The person.
    pub person_id: PersonId,
    /// The company; none for owners.
    pub company_id: Option<CompanyId>,
    /// The party.
    pub party: Party,
    /// What waits.
    pub duties: Vec<Duty>,
}

impl Mine {
    /// The states in which anything waits.
    pub(super) fn statuses(&self) -> Vec<DefectStatus> {
        let mut all: Vec<DefectStatus> = self.duties.iter().flat_map(|duty| duty.statuses.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The condition; nothing waits for a person without duties.
    pub(super) fn condition(&self) -> Condition {
        let nothing = Condition::any().add(Expr::cust("1 = 0"));
        self.duties.iter().fold(nothing, |any, duty| any.add(self.waits(duty)))
    }

    fn waits(&self, duty: &Duty) -> Condition {
        let mut all = Condition::all().add(Column::Status.is_in(duty.statuses.iter().copied()));
        if duty.needs_running_clock() {
            all = all.add(Column::HeldSince.is_null());
        }
        if duty.is_one_sided() {
            all = all.add(self.acted_for_no_other_side());
        }
        match duty.whose {
            Whose::Any => all,
            Whose::Company => all.add(Column::ResponsibleCompanyId.eq(self.company_id)),
            Whose::Assigned => {
                all.add(Column::ResponsibleCompanyId.eq(self.company_id)).add(Column::AssigneeId.eq(self.person_id))
            }
            Whose::OthersWork => all.add(self.is_work_of_others()).add(self.is_not_judged()),
            Whose::OwnFinding => all
                .add(Column::OwnerFinding.eq(true))
                .add(Column::RaisedBy.eq(self.person_id))
                .add(Column::AttemptCount.gt(0))
                .add(self.is_not_judged()),
        }
    }

    /// Four eyes: neither the responsible company nor the one of the latest attempt is the own.
    fn is_work_of_others(&self) -> Condition {
        let other = Condition::any()
            .add(Column::ResponsibleCompanyId.is_null())
            .add(Column::ResponsibleCompanyId.ne(self.company_id));
        let mut own_attempt = latest_attempt();
        own_attempt.and_where(repair_attempts::Column::CompanyId.eq(self.company_id));
        other_than(own_attempt).add(other)
    }

    /// The own party has given no verdict on the latest attempt.
    fn is_not_judged(&self) -> Condition {
        let mut judged = latest_attempt();
        judged
            .inner_join(
                verdicts::Entity,
                Expr::col((verdicts::Entity, verdicts::Column::AttemptId))
                    .equals((repair_attempts::Entity, repair_attempts::Column::Id)),
            )
            .and_where(Expr::col((verdicts::Entity, verdicts::Column::Party)).eq(self.party));
        other_than(judged)
    }

    /// The person has acted on it for no other side than the present one.
    fn acted_for_no_other_side(&self) -> Condition {
        let mut other = Condition::any().add(events::Column::Party.ne(self.party));
        let mut photographed = of_defect(photos::Entity, photos::Column::DefectId);
        photographed
            .and_where(photos::Column::PersonId.eq(self.person_id))
            .and_where(photos::Column::Stage.eq(PhotoStage::After));
        if self.party == Party::Contractor {
            other = other.add(events::Column::CompanyId.ne(self.company_id));
            photographed.and_where(photos::Column::CompanyId.ne(self.company_id));
        }
        let mut acted = of_defect(events::Entity, events::Column::DefectId);
        acted
            .and_where(events::Column::PersonId.eq(self.person_id))
            .and_where(events::Column::Name.is_in(names_of(EventName::is_act_on_defect)))
            .and_where(events::Column::Party.is_not_null())
            .cond_where(other);
        other_than(acted).add(other_than(photographed))
    }
}

/// The rows of a table that hang on the defect at hand.
fn of_defect<E: sea_orm::EntityTrait, C: ColumnTrait>(table: E, defect_id: C) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(table)
        .and_where(Expr::col((table, defect_id)).equals((Entity, Column::Id)))
        .to_owned()
}

/// The latest repair attempt of the defect at hand.
fn latest_attempt() -> SelectStatement {
    let mut latest = of_defect(repair_attempts::Entity, repair_attempts::Column::DefectId);
    latest.and_where(
        Expr::col((repair_attempts::Entity, repair_attempts::Column::Number)).equals((Entity, Column::AttemptCount)),
    );
    latest
}

fn other_than(select: SelectStatement) -> Condition {
    Condition::all().add(Expr::exists(select).not())
}
