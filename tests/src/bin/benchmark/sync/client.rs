//! A tablet as the server sees it: it pushes operations and pulls pages. It stores nothing, because the time of its
//! disk is not the server's.

use serde_json::{Value, json};
use tests::tablet::documents::{CHANGES, PUSH};
use uuid::Uuid;

use crate::Fault;
use crate::people::Throttled;
use crate::servers::{Server, sign_in_at};
use crate::stock::{PASSWORD, Stock, engineer};

/// The raw body of an answer, and its encoding.
pub(crate) struct Body {
    pub(crate) bytes: bytes::Bytes,
    pub(crate) encoding: String,
}

/// The figures of a full load.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) bytes: usize,
    /// The cursor of each page.
    pub(crate) cursors: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    project: Uuid,
    /// The number of answers 429 so far.
    pub(crate) throttled: Throttled,
}

impl Client {
    /// Signs an engineer in.
    pub(crate) async fn sign_in(server: &Server, stock: &Stock, number: usize) -> Result<Self, Fault> {
        Self::sign_in_at(&server.address, stock, number).await
    }

    /// Signs an engineer in at a server's address.
    pub(crate) async fn sign_in_at(address: &str, stock: &Stock, number: usize) -> Result<Self, Fault> {
        let token = sign_in_at(address, &reqwest::Client::new(), &engineer(number), PASSWORD).await?;
        Ok(Self::at(address, token, stock.project))
    }

    /// With the access token of any person.
    fn at(address: &str, token: String, project: Uuid) -> Self {
        let url = format!("http://{address}/graphql");
        Self { http: reqwest::Client::new(), url, token, project, throttled: Throttled::default() }
    }

    /// The first project of a person.
    pub(crate) async fn of_first_project(server: &Server, token: String) -> Result<Self, Fault> {
        let client = Self::at(&server.address, token, Uuid::nil());
        let body = json!({ "query": "{ projects(first: 1) { nodes { id } } }" });
        let request = client.http.post(&client.url).bearer_auth(&client.token).json(&body);
        let answer: Value = client.throttled.send(request).await?.json().await?;
        let id = answer["data"]["projects"]["nodes"][0]["id"].as_str();
        let project = id.ok_or_else(|| format!("no project: {answer}"))?.parse()?;
        Ok(Self { project, ..client })
    }

    /// The page after a cursor.
    pub(crate) async fn page(&self, cursor: Option<&str>, first: usize, accept: Option<&str>) -> Result<Body, Fault> {
        let variables = json!({ "projectId": self.project, "cursor": cursor, "first": first });
        let body = json!({ "query": CHANGES, "variables": variables });
        let mut request = self.http.post(&self.url).bearer_auth(&self.token).json(&body);
        if let Some(encoding) = accept {
            request = request.header("accept-encoding", encoding);
        }
        let response = self.throttled.send(request).await?;
        let encoding = response.headers().get("content-encoding").and_then(|value| value.to_str().ok());
        let encoding = encoding.unwrap_or("identity").to_owned();
        Ok(Body { bytes: response.bytes().await?, encoding })
    }

    /// All pages, the first without a cursor; `see` gets each raw page.
    pub(crate) async fn load(&self, mut see: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<Loaded, Fault> {
        let mut loaded = Loaded::default();
        loop {
            let page = self.page(loaded.cursors.last().map(String::as_str), 500, None).await?.bytes;
            see(&page)?;
            loaded.bytes += page.len();
            let (cursor, has_more) = place(&page)?;
            loaded.cursors.push(cursor);
            if !has_more {
                return Ok(loaded);
            }
        }
    }

    /// Pushes operations; returns their results.
    pub(crate) async fn push(&self, device: Uuid, operations: &[Value]) -> Result<Vec<Value>, Fault> {
        let input = json!({ "deviceId": device, "deviceName": "a tablet", "operations": operations });
        let body = json!({ "query": PUSH, "variables": { "input": input } });
        let request = self.http.post(&self.url).bearer_auth(&self.token).json(&body);
        let answer: Value = self.throttled.send(request).await?.json().await?;
        let results = answer["data"]["syncPush"]["results"].as_array();
        Ok(results.ok_or_else(|| format!("a push was answered {answer}"))?.clone())
    }
}

/// The cursor of a page and whether more follows, parsed from its beginning, because the document requests these two
/// first. Parsing all of it would take the client's time.
fn place(page: &[u8]) -> Result<(String, bool), Fault> {
    let start = std::str::from_utf8(&page[..page.len().min(2_000)]).unwrap_or_default();
    let faulty = || format!("a page begins {start:.300}");
    let rest = start.strip_prefix("{\"data\":{\"changes\":{\"cursor\":\"").ok_or_else(faulty)?;
    let (cursor, rest) = rest.split_once('"').ok_or_else(faulty)?;
    Ok((cursor.to_owned(), rest.starts_with(",\"hasMore\":true")))
}
