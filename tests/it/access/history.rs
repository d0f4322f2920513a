//! The whole history of a home, made by the commands of the responsible people. Every text is a unique word.

mod messages;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::signatures;
use tests::ids::v7;
use uuid::Uuid;

use super::fixture::Fixture;
use super::people::logins;
use super::secrets::{Secret, readers, thing};

/// One home with its secrets.
pub(super) struct History<'a> {
    /// The prefix of its texts.
    pub(super) tag: &'static str,
    pub(super) fixture: Fixture<'a>,
    pub(super) secrets: Vec<Secret>,
}

impl<'a> History<'a> {
    /// Makes the history of a home in rounds of these numbers.
    pub(super) async fn record(tag: &'static str, fixture: Fixture<'a>, rounds: [i32; 2]) -> Self {
        let mut history = Self { tag, fixture, secrets: Vec::new() };
        history.open().await;
        let inspection = history.inspect(rounds[0]).await;
        history.defect_of_a(inspection).await;
        history.others_of_a().await;
        history.moved_one().await;
        history.defect_of_b().await;
        history.owner_finds().await;
        history.tablets_come_back().await;
        history.sign(inspection).await;
        history.come_too_late(inspection).await;
        history.waive(rounds[1]).await;
        history.review().await;
        history.plan(rounds[1] + 50).await;
        history.escalate().await;
        history.invite().await;
        history.message().await;
        history.link().await;
        history.hear().await;
        history
    }

    /// The id of an object of the history.
    pub(super) fn id(&self, kind: &str, name: &str) -> Uuid {
        let wanted = format!("{}: {kind} {name}", self.tag);
        let found = self.secrets.iter().find(|secret| secret.name == wanted);
        found.and_then(|secret| secret.thing).unwrap_or_else(|| panic!("no {wanted}")).2
    }

    fn who(&self, letters: &str) -> Vec<String> {
        logins(letters, self.fixture.prefix, &self.fixture.login("owner"))
    }

    /// A text of the history, by its name in the table.
    fn text(&mut self, name: &str) -> String {
        let text = format!("<{}: {name}>", self.tag);
        let who = self.who(readers(name));
        self.secrets.push(Secret::new(text.clone(), text.clone(), who));
        text
    }

    /// The same as an e-mail address.
    fn address(&mut self, name: &str) -> String {
        let address = format!("{}@{}.canary.example", name.replace(' ', "-"), self.tag);
        let who = self.who(readers(name));
        self.secrets.push(Secret::new(format!("<{}: {name}>", self.tag), address.clone(), who));
        address
    }

    /// Records an object of the history.
    pub(super) fn note(&mut self, kind: &str, name: &str, id: Uuid) -> Uuid {
        let (kind, letters) = thing(kind, name);
        let mut secret = Secret::new(format!("{}: {kind} {name}", self.tag), id.to_string(), self.who(letters));
        secret.thing = Some((self.tag, kind, id));
        self.secrets.push(secret);
        id
    }

    async fn open(&mut self) {
        let fixture = self.fixture;
        self.note("Unit", "unit", fixture.unit_id());
        self.note("Room", "room", fixture.room("LIVING"));
        let reason = self.text("why opened");
        fixture.run("manager", "unitOpenToOwner", json!({ "unitIds": [fixture.unit_id()], "reason": reason })).await;
        self.entered_in_error().await;
    }

    /// An ownership of a member of staff that was entered in error, and so has ended.
    async fn entered_in_error(&self) {
        let fixture = self.fixture;
        let (person, id) = (fixture.app.person_id(&fixture.login("worker.b")), v7());
        let added = json!({ "unitId": fixture.unit_id(), "add": { "ownershipId": id, "personId": person } });
        fixture.run("manager", "unitOwnershipChange", added).await;
        let ended = json!({ "unitId": fixture.unit_id(), "end": { "ownershipId": id, "reason": "ERROR" } });
        fixture.run("manager", "unitOwnershipChange", ended).await;
    }

    /// A round in which developer and contractor A record what they find.
    async fn inspect(&mut self, number: i32) -> Uuid {
        let name = self.text("round");
        let (round, inspection) = self.fixture.round(number, &name).await;
        self.note("Round", "round", round);
        self.note("Inspection", "inspection", inspection);
        let (of_developer, of_a) = (self.text("result of the developer"), self.text("result of A"));
        self.fixture.record_all("site", inspection, &of_developer).await;
        self.fixture.record_all("lead.a", inspection, &of_a).await;
        inspection
    }

    /// A defect of contractor A through all its states.
    async fn defect_of_a(&mut self, inspection: Uuid) {
        let fixture = self.fixture;
        let (earlier, description) = (self.text("earlier description of a"), self.text("description of a"));
        let item = fixture.item("LIV-1").await;
        let found_in = json!({ "inspectionId": inspection, "checkItemId": item, "pin": { "x": 0.2, "y": 0.2 } });
        let a = fixture.log("site", "WALL.CRACK", &earlier, &found_in).await;
        self.note("Defect", "a", a);
        fixture.on(a, "site", "defectUpdate", json!({ "description": description })).await;
        let place = self.text("place of the photo");
        let before = fixture.photo("site", a, "BEFORE", &place).await;
        self.note("Photo", "before", before);
        let words = self.text("words on the photo");
        let words = json!({ "at": { "x": 0.1, "y": 0.1 }, "text": words });
        fixture.run("site", "photoMark", json!({ "photoId": before, "shapes": [{ "text": words }] })).await;
        let missing = fixture.missing_photo("site", a, "BEFORE").await;
        self.note("Photo", "missing", missing);
        let lost = fixture.missing_photo("site", a, "BEFORE").await;
        self.note("Photo", "written off", lost);
        let reason = self.text("why a photo was written off");
        fixture.run("manager", "photoWriteOff", json!({ "photoIds": [lost], "reason": reason })).await;
        let slip = fixture.photo("site", a, "BEFORE", "nowhere").await;
        self.note("Photo", "withdrawn", slip);
        let reason = self.text("why a photo was withdrawn");
        fixture.run("manager", "photoWithdraw", json!({ "photoId": slip, "reason": reason })).await;
        let reason = self.text("why an original was read");
        fixture.run("manager", "photoOriginalRead", json!({ "photoId": before, "reason": reason })).await;
        let reason = self.text("hold that ended");
        fixture.on(a, "site", "defectHold", json!({ "reason": reason })).await;
        fixture.on(a, "site", "defectResume", json!({})).await;
        let worker = fixture.app.person_id(&fixture.login("worker.a"));
        let note = self.text("assignment");
        fixture.on(a, "lead.a", "defectAssign", json!({ "assigneeId": worker, "note": note })).await;
        fixture.on(a, "worker.a", "defectStart", json!({})).await;
        let place = self.text("place of the repair's photo");
        let after = fixture.photo("worker.a", a, "AFTER", &place).await;
        self.note("Photo", "after", after);
        let note = self.text("attempt on a");
        let (attempt, verdict) = (self.note("Attempt", "attempt", v7()), self.note("Verdict", "verdict", v7()));
        let report = json!({ "attemptId": attempt, "photoIds": [after], "note": note });
        fixture.on(a, "worker.a", "defectReportFixed", report).await;
        let note = self.text("fail");
        fixture
            .on(a, "supervisor", "defectVerify", json!({ "verdictId": verdict, "passed": false, "note": note }))
            .await;
        fixture.on(a, "lead.a", "defectReportFixed", json!({ "attemptId": v7() })).await;
        let note = self.text("pass");
        fixture.on(a, "site", "defectVerify", json!({ "verdictId": v7(), "passed": true, "note": note })).await;
        // Between the repair and the new damage another person is in the unit.
        fixture.app.advance_seconds(1);
        fixture.photo("supervisor", a, "BEFORE", "nowhere").await;
        fixture.app.advance_seconds(1);
        let reason = self.text("why a was reopened");
        fixture.on(a, "property", "defectReopen", json!({ "reason": reason })).await;
    }

    /// Defects of contractor A on hold, in dispute, void and merged.
    async fn others_of_a(&mut self) {
        let (fixture, none) = (self.fixture, Value::Null);
        let held = fixture.log("site", "WALL.CRACK", "", &json!({ "severity": "CRITICAL" })).await;
        self.note("Defect", "held", held);
        let reason = self.text("hold");
        fixture.on(held, "site", "defectHold", json!({ "reason": reason })).await;
        let disputed = fixture.log("site", "WALL.CRACK", "", &none).await;
        self.note("Defect", "disputed", disputed);
        let (dispute, reason) = (self.note("Dispute", "dispute", v7()), self.text("dispute"));
        let input = json!({ "disputeId": dispute, "ground": "NOT_OURS", "reason": reason });
        fixture.on(disputed, "lead.a", "defectDispute", input).await;
        let description = self.text("description of the void one");
        let void = fixture.log("site", "WALL.CRACK", &description, &none).await;
        self.note("Defect", "void", void);
        let note = self.text("why void");
        fixture.on(void, "site", "defectVoid", json!({ "reason": "NOT_A_DEFECT", "note": note })).await;
        let merged = fixture.log("site", "WALL.CRACK", "", &none).await;
        self.note("Defect", "merged", merged);
        let (note, into) = (self.text("why merged"), self.id("Defect", "a"));
        fixture.on(merged, "site", "defectMerge", json!({ "intoDefectId": into, "note": note })).await;
    }

    /// A defect that A disputes and B gets, with comments of all parties.
    async fn moved_one(&mut self) {
        let fixture = self.fixture;
        let description = self.text("description of the moved one");
        let moved = fixture.log("supervisor", "WALL.CRACK", &description, &Value::Null).await;
        self.note("Defect", "moved", moved);
        for (who, visibility, name) in [
            ("site", "INTERNAL", "internal of the developer"),
            ("supervisor", "INTERNAL", "internal of the supervisor"),
            ("property", "INTERNAL", "internal of the property service"),
            ("worker.a", "INTERNAL", "internal of A"),
            ("lead.a", "SHARED", "shared comment"),
            ("relations", "OWNER", "comment for the owner"),
            ("owner", "OWNER", "comment by the owner"),
        ] {
            self.comment(moved, who, visibility, name).await;
        }
        let (dispute, reason) =
            (self.note("Dispute", "dispute of the moved one", v7()), self.text("dispute of the moved one"));
        let input = json!({ "disputeId": dispute, "ground": "NOT_OURS", "reason": reason });
        fixture.on(moved, "lead.a", "defectDispute", input).await;
        let note = self.text("resolution");
        let to_b = json!({ "outcome": "REASSIGNED", "companyId": fixture.project.company("B"), "note": note });
        fixture.on(moved, "manager", "defectResolveDispute", to_b).await;
        self.comment(moved, "lead.b", "INTERNAL", "internal of B").await;
    }

    async fn comment(&mut self, defect: Uuid, who: &str, visibility: &str, name: &str) {
        let (id, body) = (self.note("Comment", name, v7()), self.text(name));
        let input = json!({ "commentId": id, "visibility": visibility, "body": body });
        self.fixture.on(defect, who, "defectComment", input).await;
    }

    async fn defect_of_b(&mut self) {
        let fixture = self.fixture;
        let description = self.text("description of b");
        let b = fixture.log("site", "WALL.TILE_CRACK", &description, &Value::Null).await;
        self.note("Defect", "b", b);
        let photo = fixture.photo("lead.b", b, "BEFORE", "nowhere").await;
        self.note("Photo", "before of b", photo);
        let (attempt, note) = (self.note("Attempt", "attempt on b", v7()), self.text("attempt on b"));
        fixture.on(b, "worker.b", "defectReportFixed", json!({ "attemptId": attempt, "note": note })).await;
    }

    /// The owner's findings, and the owner's verdicts on their repair.
    async fn owner_finds(&mut self) {
        let fixture = self.fixture;
        let description = self.text("owner's finding");
        let finding = fixture.log("owner", "WALL.CRACK", &description, &Value::Null).await;
        self.note("Defect", "finding", finding);
        let place = self.text("place of the owner's photo");
        let photo = fixture.photo("owner", finding, "BEFORE", &place).await;
        self.note("Photo", "owner's", photo);
        fixture.on(finding, "lead.a", "defectReportFixed", json!({ "attemptId": v7() })).await;
        let (verdict, note) = (self.note("Verdict", "owner's verdict", v7()), self.text("owner's verdict"));
        let input = json!({ "verdictId": verdict, "passed": false, "note": note });
        fixture.on(finding, "owner", "defectVerify", input).await;
    }

    /// Two offline tablets change the same text of a defect, and one of A's reports pending work.
    async fn tablets_come_back(&mut self) {
        let fixture = self.fixture;
        let contested = fixture.log("site", "WALL.CRACK", "", &Value::Null).await;
        self.note("Defect", "contested", contested);
        let stands = self.text("description that stands");
        fixture.on(contested, "site", "defectUpdate", json!({ "description": stands })).await;
        let (words, name) = (self.text("description that waits"), self.text("tablet of the supervisor"));
        let edit = self.note("Edit", "description that waits", v7());
        let update = json!({ "defectUpdate": { "defectId": contested, "description": words } });
        let operation = json!({ "operationId": edit, "baseVersion": 1, "command": update });
        let results = fixture.push("supervisor", &name, v7(), &operation).await;
        assert_eq!(results[0]["outcome"], "CONFLICT", "{results}");
        let (tablet, name) = (self.note("Tablet", "tablet of A", v7()), self.text("tablet of A"));
        let waiting = json!([{ "unitId": fixture.unit_id(), "operations": 1, "photos": 1, "photoBytes": 3 }]);
        let report =
            json!({ "projectId": fixture.project.id, "deviceId": tablet, "deviceName": name, "waiting": waiting });
        fixture.run("worker.a", "deviceReport", report).await;
        let reason = self.text("why a tablet was excused");
        let excuse = json!({ "projectId": fixture.project.id, "deviceId": tablet, "reason": reason });
        fixture.run("manager", "deviceExcuse", excuse).await;
    }

    /// The inspection is submitted, signed, reopened, and signed again by the owner, too.
    async fn sign(&mut self, inspection: Uuid) {
        let fixture = self.fixture;
        let signature_photo = fixture.signature_photo("site").await;
        self.note("SignaturePhoto", "signature photo", signature_photo);
        let reason = self.text("why the inspection was reopened");
        for signers in [&["site"][..], &["manager", "owner"]] {
            fixture.run("site", "unitInspectionSubmit", json!({ "inspectionId": inspection })).await;
            let hash = fixture.content_hash(inspection).await;
            for who in signers {
                let photo = (*who == "site").then_some(signature_photo);
                let input = json!({ "inspectionId": inspection, "signatureId": v7(), "contentHash": hash,
                    "photoId": photo });
                fixture.run(who, "unitInspectionSign", input).await;
            }
            if signers.len() == 1 {
                let again = json!({ "inspectionId": inspection, "reason": reason });
                fixture.run("manager", "unitInspectionReopen", again).await;
            }
        }
        let of_inspection = signatures::Column::SubjectId.eq(inspection);
        let first = signatures::Entity::find().filter(of_inspection).one(fixture.app.app.db.read());
        let first = first.await.expect("signatures").expect("a signature");
        self.note("Signature", "signature", first.id.uuid());
    }

    /// A defect that comes after the signatures, with a photo that has the same bytes as another defect's.
    async fn come_too_late(&mut self, inspection: Uuid) {
        let fixture = self.fixture;
        let late = fixture.log("site", "WALL.CRACK", "", &json!({ "inspectionId": inspection })).await;
        self.note("Defect", "late", late);
        let held = self.id("Defect", "held");
        fixture.photo_of_both("site", [late, held]).await;
    }

    /// A second round in which the unit is inaccessible; waived blockers, one of them waived for a short time only.
    async fn waive(&mut self, number: i32) {
        let fixture = self.fixture;
        let (_, inspection) = fixture.round(number, &format!("Round {number}")).await;
        self.note("Inspection", "inaccessible inspection", inspection);
        let reason = self.text("why inaccessible");
        let input = json!({ "inspectionId": inspection, "reason": reason });
        fixture.run("escort", "unitInspectionMarkInaccessible", input).await;
        let (held, reason) = (self.id("Defect", "held"), self.text("waiver of a defect"));
        let of_defect = |id: Uuid, reason: &str| {
            json!({ "waiverId": id, "unitId": fixture.unit_id(), "blocker": "BLOCKING_DEFECT_OPEN", "subjectId": held,
                "reason": reason })
        };
        let passing = v7();
        fixture.run("manager", "readinessWaive", of_defect(passing, &reason)).await;
        let revocation = self.text("revocation");
        fixture.run("manager", "readinessWaiverRevoke", json!({ "waiverId": passing, "reason": revocation })).await;
        let waiver = self.note("Waiver", "waiver of a defect", v7());
        fixture.run("manager", "readinessWaive", of_defect(waiver, &reason)).await;
        let (waiver, reason) = (self.note("Waiver", "waiver of a round", v7()), self.text("waiver of a round"));
        let input = json!({ "waiverId": waiver, "unitId": fixture.unit_id(), "blocker": "ROUND_NOT_SIGNED",
            "subjectId": inspection, "reason": reason });
        fixture.run("manager", "readinessWaive", input).await;
    }

    /// A defect that is repaired too late.
    async fn escalate(&self) {
        let (fixture, late) = (self.fixture, self.id("Defect", "contested"));
        let app = &fixture.app.app;
        let due = app.clock.now().plus_seconds(60).to_rfc3339();
        let assignment = json!({ "companyId": fixture.project.company("A"), "dueAt": due });
        fixture.on(late, "manager", "defectAssign", assignment).await;
        fixture.app.advance_seconds(120);
        assert!(app::defect::escalate::escalate_due_defects(app).await.expect("a round of escalation") > 0);
    }

    /// A planned round that each contractor must sign.
    async fn plan(&mut self, number: i32) {
        let (fixture, project, id) = (self.fixture, self.fixture.project, self.note("Round", "planned round", v7()));
        let plan = json!({
            "roundId": id, "projectId": project.id, "stage": "HOUSEHOLD_ACCEPTANCE", "number": number,
            "name": "Planned", "requiredParties": ["CONTRACTOR"], "requiredContractorIds": [project.company("A")],
            "checklistId": project.checklist, "unitIds": [fixture.unit_id()],
        });
        fixture.run("manager", "roundCreate", plan).await;
    }

    async fn review(&mut self) {
        let fixture = self.fixture;
        let photo = fixture.signature_photo("owner").await;
        self.note("SignaturePhoto", "owner's signature photo", photo);
        let (review, body) = (self.note("Review", "review", v7()), self.text("review"));
        let input = json!({ "reviewId": review, "unitId": fixture.unit_id(), "rating": 4, "body": body,
            "signaturePhotoId": photo });
        fixture.run("owner", "unitReview", input).await;
    }
}
