//! The owner's view: nothing before the unit is opened to him, then exactly his unit.

use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::camera::Picture;
use super::findings::{FINDINGS, REPAIRED, STAIN};
use super::remarks::{FOR_THE_OWNER, heard, tells_nothing_internal};
use super::rounds::Round;
use super::site::Site;
use crate::inspections::setup::mutation;
use crate::photos::{CREATE, get};

pub(super) const REVIEW: &str = "mutation($input: UnitReviewInput!) { unitReview(input: $input) {
    review { id rating body contentHash signaturePhoto { id state } person { name } } userErrors { code field } } }";

const DEFECT: &str = "id number statusText status room { code } part type { name } description severity pin { x y }
    round { number } raisedBy { name } raisedParty responsibleCompany { name } assignee { name phone } dueAt overdue
    onHold holdReason checkItem { code } duplicateOf { id } duplicates { id }
    attempts { number status company { name } person { name } note verdicts { passed person { name } note } }
    photos { id stage state url original: url(size: ORIGINAL) declaredBy { name } }
    disputes { reason } comments { body person { name } }
    events { name person { name } company { name } reason data from to }";

const UNIT: &str = "query($id: ID!) { unit(id: $id) {
    code owners { person { name phone } } rooms { code } unitType { plan { url } }
    readiness { ready blockers { message clearedBy waiver { reason person { name } } } }
    inspections { status round { number plannedFrom createdBy { name } } requiredParties submittedBy { name }
        results { result note company { name } person { name } } measurements { company { name } person { name } }
        signatures { party signerName person { name } company { name } photo { id } }
        missing { kind } earlierDefects { outcome defect { id } } events { name person { name } company { name } } } } }";

const PROJECTS: &str = "{ viewer { homes { id } memberships { role } } projects(first: 3) { nodes { id
    companies { name } members { nodes { person { name } } } policy { verification } overview { overdue }
    checklists { id } responsibilityRules { id } measurementRules { code } events { nodes { id } }
    units { nodes { id } } buildings { code units { nodes { id } } } rounds { nodes { number unitCount } }
    defectCount } } }";

/// The owner of a unit that is not opened finds nothing by any id and has no rights.
pub(super) async fn nothing(site: &Site<'_>, login: &str, rounds: &[&Round<'_>]) {
    let owner = site.by(login);
    let empty = json!({ "viewer": { "homes": [], "memberships": [] }, "projects": { "nodes": [] } });
    assert_eq!(owner.ok(PROJECTS, json!({})).await, empty, "{login}");
    let ids = ids(site, rounds).await;
    let all =
        "query($id: ID!) { project(id: $id) { id } unit(id: $id) { id } defect(id: $id) { id } photo(id: $id) { id }
        round(id: $id) { id } unitInspection(id: $id) { id } checklist(id: $id) { id } node(id: $id) { id }
        unitReviewContent(unitId: $id) { contentHash } changes(projectId: $id) { cursor } }";
    for id in &ids {
        let found = owner.ok(all, json!({ "id": id })).await;
        assert!(found.as_object().expect("an object").values().all(Value::is_null), "{login} {id}: {found}");
    }
    let nodes = owner.ok("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
    assert!(nodes["nodes"].as_array().expect("nodes").iter().all(Value::is_null), "{login}: {nodes}");

    let near = json!({ "input": { "unitId": site.unit, "roomId": null, "part": "WALL", "type": "WALL.PLUMB" } });
    let near_by = "query($input: DefectDuplicatesInput!) { defectDuplicates(input: $input) { id } }";
    let duplicates = owner.query(near_by, near).await;
    assert!(!duplicates.to_string().contains(&site.defect("WALL.PLUMB").to_string()), "{login}: {duplicates}");
    do_nothing(site, login, rounds[0]).await;
}

/// No command of an owner finds an unopened unit.
async fn do_nothing(site: &Site<'_>, login: &str, round: &Round<'_>) {
    let log = json!({ "unitId": site.unit, "type": "WALL.STAIN" });
    assert_eq!(site.refused(login, "defectLog", "CAB.SINK", log).await, ["NOT_FOUND"]);
    let comment = json!({ "commentId": v7(), "body": "hello?", "visibility": "OWNER" });
    assert_eq!(site.refused(login, "defectComment", REPAIRED[0], comment).await, ["NOT_FOUND"]);
    let subject = json!({ "defectId": site.defect(REPAIRED[0]) });
    let photo = Picture::take(3).input(&subject, "BEFORE");
    assert_eq!(site.by(login).refused(CREATE, photo).await, ["NOT_FOUND"]);
    let review = json!({ "input": { "reviewId": v7(), "unitId": site.unit, "body": "hello?" } });
    assert_eq!(site.by(login).refused(REVIEW, review).await, ["NOT_FOUND"]);
    let sign = json!({ "input": { "inspectionId": round.inspection, "signatureId": v7(), "contentHash": "00" } });
    assert_eq!(site.by(login).refused(&mutation("SIGN"), sign).await, ["NOT_FOUND"]);
}

/// The ids of all objects, as the manager reads them: 100 at most.
async fn ids(site: &Site<'_>, rounds: &[&Round<'_>]) -> Vec<Value> {
    let mut ids = vec![json!(site.project), json!(site.unit), json!(site.next_door), json!(site.checklist)];
    ids.extend(rounds.iter().flat_map(|round| [json!(round.id), json!(round.inspection)]));
    ids.extend([json!(site.company("A")), json!(site.room("LIVING")), json!(site.by("aiko").id)]);
    for finding in &FINDINGS {
        let read =
            site.read("mei", finding.kind, "id attempts { id verdicts { id } } photos { id } disputes { id }").await;
        ids.push(read["id"].clone());
        for list in [&read["attempts"], &read["photos"], &read["disputes"], &read["attempts"][0]["verdicts"]] {
            ids.extend(list.as_array().into_iter().flatten().map(|one| one["id"].clone()));
        }
    }
    assert!(ids.len() <= 100, "{}", ids.len());
    ids
}

/// Customer relations opens the unit; the site engineer may not.
pub(super) async fn open(site: &Site<'_>) {
    let document = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) {
        units { id openedAt } userErrors { code field } } }";
    let input = json!({ "input": { "unitIds": [site.unit], "reason": "the notice is out" } });
    assert_eq!(site.by("ana").refused(document, input.clone()).await, ["ROLE_NOT_ALLOWED"]);
    let opened = site.by("rosa").ok(document, input).await["unitOpenToOwner"].clone();
    assert_eq!(opened["units"][0]["id"], json!(site.unit));
    assert!(opened["units"][0]["openedAt"].is_string());
}

/// Exactly his unit, and nothing internal.
pub(super) async fn exactly_his_unit(site: &Site<'_>) {
    let owner = site.by("oleg");
    let home = json!([{ "id": site.unit }]);
    let seen = owner.ok(PROJECTS, json!({})).await;
    assert_eq!(seen["viewer"], json!({ "homes": home, "memberships": [] }));
    assert_eq!(
        seen["projects"]["nodes"],
        json!([{
            "id": site.project, "companies": [], "members": { "nodes": [] }, "policy": null, "overview": null,
            "checklists": [], "responsibilityRules": [], "measurementRules": [], "events": { "nodes": [] },
            "units": { "nodes": home }, "buildings": [{ "code": "1", "units": { "nodes": home } }],
            "rounds": { "nodes": [{ "number": 1, "unitCount": null }, { "number": 2, "unitCount": null }] },
            "defectCount": 13,
        }])
    );
    let next_door = "query($id: ID!) { unit(id: $id) { id } node(id: $id) { id } }";
    let next_door = owner.ok(next_door, json!({ "id": site.next_door })).await;
    assert_eq!(next_door, json!({ "unit": null, "node": null }));
    his_unit(site).await;
    his_defects(site).await;
    assert_eq!(heard(site, "oleg").await, [FOR_THE_OWNER]);
}

/// The plan, readiness in plain words, and the rounds with their parties.
async fn his_unit(site: &Site<'_>) {
    let seen = site.by("oleg").ok(UNIT, json!({ "id": site.unit })).await;
    tells_nothing_internal(&seen);
    let unit = &seen["unit"];
    assert_eq!((&unit["code"], &unit["owners"]), (&json!("1-1-301"), &json!([])));
    assert_eq!(unit["rooms"].as_array().map(Vec::len), Some(4));
    let (kind, plan) = get(site.app, &unit["unitType"]["plan"]["url"]).await;
    assert!(kind.starts_with("image/") && image::load_from_memory(&plan).is_ok());
    assert_eq!(unit["readiness"], json!({ "ready": true, "blockers": [] }));
    let inspections = unit["inspections"].as_array().expect("inspections");
    assert_eq!(inspections.len(), 2);
    for inspection in inspections {
        assert_eq!(inspection["status"], "SIGNED");
        let signed = inspection["signatures"].as_array().expect("signatures");
        assert_eq!(signed.len(), 4);
        assert!(signed.iter().all(|one| one["signerName"].is_null() && one["photo"].is_null()), "{signed:#?}");
    }
}

/// Every defect with its photos before and after, and the due times of open ones.
async fn his_defects(site: &Site<'_>) {
    for finding in &FINDINGS {
        let seen = site.read("oleg", finding.kind, DEFECT).await;
        tells_nothing_internal(&seen);
        assert_eq!((&seen["status"], &seen["disputes"]), (&json!("CLOSED"), &json!([])), "{}", finding.kind);
        let photos = seen["photos"].as_array().expect("photos");
        let of_stage = |stage: &str| photos.iter().filter(|photo| photo["stage"] == stage).count();
        assert_eq!(of_stage("BEFORE"), finding.photos, "{}", finding.kind);
        assert_eq!(of_stage("AFTER"), seen["attempts"].as_array().map_or(0, Vec::len), "{}", finding.kind);
        for photo in photos {
            assert_eq!((&photo["state"], &photo["original"]), (&json!("READY"), &Value::Null));
        }
        let (_, picture) = get(site.app, &photos[0]["url"]).await;
        assert!(image::load_from_memory(&picture).is_ok());
    }
    let stain = site.read("oleg", STAIN, DEFECT).await;
    tells_nothing_internal(&stain);
    assert_eq!(stain["status"], "ASSIGNED");
    assert!(stain["dueAt"].is_string() && !stain["statusText"].as_str().unwrap_or_default().is_empty());
}

/// A photo's link is for him alone: people without access get nothing by its id either.
pub(super) async fn next_door_learns_nothing(site: &Site<'_>, photo: Uuid, kind: &str) {
    assert_eq!(site.read("otto", kind, "id").await, Value::Null);
    let found = site.by("otto").ok("query($id: ID!) { photo(id: $id) { id } }", json!({ "id": photo })).await;
    assert_eq!(found["photo"], Value::Null);
}
