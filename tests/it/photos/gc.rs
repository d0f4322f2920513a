//! Garbage collection of photos: no referenced object is ever deleted, no orphan remains.

use std::time::Duration;

use app::photo::gc::{GcReport, collect};
use app::photo::verify::{Finding, Thoroughness, verify_objects};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entity::photos;
use tests::app::TestApp;
use tests::on_both_databases;
use uuid::Uuid;

use super::pictures::{jpeg, some_jpeg};
use super::{Shot, get, log_defect, on_garage, put, sha256};

const TWO_DAYS: Duration = Duration::from_secs(48 * 60 * 60);
const MORE_THAN_TWO_DAYS: i64 = 49 * 60 * 60;

/// Longer than two months of any calendar: July and August have 62 days.
pub(super) const MORE_THAN_TWO_MONTHS: i64 = 63 * 24 * 60 * 60;

/// Advances the clock until everything in the store is older than two days.
pub(super) async fn let_two_days_pass(app: &TestApp) {
    app.let_objects_age(MORE_THAN_TWO_DAYS).await;
}

/// From now on everything in the store is older than two days, including objects that are written now.
pub(super) async fn make_everything_old(app: &TestApp) {
    app.let_store_fall_behind(MORE_THAN_TWO_DAYS).await;
}

pub(super) async fn cleaned(app: &TestApp) -> GcReport {
    collect(&app.app, TWO_DAYS).await.expect("the garbage collection succeeds")
}

/// Every key in the store except those of plans.
pub(super) async fn keys(app: &TestApp) -> Vec<String> {
    let page = app.app.objects.list("", None, 1_000).await.expect("the keys");
    page.objects.into_iter().map(|object| object.key).filter(|key| !key.contains("/plans/")).collect()
}

pub(super) async fn put_object(app: &TestApp, key: &str, bytes: &[u8]) {
    let sha256 = Sha256::digest(bytes).into();
    app.app.objects.put(key, Bytes::copy_from_slice(bytes), "image/jpeg", &sha256).await.expect("taken");
}

/// Cuts the end off every file with these bytes, as a disk may after a power cut.
fn shorten(folder: &std::path::Path, bytes: &[u8]) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            shorten(&path, bytes);
        } else if std::fs::read(&path).is_ok_and(|content| content.windows(bytes.len()).any(|part| part == bytes)) {
            let file = std::fs::OpenOptions::new().write(true).open(&path).expect("a file");
            let length = file.metadata().expect("its length").len();
            file.set_len(length - 50).expect("shorter");
        }
    }
}

pub(super) async fn row(app: &TestApp, id: Uuid) -> photos::Model {
    store::photos::load(app.app.db.read(), id.into()).await.expect("the database answers").expect("a photo")
}

pub(super) async fn findings(app: &TestApp, hashed_percent: u8, repair: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let how = Thoroughness { hashed_percent, repair };
    verify_objects(&app.app, how, |_, finding| found.extend(finding.cloned()))
        .await
        .expect("the verification succeeds");
    found
}

on_both_databases! {
    async fn upload_without_a_completion_is_completed_by_the_collector(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&site, defect, "BEFORE").await;
        put(&app, &upload, &shot.bytes).await;

        assert_eq!(cleaned(&app).await, GcReport { completed: 1, ..GcReport::default() });
        app.run_jobs().await;
        let photo = shot.read(&site).await;
        assert_eq!((&photo["state"], get(&app, &photo["original"]).await.1), (&json!("READY"), shot.bytes.clone()));
        assert_eq!(shot.complete(&site).await, "READY");
        assert_eq!(cleaned(&app).await, GcReport::default());
    }

    async fn incomplete_uploads_are_removed_after_their_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        // Uploaded by a link that was replaced; never uploaded; other bytes than declared.
        let (replaced, never, other) =
            (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        let first = replaced.declare(&site, defect, "BEFORE").await;
        replaced.declare(&site, defect, "BEFORE").await;
        put(&app, &first, &replaced.bytes).await;
        never.declare(&site, defect, "BEFORE").await;
        other.declare(&site, defect, "BEFORE").await;
        let place = row(&app, other.id).await.staging_key.expect("a place");
        let mut wrong = other.bytes.clone();
        wrong[100] ^= 1;
        put_object(&app, &place, &wrong).await;
        put_object(&app, &format!("checking/{}/{}", never.id, never.id), b"left behind").await;

        assert_eq!(cleaned(&app).await, GcReport { uploads_removed: 1, ..GcReport::default() }, "the wrong bytes at once");
        assert_eq!(keys(&app).await.len(), 2, "the others may still be referenced");
        let_two_days_pass(&app).await;
        assert_eq!(cleaned(&app).await, GcReport { uploads_removed: 2, ..GcReport::default() });
        assert_eq!(keys(&app).await, [""; 0]);
        for shot in [&replaced, &never, &other] {
            assert_eq!(shot.read(&site).await["state"], "DECLARED", "still missed");
            let upload = shot.declare(&site, defect, "BEFORE").await;
            put(&app, &upload, &shot.bytes).await;
            assert_eq!(shot.complete(&site).await, "RECEIVED");
        }
    }

    async fn orphans_are_removed_and_their_keys_are_never_used_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let kept = Shot::jpeg(some_jpeg());
        kept.take(&app, &site, defect, "BEFORE").await;
        let before = keys(&app).await;
        // The machine died between the copy and its commit.
        let shot = Shot::jpeg(some_jpeg());
        let orphan = format!("projects/{}/photos/{}", app.project.id, sha256(&shot.bytes));
        put_object(&app, &orphan, &shot.bytes).await;
        put_object(&app, &format!("{orphan}.320.jpg"), b"small").await;

        assert_eq!(cleaned(&app).await, GcReport::default());
        assert_eq!(findings(&app, 100, true).await.len(), 2, "reported, and not changed");
        let_two_days_pass(&app).await;
        assert_eq!(cleaned(&app).await, GcReport { orphans_removed: 2, ..GcReport::default() });
        assert_eq!(keys(&app).await, before);
        assert_eq!(findings(&app, 100, false).await, []);

        let photo = shot.take(&app, &site, defect, "BEFORE").await;
        assert_eq!(get(&app, &photo["original"]).await.1, shot.bytes);
        assert_ne!(row(&app, shot.id).await.object_key.expect("a place"), orphan);
        let twin = Shot { id: tests::ids::v7(), ..Shot::jpeg(shot.bytes.clone()) };
        twin.take(&app, &site, defect, "BEFORE").await;
        assert_eq!(row(&app, twin.id).await.object_key, row(&app, shot.id).await.object_key);
        assert_eq!(findings(&app, 100, false).await, []);
    }

    async fn concurrent_collection_and_completion_lose_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let mut shots = Vec::new();
        for _ in 0..12 {
            let shot = Shot::jpeg(some_jpeg());
            // An object that is about to be collected has the same key.
            let orphan = format!("projects/{}/photos/{}", app.project.id, sha256(&shot.bytes));
            put_object(&app, &orphan, &shot.bytes).await;
            let upload = shot.declare(&site, defect, "BEFORE").await;
            put(&app, &upload, &shot.bytes).await;
            shots.push(shot);
        }
        make_everything_old(&app).await;
        let site = app.user("site").await;
        let completing = futures::future::join_all(shots.iter().map(|shot| shot.complete(&site)));
        // With a zero grace period, so that it also removes objects that are copied meanwhile.
        let caring = async {
            for _ in 0..6 {
                collect(&app.app, Duration::ZERO).await.expect("the garbage collection succeeds");
            }
        };
        futures::join!(completing, caring);
        app.run_jobs().await;
        for shot in &shots {
            let photo = shot.read(&site).await;
            assert_eq!(photo["state"], "READY");
            assert_eq!(get(&app, &photo["original"]).await.1, shot.bytes);
        }
        let_two_days_pass(&app).await;
        cleaned(&app).await;
        assert_eq!(findings(&app, 100, false).await, []);
    }

    async fn policy_removes_only_photos_of_closed_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        let (settled, open) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-101").await);
        let shared = Shot::jpeg(some_jpeg());
        let twin = Shot { id: tests::ids::v7(), ..Shot::jpeg(shared.bytes.clone()) };
        let (alone, waiting) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        for (shot, defect) in [(&shared, settled), (&twin, open), (&alone, settled)] {
            shot.take(&app, &site, defect, "BEFORE").await;
        }
        waiting.declare(&site, settled, "BEFORE").await;
        let void = "mutation($id: ID!) { defectVoid(input: { defectId: $id, reason: NOT_A_DEFECT }) { userErrors { code } } }";
        manager.ok(void, json!({ "id": settled })).await;
        let policy = "mutation($months: Int, $id: ID!) { projectPolicyUpdate(input: { projectId: $id, photoRetentionMonths: $months }) {
            project { policy { photoRetentionMonths } } userErrors { code field } } }";
        for wrong in [0, 1_201] {
            let told = manager.refused(policy, json!({ "id": app.project.id, "months": wrong })).await;
            assert_eq!(told, ["INVALID_VALUE"]);
        }
        manager.ok(policy, json!({ "id": app.project.id, "months": 2 })).await;
        app.advance_seconds(60 * 24 * 60 * 60);
        assert_eq!(cleaned(&app).await.photos_removed, 0, "not yet two months");
        let_two_days_pass(&app).await;
        app.advance_seconds(MORE_THAN_TWO_MONTHS);
        let done = cleaned(&app).await;
        assert_eq!((done.photos_removed, done.orphans_removed), (2, 4));
        let site = app.user("site").await;
        let states = [&shared, &twin, &alone, &waiting].map(|shot| shot.read(&site));
        let states = futures::future::join_all(states).await;
        let states: Vec<&Value> = states.iter().map(|photo| &photo["state"]).collect();
        assert_eq!(states, ["REMOVED", "READY", "REMOVED", "DECLARED"]);
        assert_eq!(get(&app, &twin.read(&site).await["original"]).await.1, twin.bytes);
        assert_eq!(alone.read(&site).await["original"], Value::Null);
        assert_eq!(cleaned(&app).await, GcReport::default());
        assert_eq!(findings(&app, 100, false).await, []);
    }

    async fn verification_finds_missing_and_altered_objects_and_makes_renditions_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shots = [Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg())];
        for shot in &shots {
            shot.take(&app, &site, defect, "BEFORE").await;
        }
        assert_eq!(findings(&app, 100, true).await, []);
        let [thumbless, altered, lost] = [&shots[0], &shots[1], &shots[2]].map(|shot| shot.id);
        let thumb = row(&app, thumbless).await.thumb_key.expect("a place");
        app.app.objects.delete(&thumb).await.expect("deleted");
        let place = row(&app, altered).await.object_key.expect("a place");
        let mut other = shots[1].bytes.clone();
        other[100] ^= 1;
        put_object(&app, &place, &other).await;
        let gone = row(&app, lost).await.object_key.expect("a place");
        app.app.objects.delete(&gone).await.expect("deleted");

        let expected = [Finding::RenditionMissing(thumbless.into(), thumb), Finding::OriginalMissing(lost.into(), gone.clone())];
        assert_eq!(findings(&app, 0, false).await, expected, "by the length alone, no byte is read");
        let expected =
            [Finding::RenditionsMade(thumbless.into()), Finding::OriginalAltered(altered.into(), place), Finding::OriginalMissing(lost.into(), gone)];
        assert_eq!(findings(&app, 100, true).await, expected);
        assert_eq!(get(&app, &shots[0].read(&site).await["thumb"]).await.0, "image/jpeg");
        assert_eq!(findings(&app, 100, true).await, expected[1..]);
    }

    async fn verification_continues_after_a_damaged_object(db: TestDb) {
        if on_garage() {
            // The disk of a real S3 server is not under test.
            return;
        }
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shots = [300, 310, 320].map(|height| Shot::jpeg(jpeg(400, height)));
        for shot in &shots {
            shot.take(&app, &site, defect, "BEFORE").await;
        }
        let (cut, thumbless, lost) = (row(&app, shots[0].id).await, row(&app, shots[1].id).await, row(&app, shots[2].id).await);
        let (original, thumb) = (cut.object_key.expect("a place"), thumbless.thumb_key.expect("a place"));
        let gone = lost.object_key.expect("a place");
        for key in [&original, &thumb] {
            let bytes = app.app.objects.get_bytes(key, 10_000_000).await.expect("its bytes");
            shorten(app.folder.path(), &bytes);
        }
        app.app.objects.delete(&gone).await.expect("deleted");
        let missing = Finding::OriginalMissing(lost.id, gone);
        let unreadable = Finding::Unreadable(cut.id, original);
        let expected = [unreadable.clone(), Finding::Unreadable(thumbless.id, thumb), missing.clone()];
        assert_eq!(findings(&app, 100, false).await, expected);
        let expected = [unreadable, Finding::RenditionsMade(thumbless.id), missing];
        assert_eq!(findings(&app, 100, true).await, expected);
        assert_eq!(get(&app, &shots[1].read(&site).await["thumb"]).await.0, "image/jpeg");
    }
}
