//! Records of other companies in a unit inspection make no change for a contractor who is not shown them.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use crate::inspections::setup::{PLACES, Round, read};
use crate::sync::{Tablet, codes, operation};

/// A tablet with its cursor.
struct Reader<'a> {
    tablet: Tablet<'a>,
    cursor: Value,
}

impl<'a> Reader<'a> {
    async fn of(app: &'a TestApp, login: &str) -> Self {
        let tablet = Tablet::of(app, login).await;
        let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
        Self { tablet, cursor }
    }

    /// The ids of the next pull.
    async fn next(&mut self) -> Vec<Value> {
        let (news, cursor) = self.tablet.pull(&self.cursor, &Value::Null).await;
        self.cursor = cursor;
        news.into_iter().map(|change| change["id"].clone()).collect()
    }

    async fn learns_nothing(&mut self) {
        let before = self.cursor.clone();
        assert_eq!((self.next().await, &self.cursor), (Vec::new(), &before), "{}", self.tablet.user.login);
    }

    async fn version(&self, inspection: Uuid) -> i64 {
        read(&self.tablet.user, inspection, "version").await["version"].as_i64().expect("a version")
    }
}

/// Records one result as a person.
async fn record(round: &Round<'_>, user: &User<'_>, place: usize, result: &str) {
    let results = json!([round.result("1-101", PLACES[place], result, None)]);
    round.record(user, "1-101", results, json!([])).await;
}

/// An operation that records one result, based on a version.
fn recorded(round: &Round<'_>, place: usize, result: &str, base: i64) -> Value {
    let results = [round.result("1-101", PLACES[place], result, None)];
    let input = json!({ "inspectionId": round.inspection("1-101"), "results": results });
    operation("checkResultsRecord", input, Some(base))
}

on_both_databases! {
    async fn records_of_other_companies_make_no_change_for_a_contractor(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let inspection = round.inspection("1-101");
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        round.run(&site, "START", "1-101").await;
        let (mut lead, mut worker) = (Reader::of(&app, "lead.a").await, Reader::of(&app, "worker.a").await);
        let (mut other, mut staff) = (Reader::of(&app, "lead.b").await, Reader::of(&app, "manager").await);
        let begun = lead.version(inspection).await;

        record(&round, &site, 0, "PASS").await;
        record(&round, &supervisor, 1, "PASS").await;
        for reader in [&mut lead, &mut worker, &mut other] {
            reader.learns_nothing().await;
            assert_eq!(reader.version(inspection).await, begun, "{}", reader.tablet.user.login);
        }
        assert_eq!(staff.next().await, [json!(inspection)]);

        // Records of the own company reach its people and staff, but no other contractor.
        record(&round, &lead.tablet.user, 2, "PASS").await;
        for reader in [&mut lead, &mut worker, &mut staff] {
            assert_eq!(reader.next().await, [json!(inspection)], "{}", reader.tablet.user.login);
        }
        other.learns_nothing().await;
        let versions = [&lead, &worker, &other].map(|reader| reader.version(inspection));
        assert_eq!(futures::future::join_all(versions).await, [begun + 1, begun + 1, begun]);
        assert_eq!(staff.version(inspection).await, begun + 3);

        // A full load contains each inspection once, however it changed last.
        round.run(&site, "RECORD", "1-101").await;
        round.run(&site, "SUBMIT", "1-101").await;
        for reader in [&mut lead, &mut worker, &mut other, &mut staff] {
            let news = reader.next().await;
            assert_eq!(news.iter().filter(|id| **id == json!(inspection)).count(), 1, "{}", reader.tablet.user.login);
            let (all, _) = reader.tablet.pull(&Value::Null, &Value::Null).await;
            let count = all.iter().filter(|change| change["id"] == json!(inspection)).count();
            assert_eq!(count, 1, "{}", reader.tablet.user.login);
        }
    }

    async fn contractors_version_is_the_one_that_commands_of_its_people_are_compared_with(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let inspection = round.inspection("1-101");
        let site = app.user("site").await;
        round.run(&site, "START", "1-101").await;
        let (lead, worker) = (Reader::of(&app, "lead.a").await, Reader::of(&app, "worker.a").await);
        record(&round, &site, 0, "PASS").await;
        let seen = lead.version(inspection).await;
        let first = lead.tablet.push_one(&recorded(&round, 1, "PASS", seen)).await;
        assert_eq!(first["outcome"], "APPLIED", "{first:#}");
        record(&round, &site, 2, "PASS").await;
        // A colleague who has not seen it cannot overwrite it; one who has seen it can.
        let blind = worker.tablet.push_one(&recorded(&round, 1, "NOT_APPLICABLE", seen)).await;
        assert_eq!((&blind["outcome"], codes(&blind)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{blind:#}");
        let now = worker.version(inspection).await;
        assert_eq!(now, seen + 1);
        let second = worker.tablet.push_one(&recorded(&round, 1, "NOT_APPLICABLE", now)).await;
        assert_eq!(second["outcome"], "APPLIED", "{second:#}");
        // The same for a single mutation.
        let single = |expected: i64| {
            let results = [round.result("1-101", PLACES[3], "PASS", None)];
            json!({ "inspectionId": inspection, "results": results, "expectedVersion": expected })
        };
        let stale = round.try_input(&lead.tablet.user, "RECORD", single(now)).await;
        assert_eq!(stale, [("STALE_VERSION".to_owned(), "expectedVersion".to_owned())]);
        let record = crate::inspections::setup::mutation("RECORD");
        lead.tablet.user.ok(&record, json!({ "input": single(now + 1) })).await;
        // Late work becomes a pending edit if its author had not seen the newest version, and is refused otherwise.
        round.run(&site, "RECORD", "1-101").await;
        round.run(&site, "SUBMIT", "1-101").await;
        let newest = lead.version(inspection).await;
        let late = lead.tablet.push_one(&recorded(&round, 4, "PASS", newest - 1)).await;
        assert_eq!(late["pendingEdit"]["reason"], "STATE_MOVED_ON", "{late:#}");
        let mistaken = lead.tablet.push_one(&recorded(&round, 4, "PASS", newest)).await;
        assert_eq!((&mistaken["outcome"], codes(&mistaken)), (&json!("REJECTED"), vec!["WRONG_STATE"]), "{mistaken:#}");
    }

    async fn late_defect_changes_the_inspection_only_for_readers_of_the_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let inspection = round.inspection("1-101");
        let mut readers = Vec::new();
        for login in ["owner1", "lead.a", "supervisor"] {
            readers.push(Reader::of(&app, login).await);
        }
        let mut other = Reader::of(&app, "lead.b").await;
        let id = v7();
        let input = json!({ "defectId": id, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK",
            "inspectionId": inspection });
        crate::evidence::run(&app.user("site").await, "defectLog", input).await;
        for reader in &mut readers {
            let news = reader.next().await;
            let login = &reader.tablet.user.login;
            assert_eq!(news.iter().filter(|one| **one == json!(inspection)).count(), 1, "{login}: {news:?}");
            assert!(news.contains(&json!(id)), "{login}: {news:?}");
        }
        other.learns_nothing().await;
        let late = read(&other.tablet.user, inspection, "lateDefects { id }").await;
        assert_eq!(late["lateDefects"], json!([]));
    }
}
