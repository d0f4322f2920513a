//! The two reads, as GraphQL and as one SQL statement.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::Fault;
use crate::people::{Person, Throttled};
use crate::servers::Server;
use crate::stock::Stock;

#[derive(Clone, Copy)]
pub(crate) enum Read {
    /// A unit with rooms, each room's defects with photos, responsible company and assignee.
    Unit,
    /// The first 50 defects of a project by filter and due time, with assignee and 2 photos each.
    List,
}

/// The requests for one server: a body for each request in turn.
#[derive(Clone)]
pub(crate) struct Way {
    url: String,
    people: Arc<Vec<Person>>,
    bodies: Arc<Vec<String>>,
    pub(crate) throttled: Throttled,
}

const UNIT: &str = "query($id: ID!) { unit(id: $id) { id code floor rooms { id code name roomType
    defects { id number status severity description dueAt pin { x y }
        responsibleCompany { id name } assignee { id name } photos { id stage state width height } } } } }";

const LIST: &str = "query($id: ID!) { project(id: $id) {
    defects(first: 50, filter: { status: [FIXED] }, orderBy: { field: DUE_AT }) { nodes {
        id number status severity description dueAt assignee { id name } photos(first: 2) { id stage state width height }
    } } } }";

impl Read {
    pub(crate) const ALL: [Self; 2] = [Self::Unit, Self::List];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Unit => "(a) a unit with rooms, their defects with photos, responsible company and assignee",
            Self::List => "(b) the first 50 defects of a project by status and due time, with assignee and 2 photos",
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Unit => "/unit",
            Self::List => "/list",
        }
    }

    fn ids(self, stock: &Stock) -> Vec<String> {
        match self {
            Self::Unit => stock.units.iter().map(ToString::to_string).collect(),
            Self::List => vec![stock.project.to_string()],
        }
    }

    pub(crate) fn of_program(self, stock: &Stock, server: &Server, people: &Arc<Vec<Person>>) -> Way {
        let document = match self {
            Self::Unit => UNIT,
            Self::List => LIST,
        };
        let body = |id: String| json!({ "query": document, "variables": { "id": id } }).to_string();
        Way {
            url: format!("http://{}/graphql", server.address),
            people: Arc::clone(people),
            bodies: Arc::new(self.ids(stock).into_iter().map(body).collect()),
            throttled: Throttled::default(),
        }
    }

    pub(crate) fn of_statement(self, stock: &Stock, server: &Server, people: &Arc<Vec<Person>>) -> Way {
        let url = format!("http://{}{}", server.address, self.path());
        let (people, throttled) = (Arc::clone(people), Throttled::default());
        Way { url, people, bodies: Arc::new(self.ids(stock)), throttled }
    }
}

impl Way {
    /// Sends a request as the next person in turn.
    pub(crate) async fn ask(&self, number: usize) -> Result<bytes::Bytes, Fault> {
        let Person { http, token } = &self.people[number % self.people.len()];
        // A permutation, so that consecutive requests do not read neighbouring rows.
        let body = self.bodies[number * 7919 % self.bodies.len()].clone();
        let mut request = http.post(&self.url).header("content-type", "application/json").body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Ok(self.throttled.send(request).await?.bytes().await?)
    }
}

/// Checks that both servers return the same data, because otherwise the comparison would be invalid.
pub(crate) async fn check_equal(ways: &[Way; 2]) -> Result<(), Fault> {
    for number in 0..20 {
        let mut answers = Vec::new();
        for way in ways {
            answers.push(serde_json::from_slice::<Value>(&way.ask(number).await?)?);
        }
        if let Some(place) = difference(&answers[0], &answers[1], "") {
            return Err(format!("the answers differ at {place}").into());
        }
        if !answers[0]["errors"].is_null() {
            return Err(format!("the read fails: {}", answers[0]["errors"]).into());
        }
    }
    Ok(())
}

/// The first difference of two answers.
pub(crate) fn difference(one: &Value, other: &Value, place: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(ones), Value::Object(others)) if ones.len() == others.len() => {
            ones.iter().find_map(|(name, value)| {
                difference(value, others.get(name).unwrap_or(&Value::Null), &format!("{place}.{name}"))
            })
        }
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => ones
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(index, (one, other))| difference(one, other, &format!("{place}[{index}]"))),
        // PostgreSQL writes 0 for serde_json's 0.0.
        (Value::Number(_), Value::Number(_)) if one.as_f64() == other.as_f64() => None,
        _ => (one != other).then(|| format!("{place}: {one:.300} and {other:.300}")),
    }
}
