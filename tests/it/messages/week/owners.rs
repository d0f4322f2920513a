//! Owners, a co-owner and a proxy come by a link or its QR code and by a code that is sent to them; somebody else guesses.

use std::sync::{Mutex, PoisonError};

use domain::message::{MessageKind, MessageState};
use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::super::setup::attempts;
use super::people::{UPDATE, token_behind};
use super::work::staff_of;
use super::{Broken, CANARY, Week};
use crate::attacks::codes::{forget_tries, guess};
use crate::evidence::run;
use crate::owner_links::setup::{
    INVITE, INVITES, REQUEST, ask, code, code_in, homes, refresh, request, text, token_of, try_code,
};

/// Guesses of somebody who has an owner's link.
const GUESSES: usize = 12;
/// Guesses that are compared with a code.
const TRIES: usize = 5;

/// An owner who has come by a link.
pub(super) struct Owner {
    pub(super) name: String,
    /// Where codes are sent.
    pub(super) to: String,
    pub(super) id: Uuid,
    token: String,
    unit: &'static str,
    /// None before the sign-in.
    session: Mutex<Option<Value>>,
}

impl Owner {
    fn new((name, to, id): (&str, &str, Uuid), token: String, unit: &'static str) -> Self {
        Self { name: name.to_owned(), to: to.to_owned(), id, token, unit, session: Mutex::new(None) }
    }

    fn session(&self) -> Value {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone().expect("a session")
    }

    fn keep(&self, session: &Value) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
    }
}

impl Week<'_> {
    /// Two homes are opened, and customer relations make the links: for a co-owner and a proxy who are new, then for
    /// everybody else of the building, with a sheet of QR codes.
    pub(super) async fn make_links(&mut self) {
        for (login, phone) in [("owner1", "+8613900000001"), ("owner2", "+8613900000002")] {
            self.user(login).ok(UPDATE, json!({ "input": { "phone": phone } })).await;
        }
        let app = self.site.app;
        let units = [app.project.unit("1-101"), app.project.unit("1-102")];
        let open = json!({ "unitIds": units, "reason": format!("{CANARY} of an opening") });
        run(self.user("relations"), "unitOpenToOwner", open).await;
        self.invite_new_owner("CO_OWNER", "许红", json!({ "email": "xu.hong@owners.example", "language": "ZH" })).await;
        self.invite_new_owner("PROXY", "Li Na", json!({ "phone": "+8613900000003", "until": "2026-03-06" })).await;
        let all = json!({ "input": { "buildingId": app.project.building, "send": true } });
        let made = self.user("relations").ok(INVITES, all).await["unitInvites"].clone();
        self.site.send().await;
        assert_eq!(text(&made["sheet"]).matches("<svg ").count(), 2, "a QR code for each new link");
        for one in made["invites"].as_array().into_iter().flatten().filter(|one| one["link"].is_string()) {
            let (login, to, unit) = match one["invite"]["unit"]["code"].as_str() {
                Some("1-101") => ("owner1", "+8613900000001", "1-101"),
                _ => ("owner2", "+8613900000002", "1-102"),
            };
            // The message and the QR code hold the same link.
            let by_message = self.site.newest(MessageKind::UnitLink, to).await.expect("the link as a message");
            let token = token_of(&one["link"]);
            assert_eq!(token_behind(&by_message, "/link#"), token, "{login}");
            self.owners.push(Owner::new((login, to, app.person_id(login)), token, unit));
        }
    }

    /// Makes the link of somebody new, who gets it as a message.
    async fn invite_new_owner(&mut self, kind: &str, name: &str, more: Value) {
        let to = more["email"].as_str().or(more["phone"].as_str()).expect("an address").to_owned();
        let mut owner = json!({ "ownershipId": v7(), "name": name, "kind": kind });
        owner.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        let unit_id = self.site.app.project.unit("1-101");
        let input = json!({ "inviteId": v7(), "unitId": unit_id, "newOwner": owner, "send": true });
        let made = self.user("relations").ok(INVITE, json!({ "input": input })).await["unitInvite"].clone();
        self.site.send().await;
        let by_message = self.site.newest(MessageKind::UnitLink, &to).await.expect("the link as a message");
        let id = text(&made["invite"]["person"]["id"]).parse().expect("an id");
        self.owners.push(Owner::new((name, &to, id), token_behind(&by_message, "/link#"), "1-101"));
    }

    /// All owners ask for codes at a server process that is killed while it sends them; each of them gets in, and sees the
    /// own home alone.
    pub(super) async fn sign_owners_in(&mut self) {
        let asked: Vec<(&str, Value)> =
            self.owners.iter().map(|owner| (REQUEST, json!({ "input": { "token": owner.token } }))).collect();
        self.site.kill_while_texts_are_sent(&asked).await;
        for owner in &self.owners {
            let session = self.sign_in(owner).await;
            assert_eq!(homes(self.site.app, &session).await, Ok(vec![owner.unit.to_owned()]), "{}", owner.name);
            owner.keep(&session);
        }
        self.settle_doubts().await;
    }

    /// Signs an owner in by the code that came, or by another one where the first is lost; the message was read then.
    async fn sign_in(&self, owner: &Owner) -> Value {
        let (app, kind) = (self.site.app, MessageKind::SignInCode);
        if self.site.newest(kind, &owner.to).await.is_none() {
            assert_eq!(code(&request(app, &owner.token).await), "", "another code for {}", owner.name);
            self.site.send().await;
        }
        let message = self.site.newest(kind, &owner.to).await.expect("a code");
        let answer = try_code(app, &owner.token, &code_in(&json!({ "text": message }))).await;
        assert!(answer["session"].is_object(), "{}: {answer:#}", owner.name);
        let rows = attempts(app).await;
        let newest = rows.iter().rev().find(|row| row.kind == kind && row.person_id == Some(owner.id.into()));
        assert_eq!(newest.map(|row| row.state), Some(MessageState::Read), "{} has used the code", owner.name);
        answer["session"].clone()
    }

    /// What an owner reads in the own session, which is renewed each time.
    pub(super) async fn read_as_owner(&self, owner: &Owner, document: &str, variables: Value) -> Result<Value, String> {
        let renewed = refresh(self.site.app, &owner.session()).await["session"].clone();
        if renewed.is_null() {
            return Err("the session has ended".to_owned());
        }
        owner.keep(&renewed);
        ask(self.site.app, &renewed, document, variables).await
    }

    /// An owner by name.
    pub(super) fn owner(&self, name: &str) -> &Owner {
        self.owners.iter().find(|owner| owner.name == name).unwrap_or_else(|| panic!("no owner {name}"))
    }

    /// The owner finds something, and comments reach the owners of that home; the neighbour hears nothing.
    pub(super) async fn find_as_owner(&mut self) -> Uuid {
        let (id, unit_id) = (v7(), self.site.app.project.unit("1-101"));
        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let words = format!("{CANARY} of an owner");
        let input = json!({ "defectId": id, "unitId": unit_id, "type": "WALL.CRACK", "description": words });
        let answer = self.read_as_owner(self.owner("owner1"), log, json!({ "input": input })).await.expect("an answer");
        assert_eq!(answer["defectLog"]["userErrors"], json!([]));
        let heard = [staff_of("A"), vec!["owner1", "许红", "Li Na"]].concat();
        self.comment((id, "OWNER"), &heard).await;
        id
    }

    /// The owner's finding is repaired and accepted, and the owner hears of it in the session of the own home.
    pub(super) async fn repair_owners_finding(&self, defect: Uuid) {
        run(self.user("a.0"), "defectReportFixed", json!({ "defectId": defect, "attemptId": v7() })).await;
        let passed = json!({ "defectId": defect, "verdictId": v7(), "passed": true });
        run(self.user("supervisor"), "defectVerify", passed).await;
        let inbox = "{ viewer { inbox(unread: true, first: 1) { nodes { kind defect { id } } } } }";
        let read = self.read_as_owner(self.owner("owner1"), inbox, json!({})).await.expect("an answer");
        let newest = &read["viewer"]["inbox"]["nodes"][0];
        assert_eq!((&newest["kind"], &newest["defect"]["id"]), (&json!("VERIFIED"), &json!(defect)));
    }

    /// The proxy's power has ended: the session is over, and the proxy hears of nothing any more.
    pub(super) async fn check_power_has_ended(&self, defect: Uuid) {
        let proxy = self.read_as_owner(self.owner("Li Na"), "{ viewer { id } }", json!({})).await;
        assert!(proxy.is_err(), "the proxy still reads {proxy:?}");
        let id = v7();
        let body = format!("{CANARY} @owner1 @许红 @Li Na");
        let comment = json!({ "defectId": defect, "commentId": id, "body": body, "visibility": "OWNER" });
        run(self.user("site"), "defectComment", comment).await;
        let mut expected = vec![self.person_id("owner1"), self.person_id("许红")];
        expected.sort_unstable();
        let mut heard = self.hearers_of_comment(id).await;
        heard.sort_unstable();
        assert_eq!(heard, expected, "owners after the end of a power");
    }

    /// Somebody who has the neighbour's link guesses the code; afterwards the neighbour gets in by the right one.
    pub(super) async fn guess_codes(&mut self) {
        let (app, token) = (self.site.app, self.owner("owner2").token.clone());
        assert_eq!(code(&request(app, &token).await), "");
        self.site.send().await;
        let message = self.site.newest(MessageKind::SignInCode, "+8613900000002").await.expect("a code");
        let right = code_in(&json!({ "text": message }));
        let mut compared = 0;
        for _ in 0..GUESSES {
            let answer = try_code(app, &token, &guess(&mut self.dice, &right)).await;
            assert!(answer["session"].is_null(), "let in: {answer:#}");
            compared += usize::from(code(&answer) == "CODE_INVALID");
            if self.broken == Broken::CodeLimit {
                forget_tries(app).await;
            }
        }
        if compared > TRIES {
            self.faults.push(format!("{compared} guesses were compared with one code"));
        }
        app.advance_seconds(300);
        assert_eq!(code(&request(app, &token).await), "");
        self.site.send().await;
        let message = self.site.newest(MessageKind::SignInCode, "+8613900000002").await.expect("a code");
        let answer = try_code(app, &token, &code_in(&json!({ "text": message }))).await;
        assert_eq!(homes(app, &answer["session"]).await, Ok(vec!["1-102".to_owned()]));
    }
}
