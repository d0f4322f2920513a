//! Reads are planned (see `schema::plan`). async-graphql alone answers the same bytes: random documents, with refusals
//! in the middle, asked of both by a viewer of every role.

use std::net::SocketAddr;

use axum::Router;
use schema::executor::SchemaExecutor;
use serde_json::{Value, json};
use tests::app::{TestApp, listen_by};
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use tokio_util::sync::CancellationToken;
use transport::budget::BudgetLimits;
use transport::limits::Limits;

use super::dataset::Dataset;
use super::people::{Users, everybody};
use super::random::Documents;
use crate::refusals::shape::Shape;

/// Documents of each viewer; `PROOF_DOCUMENTS` says how many in the long form.
const DOCUMENTS: usize = 40;

/// Of a document nothing is refused for its size: what is compared is the answer.
const LIMITS: Limits = Limits {
    document_bytes: usize::MAX,
    depth: u64::MAX,
    cost: u64::MAX,
    root_fields: u64::MAX,
    aliases: u64::MAX,
    directives: u64::MAX,
    fragments: u64::MAX,
    selections: u64::MAX,
    errors: usize::MAX,
    answer: BudgetLimits::NONE,
};

/// The same database behind a server with plans and one without.
struct Servers<'a> {
    app: &'a TestApp,
    with_plans: SocketAddr,
    without_plans: SocketAddr,
}

/// An answer's text without what differs between two requests: the signatures of links.
fn settled(text: &str) -> String {
    let mut parts = text.split("?X-Amz-");
    let mut settled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        settled.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    settled
}

/// The data of an answer as text, and its errors in an order of their own: several errors may come in either order.
fn split(text: &str) -> (String, Vec<String>) {
    let answer: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    let errors = answer["errors"].as_array().into_iter().flatten().map(Value::to_string);
    let mut errors: Vec<String> = errors.collect();
    errors.sort();
    let data = text.rsplit_once(",\"errors\":[").map_or(text, |(data, _)| data);
    (settled(data), errors)
}

impl Servers<'_> {
    async fn ask(&self, address: SocketAddr, user: &User<'_>, document: &str, id: &str) -> String {
        let request = self.app.client().post(format!("http://{address}/graphql"));
        let request = request.header("accept", "application/graphql-response+json").header("x-request-id", id);
        let request = request.bearer_auth(user.token().await).json(&json!({ "query": document }));
        request.send().await.expect("an answer").text().await.expect("a whole body")
    }

    /// Compares the answers to a document; says whether it had data, and whether it had errors.
    async fn compare(&self, user: &User<'_>, document: &str) -> (bool, bool) {
        let id = v7().to_string();
        let planned = self.ask(self.with_plans, user, document, &id).await;
        let plain = self.ask(self.without_plans, user, document, &id).await;
        let (data, errors) = split(&plain);
        assert_eq!(split(&planned), (data.clone(), errors.clone()), "{} asks for\n{document}", user.login);
        (data.starts_with("{\"data\":{"), !errors.is_empty())
    }
}

on_both_databases! {
    async fn planned_reads_answer_what_plain_reads_answer(db: TestDb) {
        let app = TestApp::start_with(&db, LIMITS).await;
        let users = Users::of(&app).await;
        let dataset = Dataset::create(&app, &users).await;
        let stop = CancellationToken::new();
        let _stop = stop.clone().drop_guard();
        let listen = |executor: fn(SchemaExecutor) -> SchemaExecutor| {
            listen_by(executor, app.app.clone(), Router::new(), LIMITS, stop.clone())
        };
        let servers = Servers {
            app: &app,
            with_plans: listen(|executor| executor).await,
            without_plans: listen(SchemaExecutor::without_plans).await,
        };
        let shape = Shape::read();
        let mut documents = Documents::new(&shape, &dataset, Dice::announced("planned reads"));
        let (mut asked, mut with_data, mut with_errors) = (0, 0, 0);
        for login in everybody().iter().filter(|login| !login.starts_with("x.") || *login == "x.manager") {
            for _ in 0..number("PROOF_DOCUMENTS", DOCUMENTS) {
                let (data, errors) = servers.compare(users.get(login), &documents.make()).await;
                asked += 1;
                with_data += usize::from(data);
                with_errors += usize::from(errors);
            }
        }
        println!("{asked} documents, {with_data} answers with data, {with_errors} with errors");
        assert!(with_data > asked / 2 && with_errors > 0, "too few documents were of use");
    }
}

#[test]
fn different_answers_are_found_out() {
    let answer =
        r#"{"data":{"unit":{"id":"1","url":"http://a/b?X-Amz-Date=1"}},"errors":[{"message":"a"},{"message":"b"}]}"#;
    let same = answer
        .replace("Date=1", "Date=2")
        .replace(r#"{"message":"a"},{"message":"b"}"#, r#"{"message":"b"},{"message":"a"}"#);
    assert_eq!(split(answer), split(&same));
    for other in [
        answer.replace(r#""id":"1""#, r#""id":"2""#),
        answer.replace(r#""id":"1","url""#, r#""url""#),
        answer.replace(r#"{"message":"a"},"#, ""),
        answer.replace("http://a/b", "http://a/c"),
        answer.replace(r#"{"unit":"#, r#"{"unit": "#),
    ] {
        assert_ne!(split(answer), split(&other), "{other}");
    }
}
