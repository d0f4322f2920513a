//! Every field of the schema, read by each person from every object: no person reads a secret of others, and each
//! permitted reader reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use transport::Limits;
use transport::budget::BudgetLimits;
use uuid::Uuid;

use super::dataset::Dataset;
use super::fields;
use super::fixture::Fixture;
use super::people::{OWNER, Users, everybody, party_of};
use super::walk::Walk;
use crate::evidence;
use crate::refusals::shape::{Call, Shape, base_name};

/// The depth of selected objects below each object that is found by its id.
const LEVELS: usize = 1;

/// The readers: all people of the project, and those of the other project who see the most and the least.
const READERS: [&str; 14] = [
    "owner1",
    "owner2",
    "lead.a",
    "worker.a",
    "lead.b",
    "worker.b",
    "supervisor",
    "property",
    "escort",
    "manager",
    "site",
    "relations",
    "x.manager",
    "x.owner1",
];

/// Everything at once: what one document may ask for is tested elsewhere.
pub(super) fn no_limits() -> Limits {
    Limits {
        document_bytes: usize::MAX,
        depth: 100,
        cost: u64::MAX,
        root_fields: 1_000,
        aliases: 100_000,
        fragments: 1_000,
        selections: u64::MAX,
        answer: BudgetLimits::NONE,
        ..Limits::default()
    }
}

/// The documents that read everything from everywhere.
pub(super) fn documents(dataset: &Dataset<'_>, shape: &Shape) -> Vec<String> {
    let mut ids: Vec<Uuid> = dataset.secrets().filter_map(|secret| secret.thing).map(|thing| thing.2).collect();
    ids.extend(everybody().iter().map(|login| dataset.history("own").fixture.app.person_id(login)));
    let mut documents = Vec::new();
    for kind in shape.kinds_of("Node") {
        for some in ids.chunks(100) {
            let selection = format!("nodes(ids: {}) {{ ... on {kind} {{}} }}", json!(some));
            documents.push(Walk::document(shape, &selection, &kind, LEVELS));
        }
    }
    for call in shape.queries() {
        for arguments in arguments(dataset, &call) {
            let (selection, answer) = (format!("{}{arguments} {{}}", call.name), base_name(&call.answer));
            // Everything below an object that `node` finds was read above.
            let levels = usize::from(!shape.kinds_of("Node").contains(&answer));
            documents.push(Walk::document(shape, &selection, &answer, levels));
        }
    }
    documents
}

/// The arguments of a query: every object of its kind.
fn arguments(dataset: &Dataset<'_>, call: &Call) -> Vec<String> {
    let kind = match call.name.as_str() {
        // Already read for every kind.
        "node" | "nodes" => return Vec::new(),
        // A token is no id.
        "oneTimeLink" => return Vec::new(),
        "viewer" | "projects" | "apiInfo" | "syncOperations" => return vec![String::new()],
        "defectDuplicates" => {
            let place = |fixture: Fixture<'_>| {
                let (unit, room) = (fixture.unit_id(), fixture.room("LIVING"));
                format!("(input: {{ unitId: \"{unit}\", roomId: \"{room}\", part: \"WALL\", type: \"WALL.CRACK\" }})")
            };
            return dataset.histories.iter().map(|history| place(history.fixture)).collect();
        }
        "messageAttempts" => return vec!["(first: 100)".to_owned()],
        "sessions" => {
            let people = everybody().into_iter().map(|login| dataset.history("own").fixture.app.person_id(&login));
            let of_people = people.map(|id| format!("(personId: \"{id}\", first: 100)"));
            return of_people.chain(["(first: 100)".to_owned()]).collect();
        }
        "project" | "changes" | "pendingEdits" => "Project",
        "unit" | "unitReviewContent" => "Unit",
        "defect" => "Defect",
        "photo" => "Photo",
        "checklist" => "Checklist",
        "round" => "Round",
        "unitInspection" | "unitInspectionContent" => "Inspection",
        other => panic!("say what {other} is asked for"),
    };
    let (argument, more) = (&call.arguments[0].0, if call.name == "changes" { ", first: 500" } else { "" });
    dataset.all(kind).iter().map(|id| format!("({argument}: \"{id}\"{more})")).collect()
}

/// What somebody read, and which fields held something.
pub(super) struct Read {
    pub(super) text: String,
    filled: BTreeSet<String>,
}

/// All that somebody reads, the bytes of pictures too.
pub(super) async fn read_all(app: &TestApp, user: &User<'_>, documents: &[String]) -> Read {
    let (mut read, mut filled) = (String::new(), BTreeSet::new());
    let mut links = BTreeSet::new();
    let mut answers = earlier_events(app, user).await;
    for document in documents {
        let answer = user.query(document, json!({})).await;
        let fault = answer.get("errors").is_some() && !user.login.is_empty();
        assert!(!fault, "{} asked {:.200} and got {:.1000}", user.login, document, answer["errors"].to_string());
        answers.push(answer);
    }
    for answer in answers {
        collect_links(&answer, &mut links);
        fields::filled(&answer, &mut filled);
        read.push_str(&answer.to_string());
    }
    for link in links {
        let picture = app.client().get(link).send().await.expect("an answer");
        // The names of files, and other text before the bytes.
        read.push_str(&format!("{:?}", picture.headers()));
        let bytes = picture.bytes().await.expect("a whole picture");
        read.push_str(&String::from_utf8_lossy(&bytes));
    }
    Read { text: read, filled }
}

/// The events of both projects from the second page on.
async fn earlier_events(app: &TestApp, user: &User<'_>) -> Vec<Value> {
    let document =
        "query T($project: ID!, $after: String) { project(id: $project) { events(first: 100, after: $after) {";
    let shape = Shape::read();
    let fields = Walk::document(&shape, "pageInfo { endCursor } nodes {} } }", "Event", 1);
    let document = format!("{document} {}", &fields[1..]);
    let mut answers = Vec::new();
    for project in [app.project.id, app.other.id] {
        let mut after = Value::Null;
        loop {
            let answer = user.query(&document, json!({ "project": project, "after": after })).await;
            after = answer["data"]["project"]["events"]["pageInfo"]["endCursor"].clone();
            answers.push(answer);
            if after.is_null() {
                break;
            }
        }
    }
    answers
}

fn collect_links(value: &Value, links: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("http://") => drop(links.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_links(item, links)),
        Value::Object(fields) => fields.values().for_each(|field| collect_links(field, links)),
        _ => {}
    }
}

/// The non-empty fields that the table denies to this person.
fn filled_in_vain(login: &str, filled: &BTreeSet<String>) -> Vec<String> {
    let empty = match party_of(login) {
        OWNER => fields::of(&["staff", "few"]),
        'a' | 'b' => fields::of(&["few"]),
        _ => BTreeSet::new(),
    };
    let there = fields::of(&["staff", "own", "few"]);
    let missing =
        (login == "manager").then(|| there.difference(filled).map(|field| format!("{field} is empty for all readers")));
    empty
        .intersection(filled)
        .map(|field| format!("{login} reads {field}"))
        .chain(missing.into_iter().flatten())
        .collect()
}

/// The context of a secret in the answers.
fn around(read: &str, secret: &str) -> String {
    let start = read.find(secret).unwrap_or(0);
    let before: String = read[..start].chars().rev().take(300).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{before}{secret}")
}

/// Sends commands to a void and a merged defect, and to a defect that moved from contractor A to B, which must be
/// refused; returns the secrets in the answers.
async fn told_by_refusals(dataset: &Dataset<'_>) -> Vec<String> {
    let history = dataset.history("own");
    let (fixture, id) = (history.fixture, |name: &str| history.id("Defect", name));
    let (worker, company, into) = (fixture.app.person_id("worker.a"), fixture.project.company("A"), id("a"));
    let of_contractor = || {
        vec![
            ("defectAssign", json!({ "assigneeId": worker })),
            ("defectStart", json!({})),
            ("defectReportFixed", json!({ "attemptId": v7() })),
            ("defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" })),
        ]
    };
    let of_all = || {
        let mut commands = of_contractor();
        commands.extend([
            ("defectUpdate", json!({ "description": "longer than it looks" })),
            ("defectAssign", json!({ "companyId": company })),
            ("defectVerify", json!({ "verdictId": v7(), "passed": true })),
            ("defectVoid", json!({ "reason": "NOT_A_DEFECT" })),
            ("defectReopen", json!({ "reason": "it is back" })),
            ("defectHold", json!({ "reason": "no paint" })),
            ("defectMerge", json!({ "intoDefectId": into })),
            ("defectWithdraw", json!({ "reason": "a shadow" })),
        ]);
        commands
    };
    let mut attempts = Vec::new();
    for login in READERS {
        attempts.extend(["void", "merged"].map(|name| (login, id(name), of_all())));
    }
    attempts.extend(["lead.a", "worker.a"].map(|login| (login, id("moved"), of_contractor())));
    let mut found = Vec::new();
    for (login, defect, commands) in attempts {
        for (name, mut input) in commands {
            input["defectId"] = json!(defect);
            let answer = dataset.users.get(login).query(&evidence::document(name), json!({ "input": input })).await;
            let answer = answer.to_string();
            assert!(answer.contains("\"code\":") && !answer.contains("INTERNAL"), "{login} {name}: {answer}");
            let leaks = dataset.leaks(login, &answer);
            if !leaks.is_empty() {
                found.push(format!("{login} reads {leaks:?} from {name}: {answer}"));
            }
        }
    }
    found
}

on_both_databases! {
    async fn secrets_are_read_by_permitted_readers_alone(db: TestDb) {
        let app = TestApp::start_with(&db, no_limits()).await;
        let users = Users::of(&app).await;
        let dataset = Dataset::create(&app, &users).await;
        let documents = documents(&dataset, &Shape::read());
        let nobody = app.nobody();
        let readers = READERS.iter().map(|login| users.get(login)).chain([&nobody]);
        let mut found = Vec::new();
        let mut seen: BTreeMap<&str, BTreeSet<char>> = BTreeMap::new();
        for user in readers {
            let Read { text: read, filled } = read_all(&app, user, &documents).await;
            found.extend(filled_in_vain(&user.login, &filled));
            for secret in dataset.secrets().filter(|secret| read.contains(&secret.text)) {
                if secret.is_open_to(&user.login) {
                    seen.entry(&secret.name).or_default().insert(party_of(&user.login));
                } else {
                    found.push(format!("{} reads {}: …{}", user.login, secret.name, around(&read, &secret.text)));
                }
            }
        }
        assert!(found.is_empty(), "{} leaks:\n{}", found.len(), found.join("\n"));
        // A secret without any reader would prove nothing, so a person of every permitted party must read it.
        let mut unread = Vec::new();
        for secret in dataset.secrets() {
            let who = READERS.iter().filter(|login| secret.is_open_to(login));
            let parties: BTreeSet<char> = who.map(|login| party_of(login)).collect();
            let readers = seen.get(secret.name.as_str()).cloned().unwrap_or_default();
            if readers != parties {
                unread.push(format!("{} is read by {readers:?} of {parties:?}", secret.name));
            }
        }
        assert!(unread.is_empty(), "{}", unread.join("\n"));
        let found = told_by_refusals(&dataset).await;
        assert!(found.is_empty(), "{} leaks:\n{}", found.len(), found.join("\n"));
    }
}
