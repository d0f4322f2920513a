//! Declared photos that were never uploaded: listed by unit, inspection, device and person until they are uploaded or a
//! person with the right writes them off.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;
use tests::user::User;
use uuid::Uuid;

use super::pictures::some_jpeg;
use super::{CREATE, Shot, log_defect, put};

const LIST: &str = "query($project: ID!, $filter: MissingPhotoFilter, $first: Int, $after: String) {
    project(id: $project) { missingPhotoCount(filter: $filter) missingPhotos(filter: $filter, first: $first, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } } }";
const WRITE_OFF: &str = "mutation($ids: [ID!]!, $reason: String!) {
    photoWriteOff(input: { photoIds: $ids, reason: $reason }) {
        photos { id } results { photoId photo { state version writtenOff { at reason person { name } } } userErrors { code field } }
        userErrors { code field } } }";
const NONE: [Uuid; 0] = [];
const READY: &str = "query($id: ID!) { unit(id: $id) { readiness { blockers { code } } } }";

/// The ids of the missing photos that a person sees, page by page; compared with their number.
async fn missing(app: &TestApp, user: &User<'_>, filter: Value) -> Vec<Uuid> {
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "project": app.project.id, "filter": filter, "first": 2, "after": after });
        let project = user.ok(LIST, asked).await["project"].clone();
        let nodes = project["missingPhotos"]["nodes"].as_array().expect("nodes").clone();
        ids.extend(nodes.iter().map(|node| node["id"].as_str().expect("an id").parse::<Uuid>().expect("a UUID")));
        let page = &project["missingPhotos"]["pageInfo"];
        if page["hasNextPage"] == json!(false) {
            assert_eq!(project["missingPhotoCount"], json!(ids.len()));
            return ids;
        }
        after = page["endCursor"].clone();
    }
}

async fn declare_on(user: &User<'_>, defect: Uuid, stage: &str, device: Option<Uuid>) -> Shot {
    let shot = Shot::jpeg(some_jpeg());
    let mut input = shot.input(defect, stage);
    input["input"]["deviceId"] = json!(device);
    user.ok(CREATE, input).await;
    shot
}

async fn blockers(user: &User<'_>, unit: Uuid) -> usize {
    let found = user.ok(READY, json!({ "id": unit })).await["unit"]["readiness"]["blockers"].clone();
    found.as_array().expect("blockers").iter().filter(|blocker| blocker["code"] == "PHOTO_MISSING").count()
}

on_both_databases! {
    async fn missing_photo_is_listed_until_it_is_uploaded(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let (owner, other) = (app.user("owner1").await, app.user("worker.b").await);
        let (here, there) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-102").await);
        let (one_device, two_device) = (v7(), v7());
        let a = declare_on(&site, here, "BEFORE", Some(one_device)).await;
        app.advance_seconds(1);
        let b = declare_on(&site, there, "BEFORE", Some(two_device)).await;
        app.advance_seconds(1);
        let c = declare_on(&worker, here, "AFTER", None).await;

        assert_eq!(missing(&app, &site, json!(null)).await, [a.id, b.id, c.id], "the longest missed first");
        let units = |code: &str| json!({ "unitIds": [app.project.unit(code)] });
        assert_eq!(missing(&app, &site, units("1-101")).await, [a.id, c.id]);
        assert_eq!(missing(&app, &site, units("1-201")).await, NONE);
        assert_eq!(missing(&app, &site, json!({ "deviceIds": [one_device, two_device] })).await, [a.id, b.id]);
        assert_eq!(missing(&app, &site, json!({ "personIds": [app.person_id("worker.a")] })).await, [c.id]);
        let both = json!({ "deviceIds": [two_device], "unitIds": [app.project.unit("1-101")] });
        assert_eq!(missing(&app, &site, both).await, NONE);
        assert_eq!(missing(&app, &site, json!({ "inspectionIds": [v7()] })).await, NONE);
        // For readers of the defect; an owner only the own photos.
        assert_eq!(missing(&app, &worker, json!(null)).await, [a.id, b.id, c.id]);
        assert_eq!(missing(&app, &other, json!(null)).await, NONE);
        assert_eq!(missing(&app, &owner, json!(null)).await, NONE);
        let document = LIST.replace("nodes { id }", "nodes { deviceId deviceName }");
        let asked = json!({ "project": app.project.id, "first": 1 });
        let told = site.ok(&document, asked).await["project"]["missingPhotos"]["nodes"][0].clone();
        assert_eq!(told["deviceId"], json!(one_device));

        // Uploaded, or void: not missing any more.
        let upload = a.declare(&site, here, "BEFORE").await;
        put(&app, &upload, &a.bytes).await;
        assert_eq!(a.complete(&site).await, "RECEIVED");
        assert_eq!(missing(&app, &site, json!(null)).await, [b.id, c.id]);
        let void = "mutation($id: ID!) { defectVoid(input: { defectId: $id, reason: NOT_A_DEFECT }) { userErrors { code } } }";
        app.user("manager").await.ok(void, json!({ "id": there })).await;
        assert_eq!(missing(&app, &site, json!(null)).await, [c.id]);
    }

    async fn signature_that_was_never_uploaded_is_missing_too(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let shot = Shot::jpeg(some_jpeg());
        let mut input = shot.input(v7(), "SIGNATURE");
        input["input"]["subject"] = json!({ "signature": { "projectId": app.project.id } });
        worker.ok(CREATE, input).await;
        for user in [&site, &worker] {
            assert_eq!(missing(&app, user, json!(null)).await, [shot.id]);
            assert_eq!(missing(&app, user, json!({ "inspectionIds": [v7()] })).await, NONE);
        }
        assert_eq!(missing(&app, &app.user("worker.b").await, json!(null)).await, NONE);
        assert_eq!(missing(&app, &app.user("lead.a").await, json!(null)).await, [shot.id], "of the own company");
    }

    async fn written_off_photo_is_not_missing_and_is_accepted_later(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        let unit = app.project.unit("1-101");
        let defect = log_defect(&app, &site, "1-101").await;
        let shots = [declare_on(&site, defect, "BEFORE", None).await, declare_on(&site, defect, "BEFORE", None).await];
        let there = Shot::jpeg(some_jpeg());
        there.take(&app, &site, defect, "BEFORE").await;
        assert_eq!(blockers(&manager, unit).await, 2);

        let ids = [shots[0].id, there.id, shots[1].id, v7()];
        let done = manager.query(WRITE_OFF, json!({ "ids": ids, "reason": "The tablet fell into the lift shaft" })).await;
        let done = &done["data"]["photoWriteOff"];
        let codes: Vec<Value> = (0..4).map(|n| done["results"][n]["userErrors"][0]["code"].clone()).collect();
        assert_eq!(codes, [json!(null), json!("PHOTO_NOT_MISSING"), json!(null), json!("NOT_FOUND")]);
        assert_eq!(done["photos"].as_array().expect("photos").len(), 3);
        assert_eq!(done["results"][0]["photo"], json!({ "state": "WRITTEN_OFF", "version": 2, "writtenOff": {
            "at": "2026-03-02T00:00:00.000Z", "reason": "The tablet fell into the lift shaft",
            "person": { "name": "manager by name" } } }));
        assert_eq!(missing(&app, &manager, json!(null)).await, NONE);
        assert_eq!(blockers(&manager, unit).await, 0);

        // A repetition changes nothing.
        let before = fingerprint(&app.app.db).await;
        manager.ok(WRITE_OFF, json!({ "ids": [shots[0].id], "reason": "Again" })).await;
        assert_eq!(before, fingerprint(&app.app.db).await);

        // It is uploaded after all.
        let upload = shots[0].declare(&site, defect, "BEFORE").await;
        put(&app, &upload, &shots[0].bytes).await;
        assert_eq!(shots[0].complete(&site).await, "RECEIVED");
        app.run_jobs().await;
        assert_eq!(shots[0].read(&site).await["state"], "READY");
        let document = "query($id: ID!) { photo(id: $id) { writtenOff { reason } } }";
        let told = site.ok(document, json!({ "id": shots[0].id })).await;
        assert_eq!(told["photo"]["writtenOff"]["reason"], "The tablet fell into the lift shaft");
    }

    async fn person_without_the_right_cannot_write_off(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = declare_on(&site, defect, "BEFORE", None).await;
        let before = fingerprint(&app.app.db).await;
        let manager = app.user("manager").await;
        let ask = |ids: Vec<Uuid>, reason: &str| json!({ "ids": ids, "reason": reason });
        for login in ["site", "relations", "supervisor", "property", "escort", "lead.a", "worker.a"] {
            let user = app.user(login).await;
            let told = user.refused(WRITE_OFF, ask(vec![shot.id], "x")).await;
            assert_eq!(told, ["ROLE_NOT_ALLOWED"; 2], "{login}: of the photo, and of all together");
        }
        for login in ["lead.b", "owner1", "x.manager", "root"] {
            let user = app.user(login).await;
            assert_eq!(user.refused(WRITE_OFF, ask(vec![shot.id], "x")).await, ["NOT_FOUND"; 2], "{login}");
        }
        assert_eq!(manager.refused(WRITE_OFF, ask(vec![shot.id], " ")).await, ["TEXT_REQUIRED"]);
        assert_eq!(manager.refused(WRITE_OFF, ask(vec![shot.id; 101], "x")).await, ["TOO_MANY"]);
        assert_eq!(before, fingerprint(&app.app.db).await);
    }
}
