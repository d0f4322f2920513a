//! The history of the imported project before the dump: an example of each thing that a later release must still read.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use app::Ids;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Failure;

/// The shared password of the people in `docs/example-project.yaml`.
const PASSWORD: &str = "change-me-now";
const UNIT: &str = "1-1-101";

const SIGN_IN: &str = "mutation($login: String!, $password: String!) {
    sessionCreate(input: { login: $login, password: $password, device: \"a tablet\" }) {
        session { accessToken refreshToken } userErrors { code message } } }";
const PROJECT: &str = "{ projects(first: 10) { nodes { id code companies { id code }
    checklists { id currentVersion { items { id roomType } } }
    units(first: 20) { nodes { id code rooms { id roomType } } } } } }";
const PUSH: &str = "mutation($input: SyncPushInput!) { syncPush(input: $input) { results {
    outcome objectId userErrors { code } pendingEdit { id } } } }";
const PULL: &str = "query($id: ID!, $cursor: String) { changes(projectId: $id, cursor: $cursor, first: 500) {
    cursor hasMore } }";
const REPORT: &str = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) {
    device { id } userErrors { code message } } }";
const RULE: &str = "mutation($input: ResponsibilityRuleSetInput!) { responsibilityRuleSet(input: $input) {
    rule { id } userErrors { code message } } }";
const ROUND_CREATE: &str = "mutation($input: RoundCreateInput!) { roundCreate(input: $input) {
    round { id } userErrors { code message } } }";
const ROUND_OPEN: &str = "mutation($input: RoundOpenInput!) { roundOpen(input: $input) {
    round { inspections(first: 10) { nodes { id } } } userErrors { code message } } }";
const ROUND_CLOSE: &str = "mutation($input: RoundCloseInput!) { roundClose(input: $input) {
    round { id } userErrors { code message } } }";
const RECORD: &str = "mutation($input: CheckResultsRecordInput!) { checkResultsRecord(input: $input) {
    unitInspection { id } userErrors { code message } } }";
const SUBMIT: &str = "mutation($input: UnitInspectionSubmitInput!) { unitInspectionSubmit(input: $input) {
    unitInspection { contentHash } userErrors { code message } } }";
const SIGN: &str = "mutation($input: UnitInspectionSignInput!) { unitInspectionSign(input: $input) {
    unitInspection { status } userErrors { code message } } }";

/// A person's client of the server.
struct Person {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
}

impl Person {
    /// Signs in; also returns the refresh token.
    async fn sign_in(address: &str, login: &str) -> Result<(Self, Value), Failure> {
        let mut person = Self { http: reqwest::Client::new(), address: address.to_owned(), token: None };
        let data = person.ask(SIGN_IN, json!({ "login": login, "password": PASSWORD })).await?;
        let session = &data["sessionCreate"]["session"];
        person.token = Some(session["accessToken"].as_str().ok_or("no access token")?.to_owned());
        Ok((person, session["refreshToken"].clone()))
    }

    /// Sends a document that must succeed; returns `data`.
    async fn ask(&self, document: &str, variables: Value) -> Result<Value, Failure> {
        let body = json!({ "query": document, "variables": variables });
        let mut request = self.http.post(format!("{}/graphql", self.address)).json(&body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer: Value = request.send().await?.json().await?;
        let data = answer["data"].as_object().and_then(|data| data.values().next());
        let refused =
            data.and_then(|payload| payload["userErrors"].as_array()).is_some_and(|errors| !errors.is_empty());
        if refused || answer.get("errors").is_some() {
            return Err(format!("{document}\n{answer:#}").into());
        }
        Ok(answer["data"].clone())
    }

    /// Pushes one operation from a device; returns the result, which must have this outcome.
    async fn push(&self, device: &Value, operation: &Value, outcome: &str) -> Result<Value, Failure> {
        let input = json!({ "deviceId": device, "deviceName": "a tablet", "operations": [operation] });
        let data = self.ask(PUSH, json!({ "input": input })).await?;
        let result = data["syncPush"]["results"][0].clone();
        if result["outcome"] != outcome {
            return Err(format!("{operation:#}\n{result:#}").into());
        }
        Ok(result)
    }

    /// Pulls all changes; returns the cursor after them.
    async fn pull(&self, project: &Value) -> Result<Value, Failure> {
        let mut cursor = Value::Null;
        loop {
            let data = self.ask(PULL, json!({ "id": project, "cursor": cursor })).await?;
            cursor = data["changes"]["cursor"].clone();
            if data["changes"]["hasMore"] == json!(false) {
                return Ok(cursor);
            }
        }
    }
}

/// The project, and ids that are the same in each run.
struct Setup {
    project: Value,
    unit: Value,
    ids: Ids,
}

impl Setup {
    fn id(&self) -> Value {
        json!(self.ids.next::<Uuid>())
    }

    fn operation(&self, command: &str, input: &Value, base: Option<i64>) -> Value {
        json!({ "operationId": self.id(), "baseVersion": base, "command": { command: input } })
    }

    fn log(&self, defect: &Value) -> Value {
        let room = &self.unit["rooms"][0]["id"];
        let input = json!({ "defectId": defect, "unitId": self.unit["id"], "roomId": room, "type": "WALL.CRACK" });
        self.operation("defectLog", &input, None)
    }

    fn describe(&self, defect: &Value, text: &str) -> Value {
        self.operation("defectUpdate", &json!({ "defectId": defect, "description": text }), Some(1))
    }
}

/// Runs the history at a server; returns the facts that tests need.
pub(super) async fn happens(address: &str) -> Result<Value, Failure> {
    let (manager, _) = Person::sign_in(address, "chen.manager").await?;
    let (engineer, refresh) = Person::sign_in(address, "lin.site").await?;
    let (supervisor, _) = Person::sign_in(address, "qian.supervisor").await?;
    let found = manager.ask(PROJECT, json!({})).await?["projects"]["nodes"][0].clone();
    let units = found["units"]["nodes"].as_array().ok_or("no units")?;
    let unit = units.iter().find(|unit| unit["code"] == UNIT).ok_or("no unit")?.clone();
    let setup = Setup { project: found, unit, ids: Ids::Counted(Arc::new(AtomicU64::new(0))) };

    let rules = duplicate_rules(&setup, &manager).await?;
    let (round, inspection, hash) = closed_round(&setup, &manager, &engineer).await?;
    let mut known = tablets(&setup, &engineer, &supervisor).await?;
    known["project"] = setup.project["id"].clone();
    known["unit"] = setup.unit["id"].clone();
    known["duplicateRules"] = rules;
    known["closedRound"] = round;
    known["signedInspection"] = inspection;
    known["contentHash"] = hash;
    known["refreshToken"] = refresh;
    Ok(known)
}

/// Two rules with the same conditions.
async fn duplicate_rules(setup: &Setup, manager: &Person) -> Result<Value, Failure> {
    let companies = setup.project["companies"].as_array().ok_or("no companies")?;
    let company = companies.iter().find(|company| company["code"] == "MAIN").ok_or("no contractor")?;
    let rules = [setup.id(), setup.id()];
    for rule in &rules {
        let input = json!({ "ruleId": rule, "projectId": setup.project["id"], "trade": "TILE",
            "companyId": company["id"], "priority": 5 });
        manager.ask(RULE, json!({ "input": input })).await?;
    }
    Ok(json!(rules))
}

/// A closed round with one signed inspection: its id, the inspection, and the content that was signed.
async fn closed_round(setup: &Setup, manager: &Person, engineer: &Person) -> Result<(Value, Value, Value), Failure> {
    let checklist = &setup.project["checklists"][0];
    let round = setup.id();
    let input = json!({ "roundId": round, "projectId": setup.project["id"], "stage": "HOUSEHOLD_ACCEPTANCE",
        "number": 1, "name": "Round 1", "requiredParties": ["DEVELOPER"], "checklistId": checklist["id"],
        "unitIds": [setup.unit["id"]] });
    manager.ask(ROUND_CREATE, json!({ "input": input })).await?;
    let opened = manager.ask(ROUND_OPEN, json!({ "input": { "roundId": round } })).await?;
    let inspection = opened["roundOpen"]["round"]["inspections"]["nodes"][0]["id"].clone();
    let input = json!({ "inspectionId": inspection, "results": all_pass(setup) });
    engineer.ask(RECORD, json!({ "input": input })).await?;
    let done = engineer.ask(SUBMIT, json!({ "input": { "inspectionId": inspection } })).await?;
    let hash = done["unitInspectionSubmit"]["unitInspection"]["contentHash"].clone();
    let input = json!({ "inspectionId": inspection, "signatureId": setup.id(), "contentHash": hash });
    engineer.ask(SIGN, json!({ "input": input })).await?;
    manager.ask(ROUND_CLOSE, json!({ "input": { "roundId": round } })).await?;
    Ok((round, inspection, hash))
}

/// Each item of the checklist passes in each room that it is for.
fn all_pass(setup: &Setup) -> Vec<Value> {
    let items = setup.project["checklists"][0]["currentVersion"]["items"].as_array();
    let rooms = setup.unit["rooms"].as_array();
    let mut results = Vec::new();
    for item in items.into_iter().flatten() {
        for room in rooms.into_iter().flatten().filter(|room| room["roomType"] == item["roomType"]) {
            results.push(json!({ "roomId": room["id"], "itemId": item["id"], "result": "PASS" }));
        }
    }
    results
}

/// Two tablets: operations that are applied, refused and parked, a cursor, and a defect after it.
async fn tablets(setup: &Setup, engineer: &Person, supervisor: &Person) -> Result<Value, Failure> {
    let (device, other) = (setup.id(), setup.id());
    let [defect, second, later] = [setup.id(), setup.id(), setup.id()];
    let applied = setup.log(&defect);
    engineer.push(&device, &applied, "APPLIED").await?;
    engineer.push(&device, &setup.log(&second), "APPLIED").await?;
    let input = json!({ "defectId": second, "verdictId": setup.id(), "passed": true });
    let refused = setup.operation("defectVerify", &input, Some(1));
    let refusal = engineer.push(&device, &refused, "REJECTED").await?;
    engineer.push(&device, &setup.describe(&defect, "the engineer's words"), "APPLIED").await?;
    let parked = setup.describe(&defect, "the supervisor's words");
    let edit = supervisor.push(&other, &parked, "CONFLICT").await?["pendingEdit"]["id"].clone();

    let project = &setup.project["id"];
    let cursor = engineer.pull(project).await?;
    let report = json!({ "deviceId": device, "deviceName": "a tablet", "projectId": project, "cursor": cursor });
    engineer.ask(REPORT, json!({ "input": report })).await?;
    supervisor.push(&other, &setup.log(&later), "APPLIED").await?;
    Ok(json!({
        "device": device,
        "otherDevice": other,
        "defects": [defect, second, later],
        "cursor": cursor,
        "behindCursor": later,
        "applied": applied,
        "refused": { "operation": refused, "codes": refusal["userErrors"] },
        "parked": { "operation": parked, "pendingEdit": edit },
    }))
}
