//! Moves of defects, concurrent with submissions, signatures, declarations of photos and other moves. A defect is in
//! exactly one unit, and its photos are in the same. No finding enters a submitted inspection without being late. The
//! signed content is the shown one.

use std::collections::BTreeSet;

use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{defects, events, photos, unit_inspections};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use crate::evidence::{document, log};
use crate::inspections::setup::{ROUND_CLOSE, Round, mutation, text};
use crate::photos::sha256;

/// The units of the moves; the last one is never submitted.
const UNITS: [&str; 3] = ["1-101", "1-102", "1-201"];
/// The units that are submitted and signed.
const SUBMITTED: [&str; 2] = ["1-101", "1-102"];
const ROUNDS: i32 = 4;
const PAGE: &str = "status contentHash earlierDefects { defect { number } } signatures { contentHash }";
const CONTENT: &str = "query($id: ID!) { unitInspectionContent(id: $id) { contentHash verified defects { number } } }";

/// A mutation and its input.
type Request = (String, Value);

/// A defect, and the unit in which it was logged.
type Logged = (Uuid, Uuid);

/// The declaration of a photo, which takes the unit of its defect.
fn declaration(defect_id: Uuid) -> Request {
    let photo_id = v7();
    let input = json!({
        "photoId": photo_id, "sha256": sha256(photo_id.as_bytes()), "byteSize": 1000, "contentType": "image/jpeg",
        "subject": { "defectId": defect_id }, "stage": "BEFORE",
    });
    (document("photoUploadCreate"), input)
}

struct Race<'a> {
    app: &'a TestApp,
    site: User<'a>,
    manager: User<'a>,
}

impl<'a> Race<'a> {
    async fn of(app: &'a TestApp) -> Self {
        Self { app, site: app.user("site").await, manager: app.user("manager").await }
    }

    /// Opens a round in which the inspections to be submitted are complete.
    async fn round(&self, number: i32) -> Round<'a> {
        let round = Round::open(self.app, number, &["DEVELOPER"], &UNITS).await;
        for unit in SUBMITTED {
            round.bring(unit, "IN_PROGRESS").await;
        }
        round
    }

    /// Logs two defects in each unit: one in its inspection, one outside of it.
    async fn log(&self, round: &Round<'_>) -> Vec<Logged> {
        let mut logged = Vec::new();
        for unit in UNITS {
            for more in [json!({ "inspectionId": round.inspection(unit) }), json!({})] {
                logged.push((log(self.app, &self.site, unit, more).await, self.app.project.unit(unit)));
            }
        }
        logged
    }

    /// Moves of each defect to each unit, and photos of it between the moves.
    fn moves(&self, logged: &[Logged]) -> Vec<Request> {
        let to_each = |&(id, _): &Logged| {
            UNITS.map(|unit| {
                let to_unit = json!({ "defectId": id, "unitId": self.app.project.unit(unit) });
                [(document("defectUpdate"), to_unit), declaration(id)]
            })
        };
        let to_each = |logged: &Logged| to_each(logged).into_iter().flatten();
        logged.iter().flat_map(to_each).collect()
    }

    async fn commands(&self, round: &Round<'_>, command: &str) -> Vec<Request> {
        let mut requests = Vec::new();
        for unit in SUBMITTED {
            requests.push((mutation(command), round.input(command, unit).await));
        }
        requests
    }

    /// Sends the commands during the moves, all concurrently. A move succeeds, or is refused because of a submission.
    async fn run(&self, mut moves: Vec<Request>, commands: Vec<Request>) {
        let middle = moves.len() / 2;
        moves.splice(middle..middle, commands);
        let answers = join_all(moves.iter().map(|(document, input)| self.send(document, input))).await;
        for ((_, input), codes) in moves.iter().zip(answers) {
            let is_move = input.get("unitId").is_some();
            let is_told = codes.is_empty() || (is_move && codes == ["WRONG_STATE"]);
            assert!(is_told, "{input}: {codes:?}");
        }
    }

    /// Sends a command; returns the codes of its refusal. An internal error fails the test.
    async fn send(&self, document: &str, input: &Value) -> Vec<String> {
        let answer = self.site.query(document, json!({ "input": input })).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let errors = answer["data"]["answer"]["userErrors"].as_array().expect("user errors");
        errors.iter().map(|error| text(&error["code"])).collect()
    }

    /// Checks the invariants that hold after any of these commands in any order.
    async fn check(&self, round: &Round<'_>, logged: &[Logged], status: &str) {
        for (id, unit_id) in logged {
            let row = defects::Entity::find_by_id(*id).one(self.app.app.db.read()).await;
            let row = row.expect("the defect").expect("the defect");
            self.check_place(&row).await;
            self.check_moves(&row, *unit_id).await;
        }
        for unit in SUBMITTED {
            self.check_page(round, unit, logged, status).await;
        }
    }

    /// The defect and all its objects belong to one unit.
    async fn check_place(&self, row: &defects::Model) {
        let reader = self.app.app.db.read();
        for id in [row.inspection_id, row.late_for_id].into_iter().flatten() {
            let inspection = unit_inspections::Entity::find_by_id(id).one(reader).await.expect("inspections");
            assert_eq!(inspection.map(|inspection| inspection.unit_id), Some(row.unit_id), "{row:#?}");
        }
        let photos = photos::Entity::find().filter(photos::Column::DefectId.eq(row.id)).all(reader).await;
        assert!(photos.expect("photos").iter().all(|photo| photo.unit_id == Some(row.unit_id)), "{row:#?}");
    }

    /// Each move begins in the unit in which the one before ended.
    async fn check_moves(&self, row: &defects::Model, logged_in: Uuid) {
        let told = events::Entity::find()
            .filter(events::Column::ObjectId.eq(row.id))
            .filter(events::Column::Name.eq("DEFECT_MOVED"))
            .order_by_asc(events::Column::Seq)
            .all(self.app.app.db.read())
            .await
            .expect("the events");
        // Each is recorded in both units.
        let mut moves: Vec<(i64, Value)> = told.into_iter().map(|event| (event.seq, event.data)).collect();
        moves.dedup();
        let mut unit = json!(logged_in);
        for (_, data) in moves {
            assert_eq!(data["fromUnitId"], unit, "{row:#?}");
            unit = data["toUnitId"].clone();
        }
        assert_eq!(json!(row.unit_id), unit, "{row:#?}");
    }

    /// The submitted content is the shown one; a defect of the unit that is not in it is late, or came after it.
    async fn check_page(&self, round: &Round<'_>, unit: &str, logged: &[Logged], status: &str) {
        let page = round.read(unit, PAGE).await;
        let id = round.inspection(unit);
        let content = self.manager.ok(CONTENT, json!({ "id": id })).await["unitInspectionContent"].clone();
        assert_eq!((&page["status"], &content["verified"]), (&json!(status), &json!(true)), "{unit}");
        assert_eq!(page["contentHash"], content["contentHash"]);
        for signature in page["signatures"].as_array().expect("signatures") {
            assert_eq!(signature["contentHash"], content["contentHash"]);
        }
        let submitted = numbers(&content["defects"], "/number");
        assert_eq!(numbers(&page["earlierDefects"], "/defect/number"), submitted, "{unit} in round {}", round.id);
        let reader = self.app.app.db.read();
        let inspection = unit_inspections::Entity::find_by_id(id).one(reader).await.expect("inspections");
        let content_at = inspection.and_then(|inspection| inspection.content_at).expect("submitted");
        let ids: Vec<Uuid> = logged.iter().map(|(id, _)| *id).collect();
        let there = defects::Entity::find()
            .filter(defects::Column::Id.is_in(ids))
            .filter(defects::Column::UnitId.eq(self.app.project.unit(unit)));
        for row in there.all(reader).await.expect("defects") {
            let is_submitted = submitted.contains(&domain::defect::number_text(row.number));
            let is_late = row.late_for_id == Some(id.into());
            assert!(!(is_submitted && is_late), "{row:#?}");
            assert!(is_submitted || is_late || row.recorded_at > content_at, "{row:#?}");
            assert!(is_submitted || row.inspection_id != Some(id.into()), "entered a submitted inspection: {row:#?}");
        }
    }
}

fn numbers(list: &Value, path: &str) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().map(|one| text(one.pointer(path).expect("a number"))).collect()
}

on_both_databases! {
    async fn moves_against_submissions_signatures_and_moves_lose_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let race = Race::of(&app).await;
        for number in 1..=ROUNDS {
            app.advance_seconds(60);
            let round = race.round(number).await;
            let mut logged = race.log(&round).await;
            let submits = race.commands(&round, "SUBMIT").await;
            race.run(race.moves(&logged), submits).await;
            race.check(&round, &logged, "SUBMITTED").await;
            // After the submissions, so that the defects may still move.
            app.advance_seconds(1);
            logged.extend(race.log(&round).await);
            let signs = race.commands(&round, "SIGN").await;
            race.run(race.moves(&logged), signs).await;
            race.check(&round, &logged, "SIGNED").await;
            race.manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        }
    }
}
