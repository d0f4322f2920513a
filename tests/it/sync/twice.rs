//! The same operation from many clients at once, through two servers on one database: one record, equal answers.

use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::{defect_comments, operations};
use tests::app::TestApp;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;

use super::{Tablet, describe, operation};

on_both_databases! {
    async fn concurrent_repetitions_of_a_push_make_one_record(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let id = site.log("1-101").await;
        let mut dice = Dice::announced("twice");
        let count = number("SYNC_REPEATED", 40);
        let mut made = 0;
        for n in 0..count {
            let pushed = if n % 2 == 0 {
                made += 1;
                operation("defectComment", json!({
                    "defectId": id, "commentId": v7(), "body": format!("said {n}"), "visibility": "SHARED" }), None)
            } else {
                describe(id, &format!("said {n}"), 1)
            };
            let times = 1 + dice.below(20);
            let answers: Vec<Value> = join_all((0..times).map(|_| site.push_one(&pushed))).await;
            let applied = answers.iter().filter(|answer| answer["outcome"] == "APPLIED").count();
            assert_eq!(applied, 1, "{answers:#?}");
            for answer in &answers {
                assert!(["APPLIED", "ALREADY_APPLIED"].contains(&answer["outcome"].as_str().unwrap_or_default()));
                let same = |field: &str| answer[field] == answers[0][field];
                assert!(["operationId", "objectId", "userErrors", "conflict", "pendingEdit"].into_iter().all(same));
            }
        }
        let comments = defect_comments::Entity::find().count(db.read()).await.expect("count");
        assert_eq!(comments, made as u64);
        assert_eq!(operations::Entity::find().count(db.read()).await.expect("count"), count as u64 + 1);
    }

    async fn repetition_without_operation_ids_doubles_records(db: TestDb) {
        // The negative control: the same test with new ids for each attempt must find duplicates.
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let id = site.log("1-101").await;
        for _ in 0..2 {
            let fresh = operation("defectComment", json!({
                "defectId": id, "commentId": v7(), "body": "said", "visibility": "SHARED" }), None);
            site.push_one(&fresh).await;
        }
        assert_eq!(defect_comments::Entity::find().count(db.read()).await.expect("count"), 2);
    }
}
