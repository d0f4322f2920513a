//! Data of earlier releases is opened and still valid. Each change that touches stored data adds its expectation here.

mod messages;

use std::collections::HashMap;
use std::time::Duration;

use app::fingerprint::fingerprint as fingerprint_of;
use app::photo::declare::{DeclarePhoto, PhotoSubject};
use app::unit::review::Review;
use app::unit::waive::Waive;
use domain::defect::DefectStatus;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{client_ids, defects, events, photos, readiness_waivers, unit_inspections, unit_reviews};
use tests::on_release;
use tests::release::PASSWORD;
use tests::snapshot::fingerprint;
use tests::tablet::http::Http;
use tests::tablet::session::Session;
use uuid::Uuid;

use crate::server_process::Process;

fn codes(errors: &Value) -> Vec<&str> {
    errors.as_array().into_iter().flatten().filter_map(|error| error["code"].as_str()).collect()
}

fn ids(nodes: &Value) -> Vec<&Value> {
    nodes.as_array().into_iter().flatten().map(|node| &node["id"]).collect()
}

/// The declaration of a photo.
fn declared(row: photos::Model) -> DeclarePhoto {
    let signature = PhotoSubject::Signature { project_id: row.project_id };
    DeclarePhoto {
        photo_id: row.id,
        sha256: hex::encode(&row.sha256),
        byte_size: row.byte_size,
        content_type: row.content_type.as_str().to_owned(),
        width: None,
        height: None,
        subject: row.defect_id.map_or(signature, PhotoSubject::Defect),
        stage: row.stage,
        occurred_at: None,
        device_id: None,
    }
}

on_release! { "m0003":
    async fn a_person_signs_in_and_reads_the_defects(old: Release) {
        let document = "query($id: ID!) { project(id: $id) { code
            defects(first: 10) { nodes { id status description responsibleCompany { code } } }
            rounds(first: 10) { nodes { id status } } responsibilityRules { id trade company { code } } } }";
        let manager = old.person("chen.manager").await;
        let project = manager.ask(document, json!({ "id": old.known["project"] })).await["project"].clone();
        assert_eq!(project["code"], "LAKESIDE");
        let defects = &project["defects"]["nodes"];
        let mut found: Vec<String> = ids(defects).iter().map(ToString::to_string).collect();
        let mut known: Vec<String> =
            old.known["defects"].as_array().into_iter().flatten().map(ToString::to_string).collect();
        found.sort();
        known.sort();
        assert_eq!(found, known);
        let first = defects.as_array().into_iter().flatten().find(|defect| defect["id"] == old.known["defects"][0]);
        assert_eq!(first.map(|defect| &defect["description"]), Some(&json!("the engineer's words")));
        assert_eq!(project["rounds"]["nodes"], json!([{ "id": old.known["closedRound"], "status": "CLOSED" }]));
        let rules = project["responsibilityRules"].as_array().into_iter().flatten();
        let tile: Vec<&Value> = rules.filter(|rule| rule["trade"] == "TILE").map(|rule| &rule["id"]).collect();
        let newest = old.known["duplicateRules"].as_array().and_then(|rules| rules.last());
        assert_eq!(tile, newest.into_iter().collect::<Vec<_>>(), "of two rules with the same conditions the newest");
    }

    async fn reopened_defects_did_not_pass_at_their_first_attempt(old: Release) {
        let opened_again = defects::Entity::find().filter(defects::Column::ReopenedCount.gt(0));
        let rows = opened_again.all(old.db.read()).await.expect("the defects");
        assert!(!rows.is_empty(), "the release left some, as passed");
        for row in rows {
            assert_eq!((row.number, row.first_attempt_passed), (row.number, Some(false)));
        }
        let projects = app::recount::metrics::recount(&old.app).await.expect("a recount");
        assert_eq!(projects.len(), 2);
        for project in projects {
            assert_eq!(project.counted.first_pass, project.stored.first_pass, "{project}");
        }
    }

    async fn owners_read_of_each_defect_when_they_were_shown_a_change(old: Release) {
        let rows = defects::Entity::find().all(old.db.read()).await.expect("the defects");
        assert!(!rows.is_empty());
        for row in rows {
            assert!(row.shown_updated_at.is_some_and(|shown| shown >= row.recorded_at), "{row:?}");
        }
    }

    async fn owners_go_on_from_the_versions_and_due_times_that_they_have_read(old: Release) {
        for row in defects::Entity::find().all(old.db.read()).await.expect("the defects") {
            assert_eq!((row.shown_version, row.shown_due_at), (row.version, row.due_at), "{row:?}");
            assert_eq!((row.shown_due_order, row.shown_assigned_at), (row.due_order, row.assigned_at), "{row:?}");
        }
        for row in unit_inspections::Entity::find().all(old.db.read()).await.expect("the inspections") {
            assert_eq!((row.shown_version, &row.company_records), (row.version, &None), "{row:?}");
        }
    }

    async fn owners_read_of_each_disputed_defect_where_it_stood_before(old: Release) {
        let reader = old.db.read();
        let mut disputed = 0;
        for row in defects::Entity::find().all(reader).await.expect("the defects") {
            let mut shown = row.status;
            if row.status == DefectStatus::Disputed {
                let of_defect = events::Entity::find().filter(events::Column::DefectId.eq(row.id));
                let disputes = of_defect.filter(events::Column::Name.eq("DEFECT_DISPUTED"));
                let newest = disputes.order_by_desc(events::Column::Seq).one(reader).await.expect("the events");
                let before = newest.and_then(|event| event.from_status).expect("the status before");
                shown = before.parse().expect("a status");
                disputed += 1;
            }
            assert_eq!((row.shown_status, row.shown_status_before_void), (shown, row.status_before_void), "{row:?}");
        }
        assert!(disputed > 0, "the release left some");
    }

    async fn the_program_starts_on_it(old: Release) {
        old.db.close().await.expect("the database closes");
        let folder = tempfile::tempdir().expect("a folder");
        let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
        let demo = [("HANDOVER_DEMO", "true")];
        let server = Process::server(folder.path(), &old.db.settings.url, &store.address, &demo).await;
        let server = server.expect("the program starts");
        let wire = Http::to(&format!("http://{}", server.address), Duration::from_secs(60));
        let manager = Session::sign_in(wire, "chen.manager", PASSWORD, "a test").await.expect("signed in");
        let read = manager.ask("{ projects(first: 10) { nodes { code } } }", json!({})).await.expect("an answer");
        assert_eq!(read["projects"]["nodes"], json!([{ "code": "LAKESIDE" }]));
        server.kill().await;
        store.kill().await;
    }

    async fn session_continues(old: Release) {
        let refresh = "mutation($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
            session { viewer { name } } userErrors { code } } }";
        let anyone = old.person("lin.site").await;
        let renewed = anyone.ask(refresh, json!({ "token": old.known["refreshToken"] })).await["sessionRefresh"].clone();
        assert_eq!(renewed["session"]["viewer"]["name"], "Lin Tao", "{renewed:#}");
    }

    async fn signature_still_covers_the_signed_content(old: Release) {
        let document = "query($id: ID!) { unitInspection(id: $id) { status contentHash
            results { result } signatures { party contentHash supersededAt } } }";
        let read = old.person("qian.supervisor").await.ask(document, json!({ "id": old.known["signedInspection"] })).await;
        let inspection = &read["unitInspection"];
        assert_eq!((&inspection["status"], &inspection["contentHash"]), (&json!("SIGNED"), &old.known["contentHash"]));
        let signature = json!({ "party": "DEVELOPER", "contentHash": old.known["contentHash"], "supersededAt": null });
        assert_eq!(inspection["signatures"], json!([signature]));
        assert_eq!(inspection["results"].as_array().map(Vec::len), Some(6));
    }

    async fn operations_that_are_sent_again_are_answered_as_before(old: Release) {
        let (engineer, supervisor) = (old.person("lin.site").await, old.person("qian.supervisor").await);
        let again = engineer.push(&old.known["device"], &old.known["applied"]).await;
        assert_eq!((&again["outcome"], &again["objectId"]), (&json!("ALREADY_APPLIED"), &old.known["defects"][0]));
        let refused = &old.known["refused"];
        let again = engineer.push(&old.known["device"], &refused["operation"]).await;
        assert_eq!((again["outcome"].as_str(), codes(&again["userErrors"])), (Some("REJECTED"), codes(&refused["codes"])));
        let parked = &old.known["parked"];
        let again = supervisor.push(&old.known["otherDevice"], &parked["operation"]).await;
        assert_eq!((&again["outcome"], &again["pendingEdit"]["id"]), (&json!("CONFLICT"), &parked["pendingEdit"]));
    }

    async fn creates_that_are_repeated_are_recognised(old: Release) {
        let (manager, engineer) = (old.person("chen.manager").await, old.person("lin.site").await);
        let before = fingerprint(&old.app.db).await;
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code field } } }";
        let input = old.known["applied"]["command"]["defectLog"].clone();
        let again = engineer.ask(log, json!({ "input": input })).await["defectLog"].clone();
        assert_eq!(again, json!({ "defect": { "id": input["defectId"] }, "userErrors": [] }));
        let mut other = input.clone();
        other["description"] = json!("other words");
        let reused = engineer.ask(log, json!({ "input": other })).await["defectLog"]["userErrors"].clone();
        assert_eq!(reused, json!([{ "code": "ID_REUSED", "field": ["defectId"] }]));

        let read = "query($id: ID!) { project(id: $id) { checklists { id } } }";
        let read = manager.ask(read, json!({ "id": old.known["project"] })).await;
        let round = json!({ "roundId": old.known["closedRound"], "projectId": old.known["project"],
            "stage": "HOUSEHOLD_ACCEPTANCE", "number": 1, "name": "Round 1", "requiredParties": ["DEVELOPER"],
            "checklistId": read["project"]["checklists"][0]["id"], "unitIds": [old.known["unit"]] });
        let create = "mutation($input: RoundCreateInput!) { roundCreate(input: $input) {
            round { id status } userErrors { code } } }";
        let again = manager.ask(create, json!({ "input": round })).await["roundCreate"].clone();
        assert_eq!(again, json!({ "round": { "id": old.known["closedRound"], "status": "CLOSED" }, "userErrors": [] }));

        let signed = "query($id: ID!) { unitInspection(id: $id) { signatures { id } } }";
        let signed = engineer.ask(signed, json!({ "id": old.known["signedInspection"] })).await;
        let signature = json!({ "inspectionId": old.known["signedInspection"], "contentHash": old.known["contentHash"],
            "signatureId": signed["unitInspection"]["signatures"][0]["id"] });
        let sign = "mutation($input: UnitInspectionSignInput!) { unitInspectionSign(input: $input) {
            unitInspection { status } userErrors { code } } }";
        let again = engineer.ask(sign, json!({ "input": signature })).await["unitInspectionSign"].clone();
        assert_eq!(again, json!({ "unitInspection": { "status": "SIGNED" }, "userErrors": [] }));
        assert_eq!(before, fingerprint(&old.app.db).await, "a repetition changed something");
    }

    async fn inputs_of_creates_have_the_fingerprints_that_were_stored(old: Release) {
        let reader = old.app.db.read();
        let claims = client_ids::Entity::find().all(reader).await.expect("the claimed ids");
        let claims: HashMap<Uuid, Vec<u8>> = claims.into_iter().map(|claim| (claim.id, claim.fingerprint)).collect();
        let mut compared = [0; 3];
        for row in photos::Entity::find().all(reader).await.expect("the photos") {
            let Some(stored) = claims.get(&row.id.uuid()) else { continue };
            assert_eq!(&fingerprint_of(&declared(row)).expect("JSON"), stored);
            compared[0] += 1;
        }
        for row in unit_reviews::Entity::find().all(reader).await.expect("the reviews") {
            let review = Review {
                review_id: row.id,
                unit_id: row.unit_id,
                rating: row.rating,
                body: row.body,
                signature_photo_id: row.signature_photo_id,
                content_hash: None,
                occurred_at: None,
            };
            assert_eq!(claims.get(&row.id.uuid()), Some(&fingerprint_of(&review).expect("JSON")));
            compared[1] += 1;
        }
        for row in readiness_waivers::Entity::find().all(reader).await.expect("the waivers") {
            let (waiver_id, blocker) = (row.id, row.blocker);
            let waiver =
                Waive { waiver_id, unit_id: row.unit_id, blocker, subject_id: row.subject_id, reason: row.reason };
            assert_eq!(claims.get(&waiver_id.uuid()), Some(&fingerprint_of(&waiver).expect("JSON")));
            compared[2] += 1;
        }
        assert!(compared[0] > 600 && compared[1] > 2 && compared[2] > 0, "photos, reviews, waivers: {compared:?}");
    }

    async fn an_edit_that_waits_can_be_applied(old: Release) {
        let manager = old.person("chen.manager").await;
        let edits = "query($id: ID!) { pendingEdits(projectId: $id, first: 10) { nodes { id state author { name } } } }";
        let waiting = manager.ask(edits, json!({ "id": old.known["project"] })).await;
        let edit = &old.known["parked"]["pendingEdit"];
        assert_eq!(waiting["pendingEdits"]["nodes"], json!([{ "id": edit, "state": "PENDING", "author": { "name": "Qian Min" } }]));
        let apply = "mutation($id: ID!) { pendingEditApply(input: { pendingEditId: $id }) { userErrors { code } } }";
        let done = manager.ask(apply, json!({ "id": edit })).await;
        assert_eq!(done["pendingEditApply"]["userErrors"], json!([]));
        let read = "query($id: ID!) { defect(id: $id) { description } }";
        let read = manager.ask(read, json!({ "id": old.known["defects"][0] })).await;
        assert_eq!(read["defect"]["description"], "the supervisor's words");
    }

    async fn cursor_is_answered_with_the_changes_after_it(old: Release) {
        let engineer = old.person("lin.site").await;
        let document = "query($id: ID!, $cursor: String) { changes(projectId: $id, cursor: $cursor, first: 500) {
            hasMore resetRequired nodes { kind id } } }";
        let variables = json!({ "id": old.known["project"], "cursor": old.known["cursor"] });
        let page = engineer.ask(document, variables).await["changes"].clone();
        assert_eq!((&page["resetRequired"], &page["hasMore"]), (&json!(false), &json!(false)));
        let nodes = page["nodes"].as_array().into_iter().flatten();
        let defects: Vec<&Value> = nodes.filter(|node| node["kind"] == "DEFECT").map(|node| &node["id"]).collect();
        assert_eq!(defects, [&old.known["behindCursor"]]);
        let devices = "query($id: ID!) { project(id: $id) { devices(first: 10) { nodes { id behind } } } }";
        let devices = engineer.ask(devices, json!({ "id": old.known["project"] })).await["project"]["devices"].clone();
        let device = devices["nodes"].as_array().into_iter().flatten().find(|device| device["id"] == old.known["device"]);
        assert!(device.and_then(|device| device["behind"].as_i64()) > Some(0), "{devices:#}");
    }
}
