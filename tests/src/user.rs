//! A person at a tablet: sends requests over HTTP, with a token that is renewed in time.

use std::sync::Mutex;

use domain::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::fixture::PASSWORD;
use crate::snapshot::fingerprint;

/// The time before its expiry from which a token is not used any more.
const MARGIN_SECONDS: i64 = 30;

/// A signed-in person, or an anonymous client.
pub struct User<'a> {
    app: &'a TestApp,
    /// The login; empty for an anonymous client.
    pub login: String,
    /// The person; nil for an anonymous client.
    pub id: Uuid,
    token: Mutex<Option<(String, Timestamp)>>,
}

impl<'a> User<'a> {
    pub(crate) fn nobody(app: &'a TestApp) -> Self {
        Self { app, login: String::new(), id: Uuid::nil(), token: Mutex::new(None) }
    }

    pub(crate) fn person(app: &'a TestApp, login: &str, id: Uuid) -> Self {
        Self { app, login: login.to_owned(), id, token: Mutex::new(None) }
    }

    /// A person with the access token of a session that a test began itself.
    #[must_use]
    pub fn by_token(app: &'a TestApp, login: &str, id: Uuid, token: &str) -> Self {
        let never = Timestamp(i64::MAX);
        Self { app, login: login.to_owned(), id, token: Mutex::new(Some((token.to_owned(), never))) }
    }

    pub(crate) async fn newcomer(app: &'a TestApp, login: &str) -> Self {
        let user = Self::person(app, login, Uuid::nil());
        let viewer = user.ok("{ viewer { id } }", json!({})).await;
        let id = text(&viewer["viewer"]["id"]).parse().expect("an id");
        Self { id, ..user }
    }

    /// Sends a document and returns the whole response.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn query(&self, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let token = if self.login.is_empty() { None } else { Some(self.token().await) };
        self.app.post(token.as_deref(), &body).await
    }

    /// Sends a document that must succeed; returns `data`.
    ///
    /// # Panics
    /// When the answer contains errors, or user errors anywhere.
    pub async fn ok(&self, document: &str, variables: Value) -> Value {
        let data = self.read(document, variables).await;
        let refused = user_errors(&data);
        assert!(refused.is_empty(), "{} asked\n{document}\nand was refused: {refused:#?}", self.login);
        data
    }

    /// Sends a document whose answer may contain user errors; returns `data`.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn read(&self, document: &str, variables: Value) -> Value {
        let answer = self.query(document, variables).await;
        assert!(answer.get("errors").is_none(), "{} asked\n{document}\nand got {answer:#}", self.login);
        answer["data"].clone()
    }

    /// Sends a document that must be refused and must change nothing; returns the codes of the user errors, or of the
    /// errors.
    ///
    /// # Panics
    /// When nothing is refused, or something has changed.
    pub async fn refused(&self, document: &str, variables: Value) -> Vec<String> {
        if !self.login.is_empty() {
            self.token().await;
        }
        let before = fingerprint(&self.app.app.db).await;
        let answer = self.query(document, variables).await;
        let mut codes: Vec<String> = user_errors(&answer["data"]).iter().map(|error| text(&error["code"])).collect();
        let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        codes.extend(errors.iter().map(|error| text(&error["extensions"]["code"])));
        assert!(!codes.is_empty(), "{} was not refused\n{document}\n{answer:#}", self.login);
        assert_eq!(before, fingerprint(&self.app.app.db).await, "refused, and yet something changed: {answer:#}");
        codes
    }

    /// A valid access token.
    ///
    /// # Panics
    /// When the person cannot sign in.
    pub async fn token(&self) -> String {
        let now = self.app.app.clock.now();
        let good = self.token.lock().expect("not poisoned").clone();
        match good {
            Some((token, until)) if now.plus_seconds(MARGIN_SECONDS) < until => token,
            _ => {
                let session = self.sign_in().await;
                let token = text(&session["accessToken"]);
                let until = Timestamp::from_rfc3339(&text(&session["accessExpiresAt"])).expect("a moment");
                *self.token.lock().expect("not poisoned") = Some((token.clone(), until));
                token
            }
        }
    }

    async fn sign_in(&self) -> Value {
        let document = "mutation($login: String!, $password: String!, $device: String!) {
            sessionCreate(input: { login: $login, password: $password, device: $device }) {
                session { accessToken accessExpiresAt } userErrors { code message }
            }
        }";
        let variables = json!({ "login": self.login, "password": PASSWORD, "device": device_of(&self.login) });
        let answer = self.app.post(None, &json!({ "query": document, "variables": variables })).await;
        let session = &answer["data"]["sessionCreate"]["session"];
        assert!(session.is_object(), "{} cannot sign in: {answer:#}", self.login);
        session.clone()
    }
}

/// The name of a person's device: after the person, as phones are named.
#[must_use]
pub fn device_of(login: &str) -> String {
    format!("<device of {login}>")
}

/// The user errors anywhere in an answer.
#[must_use]
pub fn user_errors(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::Array(errors) if name == "userErrors" => errors.clone(),
                other => user_errors(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(user_errors).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
