//! The due clock: a stopped clock keeps the remaining working time, and an overdue defect stays overdue.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::{defect, log, matching, refused, run};

const HOUR: i64 = 3_600;

async fn set_policy(app: &TestApp, mut change: Value) {
    change["projectId"] = json!(app.project.id);
    run(&app.user("manager").await, "projectPolicyUpdate", change).await;
}

/// Sets a due time by a person; the company stays.
async fn set_due(app: &TestApp, user: &User<'_>, id: Uuid, due_at: &str) {
    run(user, "defectAssign", json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": due_at })).await;
}

/// Stops the clock of a defect in one of the ways, and lets it run again.
struct Stop<'a> {
    app: &'a TestApp,
    way: &'static str,
    id: Uuid,
}

impl Stop<'_> {
    async fn stop(&self) {
        let on = |mut more: Value| {
            more["defectId"] = json!(self.id);
            more
        };
        let (login, name, input) = match self.way {
            "HOLD" => ("site", "defectHold", json!({ "reason": "no paint" })),
            "DISPUTE" => {
                ("lead.a", "defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "no" }))
            }
            "VERDICT" => ("worker.a", "defectReportFixed", json!({ "attemptId": v7() })),
            _ => ("site", "defectVoid", json!({ "reason": "NOT_A_DEFECT" })),
        };
        run(&self.app.user(login).await, name, on(input)).await;
    }

    async fn run_again(&self) {
        let (login, name, mut input) = match self.way {
            "HOLD" => ("site", "defectResume", json!({})),
            "DISPUTE" => ("manager", "defectResolveDispute", json!({ "outcome": "UPHELD" })),
            "VERDICT" => ("site", "defectVerify", json!({ "verdictId": v7(), "passed": false, "note": "no" })),
            _ => ("manager", "defectRestore", json!({ "reason": "it is one" })),
        };
        input["defectId"] = json!(self.id);
        run(&self.app.user(login).await, name, input).await;
    }
}

const WAYS: [&str; 4] = ["HOLD", "DISPUTE", "VERDICT", "VOID"];

async fn overview(app: &TestApp) -> Value {
    let document = "query($id: ID!) { project(id: $id) { overview { overdue onTimeRate { numerator denominator } } } }";
    app.user("manager").await.ok(document, json!({ "id": app.project.id })).await["project"]["overview"].clone()
}

on_both_databases! {
    async fn due_time_is_within_ten_years(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let id = log(&app, &site, "1-101", json!({})).await;
        for due in ["1970-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2036-03-04T00:00:00Z", "9999-12-31T23:59:59Z"] {
            let input = json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": due });
            assert_eq!(refused(&site, "defectAssign", input).await, ["INVALID_VALUE"], "{due}");
        }
        set_due(&app, &site, id, "2036-02-28T00:00:00Z").await;
        assert_eq!(defect(&site, id, "dueAt").await["dueAt"], "2036-02-28T00:00:00.000Z");
    }

    async fn resumed_clock_keeps_the_remaining_working_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        set_policy(&app, json!({ "skipDaysOff": true, "afterPhotoRequired": false })).await;
        let mut stops = Vec::new();
        for way in WAYS {
            let id = log(&app, &site, "1-101", json!({})).await;
            set_due(&app, &site, id, "2026-03-09T10:00:00+08:00").await;
            stops.push(Stop { app: &app, way, id });
        }
        // From Monday 08:00 to Friday 18:00: 6 hours of Friday and 10 of Monday are left.
        app.advance_seconds((4 * 24 + 10) * HOUR);
        for stop in &stops {
            stop.stop().await;
        }
        // On Monday at 08:00 it runs again: 16 hours later is the beginning of Tuesday.
        app.advance_seconds(62 * HOUR);
        for stop in &stops {
            stop.run_again().await;
            let read = defect(&site, stop.id, "dueAt overdue").await;
            assert_eq!(read, json!({ "dueAt": "2026-03-09T16:00:00.000Z", "overdue": false }), "{}", stop.way);
        }
        // Over a weekend and more, the due time never falls on a day off.
        for stop in &stops {
            stop.stop().await;
        }
        app.advance_seconds((4 * 24 + 20) * HOUR);
        for stop in &stops {
            stop.run_again().await;
            let due = defect(&site, stop.id, "dueAt").await["dueAt"].clone();
            // Saturday 04:00; 16 working hours later is Monday 16:00.
            assert_eq!(due, "2026-03-16T08:00:00.000Z", "{}", stop.way);
        }
    }

    async fn due_time_moves_by_the_stopped_time_if_days_off_count(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let id = log(&app, &site, "1-101", json!({})).await;
        assert_eq!(defect(&site, id, "dueAt").await["dueAt"], "2026-03-09T00:00:00.000Z");
        let stop = Stop { app: &app, way: "HOLD", id };
        stop.stop().await;
        app.advance_seconds(100 * HOUR);
        stop.run_again().await;
        assert_eq!(defect(&site, id, "dueAt").await["dueAt"], "2026-03-13T04:00:00.000Z");
    }

    async fn defect_that_was_overdue_when_the_clock_stopped_stays_overdue(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        let (held, disputed, in_time) = (
            log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await,
            log(&app, &site, "1-101", json!({})).await,
        );
        let stops = [("HOLD", held), ("DISPUTE", disputed), ("HOLD", in_time)].map(|(way, id)| Stop { app: &app, way, id });
        for id in [held, disputed, in_time] {
            set_due(&app, &site, id, "2026-03-02T10:00:00+08:00").await;
        }
        stops[2].stop().await;
        app.advance_seconds(3 * HOUR);
        let late = vec![held, disputed];
        assert_eq!(matching(&app, &manager, json!({ "overdue": true })).await, late);
        stops[0].stop().await;
        stops[1].stop().await;
        app.advance_seconds(200 * HOUR);
        assert_eq!(matching(&app, &manager, json!({ "overdue": true })).await, late, "the contractor alone takes nothing back");
        assert_eq!(matching(&app, &manager, json!({ "overdue": false })).await, [in_time]);
        for id in &late {
            assert_eq!(defect(&manager, *id, "overdue").await["overdue"], json!(true));
        }
        let expected = json!({ "overdue": 2, "onTimeRate": { "numerator": 0, "denominator": 2 } });
        assert_eq!(overview(&app).await, expected);
        for stop in &stops {
            stop.run_again().await;
        }
        assert_eq!(matching(&app, &manager, json!({ "overdue": true })).await, late);
        assert_eq!(overview(&app).await, expected);
    }

    async fn severity_and_type_decide_the_days_and_a_change_recomputes_the_due_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        set_policy(&app, json!({ "daysBySeverity": [{ "severity": "CRITICAL", "days": 2 }] })).await;
        // A crack is usually minor and takes 7 days; the policy gives 2 days to critical defects.
        let usual = log(&app, &site, "1-101", json!({})).await;
        let critical = log(&app, &site, "1-101", json!({ "severity": "CRITICAL" })).await;
        assert_eq!(defect(&site, usual, "dueAt").await["dueAt"], "2026-03-09T00:00:00.000Z");
        assert_eq!(defect(&site, critical, "dueAt").await["dueAt"], "2026-03-04T00:00:00.000Z");

        let update = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) {
            defect { dueAt responsibleCompany { code } } notes { code message } userErrors { code } } }";
        let change = async |id: Uuid, mut more: Value| {
            more["defectId"] = json!(id);
            site.ok(update, json!({ "input": more })).await["defectUpdate"].clone()
        };
        let raised = change(usual, json!({ "severity": "CRITICAL" })).await;
        assert_eq!(raised["defect"]["dueAt"], "2026-03-04T00:00:00.000Z", "the assignment plus the new days");
        assert_eq!(raised["notes"], json!([{ "code": "DUE_CHANGED", "message": "The repair is now due at 2026-03-04 08:00." }]));
        let words = change(usual, json!({ "description": "longer than it looks" })).await;
        assert_eq!((&words["notes"], &words["defect"]["dueAt"]), (&json!([]), &raised["defect"]["dueAt"]));
        let lowered = change(usual, json!({ "severity": "MINOR" })).await;
        assert_eq!(lowered["defect"]["dueAt"], "2026-03-09T00:00:00.000Z");

        // Ten days later two days are over: at least one working day remains.
        app.advance_seconds(10 * 24 * HOUR);
        let late = change(usual, json!({ "severity": "CRITICAL" })).await;
        assert_eq!(late["defect"]["dueAt"], "2026-03-13T00:00:00.000Z");
        // Tiles are contractor B's by the rules: A stays responsible, and the note says so.
        let moved = change(critical, json!({ "type": "WALL.TILE_CRACK" })).await;
        assert_eq!(moved["defect"]["responsibleCompany"]["code"], "A");
        assert_eq!(moved["notes"][0]["code"], "OTHER_COMPANY_BY_RULE");
        assert!(moved["notes"][0]["message"].as_str().is_some_and(|text| text.contains("Contractor B")), "{moved:#}");
        let events = defect(&site, usual, "events { name data }").await["events"].clone();
        let told: Vec<&Value> = events.as_array().expect("events").iter().map(|event| &event["data"]["dueAt"]).collect();
        assert_eq!(told[0], "2026-03-09T00:00:00.000Z");
        assert_eq!(told[1], "2026-03-04T00:00:00.000Z", "{events:#}");
    }
}
