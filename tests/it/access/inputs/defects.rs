//! Inputs of the commands on defects, each on a defect in the state that the command needs.

use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::{Attacker, Inputs};

impl Inputs<'_> {
    /// A new defect of the attacker.
    pub(super) async fn logged(&self) -> Uuid {
        let (finder, kind) = match self.attacker {
            Attacker::Insider => ("site", "WALL.CRACK"),
            Attacker::B => ("site", "WALL.TILE_CRACK"),
            Attacker::Owner => ("owner", "WALL.CRACK"),
        };
        self.fixture.log(finder, kind, "A flaw", &Value::Null).await
    }

    const fn lead(&self) -> &'static str {
        if matches!(self.attacker, Attacker::B) { "lead.b" } else { "lead.a" }
    }

    /// A defect in the state that the command needs.
    pub(super) async fn defect(&self, mutation: &str) -> Uuid {
        let (fixture, id) = (self.fixture, self.logged().await);
        match mutation {
            "defectVerify" | "defectReopen" => {
                fixture.on(id, self.lead(), "defectReportFixed", json!({ "attemptId": v7() })).await;
            }
            "defectResolveDispute" => {
                let input = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "Others did this" });
                fixture.on(id, self.lead(), "defectDispute", input).await;
            }
            "defectRestore" => fixture.on(id, "site", "defectVoid", json!({ "reason": "ENTERED_IN_ERROR" })).await,
            "defectUnmerge" => {
                let into = self.logged().await;
                fixture.on(id, "site", "defectMerge", json!({ "intoDefectId": into })).await;
            }
            "defectResume" => fixture.on(id, "site", "defectHold", json!({ "reason": "No key" })).await,
            _ => {}
        }
        if mutation == "defectReopen" {
            fixture.on(id, "supervisor", "defectVerify", json!({ "verdictId": v7(), "passed": true })).await;
        }
        id
    }

    /// A valid input of a command on a defect.
    pub(super) async fn on_defect(&self, mutation: &str) -> Value {
        let (fixture, project) = (self.fixture, self.fixture.project);
        let pin = json!({ "x": 0.2, "y": 0.2, "planId": project.plan });
        if mutation == "defectLog" {
            return json!({
                "defectId": v7(), "unitId": fixture.unit_id(), "roomId": fixture.room("LIVING"), "type": "WALL.TILE_CRACK",
                "pin": pin, "inspectionId": self.round().await.1, "checkItemId": fixture.item("LIV-2").await,
            });
        }
        let id = self.defect(mutation).await;
        let mut input = match mutation {
            "defectUpdate" => json!({ "roomId": fixture.room("LIVING"), "pin": pin }),
            "defectAssign" => {
                json!({ "companyId": project.company("B"), "assigneeId": fixture.app.person_id("worker.b") })
            }
            "defectReportFixed" => {
                let photo = fixture.missing_photo(self.lead(), id, "AFTER").await;
                json!({ "attemptId": v7(), "photoIds": [photo] })
            }
            "defectVerify" => json!({ "verdictId": v7(), "passed": true }),
            "defectComment" => json!({ "commentId": v7(), "body": "Look", "visibility": "OWNER" }),
            "defectDispute" => json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "Others did this" }),
            "defectResolveDispute" => json!({ "outcome": "REASSIGNED", "companyId": project.company("B") }),
            "defectVoid" => json!({ "reason": "DUPLICATE", "duplicateOf": self.logged().await }),
            "defectMerge" => json!({ "intoDefectId": self.logged().await }),
            "defectRestore" | "defectReopen" | "defectHold" | "defectWithdraw" => json!({ "reason": "because" }),
            "defectStart" | "defectResume" | "defectUnmerge" => json!({}),
            other => panic!("give an input for {other}"),
        };
        input["defectId"] = json!(id);
        input
    }
}
