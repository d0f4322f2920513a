//! The signed-in person, and single requests to the server.

use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::documents::{SESSION_CREATE, SESSION_REFRESH};
use super::error::TabletError;
use super::wire::{Answer, Wire};

/// A person's session. An app keeps the tokens in the device's key store; the tablet's database never contains them.
pub struct Session<W> {
    /// The connection to the server.
    pub wire: W,
    person_id: Uuid,
    tokens: Mutex<Tokens>,
    /// For the next sign-in of this person on this device. An app keeps it for each person, also after signing out.
    pub device_token: Option<String>,
    /// The notices to the person about earlier sessions. An app shows them before anything else.
    pub notices: Vec<String>,
}

#[derive(Clone, Debug)]
struct Tokens {
    access: String,
    /// `None` for sessions that have only an access token.
    refresh: Option<String>,
}

impl<W: Wire> Session<W> {
    /// Signs in with login and password.
    ///
    /// # Errors
    /// [`TabletError::SignedOut`] when they are wrong.
    pub async fn sign_in(wire: W, login: &str, password: &str, device: &str) -> Result<Self, TabletError> {
        Self::sign_in_known(wire, login, password, device, None).await
    }

    /// Signs in on a device where this person has signed in before, with the device token of that sign-in.
    ///
    /// # Errors
    /// [`TabletError::SignedOut`] when login or password is wrong.
    pub async fn sign_in_known(
        wire: W,
        login: &str,
        password: &str,
        device: &str,
        device_token: Option<&str>,
    ) -> Result<Self, TabletError> {
        let input = json!({ "login": login, "password": password, "device": device, "deviceToken": device_token });
        let data = send(&wire, None, SESSION_CREATE, json!({ "input": input })).await?;
        let payload = &data["sessionCreate"];
        let session = &payload["session"];
        let tokens = Tokens::of(session).ok_or(TabletError::SignedOut)?;
        let person = session["viewer"]["id"].as_str().and_then(|id| id.parse().ok());
        let device_token = payload["deviceToken"].as_str().map(str::to_owned);
        let notices = payload["notices"].as_array().into_iter().flatten();
        let notices = notices.filter_map(|notice| notice["message"].as_str().map(str::to_owned)).collect();
        let person_id = person.ok_or(TabletError::SignedOut)?;
        Ok(Self { wire, person_id, tokens: Mutex::new(tokens), device_token, notices })
    }

    /// A session that continues with a token from elsewhere.
    pub fn with_token(wire: W, person_id: Uuid, access: String) -> Self {
        let tokens = Mutex::new(Tokens { access, refresh: None });
        Self { wire, person_id, tokens, device_token: None, notices: Vec::new() }
    }

    /// The person of the session. The person's work stays the person's, whoever signs in next on the tablet.
    pub const fn person_id(&self) -> Uuid {
        self.person_id
    }

    /// Sends one request and returns `data`. An expired token is renewed first.
    ///
    /// # Errors
    /// The failure.
    pub async fn ask(&self, document: &str, variables: Value) -> Result<Value, TabletError> {
        let access = self.tokens.lock().await.access.clone();
        match send(&self.wire, Some(&access), document, variables.clone()).await {
            Err(TabletError::SignedOut) => {
                let renewed = self.renew(&access).await?;
                send(&self.wire, Some(&renewed), document, variables).await
            }
            other => other,
        }
    }

    /// A refresh token is valid once. When several requests find the same token expired, one of them renews it. If the
    /// answer is lost, the same token is sent again at once: within 60 s the server returns the same new tokens. If
    /// that fails as well, the next request tries it with the same token again.
    async fn renew(&self, ended: &str) -> Result<String, TabletError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.access != ended {
            return Ok(tokens.access.clone());
        }
        let refresh = tokens.refresh.clone().ok_or(TabletError::SignedOut)?;
        let variables = json!({ "token": refresh });
        let data = match send(&self.wire, None, SESSION_REFRESH, variables.clone()).await {
            Err(TabletError::Broken(_)) => send(&self.wire, None, SESSION_REFRESH, variables).await?,
            answered => answered?,
        };
        *tokens = Tokens::of(&data["sessionRefresh"]["session"]).ok_or(TabletError::SignedOut)?;
        Ok(tokens.access.clone())
    }
}

impl Tokens {
    fn of(session: &Value) -> Option<Self> {
        let text = |name: &str| session[name].as_str().map(str::to_owned);
        Some(Self { access: text("accessToken")?, refresh: text("refreshToken") })
    }
}

async fn send(wire: &impl Wire, token: Option<&str>, document: &str, variables: Value) -> Result<Value, TabletError> {
    let body = json!({ "query": document, "variables": variables }).to_string().into_bytes();
    let answer = wire.post(token, body).await.map_err(|broken| TabletError::Broken(broken.0))?;
    read(&answer)
}

/// Classifies an answer.
fn read(answer: &Answer) -> Result<Value, TabletError> {
    match answer.status {
        429 | 503 => return Err(TabletError::Busy(answer.retry_after)),
        413 => return Err(TabletError::TooLarge),
        401 => return Err(TabletError::SignedOut),
        // A proxy or the server failed during the request: it may have been processed, or not.
        500.. => return Err(TabletError::Broken(format!("status {}", answer.status))),
        _ => {}
    }
    let whole: Value = match serde_json::from_slice(&answer.body) {
        Ok(whole) => whole,
        Err(error) => return Err(TabletError::Broken(format!("half an answer: {error}"))),
    };
    let Some(error) = whole["errors"].get(0) else { return Ok(whole["data"].clone()) };
    match error["extensions"]["code"].as_str() {
        Some("UNAUTHENTICATED") => Err(TabletError::SignedOut),
        Some("ANSWER_TOO_LARGE") => Err(TabletError::TooLarge),
        Some("INTERNAL" | "TIMEOUT" | "UNAVAILABLE") | None => Err(TabletError::Broken(error["message"].to_string())),
        Some(code) => Err(TabletError::Refused(format!("{code}: {}", error["message"]))),
    }
}
