//! A tablet: keeps its photos until the server has acknowledged them, and repeats each step, with the same ids, until
//! it succeeds.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tests::dice::Dice;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::user::user_errors;
use tokio::sync::watch;
use uuid::Uuid;

use super::Troubles;
use crate::photos::{COMPLETE, CREATE, sha256};

/// The number of attempts of an upload by one link before a new one is requested.
const UPLOADS_BY_LINK: usize = 3;
/// The maximum pause before a step is repeated.
const LONGEST_PAUSE: u64 = 160;

/// The last step that a tablet takes with a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// All steps.
    Whole,
    /// The upload, without the completion.
    Silent,
    /// The declaration, without the upload.
    Lost,
}

/// A tablet's state of a photo.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) fate: Fate,
    /// The object store has accepted the bytes by the newest link.
    pub(super) uploaded: bool,
    /// The server has acknowledged the photo: the tablet deletes it.
    pub(super) acknowledged: bool,
}

impl Entry {
    pub(super) fn new(bytes: Arc<Vec<u8>>, fate: Fate) -> Self {
        Self { id: v7(), bytes, fate, uploaded: false, acknowledged: false }
    }
}

/// A client of the server, at its present address.
pub(super) struct Asker {
    login: String,
    address: watch::Receiver<String>,
    token: Option<String>,
    pub(super) http: reqwest::Client,
    troubles: Troubles,
}

impl Asker {
    pub(super) fn new(login: &str, address: watch::Receiver<String>, troubles: Troubles) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(15)).build().expect("a client");
        Self { login: login.to_owned(), address, token: None, http, troubles }
    }

    /// Sends one request. Returns the data, or the failure.
    pub(super) async fn ask(&mut self, document: &str, variables: Value) -> Result<Value, String> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.sign_in().await?,
        };
        let answer = self.post(Some(&token), document, variables).await;
        match &answer {
            Ok(_) => self.token = Some(token),
            Err(reason) if reason == "UNAUTHENTICATED" => self.token = None,
            Err(_) => {}
        }
        answer
    }

    async fn sign_in(&self) -> Result<String, String> {
        let document = "mutation($login: String!, $password: String!) {
            sessionCreate(input: { login: $login, password: $password }) { session { accessToken } userErrors { code } } }";
        let data = self.post(None, document, json!({ "login": self.login, "password": PASSWORD })).await?;
        let token = data["sessionCreate"]["session"]["accessToken"].as_str();
        token.map(str::to_owned).ok_or_else(|| "no token".to_owned())
    }

    async fn post(&self, token: Option<&str>, document: &str, variables: Value) -> Result<Value, String> {
        let url = format!("http://{}/graphql", self.address.borrow().as_str());
        let mut request = self.http.post(url).json(&json!({ "query": document, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|_| "no answer from the server".to_owned())?;
        let answer: Value = response.json().await.map_err(|_| "half an answer from the server".to_owned())?;
        if let Some(error) = answer["errors"].get(0) {
            return Err(error["extensions"]["code"].as_str().unwrap_or("an error without a code").to_owned());
        }
        match user_errors(&answer["data"]).first() {
            Some(error) => Err(error["code"].as_str().unwrap_or("a refusal without a code").to_owned()),
            None => Ok(answer["data"].clone()),
        }
    }
}

/// A tablet's next step with a photo.
enum Step {
    Declare,
    Upload(Value, usize),
    Complete,
    Done,
}

pub(super) struct Tablet {
    asker: Asker,
    device_id: Uuid,
    defect_id: Uuid,
    journal: Vec<Entry>,
    fresh_ids: bool,
    finished: watch::Sender<usize>,
}

impl Tablet {
    pub(super) fn new(
        asker: Asker,
        defect_id: Uuid,
        journal: Vec<Entry>,
        fresh_ids: bool,
        finished: watch::Sender<usize>,
    ) -> Self {
        Self { asker, device_id: v7(), defect_id, journal, fresh_ids, finished }
    }

    /// Takes every photo as far as it will come; returns the journal.
    pub(super) async fn work(mut self, mut dice: Dice) -> Vec<Entry> {
        for n in 0..self.journal.len() {
            let (mut step, mut failures) = (Step::Declare, 0);
            while !matches!(step, Step::Done) {
                step = match self.take(n, step).await {
                    Ok(next) => next,
                    Err((again, reason)) => {
                        self.asker.troubles.add(&reason);
                        failures += 1;
                        let longest = (10 << failures.min(4)).min(LONGEST_PAUSE);
                        tokio::time::sleep(Duration::from_millis(dice.throw() % longest)).await;
                        if self.fresh_ids { self.begin_anew(n) } else { again }
                    }
                };
            }
            self.finished.send_modify(|count| *count += 1);
        }
        self.journal
    }

    /// Takes one step; returns the next one, or the one to repeat after a pause, with the reason.
    async fn take(&mut self, n: usize, step: Step) -> Result<Step, (Step, String)> {
        match step {
            Step::Declare => self.declare(n).await.map_err(|reason| (Step::Declare, reason)),
            Step::Upload(link, tried) => match self.upload(n, &link).await {
                Ok(next) => Ok(next),
                Err(reason) if tried + 1 < UPLOADS_BY_LINK => Err((Step::Upload(link, tried + 1), reason)),
                Err(reason) => Err((Step::Declare, reason)),
            },
            Step::Complete => match self.asker.ask(COMPLETE, json!({ "id": self.journal[n].id })).await {
                Ok(_) => {
                    self.journal[n].acknowledged = true;
                    Ok(Step::Done)
                }
                Err(reason) if reason.starts_with("PHOTO_") => Err((Step::Declare, reason)),
                Err(reason) => Err((Step::Complete, reason)),
            },
            Step::Done => Ok(Step::Done),
        }
    }

    /// A violation of the protocol: a photo that failed once gets another id.
    fn begin_anew(&mut self, n: usize) -> Step {
        self.journal[n].id = v7();
        Step::Declare
    }

    async fn declare(&mut self, n: usize) -> Result<Step, String> {
        let entry = &self.journal[n];
        let input = json!({ "input": {
            "photoId": entry.id, "sha256": sha256(&entry.bytes), "byteSize": entry.bytes.len(),
            "contentType": "image/jpeg", "subject": { "defectId": self.defect_id }, "stage": "BEFORE",
            "deviceId": self.device_id,
        } });
        let fate = entry.fate;
        let upload = self.asker.ask(CREATE, input).await?["photoUploadCreate"]["upload"].clone();
        self.journal[n].uploaded &= upload.is_null();
        Ok(match fate {
            Fate::Lost => Step::Done,
            _ if upload.is_object() => Step::Upload(upload, 0),
            Fate::Silent => Step::Done,
            Fate::Whole => Step::Complete,
        })
    }

    async fn upload(&mut self, n: usize, link: &Value) -> Result<Step, String> {
        let entry = &mut self.journal[n];
        let mut request = self.asker.http.put(link["url"].as_str().unwrap_or_default()).body(entry.bytes.to_vec());
        for header in link["headers"].as_array().into_iter().flatten() {
            let (name, value) = (header["name"].as_str(), header["value"].as_str());
            if let (Some(name), Some(value)) = (name, value)
                && name != "content-length"
            {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.map_err(|_| "no answer from the store".to_owned())?;
        if !answer.status().is_success() {
            return Err(format!("the store answered {}", answer.status()));
        }
        entry.uploaded = true;
        Ok(if entry.fate == Fate::Silent { Step::Done } else { Step::Complete })
    }
}
