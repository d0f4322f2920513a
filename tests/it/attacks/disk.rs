//! Filling the disk through `syncPush`: the stored data of operations that are not applied is limited by size, by
//! person and day, and by age. Nothing is stored for people without a role.

use domain::quota::{KEPT_BYTES_PER_DAY, KEPT_OPERATIONS_PER_DAY};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use store::entity::{operations, pending_edits};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use crate::sync::{Tablet, codes, log_input, operation, outcomes};

const DAY: i64 = 24 * 60 * 60;

/// An operation of a newer app.
fn unreadable(bytes: usize) -> Value {
    operation("fromTheFuture", json!({ "x": "x".repeat(bytes) }), None)
}

/// The maximum stored size of each operation, in bytes of JSON.
async fn stored_sizes(app: &TestApp) -> Vec<usize> {
    let rows = operations::Entity::find().all(app.app.db.read()).await.expect("the operations");
    rows.into_iter().map(|row| row.input.to_string().len()).collect()
}

/// Pushes unreadable operations of 60 KB until the daily quota ends; returns the number of stored ones.
async fn fill(tablet: &Tablet<'_>) -> usize {
    let mut count = 0;
    loop {
        let batch: Vec<Value> = (0..10).map(|_| unreadable(60_000)).collect();
        for result in tablet.push(&batch).await {
            match codes(&result)[..] {
                ["OPERATION_UNREADABLE"] => count += 1,
                ["OPERATION_UNREADABLE", "QUOTA_EXCEEDED"] => {
                    assert_eq!(result["outcome"], "REJECTED", "{result:#}");
                    return count;
                }
                _ => panic!("{result:#}"),
            }
        }
        assert!(count < 1_000, "there is no end");
    }
}

on_both_databases! {
    async fn nothing_is_stored_for_an_owner_without_an_opened_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        // The unit of this owner is not opened: no project is visible.
        let owner = Tablet::of(&app, "owner1").await;
        for _ in 0..10 {
            let result = owner.push_one(&unreadable(640_000)).await;
            assert_eq!((codes(&result), &result["outcome"]), (vec!["OPERATION_UNREADABLE"], &json!("REJECTED")));
        }
        let refused = owner.push_one(&operation("defectLog", log_input(&app, v7(), "1-101"), None)).await;
        assert_eq!(codes(&refused), ["NOT_FOUND"]);
        assert_eq!(stored_sizes(&app).await, Vec::<usize>::new());

        // After the unit was opened, and also after that has ended, the owner has had a role.
        app.open_to_owner(app.project.unit("1-101")).await;
        owner.push_one(&unreadable(100)).await;
        assert_eq!(stored_sizes(&app).await.len(), 1);
    }

    async fn stored_operations_of_a_worker_are_cut_at_64_kilobytes_and_end_at_the_quota(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = Tablet::of(&app, "worker.a").await;
        for _ in 0..10 {
            assert_eq!(codes(&worker.push_one(&unreadable(640_000)).await), ["OPERATION_UNREADABLE"]);
        }
        let sizes = stored_sizes(&app).await;
        assert_eq!(sizes.len(), 10);
        assert!(sizes.iter().all(|size| *size <= 64 * 1_024), "{sizes:?}");

        fill(&worker).await;
        let total: usize = stored_sizes(&app).await.iter().sum();
        assert!(total <= usize::try_from(KEPT_BYTES_PER_DAY).expect("positive"), "{total} bytes");
        // The queue of the tablet is not blocked: the refusal is final, and valid operations are applied.
        let log = || operation("defectLog", log_input(&app, v7(), "1-101"), None);
        let results = worker.push(&[unreadable(60_000), log(), unreadable(60_000)]).await;
        assert_eq!(outcomes(&results), ["REJECTED", "APPLIED", "REJECTED"]);
        // Other people are not affected.
        assert_eq!(codes(&Tablet::of(&app, "worker.b").await.push_one(&unreadable(60_000)).await), ["OPERATION_UNREADABLE"]);

        app.advance_seconds(DAY);
        let late = unreadable(60_000);
        assert_eq!(codes(&worker.push_one(&late).await), ["OPERATION_UNREADABLE"]);
        // It is applied when it can be parsed, like one that was stored as a whole.
        let mut read = log();
        read["operationId"] = late["operationId"].clone();
        assert_eq!(outcomes(&[worker.push_one(&read).await]), ["APPLIED"]);
    }

    async fn number_of_stored_operations_is_limited(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = Tablet::of(&app, "worker.a").await;
        let most = usize::try_from(KEPT_OPERATIONS_PER_DAY).expect("positive");
        for batch in 0..=most / 100 {
            let operations: Vec<Value> = (0..100).map(|_| unreadable(1)).collect();
            let beyond = worker.push(&operations).await.iter().filter(|result| codes(result).len() == 2).count();
            assert_eq!(beyond, if batch < most / 100 { 0 } else { 100 }, "batch {batch}");
        }
        assert_eq!(stored_sizes(&app).await.len(), most);
    }

    async fn refused_operation_is_cut_and_recognised_by_its_hash(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let defect = site.log("1-101").await;
        let body = |end: &str| json!({ "defectId": defect, "commentId": v7(), "body": "x".repeat(600_000) + end, "visibility": "SHARED" });
        let comment = operation("defectComment", body("a"), None);
        assert_eq!(codes(&site.push_one(&comment).await), ["TEXT_TOO_LONG"]);
        let told = "{ syncOperations(outcomes: [REJECTED], first: 5) { nodes { id input } } }";
        let told = site.user.read(told, json!({})).await["syncOperations"]["nodes"].clone();
        let truncated = &told[0]["input"]["truncated"];
        assert!(told[0]["input"].to_string().len() <= 16 * 1_024);
        assert!(truncated["byteSize"].as_u64().is_some_and(|size| size > 600_000), "{truncated:.300}");
        assert_eq!(truncated["sha256"].as_str().map(str::len), Some(64));

        assert_eq!(codes(&site.push_one(&comment).await), ["TEXT_TOO_LONG"]);
        let mut other = comment.clone();
        other["command"]["defectComment"]["body"] = json!("x".repeat(600_000) + "b");
        assert_eq!(codes(&site.push_one(&other).await), ["OPERATION_ID_REUSED"], "only the cut end differs");
        assert_eq!(stored_sizes(&app).await.len(), 2);
    }

    async fn repeated_operation_counts_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = Tablet::of(&app, "worker.a").await;
        // Of a unit of another project: not found, and checked again each time.
        let unit = app.other.unit("1-101");
        let log = operation("defectLog", json!({ "defectId": v7(), "unitId": unit, "type": "WALL.CRACK" }), None);
        let before = usage(&app).await;
        for _ in 0..5 {
            assert_eq!(codes(&worker.push_one(&log).await), ["NOT_FOUND"]);
        }
        assert_eq!(usage(&app).await - before, 1);
    }

    async fn pending_edits_count_and_are_refused_as_a_whole_beyond_the_quota(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let defect = site.log("1-101").await;
        let manager = app.user("manager").await;
        let update = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) { userErrors { code } } }";
        manager.ok(update, json!({ "input": { "defectId": defect, "description": "of the manager" } })).await;
        let words = "of the site ".repeat(100);
        let conflict = || operation("defectUpdate", json!({ "defectId": defect, "description": words }), Some(1));
        assert_eq!(outcomes(&[site.push_one(&conflict()).await]), ["CONFLICT"]);
        fill(&site).await;
        // The last bytes of the quota.
        let mut rest = 60_000;
        while rest > 0 {
            if codes(&site.push_one(&unreadable(rest)).await).len() == 2 {
                rest /= 2;
            }
        }
        let beyond = conflict();
        let result = site.push_one(&beyond).await;
        assert_eq!(result["outcome"], "REJECTED", "{result:#}");
        assert!(codes(&result).contains(&"QUOTA_EXCEEDED"), "{result:#}");
        let waiting = pending_edits::Entity::find().all(app.app.db.read()).await.expect("the edits").len();
        assert_eq!(waiting, 1);
        // Nothing is lost, because the tablet sends it again the next day.
        app.advance_seconds(DAY);
        assert_eq!(outcomes(&[site.push_one(&beyond).await]), ["CONFLICT"]);
    }

    async fn refused_operations_are_removed_after_90_days(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let defect = site.log("1-101").await;
        let late = unreadable(10);
        site.push_one(&late).await;
        app.advance_seconds(90 * DAY - 60);
        let young = unreadable(10);
        site.push_one(&young).await;
        assert_eq!(app::sync::gc::collect(&app.app).await.expect("clean").operations, 0);
        app.advance_seconds(120);
        let removed = app::sync::gc::collect(&app.app).await.expect("clean");
        assert_eq!(removed.operations, 1);
        let mut commands: Vec<String> = operations::Entity::find().all(app.app.db.read()).await.expect("rows")
            .into_iter().map(|row| row.command).collect();
        commands.sort();
        assert_eq!(commands, ["defectLog", "unreadable"], "what was done stays");
        assert_eq!(site.defect(defect).await["status"], "ASSIGNED");
        app.advance_seconds(4 * DAY);
        app::sync::gc::collect(&app.app).await.expect("clean");
        assert_eq!(usage(&app).await, 0, "counters of past days");
    }

    async fn numbers_of_a_device_report_are_capped(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let report = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) {
            device { synced waitingOperations waitingPhotos waitingPhotoBytes waiting { operations photos photoBytes } }
            userErrors { code } } }";
        let most = |unit: &str, operations: i64, photos: i64| json!({ "unitId": app.project.unit(unit),
            "operations": operations, "photos": photos, "photoBytes": i64::MAX });
        let waiting = json!([most("1-101", i64::MAX, 1), most("1-102", i64::MAX, i64::MAX)]);
        let input = json!({ "deviceId": v7(), "projectId": app.project.id, "waiting": waiting });
        let device = site.ok(report, json!({ "input": input })).await["deviceReport"]["device"].clone();
        assert_eq!(device["synced"], json!(false), "{device:#}");
        assert_eq!(device["waitingOperations"], json!(2_000_000));
        assert_eq!(device["waitingPhotos"], json!(1_000_001));
        assert_eq!(device["waitingPhotoBytes"], json!(2_000_000_000_000_i64));
    }
}

/// The number of operations in the counters of all people.
async fn usage(app: &TestApp) -> i64 {
    let rows = store::entity::quota_usage::Entity::find().all(app.app.db.read()).await.expect("the counters");
    rows.into_iter().filter(|row| row.quota.as_str() == "KEPT_OPERATIONS").map(|row| row.used).sum()
}
