//! Unreadable and oversized operations are answered individually, and the rest is applied.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{Tablet, codes, log_input, operation, outcomes};

on_both_databases! {
    async fn invalid_operation_stops_no_other(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let good = |n: usize| (n, operation("defectLog", log_input(&app, v7(), "1-101"), None));
        let mut operations: Vec<Value> = (0..50).map(good).map(|(_, operation)| operation).collect();
        operations[3]["command"] = json!({ "defectPaint": { "defectId": v7() } });
        operations[10]["command"]["defectLog"]["defectId"] = json!("not a UUID");
        operations[17]["command"]["defectLog"]["colour"] = json!("blue");
        operations[20]["command"] = json!({});
        operations[21]["command"]["defectStart"] = json!({ "defectId": v7() });
        operations[25]["operationId"] = json!("broken");
        operations[30]["command"]["defectLog"]["severity"] = json!("TERRIBLE");
        operations[31]["baseVersion"] = json!("seven");
        operations[40]["command"] = json!({ "defectStart": { "defectIds": [v7(), v7()] } });
        operations[41] = json!("nonsense");
        let results = site.push(&operations).await;
        assert_eq!(results.len(), 50);
        for (n, result) in results.iter().enumerate() {
            let code = match n {
                3 | 10 | 17 | 20 | 21 | 30 | 31 => Some("OPERATION_UNREADABLE"),
                25 | 41 => Some("INVALID_ID"),
                40 => Some("INVALID_VALUE"),
                _ => None,
            };
            match code {
                Some(code) => assert_eq!((codes(result), &result["outcome"]), (vec![code], &json!("REJECTED")), "{n}"),
                None => assert_eq!(result["outcome"], "APPLIED", "{n}: {result:#}"),
            }
            assert_eq!(result["operationId"], if n == 41 { json!("") } else { operations[n]["operationId"].clone() });
        }
        let why = results[17]["userErrors"][0]["message"].as_str().expect("a message");
        assert!(why.contains("operation.command.defectLog.colour"), "{why}");
        let why = results[10]["userErrors"][0]["message"].as_str().expect("a message");
        assert!(why.contains("UUID"), "{why}");
        // Operations with ids are listed for their author afterwards, and answered the same again.
        let again = site.push(&operations).await;
        for (n, (first, again)) in results.iter().zip(&again).enumerate() {
            let outcome = if first["outcome"] == "APPLIED" { json!("ALREADY_APPLIED") } else { first["outcome"].clone() };
            assert_eq!((&again["outcome"], &again["userErrors"]), (&outcome, &first["userErrors"]), "{n}");
        }
        let told = "{ syncOperations(outcomes: [REJECTED], first: 50) { nodes { id command objectKind input } } }";
        let told = site.user.read(told, json!({})).await["syncOperations"]["nodes"].as_array().expect("nodes").clone();
        assert_eq!(told.len(), 8);
        for node in &told {
            assert_eq!((&node["command"], &node["objectKind"]), (&json!("unreadable"), &Value::Null), "{node:#}");
        }
        let painted = told.iter().find(|node| node["id"] == operations[3]["operationId"]).expect("told");
        assert!(painted["input"].to_string().contains("defectPaint"), "{painted:#}");
    }

    async fn unreadable_operation_is_applied_when_it_can_be_read(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let log = operation("defectLog", log_input(&app, v7(), "1-101"), None);
        let mut newer = log.clone();
        newer["command"]["defectLog"]["colour"] = json!("blue");
        newer["command"]["defectLog"]["description"] = json!("long ".repeat(1_000));
        let unreadable = site.push_one(&newer).await;
        assert_eq!(codes(&unreadable), ["OPERATION_UNREADABLE"]);
        let reason = unreadable["userErrors"][0]["message"].as_str().expect("a reason");
        assert!(reason.len() < 400, "a reason, not the operation again: {reason}");
        // No other person can use the id now.
        let other = Tablet::of(&app, "supervisor").await;
        assert_eq!(codes(&other.push_one(&log).await), ["OPERATION_ID_REUSED"]);
        assert_eq!(outcomes(&[site.push_one(&log).await, site.push_one(&log).await]), ["APPLIED", "ALREADY_APPLIED"]);
        assert_eq!(codes(&site.push_one(&newer).await), ["OPERATION_ID_REUSED"]);
        let told = "{ syncOperations(first: 50) { nodes { command outcome } } }";
        let told = site.user.ok(told, json!({})).await["syncOperations"]["nodes"].clone();
        assert_eq!(told, json!([{ "command": "defectLog", "outcome": "APPLIED" }]));
    }

    async fn hundred_operations_are_accepted_and_the_others_sent_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let operations: Vec<Value> =
            (0..102).map(|_| operation("defectLog", log_input(&app, v7(), "1-101"), None)).collect();
        let results = site.push(&operations).await;
        assert_eq!(outcomes(&results[..100]), ["APPLIED"; 100]);
        for result in &results[100..] {
            assert_eq!(codes(result), ["TRY_AGAIN"]);
        }
        let rest = site.push(&operations[100..]).await;
        assert_eq!(outcomes(&rest), ["APPLIED"; 2]);
    }

    async fn two_megabytes_are_refused_before_anything_is_applied(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let mut log = operation("defectLog", log_input(&app, v7(), "1-101"), None);
        log["command"]["defectLog"]["description"] = json!("x".repeat(2_000_000));
        let input = json!({ "deviceId": site.id, "operations": [log] });
        let refused = site.user.refused(crate::sync::PUSH, json!({ "input": input })).await;
        assert_eq!(refused, ["BODY_TOO_LARGE"]);
    }

    async fn anonymous_push_is_refused_and_empty_push_is_accepted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let log = operation("defectLog", log_input(&app, v7(), "1-101"), None);
        let input = json!({ "input": { "deviceId": v7(), "operations": [log.clone()] } });
        assert_eq!(app.nobody().refused(crate::sync::PUSH, input).await, ["UNAUTHENTICATED"]);
        // People without access find nothing, and nothing of theirs is stored.
        let stranger = Tablet::of(&app, "x.site").await;
        let result = stranger.push_one(&log).await;
        assert_eq!((codes(&result), &result["outcome"]), (vec!["NOT_FOUND"], &json!("REJECTED")));
        assert_eq!(Tablet::of(&app, "manager").await.edits().await, Vec::<Value>::new());
    }
}
