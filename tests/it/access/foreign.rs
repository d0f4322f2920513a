//! The id of an object that the caller must not know, at every position of every mutation's input that takes an id: the
//! answer is that for an unknown id, and nothing changes.

use serde_json::{Value, json};
use store::db::Db;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::{Fingerprint, fingerprint};
use uuid::Uuid;

use super::dataset::Dataset;
use super::inputs::{Attacker, Inputs};
use super::people::Users;
use crate::refusals::shape::{Call, Path, Shape};

/// The kind of object that a position of the input names, and whether the command creates it.
fn kind_of(mutation: &str, place: &Path) -> (&'static str, bool) {
    let field = place.last().map_or("", String::as_str);
    match (mutation, field) {
        ("defectLog", "defectId") => ("Defect", true),
        ("photoUploadCreate", "photoId") => ("Photo", true),
        ("checklistCreate", "checklistId") => ("Checklist", true),
        ("roundCreate", "roundId") => ("Round", true),
        ("responsibilityRuleSet", "ruleId") => ("Rule", true),
        ("memberInvite", "invitationId") => ("Invitation", true),
        ("unitInvite", "inviteId") => ("UnitInvite", true),
        ("unitInvite", "ownershipId") => ("Ownership", true),
        ("readinessWaive", "waiverId") => ("Waiver", true),
        ("readinessWaive", "subjectId") => ("Inspection", false),
        ("unitInspectionSign", "photoId") => ("SignaturePhoto", false),
        ("unitOwnershipChange", "ownershipId") if place.iter().any(|step| step == "add") => ("Ownership", true),
        (_, "ownershipId") => ("Ownership", false),
        (_, "membershipId") => ("Membership", false),
        (_, "personId") => ("Person", false),
        (_, "messageAttemptId") => ("Message", false),
        (_, "entryIds") => ("InboxEntry", false),
        (_, "attemptId") => ("Attempt", true),
        (_, "verdictId") => ("Verdict", true),
        (_, "commentId") => ("Comment", true),
        (_, "disputeId") => ("Dispute", true),
        (_, "signatureId") => ("Signature", true),
        (_, "reviewId") => ("Review", true),
        (_, "projectId") => ("Project", false),
        (_, "companyId" | "requiredContractorIds") => ("Company", false),
        (_, "assigneeId") => ("Person", false),
        (_, "buildingId" | "buildingIds") => ("Building", false),
        (_, "planId") => ("Plan", false),
        (_, "unitId" | "unitIds") => ("Unit", false),
        (_, "roomId") => ("Room", false),
        (_, "itemId" | "checkItemId") => ("Item", false),
        (_, "checklistId") => ("Checklist", false),
        (_, "ruleId") => ("Rule", false),
        (_, "roundId") => ("Round", false),
        (_, "inspectionId") => ("Inspection", false),
        (_, "defectId" | "defectIds" | "intoDefectId" | "duplicateOf") => ("Defect", false),
        (_, "photoId" | "photoIds") => ("Photo", false),
        (_, "signaturePhotoId") => ("SignaturePhoto", false),
        (_, "pendingEditId") => ("Edit", false),
        (_, "waiverId") => ("Waiver", false),
        (_, "sessionId") => ("Session", false),
        (_, "invitationId") => ("Invitation", false),
        (_, "inviteId") => ("UnitInvite", false),
        (_, "resetId") => ("Reset", false),
        _ => panic!("say what {mutation} names at {}", place.join(".")),
    }
}

/// The value at a position of the input, the first one of lists.
fn at<'a>(input: &'a mut Value, place: &[String]) -> Option<&'a mut Value> {
    place.iter().try_fold(input, |value, step| {
        let value = if value.is_array() { value.get_mut(0)? } else { value };
        value.get_mut(step)
    })
}

fn set(input: &mut Value, place: &[String], id: Uuid) {
    let found = at(input, place).unwrap_or_else(|| panic!("no {}", place.join(".")));
    *found = if found.is_array() { json!([id]) } else { json!(id) };
}

/// The input with the position; an input for one defect becomes one for several if required.
fn with_place(inputs: &[Value], place: &[String]) -> Option<Value> {
    let mut inputs: Vec<Value> = inputs.to_vec();
    if place.last().is_some_and(|field| field == "defectIds") {
        for input in &mut inputs {
            let fields = input.as_object_mut()?;
            let defect = fields.remove("defectId")?;
            fields.insert("defectIds".to_owned(), json!([defect]));
        }
    }
    inputs.into_iter().find(|input| at(&mut input.clone(), place).is_some())
}

struct Attack<'a> {
    dataset: &'a Dataset<'a>,
    shape: &'a Shape,
    inputs: Inputs<'a>,
    /// Not by the single mutation, but as an operation of a device.
    pushed: bool,
    tried: usize,
    /// The answers that differ.
    found: Vec<String>,
}

impl Attack<'_> {
    /// Attacks every id of a mutation.
    async fn mutation(&mut self, call: &Call) {
        let mut places = self.shape.ids(call);
        // Devices are identified by their own report: there is no such object.
        places.retain(|place| place.last().is_none_or(|field| field != "deviceId"));
        if self.pushed {
            places.retain(|place| !kind_of(&call.name, place).1);
        }
        if places.is_empty() {
            return;
        }
        let inputs = self.inputs.of(&call.name).await;
        let created: Vec<Path> = places.iter().filter(|place| kind_of(&call.name, place).1).cloned().collect();
        let db = &self.inputs.fixture.app.app.db;
        let login = self.inputs.attacker.login(&call.name);
        // An expired session is renewed at the first request, which is no change.
        self.dataset.users.get(login).query("{ viewer { id } }", json!({})).await;
        let before = self.fingerprint(db, call).await;
        for place in &places {
            // Without the argument's name.
            let input = with_place(&inputs, &place[1..]);
            let input = input.unwrap_or_else(|| panic!("give {} at {}", call.name, place.join(".")));
            self.place(call, place, &input, &created).await;
        }
        let after = self.fingerprint(db, call).await;
        let changed: Vec<_> = after.iter().filter(|(table, rows)| before.get(*table) != Some(rows)).collect();
        if !changed.is_empty() {
            self.found.push(format!("{login} changed {changed:?} by {}", call.name));
        }
        if self.inputs.attacker == Attacker::Insider && !self.pushed {
            for input in inputs {
                let answer =
                    self.dataset.users.get(login).query(&self.shape.document(call), json!({ "input": input })).await;
                let refused = answer["data"][&call.name]["userErrors"] != json!([]);
                assert!(!refused, "with good ids {} is done: {answer:#}", call.name);
            }
        }
    }

    /// The rows that must not change. Of a pushed operation only the answer is kept, which counts for the quota. A
    /// device may hold work of a unit that its person can no longer see.
    async fn fingerprint(&self, db: &Db, call: &Call) -> Fingerprint {
        let mut found = fingerprint(db).await;
        // Each request updates the last contact of a session.
        found.remove("sessions");
        if self.pushed || call.name == "deviceReport" {
            found.retain(|table, _| !["operations", "devices", "quota_usage"].contains(&table.as_str()));
        }
        found
    }

    /// Attacks one position of the input with each hidden object of its kind.
    async fn place(&mut self, call: &Call, place: &Path, input: &Value, created: &[Path]) {
        let (kind, creates) = kind_of(&call.name, place);
        let login = self.inputs.attacker.login(&call.name);
        let hidden = self.dataset.hidden_from(login, kind);
        let unknown = match creates {
            // An unknown id would be accepted.
            true => None,
            false => Some(self.answer(call, place, input, v7(), created).await),
        };
        for id in hidden {
            let answer = self.answer(call, place, input, id, created).await;
            let told = format!("{login} at {} of {}", place.join("."), call.name);
            let leaks = self.dataset.leaks(login, &answer);
            let same = unknown.as_ref().is_none_or(|unknown| *unknown == answer);
            let refused = !creates || answer.contains("\"code\":");
            if !same || !refused || !leaks.is_empty() || answer.contains("INTERNAL") {
                self.found.push(format!("{told}, told {leaks:?}:\n{answer}\n{unknown:?}"));
            }
            self.tried += 1;
        }
    }

    /// The answer with an id at a position, without that id and without the ids of created objects.
    async fn answer(&self, call: &Call, place: &Path, input: &Value, id: Uuid, created: &[Path]) -> String {
        let mut input = input.clone();
        let new: Vec<Uuid> = created.iter().map(|_| v7()).collect();
        for (place, id) in created.iter().zip(&new) {
            if at(&mut input, &place[1..]).is_some() {
                set(&mut input, &place[1..], *id);
            }
        }
        set(&mut input, &place[1..], id);
        let user = self.dataset.users.get(self.inputs.attacker.login(&call.name));
        let answer = if self.pushed {
            let operation = v7();
            let operations = json!([{ "operationId": operation, "command": { call.name.clone(): input } }]);
            let push = json!({ "input": { "deviceId": v7(), "operations": operations } });
            user.query(crate::sync::PUSH, push).await.to_string().replace(&operation.to_string(), "OPERATION")
        } else {
            user.query(&self.shape.document(call), json!({ "input": input })).await.to_string()
        };
        let all = new.iter().fold(answer, |answer, id| answer.replace(&id.to_string(), "NEW"));
        all.replace(&id.to_string(), "ID")
    }
}

on_both_databases! {
    async fn ids_of_hidden_objects_are_answered_like_unknown_ids(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = Users::of(&app).await;
        let dataset = Dataset::create(&app, &users).await;
        let shape = Shape::read();
        let fixture = dataset.history("own").fixture;
        for (attacker, enough) in [(Attacker::Insider, 80), (Attacker::Owner, 150), (Attacker::B, 100)] {
            let inputs = Inputs { fixture, attacker };
            let mut attack = Attack { dataset: &dataset, shape: &shape, inputs, pushed: false, tried: 0, found: Vec::new() };
            for call in shape.mutations().into_iter().filter(|call| call.name != "syncPush") {
                attack.mutation(&call).await;
            }
            attack.pushed = true;
            let pushable = shape.inputs_of("SyncCommandInput");
            for call in shape.mutations().into_iter().filter(|call| pushable.contains(&call.name)) {
                attack.mutation(&call).await;
            }
            assert!(attack.found.is_empty(), "{}", attack.found.join("\n\n"));
            assert!(attack.tried >= enough, "{attacker:?} tried only {}", attack.tried);
        }
    }
}
