//! Rounds of the walk: planned and opened, submitted, and signed by all parties with a photo of a signature.

use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::camera::Picture;
use super::site::Site;
use crate::inspections::setup::{ROUND_CREATE, ROUND_OPEN, mutation, read, text, uuid};

/// The signer of each party, in the order of the signatures.
const SIGNERS: [(&str, &str); 4] =
    [("sun", "SUPERVISOR"), ("adam", "CONTRACTOR"), ("mei", "DEVELOPER"), ("pia", "PROPERTY")];

/// An open round, with its inspection of the walk's unit.
pub(super) struct Round<'a> {
    site: &'a Site<'a>,
    number: usize,
    pub(super) id: Uuid,
    pub(super) inspection: Uuid,
}

impl<'a> Round<'a> {
    /// Plans and opens a round over these units; `None` means all homes. Also returns the number of inspections.
    pub(super) async fn open(site: &'a Site<'a>, number: usize, units: Option<Uuid>) -> (Self, i64) {
        let id = v7();
        let input = json!({
            "roundId": id, "projectId": site.project, "stage": format!("INTERNAL_R{number}"), "number": number,
            "name": format!("Round {number}"), "requiredParties": SIGNERS.map(|(_, party)| party),
            "checklistId": site.checklist, "unitIds": units.map(|unit| [unit]),
        });
        let (mei, sun) = (site.by("mei"), site.by("sun"));
        assert_eq!(sun.refused(ROUND_CREATE, json!({ "input": input })).await, ["ROLE_NOT_ALLOWED"]);
        mei.ok(ROUND_CREATE, json!({ "input": input })).await;
        let opened = mei.ok(ROUND_OPEN, json!({ "input": { "roundId": id } })).await["roundOpen"]["round"].clone();
        let counts = opened["inspectionCounts"].as_array().expect("counts");
        let planned = counts.iter().find(|count| count["status"] == "PLANNED").expect("planned");
        let document = "query($id: ID!, $units: [ID!]) { round(id: $id) {
            inspections(filter: { unitId: $units }) { nodes { id } } } }";
        let found = mei.ok(document, json!({ "id": id, "units": [site.unit] })).await;
        let inspection = uuid(&found["round"]["inspections"]["nodes"][0]["id"]);
        (Self { site, number, id, inspection }, planned["count"].as_i64().expect("a count"))
    }

    /// Runs a command on the unit inspection, which must succeed.
    pub(super) async fn run(&self, login: &str, command: &str, more: Value) -> Value {
        let variables = json!({ "input": self.input(more) });
        self.site.by(login).ok(&mutation(command), variables).await["answer"]["unitInspection"].clone()
    }

    /// Tries a command that must be refused and change nothing.
    pub(super) async fn refused(&self, login: &str, command: &str, more: Value) -> Vec<String> {
        self.site.by(login).refused(&mutation(command), json!({ "input": self.input(more) })).await
    }

    /// Fields of the unit inspection as a person reads them.
    pub(super) async fn read(&self, login: &str, fields: &str) -> Value {
        read(self.site.by(login), self.inspection, fields).await
    }

    /// A person of each required party signs the submitted content; the last signature makes it signed.
    pub(super) async fn sign_by_all(&self) {
        let hash = text(&self.read("mei", "contentHash").await["contentHash"]);
        let signature =
            |photo: Option<Uuid>, hash: &str| json!({ "signatureId": v7(), "contentHash": hash, "photoId": photo });
        assert_eq!(self.refused("sun", "SIGN", signature(None, &"0".repeat(64))).await, ["CONTENT_CHANGED"]);
        assert_eq!(self.refused("aiko", "SIGN", signature(None, &hash)).await, ["ROLE_NOT_ALLOWED"]);
        for (n, (login, _)) in SIGNERS.into_iter().enumerate() {
            let hand = Picture::take(200 + 10 * self.number + n);
            let subject = json!({ "signature": { "projectId": self.site.project } });
            hand.send(self.site.app, self.site.by(login), &subject, "SIGNATURE").await;
            let signed = self.run(login, "SIGN", signature(Some(hand.id), &hash)).await;
            let expected = if n + 1 < SIGNERS.len() { "SUBMITTED" } else { "SIGNED" };
            assert_eq!(signed["status"], expected, "{login}");
            if login == "adam" {
                assert_eq!(self.refused("adam", "SIGN", signature(None, &hash)).await, ["ALREADY_SIGNED"]);
            }
        }
        self.site.app.run_jobs().await;
        let fields = "signatures { party signerName contentHash supersededAt photo { state } }";
        let signatures = self.read("ana", fields).await["signatures"].as_array().expect("signatures").clone();
        let parties: Vec<String> = signatures.iter().map(|one| text(&one["party"])).collect();
        assert_eq!(parties, SIGNERS.map(|(_, party)| party));
        for one in &signatures {
            assert_eq!((&one["contentHash"], &one["photo"]["state"]), (&json!(hash), &json!("READY")));
            assert_eq!(one["supersededAt"], Value::Null);
        }
    }

    fn input(&self, mut input: Value) -> Value {
        input["inspectionId"] = json!(self.inspection);
        input
    }
}
