//! The full load of the demo by `changes`: each page but the last is full of visible objects.

use std::collections::BTreeSet;

use app::App;
use axum::Router;
use demo::DemoPerson;
use domain::Role;
use domain::object_kind::ObjectKind;
use serde_json::{Value, json};
use tests::app::listen;
use tokio_util::sync::CancellationToken;
use transport::limits::Limits;

/// The page size by role: smaller for roles that see less, so that each has several pages.
const ROLES: [(Role, usize); 3] = [(Role::DeliveryManager, 100), (Role::Worker, 40), (Role::Owner, 8)];
const SIGN_IN: &str =
    "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { accessToken } } }";
const PULL: &str =
    "query($id: ID!, $cursor: String, $first: Int) { changes(projectId: $id, cursor: $cursor, first: $first) {
    cursor hasMore nodes { kind id deleted object { id } } } }";

/// Each page of a delivery manager and a worker is full, and none of an owner is empty.
pub(super) async fn of_a_full_load_are_full(app: &App, people: &[DemoPerson]) {
    let stop = CancellationToken::new();
    let address = listen(app.clone(), Router::new(), Limits::default(), stop.clone()).await;
    let _stop = stop.drop_guard();
    let url = format!("http://{address}/graphql");
    for (role, first) in ROLES {
        let person = people.iter().find(|person| person.role == role).expect("a person of each role");
        let mut reader = Reader { url: &url, token: String::new(), client: reqwest::Client::new() };
        let input = json!({ "input": { "login": person.login, "password": person.password } });
        let session = reader.ask(SIGN_IN, input).await["sessionCreate"]["session"].clone();
        reader.token = session["accessToken"].as_str().expect("a token").to_owned();
        let project = reader.ask("{ projects(first: 1) { nodes { id } } }", json!({})).await;
        reader.check(role, first, &project["projects"]["nodes"][0]["id"]).await;
    }
}

struct Reader<'a> {
    url: &'a str,
    token: String,
    client: reqwest::Client,
}

impl Reader<'_> {
    async fn ask(&self, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let mut request = self.client.post(self.url).json(&body);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"].clone()
    }

    async fn check(&self, role: Role, first: usize, project: &Value) {
        let (mut seen, mut cursor, mut pages) = (BTreeSet::new(), Value::Null, 0);
        loop {
            let variables = json!({ "id": project, "cursor": cursor, "first": first });
            let page = self.ask(PULL, variables).await["changes"].clone();
            let nodes = page["nodes"].as_array().expect("nodes");
            pages += 1;
            for node in nodes {
                let kind: ObjectKind = node["kind"].as_str().expect("a kind").parse().expect("a known kind");
                assert!(!ObjectKind::EMBEDDED.contains(&kind), "{role}: {node:#}");
                assert!(seen.insert(node["id"].clone().to_string()), "{role}: twice {node:#}");
            }
            if page["hasMore"] == json!(false) {
                break;
            }
            // An owner's page may have gaps: void defects and photos that are not ready are read, but not returned.
            let full = if role == Role::Owner { !nodes.is_empty() } else { nodes.len() == first };
            assert!(full, "{role}: page {pages} has {} of {first}", nodes.len());
            cursor = page["cursor"].clone();
        }
        assert!(pages > 2, "{role}: {pages} pages say little");
    }
}
