//! Defects in the state that a test needs, brought to it by permitted people.

use domain::policy::Policy;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::projects;
use tests::app::TestApp;
use tests::fixture::FixtureProject;
use tests::ids::v7;
use uuid::Uuid;

/// One of the two projects with its people.
pub(super) struct Setup<'a> {
    pub(super) app: &'a TestApp,
    pub(super) project: &'a FixtureProject,
}

impl<'a> Setup<'a> {
    pub(super) fn own(app: &'a TestApp) -> Self {
        Self { app, project: &app.project }
    }

    /// A person of this project.
    pub(super) async fn user(&self, login: &str) -> tests::user::User<'a> {
        self.app.user(login).await
    }

    /// Changes the project's policy without a command.
    pub(super) async fn policy(&self, policy: Policy) {
        let policy = serde_json::to_value(policy).expect("a policy");
        let update = projects::Entity::update_many()
            .col_expr(projects::Column::Policy, Expr::value(policy))
            .filter(projects::Column::Id.eq(self.project.id));
        self.app.app.db.write(async |tx| update.exec(tx).await).await.expect("a policy");
    }

    /// Runs a command of a person on a defect, which must succeed.
    pub(super) async fn command(&self, login: &str, name: &str, defect: Uuid, mut input: Value) {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let document =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code message }} }} }}");
        input["defectId"] = json!(defect);
        self.user(login).await.ok(&document, json!({ "input": input })).await;
    }

    /// A new defect of contractor A in the living room of a unit.
    pub(super) async fn assigned(&self, unit: &str) -> Uuid {
        self.logged("site", unit, "WALL.CRACK").await
    }

    /// A new defect in the living room of a unit.
    pub(super) async fn logged(&self, login: &str, unit: &str, kind: &str) -> Uuid {
        let id = v7();
        let (unit_id, room_id) = (self.project.unit(unit), self.project.room(unit, "LIVING"));
        let input = json!({ "unitId": unit_id, "roomId": room_id, "type": kind, "description": "A flaw" });
        self.command(login, "defectLog", id, input).await;
        id
    }

    /// A defect that contractor A reported as repaired. The policy must not require photos.
    pub(super) async fn fixed(&self, unit: &str) -> Uuid {
        let id = self.assigned(unit).await;
        self.command("lead.a", "defectReportFixed", id, json!({ "attemptId": v7() })).await;
        id
    }

    /// A verified defect.
    pub(super) async fn closed(&self, unit: &str) -> Uuid {
        let id = self.fixed(unit).await;
        self.command("supervisor", "defectVerify", id, json!({ "verdictId": v7(), "passed": true })).await;
        id
    }

    /// A defect in which the given command is possible.
    pub(super) async fn ready_for(&self, command: &str, unit: &str) -> Uuid {
        match command {
            "defectVerify" => self.fixed(unit).await,
            "defectReopen" => self.closed(unit).await,
            "defectResolveDispute" => {
                let id = self.assigned(unit).await;
                let input = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "Others did this" });
                self.command("lead.a", "defectDispute", id, input).await;
                id
            }
            "defectRestore" => {
                let id = self.assigned(unit).await;
                self.command("site", "defectVoid", id, json!({ "reason": "ENTERED_IN_ERROR" })).await;
                id
            }
            "defectUnmerge" => {
                let (id, into) = (self.assigned(unit).await, self.assigned(unit).await);
                self.command("site", "defectMerge", id, json!({ "intoDefectId": into })).await;
                id
            }
            "defectResume" => {
                let id = self.assigned(unit).await;
                self.command("site", "defectHold", id, json!({ "reason": "No key" })).await;
                id
            }
            _ => self.assigned(unit).await,
        }
    }
}

/// The default policy, but repairs may be reported without photos.
pub(crate) fn without_photos() -> Policy {
    Policy { after_photo_required: false, ..Policy::default() }
}

/// A person with the right to a command, for tests of other refusals.
pub(super) fn who_may(command: &str) -> &'static str {
    match command {
        "defectStart" | "defectReportFixed" | "defectDispute" => "lead.a",
        "defectVerify" => "supervisor",
        "unitReview" => "owner1",
        _ => "manager",
    }
}
