//! Recording: a repetition is no change, faults are reported by place, and measurements are judged by their rule.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::setup::{PLACES, Round, mutation, refusals, text};
use crate::sync::{Tablet, codes, operation};

const RESULTS: &str = "status version startedAt
    results { room { code } item { code } result byMeasurement note party company { code } person { name } version }
    measurements { room { code } item { code } readings design outOfTolerance inTolerance party version rule { code } }
    events { name from to reason data }";

fn result_of<'a>(inspection: &'a Value, item: &str, company: &str) -> &'a Value {
    let results = inspection["results"].as_array().expect("results");
    let found = results.iter().find(|one| one["item"]["code"] == item && one["company"]["code"] == company);
    found.unwrap_or_else(|| panic!("no result of {company} for {item}: {inspection:#}"))
}

on_both_databases! {
    async fn first_record_begins_the_inspection_and_a_repetition_is_no_change(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        let nothing = round.record(&site, "1-101", json!([]), json!([])).await;
        assert_eq!(nothing["status"], "PLANNED", "nothing was found, so nothing began");
        let results = json!([
            round.result("1-101", PLACES[0], "PASS", None),
            round.result("1-101", PLACES[2], "FAIL", Some(" the window sticks ")),
        ]);
        let first = round.record(&site, "1-101", results.clone(), json!([])).await;
        assert_eq!((&first["status"], &first["version"]), (&json!("IN_PROGRESS"), &json!(2)));
        let before = fingerprint(&app.app.db).await;
        let again = round.record(&site, "1-101", results, json!([])).await;
        assert_eq!(again["version"], 2);
        // A colleague of the same company records the same result: no change either.
        let manager = app.user("manager").await;
        round.record(&manager, "1-101", json!([round.result("1-101", PLACES[0], "PASS", None)]), json!([])).await;
        assert_eq!(before, fingerprint(&app.app.db).await);

        let better = json!([round.result("1-101", PLACES[2], "PASS", None)]);
        round.record(&manager, "1-101", better, json!([])).await;
        let read = round.read("1-101", RESULTS).await;
        let bed = result_of(&read, "BED-1", "DEV");
        assert_eq!((&bed["result"], &bed["version"], &bed["note"]), (&json!("PASS"), &json!(2), &Value::Null));
        assert_eq!(bed["person"]["name"], "manager by name");
        let event = read["events"].as_array().and_then(|events| events.last()).expect("an event");
        assert_eq!(event["name"], "INSPECTION_RECORDED");
        let change = &event["data"]["results"][0];
        assert_eq!(change["from"], json!({ "result": "FAIL", "note": "the window sticks" }));
        assert_eq!(change["to"], json!({ "result": "PASS", "note": null }));
    }

    async fn party_cannot_overwrite_results_of_another(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        for (login, result) in [("site", "PASS"), ("supervisor", "FAIL"), ("property", "NOT_ACCESSIBLE"), ("worker.a", "NOT_APPLICABLE")] {
            let user = app.user(login).await;
            round.record(&user, "1-101", json!([round.result("1-101", PLACES[0], result, None)]), json!([])).await;
        }
        let read = round.read("1-101", RESULTS).await;
        for (company, party, result) in [
            ("DEV", "DEVELOPER", "PASS"),
            ("SUP", "SUPERVISOR", "FAIL"),
            ("PROP", "PROPERTY", "NOT_ACCESSIBLE"),
            ("A", "CONTRACTOR", "NOT_APPLICABLE"),
        ] {
            let one = result_of(&read, "LIV-1", company);
            assert_eq!((&one["result"], &one["party"]), (&json!(result), &json!(party)));
        }
    }

    async fn measurement_is_judged_by_the_rule_of_its_item(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        // Plaster verticality, normal grade: at most 4 mm either way.
        round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["4", "-4.0", "4.1", " 5 "])])).await;
        let read = round.read("1-101", RESULTS).await;
        let measured = &read["measurements"][0];
        assert_eq!(measured["readings"], json!(["4", "-4.0", "4.1", "5"]));
        assert_eq!((&measured["outOfTolerance"], &measured["inTolerance"]), (&json!(2), &json!(false)));
        assert_eq!(measured["rule"]["code"], "PLASTER_VERT_N");
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("FAIL"), &json!(true)));

        round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["4"])])).await;
        let read = round.read("1-101", RESULTS).await;
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["version"]), (&json!("PASS"), &json!(2)), "mended and measured again");
        let event = read["events"].as_array().and_then(|events| events.last()).expect("an event");
        assert_eq!(event["data"]["measurements"][0]["from"]["readings"], json!(["4", "-4.0", "4.1", "5"]));

        // A person's result with a reason has precedence over the rule's, until a new measurement.
        let without = json!({
            "inspectionId": round.inspection("1-101"),
            "results": [round.result("1-101", PLACES[1], "PASS", None)],
            "measurements": [round.measurement("1-101", &["9"])],
        });
        let answer = site.query(&mutation("RECORD"), json!({ "input": without })).await;
        assert_eq!(refusals(&answer), [("OVERRULES_READINGS".to_owned(), "results.0.note".to_owned())]);
        let read = round.read("1-101", RESULTS).await;
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("FAIL"), &json!(true)), "the reading counts");
        let why = "the wall is clad later";
        let given = json!([round.result("1-101", PLACES[1], "NOT_APPLICABLE", Some(why))]);
        round.record(&site, "1-101", given.clone(), json!([round.measurement("1-101", &["9"])])).await;
        let read = round.read("1-101", RESULTS).await;
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("NOT_APPLICABLE"), &json!(false)));
        assert_eq!(judged["note"], why, "the reason is shown");
        assert_eq!(read["measurements"][0]["outOfTolerance"], 1);
        round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["9"])])).await;
        let same = round.read("1-101", RESULTS).await;
        assert_eq!(result_of(&same, "LIV-2", "DEV"), judged, "the same readings judge nothing again");
        round.record(&site, "1-101", json!([]), json!([round.measurement("1-101", &["8"])])).await;
        let read = round.read("1-101", RESULTS).await;
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("FAIL"), &json!(true)));
    }

    async fn result_given_by_a_person_is_cleared(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        let by_hand = json!([
            round.result("1-101", PLACES[0], "PASS", None),
            round.result("1-101", PLACES[1], "PASS", Some("read through the plaster")),
        ]);
        round.record(&site, "1-101", by_hand, json!([round.measurement("1-101", &["99"])])).await;
        let clear = |places: &[(&str, &str)], reason: &str| {
            let place = |&(room, item): &(&str, &str)| {
                json!({ "roomId": app.project.room("1-101", room), "itemId": round.item(item) })
            };
            let places: Vec<Value> = places.iter().map(place).collect();
            json!({ "inspectionId": round.inspection("1-101"), "places": places, "reason": reason })
        };
        let none = round.try_input(&supervisor, "CLEAR", clear(&PLACES[..1], "not mine")).await;
        assert_eq!(none, [("NOT_FOUND".to_owned(), "places.0".to_owned())], "another company's");
        let silent = round.try_input(&site, "CLEAR", clear(&PLACES[..1], " ")).await;
        assert_eq!(silent, [("REASON_REQUIRED".to_owned(), "reason".to_owned())]);
        // Only the place without a result is refused.
        let slip = json!({ "input": clear(&PLACES[..3], "a slip of the pen") });
        let answer = site.query(&mutation("CLEAR"), slip).await;
        assert_eq!(refusals(&answer), [("NOT_FOUND".to_owned(), "places.2".to_owned())]);
        let read = round.read("1-101", RESULTS).await;
        let judged = result_of(&read, "LIV-2", "DEV");
        assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("FAIL"), &json!(true)));
        assert_eq!(read["results"].as_array().map(Vec::len), Some(1), "nothing measured, so no result");
        let event = read["events"].as_array().and_then(|events| events.last()).expect("an event");
        assert_eq!((&event["name"], &event["reason"]), (&json!("INSPECTION_RECORDED"), &json!("a slip of the pen")));
        assert_eq!(event["data"]["results"].as_array().map(Vec::len), Some(2));
        let again = site.ok(&mutation("CLEAR"), json!({ "input": clear(&PLACES[1..2], "once more") })).await;
        assert_eq!(again["answer"]["unitInspection"]["version"], read["version"], "measured already: nothing changes");
    }

    async fn first_result_begins_the_inspection_with_an_event(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        round.record(&site, "1-101", json!([round.result("1-101", PLACES[0], "PASS", None)]), json!([])).await;
        let read = round.read("1-101", "status events { name from to }").await;
        assert_eq!(read["events"], json!([
            { "name": "INSPECTION_STARTED", "from": "PLANNED", "to": "IN_PROGRESS" },
            { "name": "INSPECTION_RECORDED", "from": "IN_PROGRESS", "to": "IN_PROGRESS" },
        ]));
    }

    async fn every_fault_is_reported_at_its_place_and_only_valid_entries_are_stored(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let site = app.user("site").await;
        let place = |room: uuid::Uuid, item: uuid::Uuid| json!({ "roomId": room, "itemId": item, "result": "PASS" });
        let (living, bed) = (app.project.room("1-101", "LIVING"), app.project.room("1-101", "BED"));
        let reading = |item: &str, readings: Value| json!({ "roomId": living, "itemId": round.item(item), "readings": readings });
        let input = json!({
            "inspectionId": round.inspection("1-101"),
            "results": [
                place(living, round.item("LIV-1")),
                place(living, round.item("LIV-1")),
                place(app.project.room("1-102", "LIVING"), round.item("LIV-1")),
                place(app.other.room("1-101", "LIVING"), round.item("LIV-1")),
                place(bed, round.item("LIV-1")),
                place(living, v7()),
                { "roomId": bed, "itemId": round.item("BED-1"), "result": "FAIL", "note": "😀".repeat(4_001) },
            ],
            "measurements": [
                reading("LIV-1", json!(["1"])),
                reading("LIV-2", json!(["1", "x"])),
            ],
        });
        let answer = site.query(&mutation("RECORD"), json!({ "input": input })).await;
        let refused = refusals(&answer);
        let expected = [
            ("INVALID_VALUE", "results.1.itemId"),
            ("ROOM_NOT_IN_UNIT", "results.2.roomId"),
            ("ROOM_NOT_IN_UNIT", "results.3.roomId"),
            ("INVALID_VALUE", "results.4.itemId"),
            ("NOT_FOUND", "results.5.itemId"),
            ("TEXT_TOO_LONG", "results.6.note"),
            ("INVALID_VALUE", "measurements.0.itemId"),
            ("READINGS_INVALID", "measurements.1.readings.1"),
        ];
        let refused: Vec<(&str, &str)> = refused.iter().map(|(code, field)| (code.as_str(), field.as_str())).collect();
        assert_eq!(refused, expected);
        let read = round.read("1-101", "status results { item { code } } measurements { id }").await;
        let kept = json!({ "status": "IN_PROGRESS", "results": [{ "item": { "code": "LIV-1" } }], "measurements": [] });
        assert_eq!(read, kept);
    }

    async fn batches_versions_and_times_have_limits(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        let inspection = round.inspection("1-101");
        let many = |count: usize| vec![round.result("1-101", PLACES[0], "PASS", None); count];
        let readings = vec![round.measurement("1-101", &["1"]); 501];
        for (input, expected) in [
            (json!({ "results": many(501) }), ("TOO_MANY", "results")),
            (json!({ "measurements": readings }), ("TOO_MANY", "measurements")),
            (json!({ "results": many(1), "expectedVersion": 7 }), ("STALE_VERSION", "expectedVersion")),
            (json!({ "results": many(1), "occurredAt": "2026-03-02T00:06:00Z" }), ("OCCURRED_IN_FUTURE", "occurredAt")),
        ] {
            let mut input = input;
            input["inspectionId"] = json!(inspection);
            let refused = round.try_input(&site, "RECORD", input).await;
            assert_eq!(refused, [(expected.0.to_owned(), expected.1.to_owned())]);
        }
        app.advance_seconds(60 * 60);
        let early = json!({ "inspectionId": inspection, "results": many(1), "occurredAt": "2026-03-02T08:30:00+08:00" });
        site.ok(&mutation("RECORD"), json!({ "input": early })).await;
        let read = round.read("1-101", "startedAt results { occurredAt recordedAt }").await;
        assert_eq!(text(&read["startedAt"]), "2026-03-02T00:30:00.000Z", "begun when the device says");
        assert_eq!(text(&read["results"][0]["occurredAt"]), "2026-03-02T00:30:00.000Z");
        assert_eq!(text(&read["results"][0]["recordedAt"]), "2026-03-02T01:00:00.000Z");
    }

    async fn result_against_the_readings_without_a_reason_is_refused_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let tablet = Tablet::of(&app, "site").await;
        let input = |unit: &str| {
            let unknown = json!({ "roomId": app.project.room(unit, "LIVING"), "itemId": v7(), "result": "PASS" });
            let by_hand = |place| round.result(unit, place, "PASS", None);
            let results = json!([unknown, by_hand(PLACES[1]), by_hand(PLACES[2])]);
            json!({ "inspectionId": round.inspection(unit), "results": results })
        };
        for unit in ["1-101", "1-102"] {
            round.record(&tablet.user, unit, json!([]), json!([round.measurement(unit, &["9"])])).await;
        }
        let answer = tablet.user.query(&mutation("RECORD"), json!({ "input": input("1-101") })).await;
        let refused = [("NOT_FOUND", "results.0.itemId"), ("OVERRULES_READINGS", "results.1.note")];
        assert_eq!(refusals(&answer), refused.map(|(code, field)| (code.to_owned(), field.to_owned())));
        let pushed = tablet.push_one(&operation("checkResultsRecord", input("1-102"), Some(2))).await;
        assert_eq!((&pushed["outcome"], codes(&pushed)), (&json!("APPLIED"), vec!["NOT_FOUND", "OVERRULES_READINGS"]));
        for unit in ["1-101", "1-102"] {
            let read = round.read(unit, RESULTS).await;
            assert_eq!(result_of(&read, "BED-1", "DEV")["result"], "PASS", "{unit}");
            let judged = result_of(&read, "LIV-2", "DEV");
            assert_eq!((&judged["result"], &judged["byMeasurement"]), (&json!("FAIL"), &json!(true)), "{unit}");
        }
    }

    async fn invalid_reading_is_refused_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        let measurement = |readings: &[&str]| round.measurement("1-101", readings);
        let record = async |results: Value, measurements: Value| {
            let input = json!({ "inspectionId": round.inspection("1-101"), "results": results, "measurements": measurements });
            let answer = site.query(&mutation("RECORD"), json!({ "input": input })).await;
            answer["data"]["answer"]["userErrors"].clone()
        };
        let result = json!([round.result("1-101", PLACES[0], "FAIL", Some("seen"))]);
        let errors = record(result, json!([measurement(&["1", "1,234"])])).await;
        assert_eq!(errors[0]["code"], "READINGS_INVALID", "{errors:#}");
        assert_eq!(errors[0]["field"], json!(["measurements", "0", "readings", "1"]));
        assert_eq!(errors.as_array().map(Vec::len), Some(1));
        let read = round.read("1-101", RESULTS).await;
        assert_eq!(result_of(&read, PLACES[0].1, "DEV")["note"], "seen");
        assert_eq!(read["measurements"], json!([]));
        // As people type them; stored as plain numbers.
        let errors = record(json!([]), json!([measurement(&["2,5", "\u{2212}2.5", "２．５", ".5", "2 mm"])])).await;
        assert_eq!(errors, json!([]));
        let read = round.read("1-101", RESULTS).await;
        assert_eq!(read["measurements"][0]["readings"], json!(["2.5", "-2.5", "2.5", "0.5", "2"]));
        // Without a valid entry everything is refused, as before.
        let errors = record(json!([]), json!([measurement(&["x", "y"])])).await;
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{errors:#}");
    }
}
