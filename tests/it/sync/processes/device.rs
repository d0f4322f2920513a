//! Operations of one device without a tablet, for tests that send them as no tablet would.

use serde_json::{Value, json};
use tests::dice::Dice;
use tests::ids::v7;
use tests::tablet::documents::PUSH;
use tests::tablet::local::{Kept, Operation, State};
use tests::tablet::session::Session;
use tests::tablet::wire::Wire;
use uuid::Uuid;

use super::rows::Told;
use super::site::Site;

pub(super) struct Device {
    id: Uuid,
    person_id: Uuid,
    project_id: Uuid,
    unit_id: Uuid,
    /// The subjects of its operations.
    defects: Vec<Uuid>,
    /// The operations that logged them.
    first: Vec<Operation>,
}

impl Device {
    /// A device of a person, with some logged defects.
    pub(super) async fn start(site: &Site, login: &str, session: &Session<impl Wire>) -> Self {
        let (id, person_id, unit_id) = (v7(), site.person(login), site.project.unit("1-101"));
        let project_id = site.project.id;
        let mut device = Self { id, person_id, project_id, unit_id, defects: Vec::new(), first: Vec::new() };
        for _ in 0..5 {
            let logged = device.log();
            let answer = device.push(session, &logged).await.expect("an answer");
            assert_eq!(answer["outcome"], "APPLIED", "{answer}");
            device.defects.push(logged.input["defectId"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
            device.first.push(logged);
        }
        device
    }

    /// The number of pushes that logged them.
    pub(super) fn started_with(&self) -> u32 {
        u32::try_from(self.first.len()).expect("a few")
    }

    /// An operation that is possible in every state: a new defect, a comment, or another description.
    pub(super) fn some(&self, dice: &mut Dice) -> Operation {
        let (defect, words) = (*dice.pick(&self.defects), format!("said {}", v7()));
        match dice.below(5) {
            0 => self.log(),
            1 | 2 => {
                let input = json!({ "defectId": defect, "commentId": v7(), "body": words, "visibility": "SHARED" });
                self.operation("defectComment", input, None)
            }
            _ => self.operation("defectUpdate", json!({ "defectId": defect, "description": words }), Some(1)),
        }
    }

    fn log(&self) -> Operation {
        let words = format!("said {}", v7());
        let input = json!({ "defectId": v7(), "unitId": self.unit_id, "type": "WALL.CRACK", "description": words });
        self.operation("defectLog", input, None)
    }

    fn operation(&self, command: &str, input: Value, base_version: Option<i64>) -> Operation {
        Operation {
            id: v7(),
            person_id: self.person_id,
            project_id: self.project_id,
            unit_id: None,
            command: command.to_owned(),
            input,
            base_version,
            made_at: tests::app::START.to_owned(),
        }
    }

    /// Another payload under the same id, which no correct app sends.
    pub(super) fn rival(&self, of: &Operation, dice: &mut Dice) -> Operation {
        Operation { id: of.id, ..self.some(dice) }
    }

    /// Pushes one; returns its result, if a final one arrived.
    pub(super) async fn push(&self, session: &Session<impl Wire>, operation: &Operation) -> Option<Value> {
        let input = json!({ "deviceId": self.id, "deviceName": "a device", "operations": [operation.as_sent()] });
        let data = session.ask(PUSH, json!({ "input": input })).await.ok()?;
        let answer = data["syncPush"]["results"].get(0).cloned()?;
        (answer["userErrors"][0]["code"] != "TRY_AGAIN").then_some(answer)
    }

    /// Repeats it until there is a final result.
    pub(super) async fn push_until_answered(&self, session: &Session<impl Wire>, operation: &Operation) -> Value {
        loop {
            if let Some(answer) = self.push(session, operation).await {
                return answer;
            }
        }
    }

    /// The required rows of the database: those of these operations, and of the device's first ones.
    pub(super) fn told(&self, operations: impl IntoIterator<Item = Operation>) -> Vec<Told> {
        let told = |operation| {
            let kept = Kept { operation, state: State::Acknowledged, answer: None };
            Told { tablet: 0, device_id: self.id, kept }
        };
        self.first.iter().cloned().chain(operations).map(told).collect()
    }
}

/// A result without the mark of a repetition.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    let fields = ["operationId", "objectKind", "objectId", "userErrors", "conflict", "pendingEdit"];
    fields.iter().all(|field| one[*field] == other[*field])
}
