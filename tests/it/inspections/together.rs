//! Several people of several parties in one unit at the same time: no work is lost.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::setup::{PLACES, Round, mutation};

on_both_databases! {
    async fn four_parties_record_one_unit_concurrently(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let people = [
            ("site", "PASS"), ("manager", "PASS"), ("supervisor", "FAIL"), ("property", "NOT_ACCESSIBLE"),
            ("escort", "NOT_ACCESSIBLE"), ("lead.a", "NOT_APPLICABLE"), ("lead.b", "PASS"),
        ];
        let mut users = Vec::new();
        for (login, _) in people {
            let user = app.user(login).await;
            // Signed in before the race.
            user.ok("{ viewer { name } }", json!({})).await;
            users.push(user);
        }
        let round = &round;
        // Each sends each place in a separate request, all of them concurrently.
        let requests = users.iter().zip(people).flat_map(|(user, (_, result))| {
            PLACES.iter().map(move |&place| async move {
                let results = json!([round.result("1-101", place, result, None)]);
                round.record(user, "1-101", results, json!([])).await
            })
        });
        join_all(requests).await;
        let read = round.read("1-101", "status version results { result version company { code } } events { name }").await;
        let results = read["results"].as_array().expect("results");
        for (company, result) in [("DEV", "PASS"), ("SUP", "FAIL"), ("PROP", "NOT_ACCESSIBLE"), ("A", "NOT_APPLICABLE"), ("B", "PASS")] {
            let theirs: Vec<&Value> = results.iter().filter(|one| one["company"]["code"] == company).collect();
            assert_eq!(theirs.len(), PLACES.len(), "{company}");
            assert!(theirs.iter().all(|one| one["result"] == result && one["version"] == 1), "{company}: {theirs:?}");
        }
        assert_eq!(results.len(), 5 * PLACES.len());
        // Colleagues with the same results changed nothing: five companies, five places, one event each, and the
        // beginning.
        assert_eq!(read["events"].as_array().map(Vec::len), Some(26));
        assert_eq!(read["version"], 26);
    }

    async fn first_party_begins_and_the_others_join(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let mut users = Vec::new();
        for login in ["site", "supervisor", "property", "worker.a"] {
            let user = app.user(login).await;
            user.ok("{ viewer { name } }", json!({})).await;
            users.push(user);
        }
        let begun = join_all(users.iter().map(|user| round.run(user, "START", "1-101"))).await;
        assert!(begun.iter().all(|one| one["status"] == "IN_PROGRESS" && one["version"] == 2), "{begun:?}");
        let read = round.read("1-101", "events { name }").await;
        assert_eq!(read["events"], json!([{ "name": "INSPECTION_STARTED" }]));
    }

    async fn concurrent_signatures_of_all_parties_sign_the_inspection(db: TestDb) {
        let app = TestApp::start(&db).await;
        let parties = ["DEVELOPER", "CONTRACTOR", "SUPERVISOR", "PROPERTY"];
        let round = Round::open(&app, 1, &parties, &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let mut requests = Vec::new();
        for login in ["site", "manager", "lead.a", "lead.b", "supervisor", "property", "escort"] {
            let user = app.user(login).await;
            user.ok("{ viewer { name } }", json!({})).await;
            requests.push((user, round.input("SIGN", "1-101").await));
        }
        let answers = join_all(requests.iter().map(|(user, input)| {
            let document = mutation("SIGN");
            async move { user.query(&document, json!({ "input": input })).await }
        }))
        .await;
        let refused = answers.iter().filter(|answer| {
            let errors = &answer["data"]["answer"]["userErrors"];
            // Colleagues of the first signer: their party has signed. Of contractors each company signs.
            errors[0]["code"] == "ALREADY_SIGNED"
        });
        assert_eq!(refused.count(), 2);
        let read = round.read("1-101", "status signatures { party }").await;
        assert_eq!(read["status"], "SIGNED");
        let mut signed: Vec<&str> = read["signatures"].as_array().expect("signatures").iter()
            .filter_map(|one| one["party"].as_str()).collect();
        signed.sort_unstable();
        assert_eq!(signed, ["CONTRACTOR", "CONTRACTOR", "DEVELOPER", "PROPERTY", "SUPERVISOR"]);
    }

    async fn concurrent_recording_and_submission_keep_the_signed_content_complete(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let (site, supervisor) = (app.user("site").await, app.user("supervisor").await);
        round.run(&site, "RECORD", "1-101").await;
        supervisor.ok("{ viewer { name } }", json!({})).await;
        let late = json!({
            "inspectionId": round.inspection("1-101"), "results": [round.result("1-101", PLACES[0], "PASS", Some("late"))],
        });
        let document = mutation("RECORD");
        let (submitted, recorded) = tokio::join!(
            round.run(&site, "SUBMIT", "1-101"),
            supervisor.query(&document, json!({ "input": late })),
        );
        assert_eq!(submitted["status"], "SUBMITTED");
        // Either the record came first and is part of the signed content, or it came too late and was not stored.
        let refusal = &recorded["data"]["answer"]["userErrors"][0]["code"];
        let read = round.read("1-101", "results { id }").await;
        let count = read["results"].as_array().map(Vec::len);
        if refusal.is_null() {
            assert_eq!(count, Some(6));
        } else {
            assert_eq!((refusal, count), (&json!("WRONG_STATE"), Some(5)));
        }
    }
}
