//! The job runner: no job is lost and no event is written twice, whenever a worker dies.

use std::time::Duration;

use app::jobs::{JobRunner, MAX_ATTEMPTS, lease_next, run_due};
use futures::future::join_all;
use sea_orm::EntityTrait;
use serde_json::json;
use store::entity::{events, jobs, photos};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use super::pictures::some_jpeg;
use super::{Shot, log_defect, put};

/// Longer than a lease.
const LEASE_OVER: i64 = 31;

/// A photo that was just received: its rendition job is queued.
async fn received(app: &TestApp, user: &User<'_>, defect: uuid::Uuid) -> Shot {
    let shot = Shot::jpeg(some_jpeg());
    let upload = shot.declare(user, defect, "BEFORE").await;
    put(app, &upload, &shot.bytes).await;
    assert_eq!(shot.complete(user).await, "RECEIVED");
    shot
}

async fn photo(app: &TestApp, shot: &Shot) -> photos::Model {
    store::photos::load(app.app.db.read(), shot.id.into()).await.expect("read").expect("a photo")
}

async fn events_of(app: &TestApp, shot: &Shot) -> usize {
    let all = events::Entity::find().all(app.app.db.read()).await.expect("the events");
    all.iter().filter(|event| event.object_id == shot.id).count()
}

/// A job that no command queues.
async fn queue(app: &TestApp, kind: &str, payload: serde_json::Value, attempts: i32) {
    let now = app.app.clock.now().0;
    let row = jobs::Model {
        id: v7().into(),
        kind: kind.to_owned(),
        payload,
        payload_version: 1,
        project_id: None,
        run_at: now,
        attempts,
        max_attempts: MAX_ATTEMPTS,
        lease_until: None,
        lease_token: None,
        done_at: None,
        failed_at: None,
        last_error: None,
        created_at: now,
    };
    app.app.db.write(async |tx| store::jobs::insert(tx, vec![row]).await).await.expect("queued");
}

on_both_databases! {
    async fn job_of_a_worker_that_dies_before_its_acknowledgement_is_taken_by_another(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = received(&app, &site, defect).await;
        let taken = lease_next(&app.app).await.expect("read").expect("a job");
        drop(taken.run(&app.app).await);
        drop(taken);
        let done = photo(&app, &shot).await;
        assert_eq!((done.state.as_str(), events_of(&app, &shot).await), ("READY", 3));

        assert_eq!(app.run_jobs().await, 0, "the lease still holds");
        app.advance_seconds(LEASE_OVER);
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(photo(&app, &shot).await, done, "doing it twice changes nothing");
        assert_eq!(events_of(&app, &shot).await, 3);
        let job = &app.jobs().await[0];
        assert_eq!((job.attempts, job.done_at.is_some(), job.lease_until), (2, true, None));
        app.advance_seconds(LEASE_OVER);
        assert_eq!(app.run_jobs().await, 0);
    }

    async fn smaller_copies_wait_for_everything_else(db: TestDb) {
        let app = TestApp::start(&db).await;
        let payload = json!({ "photo_id": v7() });
        queue(&app, "PHOTO_WEBP", payload.clone(), 0).await;
        app.advance_seconds(60);
        queue(&app, "PHOTO_RENDITION", payload, 0).await;
        let mut order = Vec::new();
        for _ in 0..2 {
            drop(lease_next(&app.app).await.expect("read").expect("a job"));
            let taken = app.jobs().await.into_iter().filter(|job| job.lease_until.is_some());
            order.push(taken.map(|job| job.kind).collect::<Vec<_>>());
        }
        assert_eq!(order[0], ["PHOTO_RENDITION"]);
        assert_eq!(order[1].len(), 2);
        assert!(lease_next(&app.app).await.expect("read").is_none());
    }

    async fn job_of_a_worker_that_dies_before_its_effect_is_taken_by_another(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = received(&app, &site, defect).await;
        drop(lease_next(&app.app).await.expect("read").expect("a job"));
        app.advance_seconds(LEASE_OVER);
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(photo(&app, &shot).await.state.as_str(), "READY");
    }

    async fn late_acknowledgement_of_a_worker_is_ignored(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        received(&app, &site, defect).await;
        let stale = lease_next(&app.app).await.expect("read").expect("a job");
        let outcome = stale.run(&app.app).await;
        app.advance_seconds(LEASE_OVER);
        let fresh = lease_next(&app.app).await.expect("read").expect("the same job");
        // Late, while the other one works.
        assert!(!stale.acknowledge(&app.app, outcome).await.expect("written"));
        assert_eq!(app.jobs().await[0].done_at, None);
        let outcome = fresh.run(&app.app).await;
        assert!(fresh.acknowledge(&app.app, outcome).await.expect("written"));

        // Late, after the other one has ended.
        received(&app, &site, defect).await;
        let stale = lease_next(&app.app).await.expect("read").expect("a job");
        app.advance_seconds(LEASE_OVER);
        assert_eq!(app.run_jobs().await, 1);
        let before = app.jobs().await;
        let outcome = stale.run(&app.app).await;
        assert!(!stale.acknowledge(&app.app, outcome).await.expect("written"));
        assert_eq!(app.jobs().await, before);
    }

    async fn job_is_taken_by_one_of_many_workers(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        received(&app, &site, defect).await;
        let taken = join_all((0..8).map(|_| lease_next(&app.app))).await;
        assert_eq!(taken.iter().filter(|taken| matches!(taken, Ok(Some(_)))).count(), 1);
        drop(taken);
        app.advance_seconds(LEASE_OVER);
        app.run_jobs().await;

        for _ in 0..12 {
            received(&app, &site, defect).await;
        }
        let runners = join_all((0..4).map(|_| {
            let app = app.app.clone();
            tokio::spawn(async move { run_due(&app).await.expect("run") })
        })).await;
        let done: usize = runners.into_iter().map(|count| count.expect("no panic")).sum();
        assert_eq!(done, 12);
        let jobs = app.jobs().await;
        assert!(jobs[1..].iter().all(|job| job.attempts == 1 && job.done_at.is_some()), "{jobs:#?}");
    }

    async fn permanent_failure_ends_a_job_at_once_with_its_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        queue(&app, "BREW_COFFEE", json!({}), 0).await;
        queue(&app, "PHOTO_RENDITION", json!({ "photo": 7 }), 0).await;
        // All its workers died.
        queue(&app, "PHOTO_RENDITION", json!({ "photoId": v7() }), MAX_ATTEMPTS).await;
        assert_eq!(app.run_jobs().await, 3);
        let reasons: Vec<String> = app.jobs().await.into_iter().map(|job| {
            assert!(job.failed_at.is_some() && job.done_at.is_none() && job.lease_until.is_none());
            job.last_error.expect("a reason")
        }).collect();
        assert_eq!(reasons[0], "this version knows no jobs of kind BREW_COFFEE");
        assert!(reasons[1].starts_with("the payload cannot be read: missing field `photoId`"), "{}", reasons[1]);
        assert_eq!(reasons[2], "given up: 12 attempts never came to an end");
        app.advance_seconds(100_000);
        assert_eq!(app.run_jobs().await, 0);
    }

    async fn failed_job_is_repeated_with_growing_pauses_and_then_no_more(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = received(&app, &site, defect).await;
        // All objects of the store are gone.
        let key = photo(&app, &shot).await.object_key.expect("a key");
        app.app.objects.delete(&key).await.expect("deleted");
        for attempt in 1..=MAX_ATTEMPTS {
            assert_eq!(app.run_jobs().await, 1, "attempt {attempt}");
            assert_eq!(app.run_jobs().await, 0, "not at once");
            let job = &app.jobs().await[0];
            assert_eq!((job.attempts, job.failed_at.is_some()), (attempt, attempt == MAX_ATTEMPTS));
            assert_eq!(job.last_error.as_deref(), Some("the object store has no such object"));
            let wait = (1_i64 << attempt).min(600);
            app.advance_seconds(wait - 1);
            assert_eq!(app.run_jobs().await, 0, "too early");
            app.advance_seconds(1);
        }
        assert_eq!(app.run_jobs().await, 0);
        assert_eq!(photo(&app, &shot).await.state.as_str(), "RECEIVED");
    }

    async fn runner_wakes_at_a_commit_and_stops_without_a_leased_job(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let runner = JobRunner::start(app.app.clone());
        let mut shots = Vec::new();
        for _ in 0..5 {
            shots.push(received(&app, &site, defect).await);
        }
        let ready = async {
            for shot in &shots {
                while photo(&app, shot).await.state.as_str() != "READY" {
                    tokio::task::yield_now().await;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ready).await.expect("made soon");
        received(&app, &site, defect).await;
        runner.stop().await;
        assert!(app.jobs().await.iter().all(|job| job.lease_until.is_none() && job.failed_at.is_none()));
        // A job that is queued now is taken by the next runner.
        let left = app.jobs().await.iter().filter(|job| job.done_at.is_none()).count();
        received(&app, &site, defect).await;
        assert_eq!(app.run_jobs().await, left + 1);
    }
}
