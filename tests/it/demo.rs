//! The demo project: seeded once, complete, with a true history; an interrupted seed starts again.

mod examples;
mod pages;

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use app::session::Client;
use app::session::create::Credentials;
use app::{App, Clock};
use demo::{DemoPerson, seed_if_empty};
use domain::defect::DefectStatus;
use domain::{Role, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::entity::{defects, events, measurements, people, photos, projects, rounds, unit_inspections, units};
use tests::app::object_store;
use tests::on_both_databases;

/// The services of a program on an empty database.
struct DemoApp {
    app: App,
    _store: embedded_s3::RunningStore,
    _folder: tempfile::TempDir,
}

impl DemoApp {
    async fn open(db: &store::db::Db) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::fixed(Timestamp::from_rfc3339("2026-03-04T07:30:00Z").expect("a moment"));
        let (store, objects) = object_store(&folder, &clock).await;
        objects.ensure_bucket().await.expect("the bucket");
        let app = App { clock, demo: true, ..App::new(db.clone(), Arc::new(objects)) };
        Self { app, _store: store, _folder: folder }
    }

    async fn seed(&self) -> Vec<DemoPerson> {
        let seeded = seed_if_empty(&self.app, None).await.unwrap_or_else(|error| panic!("{error:?}"));
        seeded.expect("the demo is there")
    }

    async fn count<E>(&self) -> u64
    where
        E: EntityTrait,
        E::Model: Send + Sync,
    {
        E::find().count(self.app.db.read()).await.expect("a count")
    }
}

/// Repeats a step until it had something to do.
async fn goes_on<T>(work: &mut (impl Future<Output = T> + Unpin)) {
    let mut done = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut done, true) {
            return Poll::Ready(());
        }
        assert!(Pin::new(&mut *work).poll(cx).is_pending(), "it has come to its end");
        Poll::Pending
    })
    .await;
}

on_both_databases! {
    // One test for both guarantees, because a second demo would take a minute more.
    async fn demo_is_complete_and_seeded_once(db: TestDb) {
        let instance = DemoApp::open(&db).await;
        let clock = instance.app.clock.now();
        begin_and_break_off(&instance).await;
        let people = instance.seed().await;
        assert_eq!(instance.app.clock.now(), clock);
        let codes = projects::Entity::find().all(instance.app.db.read()).await.expect("projects");
        assert_eq!(codes.iter().map(|project| project.code.as_str()).collect::<Vec<_>>(), ["RIVERSIDE"]);
        check_people(&instance, &people).await;
        check_defects(&instance).await;
        check_rounds(&instance).await;
        check_photos(&instance).await;
        check_history(&instance).await;

        let before = (instance.count::<events::Entity>().await, instance.count::<people::Entity>().await);
        assert_eq!(instance.seed().await.len(), people.len());
        let after = (instance.count::<events::Entity>().await, instance.count::<people::Entity>().await);
        assert_eq!(before, after, "a second start changes nothing");

        pages::of_a_full_load_are_full(&instance.app, &people).await;
        examples::work_one_after_the_other(&instance.app, people).await;
        removed_whole(&instance).await;
    }
}

/// Like a kill: the seed ends in the middle of its writes.
async fn begin_and_break_off(instance: &DemoApp) {
    let mut seeding = Box::pin(seed_if_empty(&instance.app, None));
    while instance.count::<defects::Entity>().await < 5 {
        goes_on(&mut seeding).await;
    }
}

/// The removal of the demo removes all people who are in it alone, including those that examples added, and its
/// objects, although examples have used it; other data stays.
async fn removed_whole(instance: &DemoApp) {
    let of_the_demo = instance.count::<people::Entity>().await;
    let stays = tests::fixture::another(&instance.app, "STAYS").await;
    let before = instance.count::<people::Entity>().await;
    assert!(demo::remove(&instance.app).await.unwrap_or_else(|error| panic!("{error:?}")));
    assert!(!demo::remove(&instance.app).await.expect("an answer"), "once");
    let left = projects::Entity::find().all(instance.app.db.read()).await.expect("projects");
    assert_eq!(left.iter().map(|project| project.id.uuid()).collect::<Vec<_>>(), [stays.id]);
    assert_eq!(instance.count::<people::Entity>().await, before - of_the_demo);
    assert_eq!(instance.count::<events::Entity>().await, 1, "the import of the other project");
    assert_eq!(instance.count::<photos::Entity>().await, 0);
    let objects = instance.app.objects.list("projects/", None, 1_000).await.expect("objects").objects;
    let others = objects.iter().filter(|object| !object.key.contains(&stays.id.to_string())).count();
    assert_eq!(others, 0, "objects of the demo are left");
}

async fn check_people(instance: &DemoApp, people: &[DemoPerson]) {
    assert!(people.len() >= 20);
    let roles: BTreeSet<&str> = people.iter().map(|person| person.role.as_str()).collect();
    assert_eq!(roles.len(), Role::ALL.len());
    let administrators = people::Entity::find().filter(people::Column::Administrator.eq(true));
    assert_eq!(
        administrators.count(instance.app.db.read()).await.expect("a count"),
        0,
        "the demo has no administrator"
    );
    let weak = domain::password::weakness(&people[0].password, &people[0].login);
    assert!(weak.is_none() && people.iter().all(|person| person.password == people[0].password));
    let one = &people[people.len() - 1];
    let given = Credentials { login: &one.login, password: &one.password, device: None, device_token: None };
    let client = Client::new(Ipv4Addr::LOCALHOST.into());
    let session = app::session::create::create(&instance.app, &client, given).await;
    session.unwrap_or_else(|error| panic!("{error:?}"));
}

async fn check_defects(instance: &DemoApp) {
    let rows = defects::Entity::find().all(instance.app.db.read()).await.expect("defects");
    assert!((180..=240).contains(&rows.len()), "{} defects", rows.len());
    let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *by_status.entry(row.status.as_str()).or_default() += 1;
    }
    for &status in DefectStatus::ALL {
        assert!(by_status.get(status.as_str()).is_some_and(|count| *count >= 3), "{status}: {by_status:?}");
    }
    let any =
        |what: &str, holds: &dyn Fn(&defects::Model) -> bool| assert!(rows.iter().any(holds), "no defect is {what}");
    let now = instance.app.clock.now().0;
    any("on hold", &|row| row.held_since.is_some());
    any("overdue", &|row| row.status.as_str() == "IN_PROGRESS" && row.due_at.is_some_and(|due| due < now));
    any("merged", &|row| row.void_reason.map(|reason| reason.as_str()) == Some("MERGED"));
    any("a duplicate", &|row| {
        row.void_reason.map(|reason| reason.as_str()) == Some("DUPLICATE") && row.duplicate_of.is_some()
    });
    any("reopened", &|row| row.reopened_count > 0);
    any("escalated", &|row| row.failed_count >= 3);
    any("pinned", &|row| row.pin_x.is_some() && row.plan_id.is_some());
    any("of the common parts", &|row| row.pin_x.is_none());
    any("not routed", &|row| row.status.as_str() == "OPEN" && row.responsible_company_id.is_none());
    any("an owner's", &|row| row.owner_finding);
}

async fn check_rounds(instance: &DemoApp) {
    let found = rounds::Entity::find().all(instance.app.db.read()).await.expect("rounds");
    let mut statuses: Vec<(i32, String)> =
        found.into_iter().map(|round| (round.number, round.status.to_string())).collect();
    statuses.sort();
    assert_eq!(statuses, [(1, "CLOSED".to_owned()), (2, "OPEN".to_owned())]);
    let inspections = unit_inspections::Entity::find().all(instance.app.db.read()).await.expect("inspections");
    let statuses: BTreeSet<&str> = inspections.iter().map(|inspection| inspection.status.as_str()).collect();
    assert_eq!(statuses, BTreeSet::from(["IN_PROGRESS", "INACCESSIBLE", "PLANNED", "SIGNED", "SUBMITTED"]));
    let out = measurements::Entity::find().filter(measurements::Column::InTolerance.eq(false));
    assert!(out.count(instance.app.db.read()).await.expect("a count") > 0, "a measurement is out of tolerance");
    assert_eq!(instance.count::<units::Entity>().await, 62);
}

async fn check_photos(instance: &DemoApp) {
    let rows = photos::Entity::find().all(instance.app.db.read()).await.expect("photos");
    assert!(rows.len() > 300, "{} photos", rows.len());
    assert!(rows.iter().all(|photo| photo.state.as_str() == "READY"), "every photo is ready");
    let stages: BTreeSet<&str> = rows.iter().map(|photo| photo.stage.as_str()).collect();
    assert_eq!(stages, BTreeSet::from(["AFTER", "BEFORE", "SIGNATURE"]));
    let of_defects = rows.iter().filter(|photo| photo.defect_id.is_some());
    let contents: BTreeSet<&[u8]> = of_defects.clone().map(|photo| photo.sha256.as_slice()).collect();
    assert_eq!(contents.len(), of_defects.count(), "verifiers are warned of a reused photo");
    let marked = rows.iter().filter(|photo| photo.markup.is_some() && photo.marked_key.is_some()).count();
    assert!(marked > 5, "{marked} photos are drawn on");
    let thumb = rows[0].thumb_key.as_deref().expect("a rendition");
    assert!(instance.app.objects.head(thumb).await.expect("it is there").length > 500);
}

/// Events are in the order of time, the first weeks ago, none in the future.
async fn check_history(instance: &DemoApp) {
    let mut rows = events::Entity::find().all(instance.app.db.read()).await.expect("events");
    rows.sort_by_key(|event| event.seq);
    assert!(rows.is_sorted_by_key(|event| event.recorded_at), "numbers follow the time");
    let (first, last) = (rows[0].recorded_at, rows[rows.len() - 1].recorded_at);
    let (now, day) = (instance.app.clock.now().0, 86_400_000_000);
    assert!(first < now - 30 * day && last > now - day && last <= now);
}

on_both_databases! {
    async fn demo_is_not_seeded_beside_another_project(db: TestDb) {
        let app = tests::app::TestApp::start(&db).await;
        let seeded = seed_if_empty(&app.app, None).await.expect("an answer");
        assert!(seeded.is_none());
        assert_eq!(projects::Entity::find().count(app.app.db.read()).await.expect("a count"), 2);
    }
}
