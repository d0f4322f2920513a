//! The sync state of devices, and a submission that waits for it.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{Tablet, codes, operation};
use crate::inspections::setup::{Round, mutation};

const REPORT: &str = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) {
    device { id behind waitingOperations waitingPhotos waitingPhotoBytes synced lastPullAt } userErrors { code } } }";
const DEVICES: &str = "query($id: ID!) { project(id: $id) { devices(first: 100) { nodes {
    id name person { id } behind waitingOperations missingPhotoCount synced excuse lastPushAt reportedAt } } } }";
const EXCUSE: &str = "mutation($input: DeviceExcuseInput!) { deviceExcuse(input: $input) {
    devices { id excuse synced } userErrors { code } } }";

const SYNCED_ONLY: &str = "mutation($id: ID!) {
    projectPolicyUpdate(input: { projectId: $id, requireSyncedDevices: true }) { userErrors { code } } }";

impl Tablet<'_> {
    async fn report(&self, cursor: &Value, waiting: Value) -> Value {
        let input = json!({ "deviceId": self.id, "deviceName": "Ana's", "projectId": self.app.project.id,
            "cursor": cursor, "waiting": waiting });
        self.user.ok(REPORT, json!({ "input": input })).await["deviceReport"]["device"].clone()
    }

    async fn devices(&self) -> Vec<Value> {
        let read = self.user.ok(DEVICES, json!({ "id": self.app.project.id })).await;
        read["project"]["devices"]["nodes"].as_array().expect("devices").clone()
    }
}

on_both_databases! {
    async fn device_reports_its_progress(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager, worker) =
            (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await, Tablet::of(&app, "worker.a").await);
        let unit = app.project.unit("1-101");
        let (_, cursor) = site.pull(&Value::Null, &Value::Null).await;
        let told = site.report(&cursor, json!([{ "unitId": unit, "operations": 3, "photos": 2, "photoBytes": 5_000_000_000_i64 }])).await;
        assert_eq!((&told["behind"], &told["synced"]), (&json!(0), &json!(false)));
        assert_eq!(told["waitingPhotoBytes"], json!(5_000_000_000_i64));
        worker.report(&Value::Null, json!([])).await;
        let id = manager.log("1-101").await;
        let seen = manager.devices().await;
        assert_eq!(seen.len(), 3, "{seen:#?}");
        let ana = seen.iter().find(|device| device["id"] == json!(site.id)).expect("a device");
        assert_eq!((&ana["name"], &ana["person"]["id"]), (&json!("Ana's"), &json!(site.user.id)));
        assert!(ana["behind"].as_i64() > Some(0));
        assert_eq!(worker.devices().await.len(), 1, "a worker sees the own device");
        assert_eq!(app.user("x.manager").await.query(DEVICES, json!({ "id": app.project.id })).await["data"]["project"], Value::Null);

        let (_, cursor) = site.pull(&cursor, &Value::Null).await;
        assert_eq!(site.report(&cursor, json!([])).await["synced"], json!(true));
        let photo = operation("photoUploadCreate", json!({
            "photoId": v7(), "sha256": "ab".repeat(32), "byteSize": 1000, "contentType": "image/jpeg",
            "subject": { "defectId": id }, "stage": "BEFORE" }), None);
        assert_eq!(site.push_one(&photo).await["outcome"], "APPLIED");
        let seen = manager.devices().await;
        let ana = seen.iter().find(|device| device["id"] == json!(site.id)).expect("a device");
        assert_eq!((&ana["missingPhotoCount"], &ana["synced"]), (&json!(1), &json!(false)));
        let negative = json!({ "deviceId": site.id, "projectId": app.project.id, "waiting": [{ "unitId": unit, "photos": -1 }] });
        assert_eq!(site.user.refused(REPORT, json!({ "input": negative })).await, ["INVALID_VALUE"]);
    }

    async fn submission_waits_for_all_devices_if_the_policy_requires_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, colleague, manager) =
            (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await, Tablet::of(&app, "manager").await);
        round.run(&site.user, "RECORD", "1-101").await;
        let unit = app.project.unit("1-101");
        colleague.report(&Value::Null, json!([{ "unitId": unit, "operations": 1 }])).await;
        manager.user.ok(SYNCED_ONLY, json!({ "id": app.project.id })).await;
        let submit = round.input("SUBMIT", "1-101").await;
        assert_eq!(site.user.refused(&mutation("SUBMIT"), json!({ "input": submit })).await, ["DEVICES_NOT_SYNCED"]);
        let told = "query($id: ID!) { unitInspection(id: $id) { devices { id waitingOperations synced } } }";
        let told = manager.user.ok(told, json!({ "id": round.inspection("1-101") })).await;
        assert_eq!(told["unitInspection"]["devices"], json!([{ "id": colleague.id, "waitingOperations": 1, "synced": false }]));

        let excuse = json!({ "input": { "projectId": app.project.id, "deviceId": colleague.id, "reason": "fell into the lift shaft" } });
        assert_eq!(site.user.refused(EXCUSE, excuse.clone()).await, ["ROLE_NOT_ALLOWED"]);
        app.advance_seconds(1);
        manager.user.ok(EXCUSE, excuse).await;
        // The submitting device has pushed everything that it reported.
        site.report(&Value::Null, json!([{ "unitId": unit, "operations": 1 }])).await;
        let done = site.push_one(&operation("unitInspectionSubmit", submit.clone(), None)).await;
        assert_eq!((done["outcome"].as_str(), codes(&done)), (Some("APPLIED"), vec![]), "{done:#}");
    }

    async fn refused_submission_succeeds_after_the_other_tablet_has_synced(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, colleague) = (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await);
        round.run(&site.user, "RECORD", "1-101").await;
        app.user("manager").await.ok(SYNCED_ONLY, json!({ "id": app.project.id })).await;
        let unit = app.project.unit("1-101");
        colleague.report(&Value::Null, json!([{ "unitId": unit, "operations": 1 }])).await;
        let submit = operation("unitInspectionSubmit", round.input("SUBMIT", "1-101").await, None);
        for _ in 0..2 {
            let early = site.push_one(&submit).await;
            assert_eq!((early["outcome"].as_str(), codes(&early)), (Some("REJECTED"), vec!["DEVICES_NOT_SYNCED"]));
        }
        colleague.report(&Value::Null, json!([])).await;
        assert_eq!(site.push_one(&submit).await["outcome"], "APPLIED");
        assert_eq!(site.push_one(&submit).await["outcome"], "ALREADY_APPLIED");
    }

    async fn device_cannot_block_units_that_its_person_does_not_see(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (owner, manager) = (Tablet::of(&app, "owner1").await, Tablet::of(&app, "manager").await);
        let waits = |unit: Uuid| json!({ "unitId": unit, "operations": 1 });
        let told = owner.report(&Value::Null, json!([
            waits(app.project.unit("1-101")), waits(app.project.unit("1-102")), waits(v7()) ])).await;
        assert_eq!(told["waitingOperations"], json!(1), "only the own home counts");
        let many: Vec<Value> = (0..501).map(|_| waits(v7())).collect();
        let many = json!({ "deviceId": owner.id, "projectId": app.project.id, "waiting": many });
        assert_eq!(owner.user.refused(REPORT, json!({ "input": many })).await, ["TOO_MANY"]);
        for _ in 1..50 {
            let other = Tablet { id: v7(), app: &app, user: app.user("owner1").await };
            other.report(&Value::Null, json!([])).await;
        }
        let other = json!({ "deviceId": v7(), "projectId": app.project.id, "waiting": [] });
        assert_eq!(owner.user.refused(REPORT, json!({ "input": other })).await, ["TOO_MANY"]);
        owner.report(&Value::Null, json!([])).await;
        assert_eq!(manager.devices().await.len(), 50);
        // Phones have personal names: a person who may not know an owner reads none.
        let site = Tablet::of(&app, "site").await;
        assert!(site.devices().await.iter().all(|device| device["person"].is_null() == device["name"].is_null()));
        assert!(manager.devices().await.iter().all(|device| device["name"] == "Ana's"));
    }
}
