//! The object store fails in every possible way: inspections continue, the answers are clear, and after the recovery
//! every photo is there, complete and once.

use std::collections::BTreeSet;

use app::jobs::MAX_ATTEMPTS;
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::json;
use store::entity::{events, photos};
use tests::app::TestApp;
use tests::fault_proxy::{Fault, FaultProxy};
use tests::on_both_databases;
use tests::user::User;

use super::pictures::jpeg;
use super::{COMPLETE, CREATE, Shot, get, log_defect, owned, put, sha256};

/// Longer than the maximum wait between two attempts.
const WAITED: i64 = 601;

/// Three photos when the store begins to fail: one received, one uploaded, one declared.
struct Site<'a> {
    app: &'a TestApp,
    user: &'a User<'a>,
    received: Shot,
    uploaded: Shot,
    declared: Shot,
    link: serde_json::Value,
}

/// A picture that is large enough to be cut, with unique bytes.
fn large_shot() -> Shot {
    let mut bytes = jpeg(640, 480);
    bytes.extend_from_slice(tests::ids::v7().as_bytes());
    Shot::jpeg(bytes)
}

impl<'a> Site<'a> {
    async fn before_the_fault(app: &'a TestApp, user: &'a User<'a>) -> Self {
        let defect = log_defect(app, user, "1-101").await;
        let [received, uploaded, declared] = [large_shot(), large_shot(), large_shot()];
        for shot in [&received, &uploaded] {
            let link = shot.declare(user, defect, "BEFORE").await;
            assert_eq!(put(app, &link, &shot.bytes).await, StatusCode::OK);
        }
        assert_eq!(received.complete(user).await, "RECEIVED");
        let link = declared.declare(user, defect, "BEFORE").await;
        Self { app, user, received, uploaded, declared, link }
    }

    /// The inspection continues: defects are logged, photos declared and read.
    async fn inspect(&self) -> Shot {
        let defect = log_defect(self.app, self.user, "1-101").await;
        let shot = large_shot();
        assert!(shot.declare(self.user, defect, "BEFORE").await["url"].is_string());
        assert_eq!(shot.read(self.user).await["state"], "DECLARED");
        shot
    }

    /// The job fails, is not repeated at once, and waits longer each time.
    async fn jobs_wait(&self) {
        assert_eq!(self.app.run_jobs().await, 1);
        assert_eq!(self.app.run_jobs().await, 0, "not at once");
        assert_eq!(self.received.read(self.user).await["state"], "RECEIVED");
        let job = &self.app.jobs().await[0];
        assert!(job.last_error.is_some() && job.failed_at.is_none(), "{job:?}");
        assert!(job.run_at > self.app.app.clock.now().0);
    }

    /// The store has recovered: all photos are completed, and nothing exists twice.
    async fn heal(&self, more: Shot) {
        let Self { app, user, received, uploaded, declared, link } = self;
        assert_eq!(ready(app).await, StatusCode::OK);
        assert_eq!(put(app, link, &declared.bytes).await, StatusCode::OK);
        let defect = row(app, &more).await.defect_id.expect("a defect");
        let again = more.declare(user, defect.uuid(), "BEFORE").await;
        assert_eq!(put(app, &again, &more.bytes).await, StatusCode::OK);
        for shot in [uploaded, declared, &more] {
            assert!(["RECEIVED", "READY"].contains(&shot.complete(user).await.as_str()));
        }
        app.advance_seconds(WAITED);
        while app.run_jobs().await > 0 {}
        let shots = [received, uploaded, declared, &more];
        for shot in shots {
            self.is_ready_once(shot).await;
        }
        assert!(app.jobs().await.iter().all(|job| job.done_at.is_some() && job.failed_at.is_none()));
        let kept = app.app.objects.list("projects/", None, 1000).await.expect("a list").objects;
        let of_photos = kept.into_iter().map(|object| object.key).filter(|key| key.contains("/photos/"));
        let rows = photos::Entity::find().all(app.app.db.read()).await.expect("the photos");
        assert_eq!(of_photos.collect::<BTreeSet<_>>(), owned(&rows), "what belongs to the photos, and nothing else");
        assert_eq!(rows.iter().filter(|row| row.thumb_key.is_some() && row.large_key.is_some()).count(), shots.len());
    }

    async fn is_ready_once(&self, shot: &Shot) {
        let photo = shot.read(self.user).await;
        assert_eq!(photo["state"], "READY", "{photo:#}");
        assert_eq!(sha256(&get(self.app, &photo["original"]).await.1), sha256(&shot.bytes));
        for size in ["url", "thumb"] {
            let (content_type, bytes) = get(self.app, &photo[size]).await;
            assert_eq!(content_type, "image/jpeg");
            image::load_from_memory(&bytes).expect("a picture");
        }
        let all = events::Entity::find().all(self.app.app.db.read()).await.expect("the events");
        let mut names: Vec<&str> =
            all.iter().filter(|event| event.object_id == shot.id).map(|event| event.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["PHOTO_DECLARED", "PHOTO_READY", "PHOTO_RECEIVED"]);
    }
}

async fn row(app: &TestApp, shot: &Shot) -> photos::Model {
    store::photos::load(app.app.db.read(), shot.id.into()).await.expect("read").expect("a photo")
}

async fn ready(app: &TestApp) -> StatusCode {
    app.client().get(app.url("/readyz")).send().await.expect("an answer").status()
}

/// A tablet's upload by a link does not succeed.
async fn upload_fails(app: &TestApp, link: &serde_json::Value, bytes: &[u8]) {
    let mut request = app.client().put(link["url"].as_str().expect("a link")).body(bytes.to_vec());
    for header in link["headers"].as_array().expect("headers") {
        if header["name"] != "content-length" {
            request = request.header(header["name"].as_str().expect("text"), header["value"].as_str().expect("text"));
        }
    }
    if let Ok(answer) = request.send().await {
        assert!(!answer.status().is_success(), "{}", answer.status());
    }
}

/// The store fails completely.
async fn outage(app: &TestApp, proxy: &FaultProxy, fault: Fault) {
    let user = app.user("site").await;
    let site = Site::before_the_fault(app, &user).await;
    proxy.set(fault);
    assert_eq!(ready(app).await, StatusCode::SERVICE_UNAVAILABLE);
    let more = site.inspect().await;
    let complete = json!({ "id": site.uploaded.id });
    assert_eq!(user.refused(COMPLETE, complete.clone()).await, ["STORE_UNAVAILABLE"]);
    let defect = row(app, &site.uploaded).await.defect_id.expect("a defect");
    assert_eq!(user.refused(CREATE, site.uploaded.input(defect.uuid(), "BEFORE")).await, ["STORE_UNAVAILABLE"]);
    if fault != Fault::Slow {
        upload_fails(app, &site.link, &site.declared.bytes).await;
    }
    site.jobs_wait().await;
    assert!(proxy.met() > 0);
    proxy.set(Fault::None);
    site.heal(more).await;
}

on_both_databases! {
    async fn store_that_is_down(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Down).await;
    }

    async fn store_that_does_not_answer(db: TestDb) {
        // Delayed requests are processed all at once after the recovery.
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Slow).await;
    }

    async fn store_that_is_full(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Answers(507, "InsufficientStorage")).await;
    }

    async fn store_that_is_overloaded(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Answers(503, "SlowDown")).await;
    }

    async fn store_that_refuses_the_keys(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Answers(403, "InvalidAccessKeyId")).await;
    }

    async fn store_that_has_lost_its_bucket(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        outage(&app, &proxy, Fault::Answers(404, "NoSuchBucket")).await;
    }

    async fn store_that_fails_every_second_request(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let user = app.user("site").await;
        let site = Site::before_the_fault(&app, &user).await;
        proxy.set(Fault::EverySecond(500, "InternalError"));
        let more = site.inspect().await;
        // The server retries, so no client notices; a tablet retries itself.
        assert_eq!(site.uploaded.complete(&user).await, "RECEIVED");
        assert_eq!(app.run_jobs().await, 2);
        for shot in [&site.received, &site.uploaded] {
            assert_eq!(shot.read(&user).await["state"], "READY");
        }
        assert!(proxy.met() > 5, "{}", proxy.met());
        proxy.set(Fault::None);
        site.heal(more).await;
    }

    async fn connections_that_break_in_the_middle_of_an_upload(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let user = app.user("site").await;
        let site = Site::before_the_fault(&app, &user).await;
        proxy.set(Fault::CutsRequests);
        let more = site.inspect().await;
        upload_fails(&app, &site.link, &site.declared.bytes).await;
        assert_eq!(user.refused(COMPLETE, json!({ "id": site.declared.id })).await, ["PHOTO_NOT_THERE"]);
        // Renditions cannot be written.
        let before = proxy.met();
        site.jobs_wait().await;
        assert!(proxy.met() > before);
        let kept = app.app.objects.list("projects/", None, 1000).await.expect("a list").objects;
        assert!(kept.iter().all(|object| !object.key.ends_with(".jpg")), "no half renditions: {kept:#?}");
        proxy.set(Fault::None);
        site.heal(more).await;
    }

    async fn connections_that_break_in_the_middle_of_a_download(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let user = app.user("site").await;
        let site = Site::before_the_fault(&app, &user).await;
        proxy.set(Fault::CutsAnswers);
        let more = site.inspect().await;
        assert_eq!(put(&app, &site.link, &site.declared.bytes).await, StatusCode::OK);
        // An incomplete download does not count as a broken photo.
        site.jobs_wait().await;
        assert!(proxy.met() > 0);
        proxy.set(Fault::None);
        site.heal(more).await;
    }

    async fn connections_that_stall_in_the_middle_of_a_download(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let user = app.user("site").await;
        let site = Site::before_the_fault(&app, &user).await;
        proxy.set(Fault::StallsAnswers);
        let more = site.inspect().await;
        site.jobs_wait().await;
        assert!(proxy.met() > 0);
        proxy.set(Fault::None);
        site.heal(more).await;
    }

    async fn outage_longer_than_all_attempts_loses_no_photo(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let user = app.user("site").await;
        let site = Site::before_the_fault(&app, &user).await;
        // The client does not retry within an attempt after this status; that keeps the test short.
        proxy.set(Fault::Answers(507, "InsufficientStorage"));
        let more = site.inspect().await;
        for _ in 0..MAX_ATTEMPTS + 5 {
            site.jobs_wait().await;
            app.advance_seconds(WAITED);
        }
        proxy.set(Fault::None);
        site.heal(more).await;
    }
}
