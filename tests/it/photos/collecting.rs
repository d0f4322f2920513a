//! Orphans are collected, and referenced objects never are: photos abandoned at every stage, the same bytes for several
//! photos, policies that remove some, and a collector that races with tablets. `PHOTO_ROUNDS=300` is the long form,
//! `PROOF_SEED` repeats a run.

use std::collections::BTreeSet;
use std::time::Duration;

use app::photo::gc::collect;
use app::photo::verify::Finding;
use futures::future::join_all;
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::json;
use store::entity::photos;
use tests::app::TestApp;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::{User, user_errors};
use uuid::Uuid;

use super::gc::{
    MORE_THAN_TWO_MONTHS, cleaned, findings, keys, let_two_days_pass, make_everything_old, put_object, row,
};
use super::pictures::some_jpeg;
use super::{COMPLETE, Shot, WEBP_DELAY, get, log_defect, owned, put, sha256};

const PEOPLE: [&str; 4] = ["site", "manager", "supervisor", "property"];
const VOID: &str =
    "mutation($id: ID!) { defectVoid(input: { defectId: $id, reason: NOT_A_DEFECT }) { userErrors { code } } }";
const POLICY: &str = "mutation($id: ID!) { projectPolicyUpdate(input: { projectId: $id, photoRetentionMonths: 2 }) {
    userErrors { code } } }";

/// The stage that a photo reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Declared,
    /// By a link that was replaced before.
    UploadedElsewhere,
    Uploaded,
    Completed,
}

const STAGES: [Stage; 6] =
    [Stage::Declared, Stage::UploadedElsewhere, Stage::Uploaded, Stage::Completed, Stage::Completed, Stage::Completed];

struct Taken {
    shot: Shot,
    defect: Uuid,
    stage: Stage,
}

fn original(app: &TestApp, shot: &Shot) -> String {
    format!("projects/{}/photos/{}", app.project.id, sha256(&shot.bytes))
}

/// Takes a photo to that stage; bytes that the collector removes meanwhile are uploaded again.
async fn take(app: &TestApp, user: &User<'_>, taken: &Taken) {
    let Taken { shot, defect, stage } = taken;
    for _ in 0..10 {
        let upload = shot.declare(user, *defect, "BEFORE").await;
        if *stage == Stage::Declared {
            return;
        }
        if *stage == Stage::UploadedElsewhere {
            shot.declare(user, *defect, "BEFORE").await;
        }
        if upload.is_object() {
            assert_eq!(put(app, &upload, &shot.bytes).await, StatusCode::OK);
        }
        if *stage != Stage::Completed {
            return;
        }
        let answer = user.query(COMPLETE, json!({ "id": shot.id })).await;
        let refused = user_errors(&answer["data"]);
        if refused.is_empty() && answer.get("errors").is_none() {
            return;
        }
        assert_eq!(refused[0]["code"], "PHOTO_NOT_THERE", "{answer}");
    }
    panic!("a photo never comes to its end");
}

/// Some photos in progress: new ones, and ones with the bytes of others.
fn some_photos(taken: &[Taken], defects: &[Uuid], dice: &mut Dice) -> Vec<Taken> {
    let count = 2 + dice.below(3);
    let photos = (0..count).map(|_| {
        let bytes = match taken {
            [_, ..] if dice.chance(30) => dice.pick(taken).shot.bytes.clone(),
            _ => some_jpeg(),
        };
        Taken { shot: Shot::jpeg(bytes), defect: *dice.pick(defects), stage: *dice.pick(&STAGES) }
    });
    photos.collect()
}

/// The leftovers of machines that die during an operation: at the key of a future photo, or of an existing one, or
/// during the check.
async fn leave_behind(app: &TestApp, taken: &mut Vec<Taken>, defects: &[Uuid], dice: &mut Dice) {
    let shot = Shot::jpeg(some_jpeg());
    put_object(app, &original(app, &shot), &shot.bytes).await;
    if dice.chance(50) {
        put_object(app, &format!("{}.320.jpg", original(app, &shot)), b"small").await;
    }
    put_object(app, &format!("checking/{}/{}", shot.id, v7()), &shot.bytes).await;
    put_object(app, &format!("probe/{:016x}", dice.throw()), b"probe").await;
    put_object(app, &format!("staging/{}/{}", v7(), v7()), &shot.bytes).await;
    // Not used yet; a later photo may have the same bytes.
    taken.push(Taken { shot, defect: *dice.pick(defects), stage: Stage::Declared });
}

/// One round: tablets and the collector concurrently, and one other event.
async fn round(app: &TestApp, taken: &mut Vec<Taken>, defects: &mut Vec<Uuid>, dice: &mut Dice) {
    let person = app.user(dice.pick::<&str>(&PEOPLE)).await;
    let new = some_photos(taken, defects, dice);
    let collecting = async {
        for _ in 0..dice.below(4) {
            collect(&app.app, Duration::ZERO).await.expect("the garbage collection succeeds");
        }
    };
    tokio::join!(join_all(new.iter().map(|photo| take(app, &person, photo))), collecting);
    taken.extend(new);
    match dice.below(5) {
        0 => leave_behind(app, taken, defects, dice).await,
        1 => app.advance_seconds(MORE_THAN_TWO_MONTHS),
        2 => {
            let settled = defects.remove(dice.below(defects.len()));
            app.user("manager").await.ok(VOID, json!({ "id": settled })).await;
            defects.push(log_defect(app, &app.user("site").await, "1-101").await);
        }
        3 => drop(app.run_jobs().await),
        _ => drop(cleaned(app).await),
    }
}

/// Every photo with its bytes has the right ones, and its renditions.
async fn check(app: &TestApp, open: &[Uuid]) {
    let found = findings(app, 100, false).await;
    let wrong: Vec<&Finding> = found.iter().filter(|finding| finding.is_wrong()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let rows = photos::Entity::find().all(app.app.db.read()).await.expect("the photos");
    let gone = rows
        .iter()
        .find(|row| row.state.as_str() == "REMOVED" && row.defect_id.is_some_and(|id| open.contains(&id.uuid())));
    assert_eq!(gone, None, "removed, and its defect is open");
}

on_both_databases! {
    async fn only_orphans_are_collected(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut dice = Dice::announced("collecting");
        app.user("manager").await.ok(POLICY, json!({ "id": app.project.id })).await;
        let mut defects = Vec::new();
        for _ in 0..3 {
            defects.push(log_defect(&app, &app.user("site").await, "1-101").await);
        }
        let mut taken = Vec::new();
        make_everything_old(&app).await;
        for _ in 0..number("PHOTO_ROUNDS", 15) {
            round(&app, &mut taken, &mut defects, &mut dice).await;
            check(&app, &defects).await;
        }
        cleaned(&app).await;
        app.run_jobs().await;
        // WebP of a removed photo belongs to a photo with the same bytes as soon as that one's job runs.
        app.advance_seconds(WEBP_DELAY);
        app.run_jobs().await;
        // Objects that a policy released last are collected with it, or by the next round.
        cleaned(&app).await;
        check(&app, &defects).await;
        let rows = photos::Entity::find().all(app.app.db.read()).await.expect("the photos");
        assert_eq!(keys(&app).await.into_iter().collect::<BTreeSet<_>>(), owned(&rows), "there are no orphans");
        for photo in taken.iter().filter(|photo| matches!(photo.stage, Stage::Uploaded | Stage::Completed)) {
            let row = row(&app, photo.shot.id).await;
            // A photo that needed no upload, because the bytes were there, and that was never completed is still
            // missing.
            let no_upload = photo.stage == Stage::Uploaded && row.state.as_str() == "DECLARED" && row.staging_key.is_none();
            assert!(["READY", "REMOVED"].contains(&row.state.as_str()) || no_upload, "{row:?}");
        }
        let count = |state: &str| rows.iter().filter(|row| row.state.as_str() == state).count();
        println!("{} photos: {} ready, {} removed, {} missing", rows.len(), count("READY"), count("REMOVED"), count("DECLARED"));
    }

    async fn collector_that_does_not_retire_the_key_first_loses_a_photo(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        for guarded in [true, false] {
            let shot = Shot::jpeg(some_jpeg());
            let place = original(&app, &shot);
            put_object(&app, &place, &shot.bytes).await;
            let reader = app.app.db.read();
            let used = store::photos::used_keys(reader, std::slice::from_ref(&place)).await.expect("read");
            assert!(used.is_empty(), "the collector has looked: it is nobody's");
            // Between its check and its removal, a tablet takes this key.
            shot.take(&app, &site, defect, "BEFORE").await;
            let now = app.app.clock.now();
            let retired = !guarded || {
                let retired = app.app.db.write(async |tx| store::photos::retire_key(tx, &place, now).await).await;
                retired.expect("written")
            };
            if retired {
                app.app.objects.delete(&place).await.expect("deleted");
            }
            let lost = Finding::OriginalMissing(shot.id.into(), place);
            assert_eq!(findings(&app, 100, false).await, if guarded { vec![] } else { vec![lost] });
        }
    }

    async fn renditions_stay_with_their_original(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        let (settled, open) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-101").await);
        let first = Shot::jpeg(some_jpeg());
        let second = Shot { id: v7(), ..Shot::jpeg(first.bytes.clone()) };
        // The usual key is retired, so each company's photo gets a separate key.
        put_object(&app, &original(&app, &first), &first.bytes).await;
        let_two_days_pass(&app).await;
        assert_eq!(cleaned(&app).await.orphans_removed, 1);
        first.take(&app, &site, settled, "BEFORE").await;
        second.take(&app, &supervisor, open, "BEFORE").await;
        let (one, two) = (row(&app, first.id).await, row(&app, second.id).await);
        assert_ne!(one.object_key, two.object_key);
        for row in [&one, &two] {
            let place = row.object_key.as_deref().expect("a place");
            assert!(row.thumb_key.as_deref().is_some_and(|thumb| thumb.starts_with(place)), "{row:?}");
        }

        let manager = app.user("manager").await;
        manager.ok(VOID, json!({ "id": settled })).await;
        manager.ok(POLICY, json!({ "id": app.project.id })).await;
        app.advance_seconds(MORE_THAN_TWO_MONTHS);
        let done = cleaned(&app).await;
        assert_eq!((done.photos_removed, done.orphans_removed), (1, 4));
        assert_eq!(findings(&app, 100, false).await, []);
        let photo = second.read(&supervisor).await;
        assert_eq!(get(&app, &photo["thumb"]).await.0, "image/jpeg");
    }

    async fn object_of_a_pending_check_is_not_removed_by_age(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        make_everything_old(&app).await;
        // Two concurrent collectors with a zero grace period: one checks an object that the other may remove.
        let mut shots = Vec::new();
        for _ in 0..6 {
            let shot = Shot::jpeg(some_jpeg());
            let upload = shot.declare(&site, defect, "BEFORE").await;
            put(&app, &upload, &shot.bytes).await;
            shots.push(shot);
        }
        join_all((0..4).map(|_| async { collect(&app.app, Duration::ZERO).await.expect("the garbage collection succeeds") })).await;
        collect(&app.app, Duration::ZERO).await.expect("the garbage collection succeeds");
        for shot in &shots {
            let state = shot.read(&site).await["state"].clone();
            assert_eq!(state, "RECEIVED", "the only copy was removed");
        }
    }
}
