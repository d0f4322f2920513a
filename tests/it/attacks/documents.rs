//! Refused documents, and values that are only parsed, pay for their cost.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::documents::CHANGES;

use super::priced::{Client, Priced};

/// The documents of 15 to 31 kB that took 8 to 21 ms of processor time for one point.
fn large_documents() -> [(&'static str, String); 3] {
    let nested = format!("{{{}}}", format!("{}b{}", "a{".repeat(11), "}".repeat(11)).repeat(900));
    let lists = format!("{{ a(x: [{}]) }}", format!("{}1{},", "[".repeat(55), "]".repeat(55)).repeat(250));
    let fields = format!("{{ viewer {{ {} }} }}", "id ".repeat(4_990));
    [("nested fields", nested), ("lists in lists", lists), ("one field many times", fields)]
}

async fn ask_until_refused(client: &Client<'_>, document: &str) -> u32 {
    for sent in 0..1_100 {
        if client.ask(document, json!({})).await.status == 429 {
            return sent;
        }
    }
    panic!("never refused")
}

fn push(operations: usize, bytes_of_each: usize) -> Value {
    let operation = |number: usize| {
        let text = format!("{number} {}", "x".repeat(bytes_of_each));
        json!({ "operationId": v7(), "command": { "defectComment": { "defectId": v7(), "commentId": v7(), "body": text } } })
    };
    json!({ "input": { "deviceId": v7(), "operations": (0..operations).map(operation).collect::<Vec<_>>() } })
}

on_both_databases! {
    async fn refused_documents_are_charged_by_their_bytes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        for (host, (name, document)) in (11..).zip(large_documents()) {
            let stranger = server.at(host);
            let answer = stranger.ask(&document, json!({})).await;
            assert!(answer.code().is_some(), "{name} is refused");
            let bytes = document.len() as u64;
            assert_eq!(answer.cost(), 1 + bytes / 1_024 + bytes / 16_384, "{name}");
        }
        assert_eq!(server.at(14).ask("{ __typename }", json!({})).await.cost(), 1);
        // It is no JSON at all: its bytes were charged before parsing.
        let person = server.at(15).sign_in("site").await;
        for sent in 0..20 {
            let answer = person.send("[".repeat(1_000_000)).await;
            let expected = if sent < 16 { 400 } else { 429 };
            assert_eq!(answer.status, expected, "number {sent}: 62 points each");
        }
    }

    async fn flood_of_large_documents_ends_with_the_points_of_its_address(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        let honest = server.at(21).sign_in("site").await;
        let (_, document) = &large_documents()[0];
        assert_eq!(ask_until_refused(&server.at(22), document).await, 32, "31 points each");
        assert_eq!(ask_until_refused(&server.at(23), "{ __typename }").await, 1_000);
        let answer = honest.ask("{ viewer { name } }", json!({})).await;
        assert_eq!((answer.status, answer.body["data"]["viewer"]["name"].as_str()), (200, Some("site by name")));
    }

    async fn person_is_charged_and_the_address_pays_one_point(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        let person = server.at(31).sign_in("site").await;
        let (_, document) = &large_documents()[0];
        assert_eq!(ask_until_refused(&person, document).await, 32);
        // The address has spent little, so another person behind it is served.
        let other = server.at(31).sign_in("manager").await;
        assert_eq!(other.ask("{ viewer { name } }", json!({})).await.status, 200);
        // An invalid token is charged to the address, and the rest of its request is not read.
        let answer = server.at(31).with_token("not a token").send("x".repeat(100_000)).await;
        assert_eq!((answer.status, answer.code()), (401, Some("UNAUTHENTICATED")));
    }

    async fn variable_is_charged_for_each_use(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        let person = server.at(41).sign_in("site").await;
        let once = "mutation($input: SyncPushInput!) { syncPush(input: $input) { results { outcome } } }";
        let large = push(100, 9_000);
        let answer = person.ask(once, large.clone()).await;
        assert!((100..=120).contains(&answer.cost()), "100 operations and 900 kB: {}", answer.cost());
        let field = |number| format!("a{number}: syncPush(input: $input) {{ results {{ outcome }} }} ");
        let many = |uses| format!("mutation($input: SyncPushInput!) {{ {} }}", (0..uses).map(field).collect::<String>());
        let answer = person.ask(&many(29), large).await;
        assert_eq!(answer.code(), Some("COST_LIMIT_EXCEEDED"));
        // Few operations, but with long texts, which are read 29 times.
        let answer = person.ask(&many(29), push(1, 900_000)).await;
        assert_eq!(answer.code(), Some("COST_LIMIT_EXCEEDED"));
    }

    async fn page_of_changes_has_a_flat_price_of_five_points(db: TestDb) {
        let app = TestApp::start(&db).await;
        let server = Priced::start(&app).await;
        let tablet = server.at(51).sign_in("site").await;
        let page = |first: u32| json!({ "projectId": app.project.id, "first": first });
        for first in [1, 100, 500] {
            let answer = tablet.ask(CHANGES, page(first)).await;
            assert_eq!((answer.status, answer.cost()), (200, 5), "{first} rows");
            assert!(answer.body["data"]["changes"]["nodes"].is_array(), "{}", answer.body);
        }
        let dearer = CHANGES.replace("... on Project {", "... on Checklist { versions { items { id zh } } }
            ... on Project { terms { code } defectTypes { code } units(first: 100) { nodes { id rooms { id } } }");
        assert!(tablet.ask(&dearer, page(100)).await.cost() > 5, "a dearer selection than the reference client's");
        for (links, cost) in [("url(size: LARGE)", 105), ("a: url(size: LARGE) b: url(size: THUMB)", 205)] {
            let linked = CHANGES.replace("... on Photo {", &format!("... on Photo {{ {links}"));
            assert_eq!(tablet.ask(&linked, page(500)).await.cost(), cost, "each link is signed");
        }
        assert_eq!(tablet.ask(CHANGES, page(501)).await.code(), Some("BAD_PAGE"));
        assert_eq!(tablet.ask(CHANGES, page(0)).await.code(), Some("BAD_PAGE"));
    }
}
