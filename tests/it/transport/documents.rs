//! Documents that GraphQL libraries often interpret differently from the specification.

use serde_json::json;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::server::Server;
use crate::evidence::{log, run};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

#[tokio::test]
async fn two_parts_with_one_name_are_an_error_of_the_document() {
    let server = Server::start().await;
    for document in [
        "query A { hello } query A { hello }",
        "query A { hello } query B { hello } mutation A { write(value: 1) }",
        "{ hello } query A { hello }",
        "query A { hello } { hello }",
        "{ hello } { hello }",
        "{ ...a } fragment a on Query { hello } fragment a on Query { hello }",
        "{ ...a } fragment a on Query { hello } fragment b on Query { hello } fragment a on Query { hello }",
    ] {
        let answer = server.ask(document).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, Some("GRAPHQL_VALIDATION_FAILED")),
            "{document}: {}",
            answer.text
        );
        assert!(answer.body.get("data").is_none(), "{document}: {}", answer.text);
    }
}

#[tokio::test]
async fn long_chain_of_fragments_is_executed() {
    let server = Server::start().await;
    for length in [33, 90] {
        let link = |number: usize| format!(" fragment f{number} on Query {{ ...f{} }}", number + 1);
        let chain: String = (1..length).map(link).collect();
        let answer = server.ask(&format!("{{ ...f1 }}{chain} fragment f{length} on Query {{ hello }}")).await;
        assert_eq!(
            (answer.status, &answer.body["data"]),
            (200, &json!({ "hello": "hello you" })),
            "{length}: {}",
            answer.text
        );
    }
}

on_both_databases! {
    async fn skipping_all_fields_of_an_object_keeps_the_object(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let id = log(&app, &site, "1-101", json!({})).await;
        for _ in 0..2 {
            Shot::jpeg(some_jpeg()).declare(&site, id, "BEFORE").await;
            let words = json!({ "defectId": id, "commentId": v7(), "body": "look", "visibility": "SHARED" });
            run(&site, "defectComment", words).await;
        }
        let document = "query($id: ID!, $full: Boolean!) { defect(id: $id) {
            photos { ...Full @include(if: $full) } comments { body @skip(if: true) } unit { code @skip(if: true) } } }
            fragment Full on Photo { stage }";
        let read = site.ok(document, json!({ "id": id, "full": false })).await;
        assert_eq!(read, json!({ "defect": { "photos": [{}, {}], "comments": [{}, {}], "unit": {} } }));
        let read = site.ok(document, json!({ "id": id, "full": true })).await;
        assert_eq!(read["defect"]["photos"], json!([{ "stage": "BEFORE" }, { "stage": "BEFORE" }]));
        // One place that skips everything affects no other place.
        let document = "query($id: ID!) { defect(id: $id) {
            unit { code @skip(if: true) } comments { id @skip(if: true) } ...more }
            other: defect(id: $id) { comments { id @include(if: false) } } }
            fragment more on Defect { unit { code } comments { body } }";
        let read = site.ok(document, json!({ "id": id })).await;
        let look = json!({ "body": "look" });
        let expected = json!({
            "defect": { "unit": { "code": "1-101" }, "comments": [look, look] }, "other": { "comments": [{}, {}] },
        });
        assert_eq!(read, expected);
    }
}
