//! The page's examples, run on the demo in their order as a visitor would.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use api::page::{self, PageSettings};
use app::App;
use demo::DemoPerson;
use domain::Role;
use serde_json::{Map, Value, json};
use tests::app::listen;
use tests::ids::v7;
use tests::user::user_errors;
use tokio_util::sync::CancellationToken;
use transport::limits::Limits;

/// Every example works for its role, within the limits, and finds its values itself; every role has one.
pub(super) async fn work_one_after_the_other(app: &App, people: Vec<DemoPerson>) {
    let stop = CancellationToken::new();
    let pages = page::router(PageSettings::default());
    let address = listen(app.clone(), pages, Limits::default(), stop.clone()).await;
    let _stop = stop.drop_guard();
    let mut visitor = Visitor { app, address, client: reqwest::Client::new(), people, token: String::new() };

    let examples = visitor.examples().await;
    let roles: BTreeSet<&str> = examples.iter().map(|example| text(&example["role"])).collect();
    for role in Role::ALL {
        assert!(roles.contains(role.as_str()), "no example for {role}");
    }
    for example in &examples {
        visitor.run(example).await;
    }
}

/// A visitor of the page.
struct Visitor<'a> {
    app: &'a App,
    address: SocketAddr,
    client: reqwest::Client,
    people: Vec<DemoPerson>,
    token: String,
}

impl Visitor<'_> {
    async fn examples(&self) -> Vec<Value> {
        let address = format!("http://{}/assets/examples.json", self.address);
        let answer = self.client.get(address).send().await.expect("an answer");
        answer.json().await.expect("a list")
    }

    async fn run(&mut self, example: &Value) {
        let name = text(&example["name"]);
        self.act_as(text(&example["role"])).await;
        let lookup = text(&example["lookup"]);
        let found = if lookup.is_empty() { json!({}) } else { self.ask(name, lookup, json!({})).await };
        let known = values(&example["fill"], found);
        let variables = self.variables(text(&example["variables"]), &known);
        assert!(!variables.contains("{{"), "{name}: {variables}");
        let variables = serde_json::from_str(&variables).expect("JSON");
        let data = self.ask(name, text(&example["query"]), variables).await;
        let refused = user_errors(&data);
        assert!(refused.is_empty(), "{name}: {refused:#?}");
        let Value::Object(fields) = data else { panic!("{name}: no data") };
        assert!(fields.values().all(|field| !field.is_null()), "{name}: {fields:#?}");
    }

    /// Signs in as the first person of a role.
    async fn act_as(&mut self, role: &str) {
        let person = self.people.iter().find(|person| role == "ANY" || person.role.as_str() == role);
        let person = person.unwrap_or_else(|| panic!("no person is a {role}"));
        let input = json!({ "input": { "login": person.login, "password": person.password } });
        let document = "mutation($input: SessionCreateInput!) {
            sessionCreate(input: $input) { session { accessToken } userErrors { code } }
        }";
        let data = self.ask(role, document, input).await;
        self.token = text(&data["sessionCreate"]["session"]["accessToken"]).to_owned();
    }

    async fn ask(&self, name: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let mut request = self.client.post(format!("http://{}/graphql", self.address)).json(&body);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{name} asked\n{document}\nand got {answer:#}");
        answer["data"].clone()
    }

    /// Fills the variables as the page's `fill.js` does.
    fn variables(&self, template: &str, known: &Value) -> String {
        let mut parts = template.split("{{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").expect("a place to fill in ends");
            match name {
                "new" => filled += &v7().to_string(),
                "now" => filled += &self.app.clock.now().to_rfc3339(),
                name => match known[name].as_str() {
                    Some(value) => filled += value,
                    None => filled = filled + "{{" + name + "}}",
                },
            }
            filled += rest;
        }
        filled
    }
}

/// The values by name: each path begins at the lookup's answer, or at an earlier value.
fn values(fill: &Value, answer: Value) -> Value {
    let mut known = answer;
    for line in fill.as_array().expect("a list") {
        let found = follow(&known, &steps(text(&line[1]))).into_iter().find(|found| !found.is_null()).cloned();
        if let (Value::Object(known), Some(found)) = (&mut known, found) {
            known.insert(text(&line[0]).to_owned(), found);
        }
    }
    known
}

/// The steps of a path; dots between brackets do not separate.
fn steps(path: &str) -> Vec<&str> {
    let mut depth = 0;
    path.split(|sign| {
        depth += i32::from(sign == '[') - i32::from(sign == ']');
        sign == '.' && depth == 0
    })
    .collect()
}

/// All values at a path; a list yields each of its items.
fn follow<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
    match (value, path) {
        (Value::Array(items), _) => items.iter().flat_map(|item| follow(item, path)).collect(),
        (value, []) => vec![value],
        (Value::Object(fields), [step, rest @ ..]) => {
            let mut parts = step.split('[');
            let child = child(fields, parts.next().unwrap_or_default());
            let conditions: Vec<&str> = parts.map(|part| part.trim_end_matches(']')).collect();
            let holds = |item: &&&Value| conditions.iter().all(|condition| is_true(item, condition));
            child.iter().filter(holds).flat_map(|item| follow(item, rest)).collect()
        }
        _ => Vec::new(),
    }
}

fn child<'a>(fields: &'a Map<String, Value>, name: &str) -> Vec<&'a Value> {
    match fields.get(name) {
        Some(Value::Array(items)) => items.iter().collect(),
        other => other.into_iter().collect(),
    }
}

/// `path=text`: a value at the path equals the text; `path!=text`: none does.
fn is_true(item: &Value, condition: &str) -> bool {
    let (path, wanted) = condition.split_once('=').expect("a condition");
    let (path, not) = path.strip_suffix('!').map_or((path, false), |path| (path, true));
    let found = follow(item, &steps(path));
    let mut found = found.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    found.any(|text| text == wanted) != not
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
