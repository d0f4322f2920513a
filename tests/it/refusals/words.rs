//! Invalid texts, times and positions.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::Setup;

const LOG: &str = "mutation($input: DefectLogInput!) {
    defectLog(input: $input) { defect { id description } userErrors { code field } }
}";

on_both_databases! {
    async fn descriptions_have_a_maximum_length(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let just = "😀".repeat(4_000);
        let data = site.ok(LOG, input(&app, &json!({ "description": format!("  {just}\n") }))).await;
        assert_eq!(data["defectLog"]["defect"]["description"], json!(just), "trimmed, otherwise as written");
        for (text, code) in [
            ("😀".repeat(4_001), "TEXT_TOO_LONG"),
            ("😀".repeat(10_000), "TEXT_TOO_LONG"),
            ("👨‍👩‍👧‍👦".repeat(10_000), "TEXT_TOO_LONG"),
            ("x".repeat(1_000_000), "TEXT_TOO_LONG"),
            ("a\0b".to_owned(), "TEXT_INVALID"),
            ("a\u{1b}[31mb".to_owned(), "TEXT_INVALID"),
            ("a\u{85}b".to_owned(), "TEXT_INVALID"),
        ] {
            let codes = site.refused(LOG, input(&app, &json!({ "description": text }))).await;
            assert_eq!(codes, [code], "{:.20}", text);
        }
        let codes = site.refused(LOG, input(&app, &json!({ "description": "x".repeat(2_000_000) }))).await;
        assert_eq!(codes, ["BODY_TOO_LARGE"]);
        let data = site.ok(LOG, input(&app, &json!({ "description": " \t\r\n " }))).await;
        assert_eq!(data["defectLog"]["defect"]["description"], json!(""));
    }

    async fn unknown_codes_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let long = "X".repeat(100_000);
        for odd in ["", "wall.crack", "WALL.CRACK ", "'", "😀", "%", long.as_str()] {
            for field in ["type", "trade"] {
                let answer = site.query(LOG, input(&app, &json!({ field: odd }))).await;
                let error = &answer["data"]["defectLog"]["userErrors"][0];
                assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_CODE"), &json!([field])), "{odd:.20}");
                assert_eq!(site.refused(LOG, input(&app, &json!({ field: odd }))).await, ["INVALID_CODE"]);
            }
        }
    }

    async fn times_in_the_future_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let setup = Setup::own(&app);
        let defect = setup.assigned("1-101").await;
        // A tablet's clock may be slightly ahead.
        site.ok(LOG, input(&app, &json!({ "occurredAt": "2026-03-02T00:05:00.000Z" }))).await;
        site.ok(LOG, input(&app, &json!({ "occurredAt": "2026-02-20T10:00:00+08:00" }))).await;
        for future in ["2026-03-02T00:05:00.001Z", "2026-03-03T00:00:00Z", "9999-12-30T00:00:00Z"] {
            let codes = site.refused(LOG, input(&app, &json!({ "occurredAt": future }))).await;
            assert_eq!(codes, ["OCCURRED_IN_FUTURE"], "{future}");
        }
        let start = "mutation($input: DefectStartInput!) { defectStart(input: $input) { userErrors { code } } }";
        let late = json!({ "input": { "defectId": defect, "occurredAt": "2027-01-01T00:00:00Z" } });
        assert_eq!(app.user("lead.a").await.refused(start, late).await, ["OCCURRED_IN_FUTURE"]);
        for nonsense in ["yesterday", "2026-02-30T00:00:00Z", "2026-03-02", "+99999-01-01T00:00:00Z"] {
            assert!(!site.refused(LOG, input(&app, &json!({ "occurredAt": nonsense }))).await.is_empty());
        }
    }

    async fn invalid_ids_and_places_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        for id in [json!(uuid::Uuid::from_u128(5)), json!("6fa459ea-ee8a-4ca4-894e-db77e160355e")] {
            let codes = site.refused(LOG, input(&app, &json!({ "defectId": id }))).await;
            assert_eq!(codes, ["INVALID_ID"], "not of version 7");
        }
        let upper = v7().to_string().to_uppercase();
        for id in ["", "1", "a\0b", upper.as_str(), "{018f2c3e-8a6b-7cde-8f01-23456789abcd}"] {
            assert!(!site.refused(LOG, input(&app, &json!({ "defectId": id }))).await.is_empty(), "{id}");
        }
        let elsewhere = app.project.room("1-102", "LIVING");
        let codes = site.refused(LOG, input(&app, &json!({ "roomId": elsewhere }))).await;
        assert_eq!(codes, ["ROOM_NOT_IN_UNIT"]);
        for (x, y) in [(1.01, 0.5), (0.5, -0.01), (1e300, 0.5), (-1e300, 0.5)] {
            let codes = site.refused(LOG, input(&app, &json!({ "pin": { "x": x, "y": y } }))).await;
            assert_eq!(codes, ["PIN_OUTSIDE"], "{x} {y}");
        }
        let both = "mutation($input: DefectStartInput!) { defectStart(input: $input) { userErrors { code } } }";
        let many: Vec<_> = (0..101).map(|_| v7()).collect();
        let lead = app.user("lead.a").await;
        assert_eq!(lead.refused(both, json!({ "input": { "defectIds": many } })).await, ["TOO_MANY"]);
        assert_eq!(lead.refused(both, json!({ "input": {} })).await, ["INVALID_VALUE"]);
    }
}

/// A valid new defect, except for these fields.
fn input(app: &TestApp, other: &Value) -> Value {
    let mut input = json!({ "defectId": v7(), "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" });
    for (name, value) in other.as_object().expect("fields") {
        input[name] = value.clone();
    }
    json!({ "input": input })
}
