//! Each kind of `ObjectKind` appears in `changes` when it changes, or its parent does if it is embedded.

use std::collections::BTreeSet;

use app::project::import::{Format, ImportFile, import_project};
use domain::Caller;
use domain::object_kind::ObjectKind;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::document;
use tests::ids::v7;
use tests::on_both_databases;

use super::{Tablet, describe};
use crate::inspections::setup::Round;

const PULL: &str = "query($id: ID!, $cursor: String) { changes(projectId: $id, cursor: $cursor, first: 500) {
    cursor hasMore nodes { kind deleted object { id __typename } } } }";

/// A reader who pulls after each change.
struct Reader<'a> {
    app: &'a TestApp,
    cursor: Value,
    seen: BTreeSet<String>,
}

impl Reader<'_> {
    /// The kinds that have changed since the last pull.
    async fn pull(&mut self) -> BTreeSet<String> {
        let mut kinds = BTreeSet::new();
        loop {
            let variables = json!({ "id": self.app.project.id, "cursor": self.cursor });
            let page = self.app.user("manager").await.ok(PULL, variables).await["changes"].clone();
            for node in page["nodes"].as_array().into_iter().flatten() {
                if node["object"].is_object() {
                    kinds.insert(node["kind"].as_str().unwrap_or_default().to_owned());
                }
            }
            self.cursor = page["cursor"].clone();
            if page["hasMore"] == json!(false) {
                return kinds;
            }
        }
    }

    /// The changes since the last pull contain these kinds.
    async fn finds(&mut self, kinds: &[ObjectKind]) {
        let found = self.pull().await;
        for kind in kinds {
            assert!(found.contains(kind.as_str()), "{kind} did not come, only {found:?}");
            self.seen.insert(kind.as_str().to_owned());
        }
    }

    /// The change of an embedded kind comes with its parent.
    async fn finds_inside(&mut self, kind: ObjectKind, parent: ObjectKind) {
        self.finds(&[parent]).await;
        self.seen.insert(kind.as_str().to_owned());
    }

    async fn run(&self, login: &str, mutation: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document =
            format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
        self.app.user(login).await.ok(&document, json!({ "input": input })).await
    }
}

/// The project's file with another name for everything.
fn renamed(app: &TestApp) -> Vec<u8> {
    let mut file = document(&app.project.code, "");
    file["companies"][1]["name"] = json!("Contractor A and Sons");
    file["buildings"][0]["name"] = json!("North tower");
    file["unitTypes"][0]["name"] = json!("Two rooms and a view");
    file["unitTypes"][0]["rooms"][0]["name"] = json!("Salon");
    file.to_string().into_bytes()
}

on_both_databases! {
    async fn each_kind_appears_in_changes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut reader = Reader { app: &app, cursor: Value::Null, seen: BTreeSet::new() };
        reader.pull().await;
        places(&mut reader).await;
        inspections(&mut reader).await;
        repairs(&mut reader).await;
        edits(&mut reader).await;
        let unseen: Vec<&ObjectKind> = ObjectKind::ALL.iter().filter(|kind| !reader.seen.contains(kind.as_str())).collect();
        assert!(unseen.is_empty(), "no change of {unseen:?} was tried");
    }
}

async fn places(reader: &mut Reader<'_>) {
    let (app, project) = (reader.app, reader.app.project.id);
    let file = ImportFile { bytes: renamed(app).into(), format: Format::Json, folder: None };
    import_project(&app.app, &Caller::operator(), file).await.expect("imported");
    reader.finds(&[ObjectKind::Company, ObjectKind::Building, ObjectKind::UnitType, ObjectKind::Unit]).await;
    // Rooms come inside their unit.
    reader.seen.insert(ObjectKind::Room.as_str().to_owned());
    let policy = json!({ "projectId": project, "afterPhotoRequired": false });
    reader.run("manager", "projectPolicyUpdate", policy).await;
    reader.finds(&[ObjectKind::Project]).await;
    reader.run("site", "personUpdate", json!({ "name": "Ana Site" })).await;
    reader.finds(&[ObjectKind::Person]).await;
    let rule = json!({ "ruleId": v7(), "projectId": project, "trade": "CIVIL", "companyId": app.project.company("A") });
    reader.run("manager", "responsibilityRuleSet", rule).await;
    reader.finds(&[ObjectKind::ResponsibilityRule]).await;
    let item = json!({ "code": "X", "roomType": "LIVING", "zh": "检查", "en": "Look" });
    let checklist = json!({ "checklistId": v7(), "projectId": project, "name": "Another", "items": [item] });
    reader.run("manager", "checklistCreate", checklist).await;
    reader.finds(&[ObjectKind::Checklist]).await;
    let open = json!({ "unitIds": [app.project.unit("1-101")] });
    reader.run("manager", "unitOpenToOwner", open).await;
    reader.finds(&[ObjectKind::Unit]).await;
    let review = json!({ "reviewId": v7(), "unitId": app.project.unit("1-101"), "body": "Fine" });
    reader.run("owner1", "unitReview", review).await;
    reader.finds(&[ObjectKind::Review]).await;
}

async fn inspections(reader: &mut Reader<'_>) {
    let app = reader.app;
    let round = Round::open(app, 1, &["DEVELOPER"], &["1-101"]).await;
    reader.finds(&[ObjectKind::Round, ObjectKind::UnitInspection]).await;
    let site = app.user("site").await;
    let results = json!([round.result("1-101", ("LIVING", "LIV-1"), "PASS", None)]);
    round.record(&site, "1-101", results, json!([])).await;
    reader.finds_inside(ObjectKind::CheckResult, ObjectKind::UnitInspection).await;
    round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["1"])])).await;
    reader.finds_inside(ObjectKind::Measurement, ObjectKind::UnitInspection).await;
    round.record(&site, "1-101", json!(round.all("1-101", "PASS")), json!([])).await;
    round.run(&site, "SUBMIT", "1-101").await;
    reader.pull().await;
    let blocker = json!({
        "waiverId": v7(), "unitId": app.project.unit("1-101"), "blocker": "ROUND_NOT_SIGNED",
        "subjectId": round.inspection("1-101"), "reason": "agreed",
    });
    reader.run("manager", "readinessWaive", blocker).await;
    reader.finds_inside(ObjectKind::Waiver, ObjectKind::Unit).await;
    round.run(&site, "SIGN", "1-101").await;
    reader.finds_inside(ObjectKind::Signature, ObjectKind::UnitInspection).await;
}

async fn repairs(reader: &mut Reader<'_>) {
    let app = reader.app;
    let defect = v7();
    let log = json!({ "defectId": defect, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" });
    reader.run("site", "defectLog", log).await;
    reader.finds(&[ObjectKind::Defect]).await;
    let comment = json!({ "defectId": defect, "commentId": v7(), "body": "look", "visibility": "SHARED" });
    reader.run("site", "defectComment", comment).await;
    reader.finds(&[ObjectKind::Comment]).await;
    let photo = json!({
        "photoId": v7(), "sha256": "ab".repeat(32), "byteSize": 1000, "contentType": "image/jpeg",
        "subject": { "defectId": defect }, "stage": "BEFORE",
    });
    reader.run("site", "photoUploadCreate", photo).await;
    reader.finds(&[ObjectKind::Photo]).await;
    let dispute = json!({ "defectId": defect, "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" });
    reader.run("lead.a", "defectDispute", dispute).await;
    // The delivery manager may decide, and hears of it.
    reader.finds(&[ObjectKind::Dispute, ObjectKind::InboxEntry]).await;
    reader.run("site", "defectResolveDispute", json!({ "defectId": defect, "outcome": "UPHELD" })).await;
    reader.finds(&[ObjectKind::Dispute]).await;
    reader.run("lead.a", "defectReportFixed", json!({ "defectId": defect, "attemptId": v7() })).await;
    reader.finds(&[ObjectKind::RepairAttempt]).await;
    let fail = json!({ "defectId": defect, "verdictId": v7(), "passed": false, "note": "still there" });
    reader.run("site", "defectVerify", fail).await;
    reader.finds(&[ObjectKind::Verdict, ObjectKind::RepairAttempt]).await;
}

async fn edits(reader: &mut Reader<'_>) {
    let app = reader.app;
    let (ana, sun) = (Tablet::of(app, "site").await, Tablet::of(app, "supervisor").await);
    let defect = ana.log("1-101").await;
    assert_eq!(ana.push_one(&describe(defect, "first", 1)).await["outcome"], "APPLIED");
    reader.pull().await;
    assert_eq!(sun.push_one(&describe(defect, "second", 1)).await["outcome"], "CONFLICT");
    reader.finds(&[ObjectKind::PendingEdit]).await;
    let edit = sun.edits().await.remove(0);
    let dismiss = json!({ "pendingEditId": edit["id"], "note": "not so" });
    reader.run("manager", "pendingEditDismiss", dismiss).await;
    reader.finds(&[ObjectKind::PendingEdit]).await;
}
