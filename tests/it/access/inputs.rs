//! An input for every mutation that takes an id, with every id that may be given: good until an id in it is changed.

mod defects;
mod people;

use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::fixture::Fixture;
use crate::photos::pictures::some_jpeg;
use crate::photos::sha256;

/// Unused round numbers for the tests.
static ROUND: AtomicI32 = AtomicI32::new(100);

/// The index of the next combination.
static RULE: AtomicUsize = AtomicUsize::new(0);

/// The attacker, which decides whose defects are valid in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attacker {
    /// A person with the right to the command.
    Insider,
    /// Contractor B's lead.
    B,
    /// The owner of the unit.
    Owner,
}

impl Attacker {
    pub(super) fn login(self, mutation: &str) -> &'static str {
        match (self, mutation) {
            (Self::B, _) => "lead.b",
            (Self::Owner, _) | (Self::Insider, "unitReview") => "owner1",
            (Self::Insider, "defectStart" | "defectReportFixed" | "defectDispute") => "lead.a",
            (Self::Insider, "defectVerify") => "supervisor",
            (Self::Insider, _) => "manager",
        }
    }
}

/// Makes inputs in the unit of a fixture.
pub(super) struct Inputs<'a> {
    pub(super) fixture: Fixture<'a>,
    pub(super) attacker: Attacker,
}

impl Inputs<'_> {
    /// Valid inputs of a mutation; several if ids exclude each other.
    pub(super) async fn of(&self, mutation: &str) -> Vec<Value> {
        let (project, unit) = (self.fixture.project, self.fixture.unit_id());
        let building = project.building;
        match mutation {
            "sessionRevoke" => vec![json!({ "sessionId": self.fixture.session(self.attacker.login(mutation)).await })],
            "sessionEnd" => {
                let own = self.attacker.login(mutation);
                let person = self.fixture.app.person_id(&self.fixture.login(own));
                vec![json!({ "sessionId": self.fixture.session(own).await }), json!({ "personId": person })]
            }
            "memberInvite" => self.invitations(),
            "invitationRevoke" => {
                let invitation = self.invitations().remove(0);
                self.fixture.run("manager", "memberInvite", invitation.clone()).await;
                vec![json!({ "invitationId": invitation["invitationId"] })]
            }
            "unitInvite" => self.owner_links(),
            "unitInvites" => {
                vec![json!({ "buildingId": building, "replace": true }), json!({ "unitIds": [unit], "replace": true })]
            }
            "unitInviteRevoke" => {
                let link = self.owner_links().remove(0);
                self.fixture.run("manager", "unitInvite", link.clone()).await;
                vec![json!({ "inviteId": link["inviteId"] })]
            }
            "messageResolve" => {
                let message = self.fixture.message_in_doubt().await;
                vec![json!({ "messageAttemptId": message, "resolution": "FAILED", "note": "The log says so" })]
            }
            "messageMarkRead" => {
                let (login, defect) = (self.attacker.login(mutation), self.logged().await);
                let body = format!("@{} look", self.fixture.login(login));
                let comment = json!({ "commentId": v7(), "body": body, "visibility": "OWNER" });
                self.fixture.on(defect, "site", "defectComment", comment).await;
                vec![json!({ "entryIds": [self.fixture.entry_of(login, defect).await] })]
            }
            "passwordResetCreate" => vec![json!({ "personId": self.fixture.app.person_id("site") })],
            "passwordResetRevoke" => vec![json!({ "resetId": self.reset().await })],
            "projectPolicyUpdate" => vec![json!({ "projectId": project.id, "skipDaysOff": true })],
            "responsibilityRuleSet" => vec![self.rule()],
            "responsibilityRuleRemove" => {
                let rule = self.rule();
                self.fixture.run("manager", "responsibilityRuleSet", rule.clone()).await;
                vec![json!({ "ruleId": rule["ruleId"] })]
            }
            "photoUploadCreate" => {
                let defect = self.defect(mutation).await;
                let signature = json!({ "signature": { "projectId": project.id } });
                let of_defect = json!({ "defectId": defect });
                vec![photo(&of_defect, "BEFORE"), photo(&signature, "SIGNATURE")]
            }
            "photoUploadComplete" => {
                let defect = self.defect(mutation).await;
                let photo = self.fixture.photo(self.attacker.login(mutation), defect, "BEFORE", "nowhere").await;
                vec![json!({ "photoId": photo })]
            }
            "photoWriteOff" => {
                let defect = self.defect(mutation).await;
                let photo = self.fixture.missing_photo(self.attacker.login(mutation), defect, "BEFORE").await;
                vec![json!({ "photoIds": [photo], "reason": "Its tablet is lost" })]
            }
            "photoOriginalRead" => {
                let defect = self.defect(mutation).await;
                let photo = self.fixture.photo(self.attacker.login(mutation), defect, "BEFORE", "nowhere").await;
                vec![json!({ "photoId": photo, "reason": "A dispute about the place" })]
            }
            "photoWithdraw" => {
                let defect = self.defect(mutation).await;
                let photo = self.fixture.photo(self.attacker.login(mutation), defect, "BEFORE", "nowhere").await;
                vec![json!({ "photoId": photo, "reason": "The wrong wall" })]
            }
            "photoUpdate" => {
                let (defect, other) = (self.defect(mutation).await, self.defect(mutation).await);
                let photo = self.fixture.photo(self.attacker.login(mutation), defect, "BEFORE", "nowhere").await;
                vec![json!({ "photoId": photo, "defectId": other })]
            }
            "photoMark" => {
                let defect = self.defect(mutation).await;
                let photo = self.fixture.photo(self.attacker.login(mutation), defect, "BEFORE", "nowhere").await;
                let words = json!({ "at": { "x": 0.5, "y": 0.5 }, "text": "Here" });
                vec![json!({ "photoId": photo, "shapes": [{ "text": words }] })]
            }
            "deviceReport" => {
                let waiting = json!([{ "unitId": unit, "operations": 1, "photos": 0, "photoBytes": 0 }]);
                vec![json!({ "deviceId": v7(), "projectId": project.id, "waiting": waiting })]
            }
            "deviceExcuse" => {
                let report = json!({ "deviceId": v7(), "projectId": project.id, "waiting": [] });
                self.fixture.run("site", "deviceReport", report.clone()).await;
                let device = report["deviceId"].clone();
                vec![json!({ "deviceId": device, "projectId": project.id, "reason": "lost" })]
            }
            "pendingEditApply" | "pendingEditDismiss" => {
                vec![json!({ "pendingEditId": self.pending_edit().await, "note": "talked to both" })]
            }
            "checklistCreate" => {
                let item = json!({ "code": "X", "roomType": "LIVING", "zh": "检查", "en": "Look" });
                vec![
                    json!({ "checklistId": v7(), "projectId": project.id, "name": format!("Another {}", v7()), "items": [item] }),
                ]
            }
            "roundCreate" => {
                vec![self.plan(&json!({ "unitIds": [unit] })), self.plan(&json!({ "buildingIds": [building] }))]
            }
            "roundOpen" => {
                let plan = self.plan(&json!({ "unitIds": [unit] }));
                self.fixture.run("manager", "roundCreate", plan.clone()).await;
                vec![json!({ "roundId": plan["roundId"] })]
            }
            "roundClose" => vec![json!({ "roundId": self.round().await.0 })],
            "roundUpdate" => {
                let plan = self.plan(&json!({ "unitIds": [unit] }));
                self.fixture.run("manager", "roundCreate", plan.clone()).await;
                let round = plan["roundId"].clone();
                let more = json!({ "roundId": round, "unitIds": [unit], "checklistId": project.checklist,
                    "requiredContractorIds": [project.company("A")] });
                vec![more, json!({ "roundId": round, "buildingIds": [building] })]
            }
            "roundDiscard" => {
                let plan = self.plan(&json!({ "unitIds": [unit] }));
                self.fixture.run("manager", "roundCreate", plan.clone()).await;
                vec![json!({ "roundId": plan["roundId"] })]
            }
            "roundReopen" => {
                let (round, _) = self.round().await;
                self.fixture.run("manager", "roundClose", json!({ "roundId": round })).await;
                vec![json!({ "roundId": round, "reason": "A unit was forgotten" })]
            }
            "unitOpenToOwner" => vec![json!({ "unitIds": [project.unit("1-102")], "reason": "The notice is out" })],
            "unitCloseToOwner" => vec![json!({ "unitIds": [project.unit("1-201")] })],
            "unitReview" => {
                let photo = self.fixture.signature_photo("owner").await;
                vec![json!({ "reviewId": v7(), "unitId": unit, "body": "Fine", "signaturePhotoId": photo })]
            }
            "readinessWaive" => vec![self.waiver().await],
            "readinessWaiverRevoke" => {
                let waiver = self.waiver().await;
                self.fixture.run("manager", "readinessWaive", waiver.clone()).await;
                vec![json!({ "waiverId": waiver["waiverId"], "reason": "no" })]
            }
            // Valid entries are recorded beside refused ones, so each input has one entry.
            "checkResultsRecord" => {
                let record = self.record().await;
                let only = |field: &str| json!({ "inspectionId": record["inspectionId"], field: record[field] });
                vec![only("results"), only("measurements")]
            }
            "checkResultsClear" => {
                let record = self.record().await;
                // An owner has recorded no result that could be cleared.
                let owner = self.attacker == Attacker::Owner;
                let who = if owner { "manager" } else { self.attacker.login(mutation) };
                self.fixture.run(who, "checkResultsRecord", record.clone()).await;
                let result = &record["results"][0];
                let place = json!({ "roomId": result["roomId"], "itemId": result["itemId"] });
                vec![json!({ "inspectionId": record["inspectionId"], "places": [place], "reason": "Misread" })]
            }
            "membershipSet" => {
                let company = project.company("DEV");
                vec![json!({ "membershipId": self.member().await, "companyId": company, "role": "CUSTOMER_RELATIONS",
                    "reason": "Another task" })]
            }
            "membershipEnd" => vec![json!({ "membershipId": self.member().await, "reason": "Left" })],
            "unitOwnershipChange" => {
                let (unit, ownership) = self.ownership().await;
                let person = self.fixture.app.person_id(&self.fixture.login("worker.b"));
                vec![json!({
                    "unitId": unit,
                    "end": { "ownershipId": ownership, "reason": "SOLD" },
                    "add": { "ownershipId": v7(), "personId": person },
                })]
            }
            inspection if inspection.starts_with("unitInspection") => vec![self.inspection(inspection).await],
            "defectUpdate" => {
                let moved = json!({ "defectId": self.defect(mutation).await, "unitId": project.unit("1-102") });
                vec![self.on_defect(mutation).await, moved]
            }
            defect if defect.starts_with("defect") => vec![self.on_defect(defect).await],
            other => panic!("give an input for {other}"),
        }
    }

    fn rule(&self) -> Value {
        // There is one rule for each combination; none for the trade of the defects, which are to stay with their
        // company.
        const TRADES: [&str; 12] = [
            "CIVIL",
            "LANDSCAPE",
            "SCREED",
            "PAINT",
            "FACADE",
            "FLOORING",
            "CEILING",
            "WINDOW",
            "RAILING",
            "PLUMBING",
            "HVAC",
            "GAS",
        ];
        let (project, next) = (self.fixture.project, RULE.fetch_add(1, Ordering::Relaxed));
        let kind = [json!("RESIDENTIAL"), json!("COMMON"), Value::Null][next / TRADES.len() % 3].clone();
        json!({ "ruleId": v7(), "projectId": project.id, "trade": TRADES[next % TRADES.len()],
            "buildingId": project.building, "unitKind": kind, "companyId": project.company("B") })
    }

    fn plan(&self, scope: &Value) -> Value {
        let mut plan = json!({
            "roundId": v7(), "projectId": self.fixture.project.id, "stage": "HOUSEHOLD_ACCEPTANCE", "name": "Another",
            "number": ROUND.fetch_add(1, Ordering::Relaxed), "requiredParties": ["DEVELOPER", "CUSTOMER", "CONTRACTOR"],
            "requiredContractorIds": [self.fixture.project.company("A")],
            "checklistId": self.fixture.project.checklist,
        });
        for (field, value) in scope.as_object().into_iter().flatten() {
            plan[field] = value.clone();
        }
        plan
    }

    /// A pending edit of the supervisor's, because the site engineer's change came first.
    async fn pending_edit(&self) -> Uuid {
        let (defect, edit) = (self.logged().await, v7());
        self.fixture.on(defect, "site", "defectUpdate", json!({ "description": "One" })).await;
        let update = json!({ "defectUpdate": { "defectId": defect, "description": "Another" } });
        let operation = json!({ "operationId": edit, "baseVersion": 1, "command": update });
        let results = self.fixture.push("supervisor", "a tablet", v7(), &operation).await;
        assert_eq!(results[0]["outcome"], "CONFLICT", "{results}");
        edit
    }

    async fn round(&self) -> (Uuid, Uuid) {
        self.fixture.round(ROUND.fetch_add(1, Ordering::Relaxed), "Another").await
    }

    async fn record(&self) -> Value {
        let (_, inspection) = self.round().await;
        let (room, item) = (self.fixture.room("LIVING"), self.fixture.item("LIV-2").await);
        json!({
            "inspectionId": inspection,
            "results": [{ "roomId": room, "itemId": item, "result": "PASS" }],
            "measurements": [{ "roomId": room, "itemId": item, "readings": ["1"] }],
        })
    }

    async fn waiver(&self) -> Value {
        let (_, inspection) = self.round().await;
        json!({ "waiverId": v7(), "unitId": self.fixture.unit_id(), "blocker": "ROUND_NOT_SIGNED",
            "subjectId": inspection, "reason": "Let it pass" })
    }

    /// A unit inspection in the state that the command needs.
    async fn inspection(&self, mutation: &str) -> Value {
        let (_, id) = self.round().await;
        let mut input = json!({ "inspectionId": id });
        if matches!(mutation, "unitInspectionSubmit" | "unitInspectionSign" | "unitInspectionReopen") {
            self.fixture.record_all("site", id, "").await;
        }
        if matches!(mutation, "unitInspectionSign" | "unitInspectionReopen") {
            self.fixture.run("site", "unitInspectionSubmit", json!({ "inspectionId": id })).await;
        }
        match mutation {
            "unitInspectionSign" => {
                input["signatureId"] = json!(v7());
                input["contentHash"] = json!(self.fixture.content_hash(id).await);
                input["photoId"] = json!(self.fixture.signature_photo(self.attacker.login(mutation)).await);
            }
            "unitInspectionReopen" | "unitInspectionMarkInaccessible" => input["reason"] = json!("because"),
            _ => {}
        }
        input
    }
}

fn photo(subject: &Value, stage: &str) -> Value {
    let bytes = some_jpeg();
    json!({ "photoId": v7(), "sha256": sha256(&bytes), "byteSize": bytes.len(), "contentType": "image/jpeg",
        "subject": subject, "stage": stage })
}
