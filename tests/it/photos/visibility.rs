//! The rights to take photos, and their visibility.

use domain::id::UnitId;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::pictures::{huge_png, some_jpeg, with_exif};
use super::{COMPLETE, CREATE, PHOTO, Shot, get, log_defect, put, sha256};
use crate::inspections::setup::{Round, mutation};

/// The photos of a defect, by id and state.
async fn listed(user: &User<'_>, defect: Uuid, arguments: &str) -> Vec<(String, String)> {
    let document = format!("query($id: ID!) {{ defect(id: $id) {{ photos{arguments} {{ id state }} }} }}");
    let data = user.ok(&document, json!({ "id": defect })).await;
    let photos = data["defect"]["photos"].as_array().expect("photos").clone();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    photos.iter().map(|photo| (text(&photo["id"]), text(&photo["state"]))).collect()
}

fn named(shot: &Shot, state: &str) -> (String, String) {
    (shot.id.to_string(), state.to_owned())
}

on_both_databases! {
    async fn only_permitted_people_photograph_a_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        app.open_to_owner(app.project.unit("1-102")).await;
        let site = app.user("site").await;
        let staffs = log_defect(&app, &site, "1-101").await;
        let owner = app.user("owner1").await;
        let owners = log_defect(&app, &owner, "1-101").await;
        let not_found: Option<&str> = Some("NOT_FOUND");
        let cases = [
            ("manager", staffs, "BEFORE", None),
            ("supervisor", staffs, "BEFORE", None),
            ("escort", staffs, "BEFORE", None),
            ("worker.a", staffs, "BEFORE", None),
            ("worker.a", staffs, "AFTER", None),
            ("lead.a", owners, "AFTER", None),
            ("manager", staffs, "AFTER", Some("ROLE_NOT_ALLOWED")),
            ("supervisor", staffs, "AFTER", Some("ROLE_NOT_ALLOWED")),
            ("worker.b", staffs, "BEFORE", not_found),
            ("worker.b", staffs, "AFTER", not_found),
            ("x.manager", staffs, "BEFORE", not_found),
            ("root", staffs, "BEFORE", not_found),
            ("owner1", owners, "BEFORE", None),
            ("owner1", owners, "AFTER", Some("ROLE_NOT_ALLOWED")),
            ("owner1", staffs, "BEFORE", Some("NOT_YOUR_FINDING")),
            ("owner2", staffs, "BEFORE", not_found),
            ("owner2", owners, "BEFORE", not_found),
        ];
        for (login, defect, stage, refused) in cases {
            let (user, shot) = (app.user(login).await, Shot::jpeg(some_jpeg()));
            match refused {
                None => assert!(shot.declare(&user, defect, stage).await["url"].is_string()),
                Some(code) => {
                    assert_eq!(user.refused(CREATE, shot.input(defect, stage)).await, [code], "{login} {stage}");
                }
            }
        }
        // A company that became responsible photographs its repair; the former one may not any more.
        let assign = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) { userErrors { code } } }";
        let to_b = json!({ "defectId": staffs, "companyId": app.project.company("B") });
        app.user("manager").await.ok(assign, json!({ "input": to_b })).await;
        let shot = Shot::jpeg(some_jpeg());
        let earlier = app.user("worker.a").await;
        assert_eq!(earlier.refused(CREATE, shot.input(staffs, "AFTER")).await, ["NOT_RESPONSIBLE"]);
        shot.declare(&app.user("worker.b").await, staffs, "AFTER").await;
    }

    async fn photo_is_completed_only_by_the_person_who_declared_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&site, defect, "BEFORE").await;
        put(&app, &upload, &shot.bytes).await;
        for login in ["manager", "worker.a", "worker.b", "owner1", "x.site", "root"] {
            let user = app.user(login).await;
            assert_eq!(user.refused(COMPLETE, json!({ "id": shot.id })).await, ["NOT_FOUND"], "{login}");
        }
        assert_eq!(app.nobody().refused(COMPLETE, json!({ "id": shot.id })).await, ["UNAUTHENTICATED"]);
        assert_eq!(site.refused(COMPLETE, json!({ "id": v7() })).await, ["NOT_FOUND"]);
        assert_eq!(shot.complete(&site).await, "RECEIVED");
    }

    async fn photo_is_visible_to_readers_of_its_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site, defect, "BEFORE").await;
        for login in ["manager", "supervisor", "property", "escort", "relations", "lead.a", "worker.a"] {
            let photo = shot.read(&app.user(login).await).await;
            assert!(photo["url"].is_string() && photo["original"].is_string(), "{login}");
        }
        for login in ["lead.b", "worker.b", "owner1", "owner2", "x.manager", "root"] {
            assert_eq!(shot.read(&app.user(login).await).await, Value::Null, "{login}");
        }
        assert_eq!(app.nobody().refused(PHOTO, json!({ "id": shot.id })).await, ["UNAUTHENTICATED"]);
    }

    async fn owner_sees_ready_photos_without_names_and_originals(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker, owner) = (app.user("site").await, app.user("worker.a").await, app.user("owner1").await);
        let defect = log_defect(&app, &site, "1-101").await;
        let ready = Shot::jpeg(with_exif(&some_jpeg(), 1));
        ready.take(&app, &site, defect, "BEFORE").await;
        app.advance_seconds(1);
        let after = Shot::jpeg(some_jpeg());
        after.take(&app, &worker, defect, "AFTER").await;
        app.advance_seconds(1);
        let missing = Shot::jpeg(some_jpeg());
        missing.declare(&site, defect, "BEFORE").await;
        let all = [named(&ready, "READY"), named(&after, "READY"), named(&missing, "DECLARED")];
        assert_eq!(listed(&worker, defect, "").await, all);
        assert_eq!(listed(&worker, defect, "(stage: BEFORE)").await, [all[0].clone(), all[2].clone()]);
        assert_eq!(listed(&worker, defect, "(stage: BEFORE, first: 1)").await, all[..1]);

        assert_eq!(ready.read(&owner).await, Value::Null);
        app.open_to_owner(app.project.unit("1-101")).await;
        assert_eq!(listed(&owner, defect, "").await, all[..2]);
        let photo = ready.read(&owner).await;
        assert_eq!((&photo["declaredBy"], &photo["original"]), (&Value::Null, &Value::Null));
        for link in ["url", "thumb"] {
            let (_, bytes) = get(&app, &photo[link]).await;
            assert!(!bytes.windows(8).any(|bytes| bytes == b"31.2304N"));
        }
        assert_eq!(missing.read(&owner).await, Value::Null);

        // The own photo of an own finding is visible to the owner from the start.
        let finding = log_defect(&app, &owner, "1-101").await;
        let own = Shot::jpeg(some_jpeg());
        own.declare(&owner, finding, "BEFORE").await;
        assert_eq!(listed(&owner, finding, "").await, [named(&own, "DECLARED")]);
        assert_eq!(own.read(&owner).await["declaredBy"]["name"], "owner1 by name");
        assert_eq!(own.read(&owner).await["original"], Value::Null);
    }

    async fn after_photos_belong_to_their_attempt(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let defect = log_defect(&app, &site, "1-101").await;
        let (ready, late) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        ready.take(&app, &worker, defect, "AFTER").await;
        let upload = late.declare(&worker, defect, "AFTER").await;
        let report = "mutation($input: DefectReportFixedInput!) { defectReportFixed(input: $input) {
            defect { attempts { photos { id state } } } userErrors { code } } }";
        let input = json!({ "defectId": defect, "attemptId": v7(), "photoIds": [ready.id, late.id] });
        worker.ok(report, json!({ "input": input })).await;
        // Its bytes arrive after the report, because nothing can be sent from a basement.
        put(&app, &upload, &late.bytes).await;
        assert_eq!(late.complete(&worker).await, "RECEIVED");
        app.run_jobs().await;
        let document = "query($id: ID!) { defect(id: $id) { attempts { photos { id state } } } }";
        let data = site.ok(document, json!({ "id": defect })).await;
        let photos = &data["defect"]["attempts"][0]["photos"];
        assert_eq!(*photos, json!([{ "id": ready.id, "state": "READY" }, { "id": late.id, "state": "READY" }]));
    }

    async fn signature_photo_belongs_to_its_signer_and_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        let more = tests::fixture::another(&app.app, "MORE").await;
        let lead = app.user("lead.a").await;
        let drawn = || Shot { content_type: "image/png", ..Shot::jpeg(huge_png(300, 100)) };
        let signature = drawn();
        let input = |shot: &Shot, project: Uuid, stage: &str| json!({ "input": {
            "photoId": shot.id, "sha256": sha256(&shot.bytes), "byteSize": shot.bytes.len(),
            "contentType": shot.content_type, "stage": stage, "subject": { "signature": { "projectId": project } },
        } });
        let stage = "SIGNATURE";
        assert_eq!(lead.refused(CREATE, input(&signature, app.other.id, stage)).await, ["NOT_FOUND"]);
        let owner = app.user("owner1").await;
        assert_eq!(owner.refused(CREATE, input(&signature, app.project.id, stage)).await, ["NOT_FOUND"]);
        assert_eq!(lead.refused(CREATE, input(&signature, app.project.id, "BEFORE")).await, ["INVALID_VALUE"]);
        lead.ok(CREATE, input(&signature, app.project.id, stage)).await;
        for (login, seen) in [
            ("lead.a", true), ("worker.a", true), ("manager", true), ("supervisor", true),
            ("lead.b", false), ("owner1", false), ("x.manager", false),
        ] {
            let photo = signature.read(&app.user(login).await).await;
            assert_eq!(photo.is_object(), seen, "{login}");
        }
        // An inspection is signed with a photo of the signer, declared in the inspection's project.
        let elsewhere = drawn();
        lead.ok(CREATE, input(&elsewhere, more.id, stage)).await;
        let round = Round::open(&app, 1, &["CONTRACTOR"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let mut sign = round.input("SIGN", "1-101").await;
        for (login, photo) in [("lead.b", signature.id), ("lead.a", elsewhere.id)] {
            sign["photoId"] = json!(photo);
            let refused = round.try_input(&app.user(login).await, "SIGN", sign.clone()).await;
            assert_eq!(refused, [("PHOTO_UNUSABLE".to_owned(), "photoId".to_owned())], "{login}");
        }
        sign["photoId"] = json!(signature.id);
        let signed = lead.ok(&mutation("SIGN"), json!({ "input": sign })).await;
        assert_eq!(signed["answer"]["unitInspection"]["status"], "SIGNED");
    }

    async fn photos_cost_one_statement_for_any_number_of_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let mut defects = Vec::new();
        for _ in 0..6 {
            let defect = log_defect(&app, &site, "1-101").await;
            for _ in 0..2 {
                Shot::jpeg(some_jpeg()).declare(&site, defect, "BEFORE").await;
            }
            defects.push(defect);
        }
        let mut counts = Vec::new();
        for some in [&defects[..1], &defects[..]] {
            let fields: Vec<String> = some.iter().enumerate().map(|(n, id)| {
                format!("d{n}: defect(id: \"{id}\") {{ photos {{ id url declaredBy {{ name }} }} }}")
            }).collect();
            let before = db.statements().count();
            let data = site.ok(&format!("{{ {} }}", fields.join(" ")), json!({})).await;
            assert_eq!(data["d0"]["photos"].as_array().map(Vec::len), Some(2));
            counts.push(db.statements().count() - before);
        }
        assert_eq!(counts[0], counts[1], "statements for one defect and for six");
    }

    async fn missing_photos_are_counted_by_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let (came, missing) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        came.take(&app, &site, defect, "BEFORE").await;
        missing.declare(&site, defect, "BEFORE").await;
        let void = log_defect(&app, &site, "1-101").await;
        Shot::jpeg(some_jpeg()).declare(&site, void, "BEFORE").await;
        let document = "mutation($input: DefectVoidInput!) { defectVoid(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": void, "reason": "ENTERED_IN_ERROR", "note": "twice" });
        site.ok(document, json!({ "input": input })).await;
        let units = [app.project.unit("1-101"), app.project.unit("1-102")].map(UnitId::from);
        let found = store::photos::missing_of_units(app.app.db.read(), &units).await.expect("read");
        assert_eq!(found, [(units[0], missing.id.into())]);
    }
}
