//! The connection to the server over TCP, with reqwest.

use std::time::Duration;

use serde_json::Value;

use super::encoding::{ACCEPTED, decoded};
use super::wire::{Answer, Broken, Wire};

/// A server at an address.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    graphql: String,
}

impl Http {
    /// A server at `http://host:port`.
    ///
    /// # Panics
    /// When the HTTP client cannot be created.
    #[must_use]
    pub fn to(server: &str, time_out: Duration) -> Self {
        let client = reqwest::Client::builder().timeout(time_out).build().expect("a client");
        Self { client, graphql: String::new() }.at(server)
    }

    /// The same, at another address.
    #[must_use]
    pub fn at(&self, server: &str) -> Self {
        Self { client: self.client.clone(), graphql: format!("{}/graphql", server.trim_end_matches('/')) }
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self(error.to_string())
    }
}

impl Wire for Http {
    async fn post(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let request = self.client.post(&self.graphql).body(body);
        let mut request = request
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("accept-encoding", ACCEPTED);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let (status, encoding) = (response.status().as_u16(), response.headers().get("content-encoding").cloned());
        let encoding = encoding.as_ref().and_then(|value| value.to_str().ok());
        let body = decoded(encoding, response.bytes().await?.to_vec()).await;
        Ok(Answer {
            status,
            retry_after: retry_after.map(Duration::from_secs),
            body: body.map_err(|error| Broken(error.to_string()))?,
        })
    }

    async fn put(&self, link: &Value, bytes: Vec<u8>) -> Result<u16, Broken> {
        put(&self.client, link, &bytes).await
    }
}

/// Sends bytes by a link, with the given headers.
///
/// # Errors
/// When no answer comes.
pub async fn put(client: &reqwest::Client, link: &Value, bytes: &[u8]) -> Result<u16, Broken> {
    let mut request = client.put(link["url"].as_str().unwrap_or_default()).body(bytes.to_vec());
    for header in link["headers"].as_array().into_iter().flatten() {
        let (name, value) = (header["name"].as_str(), header["value"].as_str());
        if let (Some(name), Some(value)) = (name, value)
            && name != "content-length"
        {
            request = request.header(name, value);
        }
    }
    Ok(request.send().await?.status().as_u16())
}
