//! The content of `changes`: verdicts have their own changes, and photos of signatures come only for the requested
//! units.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{Tablet, operation};
use crate::inspections::setup::{Round, mutation};
use crate::photos::{CREATE, Shot};

fn ids(changes: &[Value], kind: &str) -> Vec<Value> {
    changes.iter().filter(|change| change["kind"] == kind).map(|change| change["id"].clone()).collect()
}

/// Declares a photo of the holder's signature.
async fn picture(tablet: &Tablet<'_>) -> Uuid {
    let shot = Shot::jpeg(v7().as_bytes().to_vec());
    let mut input = shot.input(v7(), "SIGNATURE");
    input["input"]["subject"] = json!({ "signature": { "projectId": tablet.app.project.id } });
    tablet.user.ok(CREATE, input).await;
    shot.id
}

/// Signs the submitted inspection of a unit with a photo.
async fn sign(round: &Round<'_>, tablet: &Tablet<'_>, unit: &str, picture: Uuid) {
    let mut input = round.input("SIGN", unit).await;
    input["photoId"] = json!(picture);
    tablet.user.ok(&mutation("SIGN"), json!({ "input": input })).await;
}

on_both_databases! {
    async fn photo_of_a_signature_comes_only_with_its_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let site = Tablet::of(&app, "site").await;
        for unit in ["1-101", "1-102"] {
            round.bring(unit, "SUBMITTED").await;
        }
        let (one, two, unused) = (picture(&site).await, picture(&site).await, picture(&site).await);
        let only = json!({ "unitIds": [app.project.unit("1-101")] });
        let (before, cursor) = site.pull(&Value::Null, &only).await;
        assert_eq!(ids(&before, "PHOTO"), Vec::<Value>::new(), "the unit has no such photo before the signature");
        sign(&round, &site, "1-101", one).await;
        sign(&round, &site, "1-102", two).await;
        for from in [&Value::Null, &cursor] {
            assert_eq!(ids(&site.pull(from, &only).await.0, "PHOTO"), [json!(one)], "from {from}");
        }
        let house = json!({ "buildingIds": [app.project.building] });
        let mut all = ids(&site.pull(&Value::Null, &house).await.0, "PHOTO");
        all.sort_by_key(ToString::to_string);
        assert_eq!(all, [json!(one), json!(two)]);
        let whole = ids(&site.pull(&Value::Null, &Value::Null).await.0, "PHOTO");
        assert!(whole.contains(&json!(unused)) && whole.len() == 3, "{whole:?}");
    }

    async fn verdict_has_its_own_change(db: TestDb) {
        let app = TestApp::start(&db).await;
        let policy = "mutation($id: ID!) { projectPolicyUpdate(input: { projectId: $id, afterPhotoRequired: false }) {
            userErrors { code } } }";
        app.user("manager").await.ok(policy, json!({ "id": app.project.id })).await;
        let (site, worker) = (Tablet::of(&app, "site").await, Tablet::of(&app, "worker.a").await);
        let defect = site.log("1-101").await;
        let fixed = json!({ "defectId": defect, "attemptId": v7(), "photoIds": [] });
        assert_eq!(worker.push_one(&operation("defectReportFixed", fixed, Some(1))).await["outcome"], "APPLIED");
        let (_, cursor) = worker.pull(&Value::Null, &Value::Null).await;
        let verdict = v7();
        let failed = json!({ "defectId": defect, "verdictId": verdict, "passed": false, "note": "still hollow" });
        assert_eq!(site.push_one(&operation("defectVerify", failed, Some(2))).await["outcome"], "APPLIED");
        for from in [&Value::Null, &cursor] {
            let (changes, _) = worker.pull(from, &Value::Null).await;
            assert_eq!(ids(&changes, "VERDICT"), [json!(verdict)], "from {from}");
        }
    }
}
