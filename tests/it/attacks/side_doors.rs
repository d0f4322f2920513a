//! Side channels beside the visible rows: devices and cameras, files, refusals, filters, cursors, counts, and links.

use domain::RefusalCode;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::device_of;
use uuid::Uuid;

use crate::photos::pictures::{some_jpeg, with_place};
use crate::photos::{CREATE, Shot, put, sha256};
use crate::server_process::Process;
use crate::transport::logging::listen;

/// The GPS position in the file of a photo: the owner's home.
const PLACE: &str = "31.2304N 121.4737E";
const PHOTO: &str = "query($id: ID!) { photo(id: $id) { deviceId deviceName camera declaredBy { id }
    original: url(size: ORIGINAL) large: url thumb: url(size: THUMB) } }";
const CHANGES: &str = "query($id: ID!, $cursor: String) { changes(projectId: $id, first: 500, cursor: $cursor) {
    cursor nodes { kind id deleted } } }";

struct Setup {
    app: TestApp,
}

impl Setup {
    async fn new(db: &tests::database::TestDb) -> Self {
        let app = TestApp::start(db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        Self { app }
    }

    /// Runs a command that must succeed; returns the `more` fields of its payload.
    async fn run(&self, who: &str, name: &str, input: Value, more: &str) -> Value {
        let document = document(name, more);
        self.app.user(who).await.ok(&document, json!({ "input": input })).await[name].clone()
    }

    /// A defect of plaster, which is contractor A's, in the owner's unit.
    async fn log(&self, who: &str, more: Value) -> Uuid {
        let id = v7();
        let mut input = json!({ "defectId": id, "unitId": self.app.project.unit("1-101"), "type": "WALL.CRACK" });
        for (field, value) in more.as_object().expect("fields") {
            input[field] = value.clone();
        }
        self.run(who, "defectLog", input, "").await;
        id
    }

    /// A photo by the owner of an own finding, which contractor A repairs.
    async fn owners_photo(&self) -> Shot {
        let finding = self.log("owner1", json!({})).await;
        let shot = Shot::jpeg(with_place(&some_jpeg(), 6, PLACE));
        let owner = self.app.user("owner1").await;
        let mut input = shot.input(finding, "BEFORE");
        input["input"]["deviceId"] = json!(v7());
        let upload = owner.ok(CREATE, input).await["photoUploadCreate"]["upload"].clone();
        assert_eq!(put(&self.app, &upload, &shot.bytes).await, StatusCode::OK);
        self.run("owner1", "photoUploadComplete", json!({ "photoId": shot.id }), "").await;
        self.app.run_jobs().await;
        shot
    }

    async fn photo(&self, who: &str, id: Uuid) -> Value {
        self.app.user(who).await.ok(PHOTO, json!({ "id": id })).await["photo"].clone()
    }

    /// The bytes at a link.
    async fn bytes(&self, link: &Value) -> Vec<u8> {
        let link = link.as_str().expect("a link");
        let answer = self.app.client().get(link).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.expect("a whole body").to_vec()
    }

    /// The changes of a person after a cursor: the ids, and the next cursor.
    async fn news(&self, who: &str, cursor: &Value) -> (Vec<Value>, Value) {
        let variables = json!({ "id": self.app.project.id, "cursor": cursor });
        let page = self.app.user(who).await.ok(CHANGES, variables).await["changes"].clone();
        let nodes = page["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].clone()).collect();
        (nodes, page["cursor"].clone())
    }

    /// The cursor of a person who has pulled everything.
    async fn cursor(&self, who: &str) -> Value {
        let mut cursor = Value::Null;
        loop {
            let (nodes, next) = self.news(who, &cursor).await;
            if nodes.is_empty() {
                return next;
            }
            cursor = next;
        }
    }
}

fn document(name: &str, more: &str) -> String {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {more} userErrors {{ code message }} }} }}")
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|some| some == words.as_bytes())
}

on_both_databases! {
    async fn devices_and_cameras_are_named_only_to_people_who_may_know_the_person(db: TestDb) {
        let setup = Setup::new(&db).await;
        let shot = setup.owners_photo().await;
        for login in ["owner1", "manager", "relations", "property", "escort"] {
            let photo = setup.photo(login, shot.id).await;
            assert_eq!((&photo["deviceName"], &photo["camera"]), (&json!(device_of("owner1")), &json!("Cam")), "{login}");
            assert!(photo["deviceId"].is_string() && photo["declaredBy"].is_object(), "{login}");
        }
        for login in ["lead.a", "worker.a", "site", "supervisor"] {
            let photo = setup.photo(login, shot.id).await;
            let told = ["deviceName", "deviceId", "camera", "declaredBy"].map(|field| photo[field].clone());
            assert_eq!(told, [(); 4].map(|()| Value::Null), "{login}");
        }
    }

    async fn only_the_photographer_reads_an_original_with_metadata(db: TestDb) {
        let setup = Setup::new(&db).await;
        let shot = setup.owners_photo().await;
        assert_eq!(setup.bytes(&setup.photo("owner1", shot.id).await["original"]).await, shot.bytes);
        let mut copies = Vec::new();
        for login in ["manager", "relations", "site", "supervisor", "property", "escort", "lead.a", "worker.a"] {
            let photo = setup.photo(login, shot.id).await;
            for size in ["original", "large", "thumb"] {
                let bytes = setup.bytes(&photo[size]).await;
                assert!(!holds(&bytes, PLACE) && !holds(&bytes, "Cam"), "{login} reads the place in {size}");
            }
            copies.push(setup.bytes(&photo["original"]).await);
        }
        copies.dedup();
        let [copy] = copies.as_slice() else { panic!("{} copies", copies.len()) };
        // All pixels, and the orientation.
        let picture = |bytes: &[u8]| image::load_from_memory(bytes).expect("a picture");
        assert_eq!(picture(copy), picture(&shot.bytes));
        assert!(holds(copy, "Exif\0\0") && copy.len() < shot.bytes.len());

        // Without a possible copy, other people get nothing.
        let defect = setup.log("site", json!({})).await;
        let kept = Shot { content_type: "image/heic", ..Shot::jpeg(crate::photos::heic()) };
        kept.take(&setup.app, &setup.app.user("site").await, defect, "BEFORE").await;
        for (login, has) in [("site", true), ("manager", true), ("supervisor", false), ("lead.a", false)] {
            assert_eq!(setup.photo(login, kept.id).await["original"].is_string(), has, "{login}");
        }
    }

    async fn delivery_manager_reads_an_original_with_a_recorded_reason(db: TestDb) {
        let setup = Setup::new(&db).await;
        let shot = setup.owners_photo().await;
        let cursors = [("owner1", setup.cursor("owner1").await), ("lead.a", setup.cursor("lead.a").await)];
        let input = |reason: &str| json!({ "input": { "photoId": shot.id, "reason": reason } });
        let read = document("photoOriginalRead", "url");
        for (login, reason, refused) in [
            ("manager", " ", "TEXT_REQUIRED"),
            ("site", "to see", "ROLE_NOT_ALLOWED"),
            ("supervisor", "to see", "ROLE_NOT_ALLOWED"),
            ("lead.a", "to see", "ROLE_NOT_ALLOWED"),
            ("lead.b", "to see", "NOT_FOUND"),
            ("owner2", "to see", "NOT_FOUND"),
            ("x.manager", "to see", "NOT_FOUND"),
            ("owner1", "to see", "ROLE_NOT_ALLOWED"),
        ] {
            assert_eq!(setup.app.user(login).await.refused(&read, input(reason)).await, [refused], "{login}");
        }
        let manager = setup.app.user("manager").await;
        let answer = manager.ok(&read, input("The place is disputed")).await["photoOriginalRead"].clone();
        assert_eq!(setup.bytes(&answer["url"]).await, shot.bytes);
        let events = "query($id: ID!) { project(id: $id) { events(first: 1) { nodes { name objectId reason person { id } } } } }";
        let event = manager.ok(events, json!({ "id": setup.app.project.id })).await["project"]["events"]["nodes"][0].clone();
        assert_eq!((&event["name"], &event["objectId"]), (&json!("PHOTO_ORIGINAL_READ"), &json!(shot.id)));
        assert_eq!((&event["reason"], &event["person"]["id"]), (&json!("The place is disputed"), &json!(manager.id)));
        for (login, cursor) in cursors {
            assert_eq!(setup.news(login, &cursor).await, (Vec::new(), cursor), "{login}");
        }
    }

    async fn owners_read_the_number_of_pending_devices_but_not_their_people(db: TestDb) {
        let setup = Setup::new(&db).await;
        let (project, unit) = (setup.app.project.id, setup.app.project.unit("1-101"));
        let policy = json!({ "projectId": project, "requireSyncedDevices": true });
        setup.run("manager", "projectPolicyUpdate", policy, "").await;
        for login in ["worker.a", "supervisor"] {
            let waiting = json!([{ "unitId": unit, "operations": 1, "photos": 0, "photoBytes": 0 }]);
            let report = json!({ "deviceId": v7(), "deviceName": format!("{login}'s own tablet"), "projectId": project,
                "waiting": waiting });
            setup.run(login, "deviceReport", report, "").await;
        }
        let review = json!({ "input": { "reviewId": v7(), "unitId": unit, "rating": 4, "body": "Fine" } });
        let answer = setup.app.user("owner1").await.query(&document("unitReview", ""), review).await;
        let told = &answer["data"]["unitReview"]["userErrors"][0];
        assert_eq!(told["code"], "DEVICES_NOT_SYNCED");
        assert!(told["message"].as_str().is_some_and(|message| message.contains('2')), "{answer}");
        assert!(!answer.to_string().contains("tablet"), "{answer}");
    }

    async fn signature_of_an_owner_is_shown_only_to_people_who_may_know_the_owner(db: TestDb) {
        let setup = Setup::new(&db).await;
        let unit = setup.app.project.unit("1-101");
        let (photo, bytes) = (v7(), some_jpeg());
        let input = json!({ "photoId": photo, "sha256": sha256(&bytes), "byteSize": bytes.len(), "contentType": "image/jpeg",
            "subject": { "signature": { "projectId": setup.app.project.id } }, "stage": "SIGNATURE" });
        let upload = "upload { url method headers { name value } }";
        let upload = setup.run("owner1", "photoUploadCreate", input, upload).await["upload"].clone();
        // A missing one is listed for the same people.
        let missing = "query($id: ID!) { project(id: $id) { missingPhotoCount missingPhotos { nodes { id } } } }";
        for (login, count) in [("owner1", 1), ("manager", 1), ("property", 1), ("site", 0), ("supervisor", 0), ("lead.a", 0)] {
            let told = setup.app.user(login).await.ok(missing, json!({ "id": setup.app.project.id })).await["project"].clone();
            let listed = told["missingPhotos"]["nodes"].as_array().map(Vec::len);
            assert_eq!((&told["missingPhotoCount"], listed), (&json!(count), Some(count)), "{login}");
        }
        put(&setup.app, &upload, &bytes).await;
        setup.run("owner1", "photoUploadComplete", json!({ "photoId": photo }), "").await;
        setup.app.run_jobs().await;
        let review = json!({ "reviewId": v7(), "unitId": unit, "rating": 4, "body": "Fine", "signaturePhotoId": photo });
        setup.run("owner1", "unitReview", review, "").await;
        let reviews = "query($id: ID!) { unit(id: $id) { reviews { person { id } signaturePhoto { url } } } }";
        for login in ["owner1", "manager", "relations", "property", "escort", "site", "supervisor"] {
            let told = setup.app.user(login).await.ok(reviews, json!({ "id": unit })).await;
            let review = &told["unit"]["reviews"][0];
            assert_eq!(review["person"].is_object(), review["signaturePhoto"].is_object(), "{login}");
            assert_eq!(review["person"].is_object(), !["site", "supervisor"].contains(&login), "{login}");
            let direct = setup.photo(login, photo).await;
            assert_eq!(direct.is_object(), review["person"].is_object(), "{login} by its id");
        }
    }

    async fn internal_comments_make_no_change_for_other_companies(db: TestDb) {
        let setup = Setup::new(&db).await;
        let defect = setup.log("site", json!({})).await;
        let mut cursors = Vec::new();
        for login in ["owner1", "lead.a", "supervisor", "property", "manager"] {
            cursors.push((login, setup.cursor(login).await));
        }
        let comment = v7();
        let input = json!({ "defectId": defect, "commentId": comment, "visibility": "INTERNAL", "body": "Who pays?" });
        setup.run("site", "defectComment", input, "").await;
        for (login, cursor) in cursors {
            let (news, next) = setup.news(login, &cursor).await;
            match login {
                "manager" => assert_eq!(news, [json!(comment)], "the own company"),
                _ => assert_eq!((news, next), (Vec::new(), cursor), "{login}"),
            }
        }
        // A shared comment reaches everyone, and the cursor continues from its earlier position.
        let cursor = setup.cursor("owner1").await;
        let input = json!({ "defectId": defect, "commentId": v7(), "visibility": "OWNER", "body": "On Monday" });
        setup.run("site", "defectComment", input.clone(), "").await;
        let (news, next) = setup.news("owner1", &cursor).await;
        assert!(news.contains(&input["commentId"]) && news.contains(&json!(defect)) && next != cursor, "{news:?}");
        // A device that has pulled everything for its person is not behind.
        let owners = setup.app.user("owner1").await;
        let report = json!({ "deviceId": v7(), "projectId": setup.app.project.id, "cursor": next, "waiting": [] });
        let answer = owners.ok(&document("deviceReport", "device { behind }"), json!({ "input": report })).await;
        assert_eq!(answer["deviceReport"]["device"]["behind"], 0);
    }

    async fn missing_photos_are_not_found_by_hidden_devices_and_people(db: TestDb) {
        let setup = Setup::new(&db).await;
        let finding = setup.log("owner1", json!({})).await;
        let (device, owner) = (v7(), setup.app.person_id("owner1"));
        let mut input = Shot::jpeg(some_jpeg()).input(finding, "BEFORE")["input"].clone();
        input["deviceId"] = json!(device);
        setup.run("owner1", "photoUploadCreate", input, "").await;
        let count = "query($id: ID!, $filter: MissingPhotoFilter) { project(id: $id) { missingPhotoCount(filter: $filter)
            missingPhotos(filter: $filter) { nodes { deviceId declaredBy { id } } } } }";
        for login in ["manager", "site", "supervisor", "lead.a", "owner1"] {
            let user = setup.app.user(login).await;
            let ask = async |filter: Value| {
                let data = user.ok(count, json!({ "id": setup.app.project.id, "filter": filter })).await;
                let photos = data["project"]["missingPhotos"]["nodes"].as_array().expect("photos").clone();
                assert_eq!(data["project"]["missingPhotoCount"], photos.len(), "{login}");
                photos
            };
            let shown = ask(json!({})).await.remove(0);
            let known = shown["declaredBy"].is_object();
            assert_eq!(shown["deviceId"].is_string(), known, "{login}");
            for filter in [json!({ "deviceIds": [device] }), json!({ "personIds": [owner] })] {
                assert_eq!(ask(filter.clone()).await.len(), usize::from(known), "{login} {filter}");
            }
        }
    }

    async fn contractors_read_no_counts_of_other_contractors_work(db: TestDb) {
        let setup = Setup::new(&db).await;
        // Three blocking defects of B, with a missing photo each, and one of A.
        for _ in 0..3 {
            let tile = setup.log("site", json!({ "type": "WALL.TILE_CRACK", "severity": "CRITICAL" })).await;
            let input = Shot::jpeg(some_jpeg()).input(tile, "BEFORE")["input"].clone();
            setup.run("site", "photoUploadCreate", input, "").await;
        }
        let own = setup.log("site", json!({ "severity": "CRITICAL" })).await;
        let unit = setup.app.project.unit("1-101");
        let document = "query($id: ID!) { unit(id: $id) { readiness { blockers { code subjectId } } } }";
        let count = async |login: &str, code: &str| {
            let told = setup.app.user(login).await.ok(document, json!({ "id": unit })).await;
            let blockers = told["unit"]["readiness"]["blockers"].as_array().expect("blockers").clone();
            let of_code = blockers.iter().filter(|blocker| blocker["code"] == code);
            (of_code.clone().count(), of_code.filter(|blocker| blocker["subjectId"] == json!(own)).count())
        };
        assert_eq!(count("manager", "BLOCKING_DEFECT_OPEN").await, (4, 1));
        assert_eq!(count("manager", "PHOTO_MISSING").await.0, 3);
        assert_eq!(count("lead.a", "BLOCKING_DEFECT_OPEN").await, (2, 1), "the own one, and that there are others");
        assert_eq!(count("lead.a", "PHOTO_MISSING").await.0, 1);
        assert_eq!(count("owner1", "PHOTO_MISSING").await.0, 1);
    }

    async fn links_to_read_live_five_minutes_and_originals_are_not_cached(db: TestDb) {
        let setup = Setup::new(&db).await;
        let shot = setup.owners_photo().await;
        let photo = setup.photo("owner1", shot.id).await;
        let copy = setup.photo("lead.a", shot.id).await["original"].clone();
        let plan = "query($id: ID!) { unit(id: $id) { unitType { plan { url } } } }";
        let plan = setup.app.user("owner1").await.ok(plan, json!({ "id": setup.app.project.unit("1-101") })).await;
        let plan = plan["unit"]["unitType"]["plan"]["url"].clone();
        for (link, kept) in [(&photo["large"], true), (&photo["thumb"], true), (&plan, true), (&photo["original"], false), (&copy, false)] {
            let link = link.as_str().expect("a link");
            let life: u64 = link.split("X-Amz-Expires=").nth(1).and_then(|rest| rest.split('&').next()).expect("a life").parse().expect("seconds");
            assert!((180..=300).contains(&life), "{life} s");
            let answer = setup.app.client().get(link).send().await.expect("an answer");
            let caching = answer.headers()["cache-control"].to_str().expect("text");
            let expected = if kept { "private, max-age=300, immutable" } else { "private, no-store" };
            assert_eq!(caching, expected, "{link}");
            let saved = answer.headers().get("content-disposition").map(|value| value.to_str().expect("text"));
            assert_eq!(saved, (!kept).then_some("attachment"), "{link}");
        }
    }
}

/// The database holds password hashes, names and phones.
#[cfg(unix)]
#[tokio::test]
async fn other_users_of_the_machine_cannot_read_the_data() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("handover.db");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
    let url = format!("sqlite:{}", database.display());
    let server = async || Process::server(folder.path(), &url, &store.address, &[]).await.expect("it starts");
    server().await.kill().await;
    assert_eq!(mode(&database), 0o600);
    // With the permissions that an earlier version set.
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).expect("opened");
    server().await.kill().await;
    assert_eq!(mode(&database), 0o600);
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(log.contains("could be reached by other users") && log.contains("644"), "{log}");
}

#[test]
fn denied_command_is_logged_without_its_texts() {
    let (log, _guard) = listen();
    let denied = domain::Refusal::at(RefusalCode::RoleNotAllowed, "visibility").with("value", "words of the input");
    drop(app::Error::from(denied));
    let line = log.only("denied");
    assert_eq!((&line["fields"]["code"], &line["fields"]["field"]), (&json!("ROLE_NOT_ALLOWED"), &json!("visibility")));
    // A validation error is not logged.
    drop(app::Error::from(RefusalCode::TextRequired));
    log.only("denied");
    assert!(!log.text().contains("words of the input"), "{}", log.text());
}
