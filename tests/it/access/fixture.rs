//! Commands of the people of one project about one unit.

use app::messages::{ChannelChoice, Enqueued, NewMessage};
use domain::message::{MessageChannel, MessageState};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{checklist_items, inbox_entries, message_attempts};
use tests::app::TestApp;
use tests::fixture::FixtureProject;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

use super::people::Users;
use crate::photos::pictures::{some_jpeg, with_place};
use crate::photos::{Shot, put, sha256};

/// The rooms with their items; one is measured.
const PLACES: [(&str, &str); 5] =
    [("LIVING", "LIV-1"), ("LIVING", "LIV-2"), ("BED", "BED-1"), ("BATH", "BATH-1"), ("KITCHEN", "KIT-1")];

/// A person who changes the state of a unit by commands.
#[derive(Clone, Copy)]
pub(super) struct Fixture<'a> {
    pub(super) app: &'a TestApp,
    pub(super) users: &'a Users<'a>,
    pub(super) project: &'a FixtureProject,
    /// The prefix of the logins of the project's people.
    pub(super) prefix: &'static str,
    /// The unit's code.
    pub(super) unit: &'static str,
    /// The login of its owner, without the prefix.
    pub(super) owner: &'static str,
}

impl<'a> Fixture<'a> {
    fn user(&self, who: &str) -> &'a User<'a> {
        self.users.get(&self.login(who))
    }

    pub(super) fn login(&self, who: &str) -> String {
        let plain = if who == "owner" { self.owner } else { who };
        format!("{}{plain}", self.prefix)
    }

    pub(super) fn unit_id(&self) -> Uuid {
        self.project.unit(self.unit)
    }

    pub(super) fn room(&self, code: &str) -> Uuid {
        self.project.room(self.unit, code)
    }

    /// The id of a new session of a person.
    pub(super) async fn session(&self, who: &str) -> Uuid {
        let document = "mutation($login: String!, $password: String!) {
            sessionCreate(input: { login: $login, password: $password }) { session { id } userErrors { code } } }";
        let variables = json!({ "login": self.login(who), "password": tests::fixture::PASSWORD });
        uuid(&self.app.ask(None, document, variables).await["data"]["sessionCreate"]["session"]["id"])
    }

    /// Runs a command that must succeed; returns the `more` fields of its payload.
    pub(super) async fn ask(&self, who: &str, name: &str, input: Value, more: &str) -> Value {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let document = format!(
            "mutation($input: {kind}!) {{ {name}(input: $input) {{ {more} userErrors {{ code message field }} }} }}"
        );
        self.user(who).ok(&document, json!({ "input": input })).await[name].clone()
    }

    /// Runs a command that must succeed.
    pub(super) async fn run(&self, who: &str, name: &str, input: Value) {
        self.ask(who, name, input, "").await;
    }

    /// Pushes an operation from a person's device; returns the results.
    pub(super) async fn push(&self, who: &str, device: &str, device_id: Uuid, operation: &Value) -> Value {
        let input = json!({ "deviceId": device_id, "deviceName": device, "operations": [operation] });
        let answer = self.user(who).query(crate::sync::PUSH, json!({ "input": input })).await;
        answer["data"]["syncPush"]["results"].clone()
    }

    /// Runs a command on a defect, which must succeed.
    pub(super) async fn on(&self, defect: Uuid, who: &str, name: &str, mut input: Value) {
        input["defectId"] = json!(defect);
        self.run(who, name, input).await;
    }

    /// A new defect in the living room.
    pub(super) async fn log(&self, who: &str, kind: &str, description: &str, more: &Value) -> Uuid {
        let id = v7();
        let mut input = json!({
            "defectId": id, "unitId": self.unit_id(), "roomId": self.room("LIVING"), "type": kind,
            "description": description,
        });
        for (field, value) in more.as_object().into_iter().flatten() {
            input[field] = value.clone();
        }
        self.run(who, "defectLog", input).await;
        id
    }

    /// An open round over the unit that developer and owner sign; returns it and the unit's inspection.
    pub(super) async fn round(&self, number: i32, name: &str) -> (Uuid, Uuid) {
        let id = v7();
        let input = json!({
            "roundId": id, "projectId": self.project.id, "stage": "HOUSEHOLD_ACCEPTANCE", "number": number, "name": name,
            "requiredParties": ["DEVELOPER", "CUSTOMER"], "checklistId": self.project.checklist,
            "unitIds": [self.unit_id()],
        });
        self.run("manager", "roundCreate", input).await;
        let opened = "round { inspections { nodes { id } } }";
        let answer = self.ask("manager", "roundOpen", json!({ "roundId": id }), opened).await;
        (id, uuid(&answer["round"]["inspections"]["nodes"][0]["id"]))
    }

    /// The id of an item of the project's checklist.
    pub(super) async fn item(&self, code: &str) -> Uuid {
        use checklist_items::Column;
        let of_version = Column::ChecklistVersionId.eq(self.project.checklist_version);
        let found = checklist_items::Entity::find().filter(of_version).filter(Column::Code.eq(code));
        found.one(self.app.app.db.read()).await.expect("items").expect("an item").id.uuid()
    }

    /// Passes the whole unit, with a note on each result.
    pub(super) async fn record_all(&self, who: &str, inspection: Uuid, note: &str) {
        let mut results = Vec::new();
        for (room, code) in PLACES {
            let (room, item) = (self.room(room), self.item(code).await);
            results.push(json!({ "roomId": room, "itemId": item, "result": "PASS", "note": note }));
        }
        let item = self.item("LIV-2").await;
        let measured = json!({ "roomId": self.room("LIVING"), "itemId": item, "readings": ["1.5"] });
        let input = json!({ "inspectionId": inspection, "results": results, "measurements": [measured] });
        self.run(who, "checkResultsRecord", input).await;
    }

    /// A photo of a defect with all renditions, and a GPS position in the file.
    pub(super) async fn photo(&self, who: &str, defect: Uuid, stage: &str, place: &str) -> Uuid {
        let shot = Shot::jpeg(with_place(&some_jpeg(), 1, place));
        shot.take(self.app, self.user(who), defect, stage).await;
        shot.id
    }

    /// The same bytes as photos of two defects.
    pub(super) async fn photo_of_both(&self, who: &str, defects: [Uuid; 2]) {
        let bytes = some_jpeg();
        for defect in defects {
            Shot::jpeg(bytes.clone()).take(self.app, self.user(who), defect, "BEFORE").await;
        }
    }

    /// A message to the owner about the project, of which nobody knows whether it was sent.
    pub(super) async fn message_in_doubt(&self) -> Uuid {
        let (app, owner) = (&self.app.app, self.app.person_id(&self.login("owner")));
        let mut work = app.begin_by_server(self.project.id.into()).await.expect("a unit of work");
        let message = crate::messages::notice(owner).in_project(self.project.id.into());
        let message = NewMessage { channel: ChannelChoice::On(MessageChannel::Push), ..message };
        let enqueued = app::messages::enqueue(&mut work, message).await.expect("written");
        work.commit().await.expect("committed");
        let Enqueued::Queued { attempt_id, .. } = enqueued else { panic!("{enqueued:?}") };
        let attempt_id = attempt_id.uuid();
        self.answer_message(attempt_id, "broken off").await;
        attempt_id
    }

    /// What the mail server said of a message when the connection broke off.
    pub(super) async fn answer_message(&self, id: Uuid, words: &str) {
        let update = message_attempts::Entity::update_many()
            .col_expr(message_attempts::Column::State, MessageState::Unknown.into())
            .col_expr(message_attempts::Column::ErrorText, words.to_owned().into())
            .filter(message_attempts::Column::Id.eq(id));
        self.app.app.db.write(async |tx| update.exec(tx).await).await.expect("in doubt");
    }

    /// The newest entry of somebody's inbox about a defect.
    pub(super) async fn entry_of(&self, who: &str, defect: Uuid) -> Uuid {
        use inbox_entries::Column;
        let person = self.app.person_id(&self.login(who));
        let of_defect = inbox_entries::Entity::find()
            .filter(Column::PersonId.eq(person))
            .filter(Column::DefectId.eq(defect))
            .order_by_desc(Column::CreatedAt);
        of_defect.one(self.app.app.db.read()).await.expect("entries").expect("an entry").id.uuid()
    }

    /// A photo that never comes.
    pub(super) async fn missing_photo(&self, who: &str, defect: Uuid, stage: &str) -> Uuid {
        let shot = Shot::jpeg(some_jpeg());
        let mut input = shot.input(defect, stage)["input"].clone();
        input["deviceId"] = json!(v7());
        self.run(who, "photoUploadCreate", input).await;
        shot.id
    }

    /// A photo of a signature.
    pub(super) async fn signature_photo(&self, who: &str) -> Uuid {
        let (id, bytes) = (v7(), some_jpeg());
        let input = json!({
            "photoId": id, "sha256": sha256(&bytes), "byteSize": bytes.len(), "contentType": "image/jpeg",
            "subject": { "signature": { "projectId": self.project.id } }, "stage": "SIGNATURE",
        });
        let upload = "upload { url method headers { name value } }";
        let answer = self.ask(who, "photoUploadCreate", input, upload).await;
        put(self.app, &answer["upload"], &bytes).await;
        self.run(who, "photoUploadComplete", json!({ "photoId": id })).await;
        self.app.run_jobs().await;
        id
    }

    /// The hash of the content to sign.
    pub(super) async fn content_hash(&self, inspection: Uuid) -> String {
        let document = "query($id: ID!) { unitInspection(id: $id) { contentHash } }";
        let found = self.user("manager").ok(document, json!({ "id": inspection })).await;
        found["unitInspection"]["contentHash"].as_str().unwrap_or("00").to_owned()
    }
}

pub(super) fn uuid(value: &Value) -> Uuid {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no id: {value}"))
}
