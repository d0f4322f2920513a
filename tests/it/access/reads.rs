//! The id of an object that the reader must not know, at every position of every query and filter that takes an id: the
//! answer is that for an unknown id.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use transport::Limits;
use uuid::Uuid;

use super::dataset::Dataset;
use super::people::Users;
use super::walk::Walk;
use crate::refusals::samples::ordinary;
use crate::refusals::shape::{Call, Path, Shape, base_name};

/// The kinds of objects that a position of a query's or a filter's arguments names.
fn kinds_of(call: &str, place: &Path) -> &'static [&'static str] {
    match (call, place.last().map_or("", String::as_str)) {
        ("node" | "nodes", _) => &NODES,
        ("project", "id") | (_, "projectId") => &["Project"],
        ("unit", "id") | (_, "unitId") => &["Unit"],
        ("defect", "id") => &["Defect"],
        ("photo", "id") => &["Photo", "SignaturePhoto"],
        ("checklist", "id") => &["Checklist"],
        ("round", "id") | (_, "roundId") => &["Round"],
        ("unitInspection" | "unitInspectionContent", "id") => &["Inspection"],
        (_, "roomId") => &["Room"],
        (_, "buildingId" | "buildingIds") => &["Building"],
        (_, "unitTypeId") => &["UnitType"],
        (_, "companyId") => &["Company"],
        (_, "assigneeId" | "personIds" | "personId") => &["Person"],
        (_, "unitIds") => &["Unit"],
        (_, "inspectionIds" | "lateFor") => &["Inspection"],
        // Devices are identified by their own report.
        (_, "deviceId" | "deviceIds") => &[],
        _ => panic!("say what {call} names at {}", place.join(".")),
    }
}

/// The kinds of what `node` finds.
const NODES: [&str; 20] = [
    "Project",
    "Company",
    "Person",
    "Building",
    "UnitType",
    "Unit",
    "Room",
    "Rule",
    "Checklist",
    "Round",
    "Inspection",
    "Defect",
    "Attempt",
    "Verdict",
    "Dispute",
    "Comment",
    "Photo",
    "SignaturePhoto",
    "Review",
    "InboxEntry",
];

/// The object whose field is read, and its type; none for a query.
type Start<'a> = Option<(Uuid, &'a str)>;

struct Reader<'a> {
    dataset: &'a Dataset<'a>,
    shape: &'a Shape,
    login: &'static str,
    tried: usize,
}

impl Reader<'_> {
    /// Reads with each hidden id at each position.
    async fn read(&mut self, call: &Call, start: Start<'_>) {
        for place in self.shape.ids(call) {
            let kinds = kinds_of(&call.name, &place);
            let unknown = self.answer(call, &place, v7(), start).await;
            for id in kinds.iter().flat_map(|kind| self.dataset.hidden_from(self.login, kind)) {
                let answer = self.answer(call, &place, id, start).await;
                assert_eq!(answer, unknown, "{} at {} of {}", self.login, place.join("."), call.name);
                let leaks = self.dataset.leaks(self.login, &answer);
                assert!(leaks.is_empty(), "{} read {leaks:?} by {}", self.login, call.name);
                self.tried += 1;
            }
        }
    }

    async fn answer(&self, call: &Call, place: &Path, id: Uuid, start: Start<'_>) -> String {
        let give = |at: &Path, kind: &str| match (kind, at.last().map(String::as_str)) {
            ("ID", _) if at == place => Some(json!(id)),
            // The target is the own unit.
            ("ID", Some("unitId")) => Some(json!(self.dataset.history("own").fixture.unit_id())),
            ("ID", _) => Some(json!(v7())),
            _ => ordinary(at, kind),
        };
        let variables = self.shape.variables(call, std::slice::from_ref(place), &give);
        let used: Vec<&(String, _)> = call.arguments.iter().filter(|(name, _)| !variables[name].is_null()).collect();
        let declared: Vec<String> = used.iter().map(|(name, ty)| format!("${name}: {ty}")).collect();
        let passed: Vec<String> = used.iter().map(|(name, _)| format!("{name}: ${name}")).collect();
        let (field, answer) = (format!("{}({})", call.name, passed.join(", ")), base_name(&call.answer));
        let selection = match start {
            Some((start, kind)) => format!("node(id: \"{start}\") {{ ... on {kind} {{ {field} {{}} }} }}"),
            None => format!("{field} {{}}"),
        };
        let document = Walk::document(self.shape, &selection, &answer, 0);
        let document = format!("query T({}) {document}", declared.join(", "));
        let answer: Value = self.dataset.users.get(self.login).query(&document, variables).await;
        without_cursors(answer).to_string().replace(&id.to_string(), "ID")
    }
}

/// A cursor is valid for one filter, so there is one for each.
fn without_cursors(mut answer: Value) -> Value {
    if let Some(page) = answer["data"]["changes"].as_object_mut() {
        page.remove("cursor");
    }
    answer
}

on_both_databases! {
    async fn queries_answer_hidden_ids_like_unknown_ids(db: TestDb) {
        // Fields of a kind have unique names in these answers.
        let app = TestApp::start_with(&db, Limits { aliases: 1_000, ..Limits::default() }).await;
        let users = Users::of(&app).await;
        let dataset = Dataset::create(&app, &users).await;
        let shape = Shape::read();
        let own = dataset.history("own");
        for login in ["manager", "owner1", "lead.b"] {
            let mut reader = Reader { dataset: &dataset, shape: &shape, login, tried: 0 };
            for call in shape.queries() {
                reader.read(&call, None).await;
            }
            for kind in shape.objects().iter().filter(|kind| !["Query", "Mutation", "Subscription"].contains(&kind.as_str())) {
                for call in shape.calls_of(kind).iter().filter(|call| !shape.ids(call).is_empty()) {
                    let start = match kind.as_str() {
                        "Project" => app.project.id,
                        "Unit" => own.fixture.unit_id(),
                        "Round" => own.id("Round", "round"),
                        other => panic!("say which {other} has the field {}", call.name),
                    };
                    reader.read(call, Some((start, kind))).await;
                }
            }
            assert!(reader.tried > 40, "{login} tried only {}", reader.tried);
        }
    }
}
