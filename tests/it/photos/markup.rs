//! Annotations of photos: the data, the annotated picture, the rights, and refusals.

use app::jobs::lease_next;
use futures::future::join_all;
use image::RgbImage;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{events, photos};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::pictures::{jpeg, scan_start, some_jpeg, with_exif};
use super::{CREATE, Shot, get, log_defect, put, sha256};

const MARK: &str = "mutation($input: PhotoMarkInput!) { photoMark(input: $input) {
    photo { id version markup { markedAt markedBy { name } shapes { kind } } } userErrors { code field message } } }";
const READ: &str = "query($id: ID!) { photo(id: $id) {
    version url marked: url(marked: true) thumb: url(size: THUMB, marked: true)
    original: url(size: ORIGINAL, marked: true) plain: url(size: ORIGINAL)
    markup { markedBy { name } markedAt shapes {
        kind colour width from { x y } to { x y } centre { x y } radiusX radiusY points { x y } at { x y } text size
        label } } } }";

fn arrow() -> Value {
    json!({ "arrow": { "from": { "x": 0.1, "y": 0.1 }, "to": { "x": 0.4, "y": 0.1 } } })
}

fn input(photo: Uuid, shapes: &Value) -> Value {
    json!({ "input": { "photoId": photo, "shapes": shapes } })
}

/// A photo of a new defect of the unit, ready.
async fn ready(app: &TestApp, user: &User<'_>) -> Shot {
    let defect = log_defect(app, user, "1-101").await;
    let shot = Shot::jpeg(jpeg(800, 600));
    shot.take(app, user, defect, "BEFORE").await;
    shot
}

async fn mark(user: &User<'_>, photo: Uuid, shapes: &Value) -> Value {
    user.ok(MARK, input(photo, shapes)).await["photoMark"]["photo"].clone()
}

async fn read(user: &User<'_>, photo: Uuid) -> Value {
    user.ok(READ, json!({ "id": photo })).await["photo"].clone()
}

async fn row(app: &TestApp, photo: Uuid) -> photos::Model {
    store::photos::load(app.app.db.read(), photo.into()).await.expect("read").expect("a photo")
}

/// The picture at a link.
async fn picture(app: &TestApp, url: &Value) -> RgbImage {
    image::load_from_memory(&get(app, url).await.1).expect("a picture").into_rgb8()
}

/// The target of a link, without its signature.
fn place(url: &Value) -> &str {
    url.as_str().expect("a link").split('?').next().expect("a place")
}

/// The events of a photo's annotation: from and to.
async fn markup_events(app: &TestApp, photo: Uuid) -> Vec<Value> {
    let of_photo = events::Entity::find().filter(events::Column::ObjectId.eq(photo));
    let mut found =
        of_photo.filter(events::Column::Name.eq("PHOTO_MARKED")).all(app.app.db.read()).await.expect("events");
    found.sort_by_key(|event| event.seq);
    found.into_iter().map(|event| event.data["markup"].clone()).collect()
}

on_both_databases! {
    async fn photo_is_annotated_and_rendered(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let defect = log_defect(&app, &site, "1-101").await;
        // Taken with the tablet on its side: the annotation refers to the upright picture that people see.
        let shot = Shot::jpeg(with_exif(&jpeg(1200, 900), 6));
        shot.take(&app, &site, defect, "BEFORE").await;
        let before = read(&site, shot.id).await;
        assert_eq!((&before["markup"], place(&before["marked"])), (&Value::Null, place(&before["url"])));

        app.advance_seconds(60);
        let marked = mark(&site, shot.id, &json!([arrow()])).await;
        assert_eq!(marked["version"], json!(before["version"].as_i64().expect("a version") + 1));
        assert_eq!(marked["markup"], json!({ "markedAt": "2026-03-02T00:01:00.000Z",
            "markedBy": { "name": "site by name" }, "shapes": [{ "kind": "ARROW" }] }));
        // Not rendered yet: the picture without it.
        let waiting = read(&worker, shot.id).await;
        assert_eq!(place(&waiting["marked"]), place(&waiting["url"]));
        assert_eq!(app.run_jobs().await, 1);
        let done = read(&worker, shot.id).await;
        assert_ne!(place(&done["marked"]), place(&done["url"]));
        assert_eq!(place(&done["url"]), place(&before["url"]));
        assert_eq!(place(&done["original"]), place(&done["plain"]));
        assert_eq!(place(&done["thumb"]).split('.').next_back(), Some("jpg"));
        assert_eq!(done["version"], waiting["version"], "the next annotator has missed nothing");

        let (plain, drawn) = (picture(&app, &done["url"]).await, picture(&app, &done["marked"]).await);
        assert_eq!((plain.dimensions(), drawn.dimensions()), ((900, 1200), (900, 1200)));
        let differs = |x: u32, y: u32| {
            plain.get_pixel(x, y).0.iter().zip(drawn.get_pixel(x, y).0).any(|(a, b)| a.abs_diff(b) > 60)
        };
        // The arrow is on the line at y 120 from x 90 to 360.
        assert!([100, 200, 300, 345].iter().all(|&x| differs(x, 120)));
        let far = |x: u32, y: u32| !(90..=150).contains(&y) || !(70..=380).contains(&x);
        let elsewhere = (0..900).step_by(3).flat_map(|x| (0..1200).step_by(3).map(move |y| (x, y)));
        let touched: Vec<_> = elsewhere.filter(|&(x, y)| far(x, y) && differs(x, y)).collect();
        assert!(touched.is_empty(), "{touched:?}");
        // The original and the plain picture stay.
        assert_eq!(get(&app, &read(&site, shot.id).await["plain"]).await.1, shot.bytes);

        // A repetition changes nothing.
        let again = mark(&worker_of_the_same(&app).await, shot.id, &json!([arrow()])).await;
        assert_eq!((&again["version"], &again["markup"]["markedBy"]["name"]), (&marked["version"], &json!("site by name")));
        assert_eq!((app.run_jobs().await, markup_events(&app, shot.id).await.len()), (0, 1));

        // Removed: nothing is drawn, and the log still contains the former annotation.
        let off = mark(&site, shot.id, &json!([])).await;
        assert_eq!(off["markup"], Value::Null);
        assert_eq!(app.run_jobs().await, 0);
        let last = read(&site, shot.id).await;
        assert_eq!(place(&last["marked"]), place(&last["url"]));
        let told = markup_events(&app, shot.id).await;
        assert_eq!(told.len(), 2);
        assert_eq!((&told[0]["from"], &told[0]["to"]["shapes"][0]["kind"]), (&Value::Null, &json!("ARROW")));
        assert_eq!((&told[1]["from"], &told[1]["to"]), (&told[0]["to"], &Value::Null));
        let row = row(&app, shot.id).await;
        assert_eq!((row.markup, row.markup_by, row.markup_at, row.marked_key), (None, None, None, None));
    }

    async fn every_kind_of_shape_is_stored_and_drawn(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let shot = ready(&app, &site).await;
        let (at, to) = (json!({ "x": 0.25, "y": 0.123_456_789 }), json!({ "x": 1, "y": 0 }));
        let shapes = json!([
            { "arrow": { "from": at, "to": to, "colour": "YELLOW", "width": "THICK" } },
            { "circle": { "centre": at, "radiusX": 0.2, "radiusY": 1.0, "colour": "BLUE" } },
            { "freehand": { "points": [at, to, at], "width": "THIN" } },
            { "text": { "at": at, "text": "  裂缝 crack ", "size": "LARGE", "colour": "WHITE" } },
            { "measure": { "from": at, "to": to, "label": "12 mm" } },
        ]);
        mark(&site, shot.id, &shapes).await;
        let (at, to) = (json!({ "x": 0.25, "y": 0.12346 }), json!({ "x": 1.0, "y": 0.0 }));
        let shape = |told: Value| {
            let mut all = json!({ "width": "MEDIUM", "colour": "RED", "from": null, "to": null, "centre": null,
                "radiusX": null, "radiusY": null, "points": null, "at": null, "text": null, "size": null,
                "label": null });
            all.as_object_mut().expect("fields").extend(told.as_object().expect("fields").clone());
            all
        };
        assert_eq!(read(&site, shot.id).await["markup"]["shapes"], json!([
            shape(json!({ "kind": "ARROW", "from": at, "to": to, "colour": "YELLOW", "width": "THICK" })),
            shape(json!({ "kind": "CIRCLE", "centre": at, "radiusX": 0.2, "radiusY": 1.0, "colour": "BLUE" })),
            shape(json!({ "kind": "FREEHAND", "points": [at, to, at], "width": "THIN" })),
            shape(json!({ "kind": "TEXT", "at": at, "text": "裂缝 crack", "size": "LARGE", "colour": "WHITE",
                "width": null })),
            shape(json!({ "kind": "MEASURE", "from": at, "to": to, "label": "12 mm" })),
        ]));
        assert_eq!(app.run_jobs().await, 1);
        let key = row(&app, shot.id).await.marked_key.expect("drawn");
        // The returned data can be sent again: nothing changes.
        assert_eq!(mark(&site, shot.id, &shapes).await["version"], read(&site, shot.id).await["version"]);
        // Two photos with the same bytes and the same annotation share one picture.
        let twin = Shot { id: v7(), ..Shot::jpeg(shot.bytes.clone()) };
        twin.take(&app, &site, log_defect(&app, &site, "1-101").await, "BEFORE").await;
        mark(&site, twin.id, &shapes).await;
        app.run_jobs().await;
        assert_eq!(row(&app, twin.id).await.marked_key, Some(key));
    }

    async fn only_permitted_people_annotate_a_photo(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, worker, owner) = (app.user("site").await, app.user("worker.a").await, app.user("owner1").await);
        let (of_staff, of_owner) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &owner, "1-101").await);
        let take = async |user: &User<'_>, defect, stage| {
            let shot = Shot::jpeg(some_jpeg());
            shot.take(&app, user, defect, stage).await;
            shot.id
        };
        let sites = take(&site, of_staff, "BEFORE").await;
        let workers = take(&worker, of_staff, "AFTER").await;
        let owners = take(&owner, of_owner, "BEFORE").await;
        let sites_of_owner = take(&site, of_owner, "BEFORE").await;
        let nobodys = Some("NOT_FOUND");
        let other = Some("NOT_YOUR_PHOTO");
        let finding = Some("NOT_YOUR_FINDING");
        let table = [
            ("manager", [None, None, None, None]),
            ("site", [None, None, None, None]),
            ("relations", [None, None, None, None]),
            ("supervisor", [None, None, None, None]),
            ("property", [None, None, None, None]),
            ("escort", [None, None, None, None]),
            ("lead.a", [other, None, other, other]),
            ("worker.a", [other, None, other, other]),
            ("lead.b", [nobodys; 4]),
            ("worker.b", [nobodys; 4]),
            ("owner1", [finding, finding, None, other]),
            ("owner2", [nobodys; 4]),
            ("x.manager", [nobodys; 4]),
            ("root", [nobodys; 4]),
        ];
        for (n, (login, expected)) in table.into_iter().enumerate() {
            let user = app.user(login).await;
            // A different one each time, so that none is a repetition.
            let shapes = json!([{ "circle": { "centre": { "x": 0.5, "y": 0.5 }, "radiusX": 0.1,
                "radiusY": 0.01 * (n + 1) as f64 } }]);
            for (photo, refused) in [sites, workers, owners, sites_of_owner].into_iter().zip(expected) {
                match refused {
                    None => assert!(mark(&user, photo, &shapes).await["markup"].is_object(), "{login}"),
                    Some(code) => assert_eq!(user.refused(MARK, input(photo, &shapes)).await, [code], "{login}"),
                }
            }
        }
        assert_eq!(app.nobody().refused(MARK, input(sites, &json!([]))).await, ["UNAUTHENTICATED"]);
        assert_eq!(site.refused(MARK, input(v7(), &json!([]))).await, ["NOT_FOUND"]);
    }

    async fn only_ready_photos_of_defects_are_annotated(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shapes = json!([arrow()]);
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&site, defect, "BEFORE").await;
        assert_eq!(site.refused(MARK, input(shot.id, &shapes)).await, ["PHOTO_NOT_READY"]);
        put(&app, &upload, &shot.bytes).await;
        shot.complete(&site).await;
        assert_eq!(site.refused(MARK, input(shot.id, &shapes)).await, ["PHOTO_NOT_READY"]);
        app.run_jobs().await;
        mark(&site, shot.id, &shapes).await;
        let broken = Shot::jpeg(b"no photo".to_vec());
        broken.take(&app, &site, defect, "BEFORE").await;
        assert_eq!(site.refused(MARK, input(broken.id, &shapes)).await, ["PHOTO_NOT_READY"]);

        let signature = Shot::jpeg(some_jpeg());
        let declared = json!({ "input": {
            "photoId": signature.id, "sha256": sha256(&signature.bytes), "byteSize": signature.bytes.len(),
            "contentType": "image/jpeg", "stage": "SIGNATURE",
            "subject": { "signature": { "projectId": app.project.id } },
        } });
        let upload = site.ok(CREATE, declared).await["photoUploadCreate"]["upload"].clone();
        put(&app, &upload, &signature.bytes).await;
        signature.complete(&site).await;
        app.run_jobs().await;
        assert_eq!(site.refused(MARK, input(signature.id, &shapes)).await, ["INVALID_VALUE"]);
    }

    async fn one_of_two_concurrent_annotations_is_a_conflict(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        let shot = ready(&app, &site).await;
        let version = read(&supervisor, shot.id).await["version"].clone();
        let radius = |n: usize| json!([{ "circle": { "centre": { "x": 0.5, "y": 0.5 }, "radiusX": 0.1,
            "radiusY": 0.1 * (n + 1) as f64 } }]);
        let sent = |n: usize| {
            let mut input = input(shot.id, &radius(n));
            input["input"]["expectedVersion"] = version.clone();
            input
        };
        let answers = join_all((0..6).map(|n| [&site, &supervisor][n % 2].query(MARK, sent(n)))).await;
        let code = |answer: &Value| answer["data"]["photoMark"]["userErrors"][0]["code"].as_str().map(str::to_owned);
        let first = answers.iter().position(|answer| code(answer).is_none()).expect("one was first");
        let stale = answers.iter().filter(|answer| code(answer).as_deref() == Some("STALE_VERSION")).count();
        assert_eq!((stale, markup_events(&app, shot.id).await.len()), (5, 1), "{answers:#?}");
        // The first tablet did not get the answer: a repetition is no conflict with itself.
        [&site, &supervisor][first % 2].ok(MARK, sent(first)).await;
        let other = (first + 1) % 6;
        assert_eq!(supervisor.refused(MARK, sent(other)).await, ["STALE_VERSION"]);
        // An annotation without a base version replaces the present one.
        mark(&supervisor, shot.id, &radius(other)).await;
        assert_eq!(markup_events(&app, shot.id).await.len(), 2);
    }

    async fn replaced_annotation_is_never_shown(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let shot = ready(&app, &site).await;
        let text = |words: &str| json!([{ "text": { "at": { "x": 0.1, "y": 0.1 }, "text": words } }]);
        mark(&site, shot.id, &text("one")).await;
        let stale = lease_next(&app.app).await.expect("read").expect("a job");
        mark(&site, shot.id, &text("two")).await;
        // Rendered before the other one: there is nothing to show yet.
        let outcome = stale.run(&app.app).await;
        assert_eq!(row(&app, shot.id).await.marked_key, None);
        stale.acknowledge(&app.app, outcome).await.expect("settled");
        assert_eq!(app.run_jobs().await, 1);
        let two = row(&app, shot.id).await.marked_key.expect("drawn");

        // Rendered after the other one, and after its removal.
        mark(&site, shot.id, &text("one")).await;
        let stale = lease_next(&app.app).await.expect("read").expect("a job");
        mark(&site, shot.id, &text("two")).await;
        assert_eq!(app.run_jobs().await, 1);
        drop(stale.run(&app.app).await);
        assert_eq!(row(&app, shot.id).await.marked_key.as_deref(), Some(two.as_str()));
        mark(&site, shot.id, &json!([])).await;
        drop(stale.run(&app.app).await);
        assert_eq!(row(&app, shot.id).await.marked_key, None);

        // The cached picture shows the tablet that it must read it again.
        mark(&site, shot.id, &text("three")).await;
        let changes = "query($id: ID!, $cursor: String) { changes(projectId: $id, cursor: $cursor, first: 500) {
            cursor nodes { id } } }";
        let all = site.ok(changes, json!({ "id": app.project.id })).await["changes"].clone();
        app.run_jobs().await;
        let later = site.ok(changes, json!({ "id": app.project.id, "cursor": all["cursor"] })).await;
        assert_eq!(later["changes"]["nodes"], json!([{ "id": shot.id }]));
    }

    async fn picture_that_cannot_be_read_now_is_annotated_later(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let shot = ready(&app, &site).await;
        let large = row(&app, shot.id).await.large_key.expect("a rendition");
        let bytes = app.app.objects.get_bytes(&large, 1_000_000).await.expect("there");
        app.app.objects.delete(&large).await.expect("deleted");
        mark(&site, shot.id, &json!([arrow()])).await;
        assert_eq!((app.run_jobs().await, row(&app, shot.id).await.marked_key), (1, None));
        let hash = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
        app.app.objects.put(&large, bytes, "image/jpeg", &hash).await.expect("put");
        app.advance_seconds(10);
        assert_eq!(app.run_jobs().await, 1);
        assert!(row(&app, shot.id).await.marked_key.is_some());
    }

    async fn owner_sees_annotations_without_names_and_pictures_without_metadata(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, owner) = (app.user("site").await, app.user("owner1").await);
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(with_exif(&jpeg(800, 600), 1));
        shot.take(&app, &site, defect, "BEFORE").await;
        mark(&site, shot.id, &json!([arrow()])).await;
        app.run_jobs().await;
        let seen = read(&owner, shot.id).await;
        assert_eq!(seen["markup"]["markedBy"], Value::Null);
        assert_eq!(seen["markup"]["shapes"][0]["kind"], "ARROW");
        assert_ne!(place(&seen["marked"]), place(&seen["url"]));
        assert_eq!(seen["original"], Value::Null);
        let (kind, bytes) = get(&app, &seen["marked"]).await;
        assert_eq!(kind, "image/jpeg");
        for hidden in [b"31.2304N".as_slice(), b"Exif", b"\xFF\xE1", b"site by name"] {
            assert!(!bytes[..scan_start(&bytes)].windows(hidden.len()).any(|part| part == hidden), "{hidden:?}");
        }
        // In a list, too; they recognise their own.
        let finding = log_defect(&app, &owner, "1-101").await;
        let own = Shot::jpeg(some_jpeg());
        own.take(&app, &owner, finding, "BEFORE").await;
        mark(&owner, own.id, &json!([arrow()])).await;
        let list = "query($id: ID!) { defect(id: $id) { photos { markup { markedBy { name } } } } }";
        for (defect, name) in [(defect, Value::Null), (finding, json!("owner1 by name"))] {
            let data = owner.ok(list, json!({ "id": defect })).await;
            assert_eq!(data["defect"]["photos"][0]["markup"]["markedBy"]["name"], name);
        }
        // The events of a photo are not in the owner's history of the defect.
        let history = "query($id: ID!) { defect(id: $id) { events { name } } }";
        let data = owner.ok(history, json!({ "id": defect })).await.to_string();
        assert!(!data.contains("PHOTO_MARKED"), "{data}");
    }
}

/// A colleague of `site`.
async fn worker_of_the_same(app: &TestApp) -> User<'_> {
    app.user("manager").await
}
