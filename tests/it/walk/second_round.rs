//! Round 2: each earlier defect with its outcome; then the rest is repaired.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::findings::{BY_HAND, FINDINGS, REASSIGNED, REPAIRED, STAIN, UPHELD};
use super::readiness;
use super::repairing::{repair, verdict};
use super::rounds::Round;
use super::site::Site;
use crate::inspections::setup::text;

/// Before round 2 opens: the upheld defect waits for a verdict, and of B's two one stays closed and one is reopened.
pub(super) async fn meanwhile(site: &Site<'_>) {
    repair(site, "aiko", UPHELD, 120).await;
    for (n, kind) in BY_HAND.into_iter().enumerate() {
        repair(site, "bao", kind, 121 + n).await;
        assert_eq!(site.refused("bob", "defectVerify", kind, verdict(true, None)).await, ["FOUR_EYES"]);
        assert_eq!(site.run("ana", "defectVerify", kind, verdict(true, None)).await["status"], "CLOSED");
    }
    assert_eq!(site.app.run_jobs().await, 3);
    let again = BY_HAND[0];
    assert_eq!(site.refused("ho", "defectReopen", again, json!({ "reason": " " })).await, ["TEXT_REQUIRED"]);
    let reopened = site.run("ho", "defectReopen", again, json!({ "reason": "it rained in again" })).await;
    assert_eq!((&reopened["status"], &reopened["reopenedCount"]), (&json!("ASSIGNED"), &json!(1)));
}

/// Round 2 over this unit alone, with one new finding and the complete lineage.
pub(super) async fn inspect_again<'a>(site: &'a Site<'a>, first: &Round<'_>) -> Round<'a> {
    let (second, planned) = Round::open(site, 2, Some(site.unit)).await;
    assert_eq!(planned, 1);
    second.run("sun", "START", json!({})).await;
    let stain = json!({
        "unitId": site.unit, "roomId": site.room("LIVING"), "type": STAIN, "inspectionId": second.inspection,
    });
    assert_eq!(site.run("sun", "defectLog", STAIN, stain).await["status"], "ASSIGNED");

    let mut expected: BTreeMap<&str, &str> = REPAIRED.iter().map(|kind| (*kind, "FIXED")).collect();
    expected.extend([(BY_HAND[0], "REGRESSED"), (BY_HAND[1], "FIXED")]);
    expected.extend([(UPHELD, "AWAITING_VERIFICATION"), (REASSIGNED, "STILL_OPEN"), (STAIN, "NEW")]);
    assert_eq!(lineage(&second, "ana").await, named(expected));
    // Round 1 has twelve findings, and nothing of round 2.
    let first_found = FINDINGS.iter().map(|finding| (finding.kind, "NEW")).collect();
    assert_eq!(lineage(first, "ana").await, named(first_found));
    let b = BTreeMap::from([(BY_HAND[0], "REGRESSED"), (BY_HAND[1], "FIXED"), (REASSIGNED, "STILL_OPEN")]);
    assert_eq!(lineage(&second, "bob").await, named(b), "a contractor's lineage is its own");
    one_identity(site, first).await;

    let mut blockers = readiness::open_defects(site, &[BY_HAND[0], REASSIGNED]);
    blockers.push(("ROUND_NOT_SIGNED", Some(second.inspection)));
    readiness::expect(site, "mei", &blockers).await;
    record_and_sign(site, &second).await;
    repair_the_rest(site).await;
    second
}

/// The outcome of each defect, by its type.
async fn lineage(round: &Round<'_>, login: &str) -> BTreeMap<String, String> {
    let read = round.read(login, "earlierDefects { outcome defect { type { code } } }").await;
    let earlier = read["earlierDefects"].as_array().expect("earlier defects").iter();
    let found: Vec<(String, String)> =
        earlier.map(|one| (text(&one["defect"]["type"]["code"]), text(&one["outcome"]))).collect();
    let by_type: BTreeMap<String, String> = found.iter().cloned().collect();
    assert_eq!(by_type.len(), found.len(), "each once");
    by_type
}

fn named(expected: BTreeMap<&str, &str>) -> BTreeMap<String, String> {
    expected.into_iter().map(|(kind, outcome)| (kind.to_owned(), outcome.to_owned())).collect()
}

/// A defect of round 1 keeps its round and its history.
async fn one_identity(site: &Site<'_>, first: &Round<'_>) {
    let kind = BY_HAND[0];
    let read = site.read("ana", kind, "round { id } attempts { number status } events { name from to reason }").await;
    assert_eq!(read["round"]["id"], json!(first.id));
    assert_eq!(read["attempts"], json!([{ "number": 1, "status": "PASSED" }]));
    let events = read["events"].as_array().expect("events").iter();
    let steps: Vec<String> =
        events.map(|event| text(&event["name"])).filter(|name| name.starts_with("DEFECT")).collect();
    assert_eq!(
        steps,
        [
            "DEFECT_LOGGED",
            "DEFECT_ASSIGNED",
            "DEFECT_STARTED",
            "DEFECT_REPORTED_FIXED",
            "DEFECT_VERIFIED",
            "DEFECT_REOPENED",
        ]
    );
}

/// Nothing new fails: every item passes, the wall is plumb now, and all parties sign.
async fn record_and_sign(site: &Site<'_>, round: &Round<'_>) {
    let places = [
        ("LIVING", "LIV-WALL"),
        ("BED", "BED-WINDOW"),
        ("BED", "BED-DOOR"),
        ("BATH", "BATH-FLOOR"),
        ("BATH", "BATH-DRAIN"),
        ("KITCHEN", "KIT-DRAIN"),
        ("KITCHEN", "KIT-POWER"),
    ];
    let pass =
        |(room, item): (&str, &str)| json!({ "roomId": site.room(room), "itemId": site.item(item), "result": "PASS" });
    let plumb =
        json!({ "roomId": site.room("LIVING"), "itemId": site.item("LIV-PLUMB"), "readings": ["3.5", "2.0", "4.0"] });
    round.run("sun", "RECORD", json!({ "results": places.map(pass), "measurements": [plumb] })).await;
    let read = round.read("sun", "missing { kind } measurements { inTolerance outOfTolerance }").await;
    assert_eq!(read, json!({ "missing": [], "measurements": [{ "inTolerance": true, "outOfTolerance": 0 }] }));
    assert_eq!(round.run("sun", "SUBMIT", json!({})).await["status"], "SUBMITTED");
    round.sign_by_all().await;
}

/// The last of the twelve are repaired and verified; the stain is only cosmetic, and stays open.
async fn repair_the_rest(site: &Site<'_>) {
    readiness::expect(site, "mei", &readiness::open_defects(site, &[BY_HAND[0], REASSIGNED])).await;
    assert_eq!(site.run("sun", "defectVerify", UPHELD, verdict(true, None)).await["status"], "CLOSED");
    for (n, kind) in [BY_HAND[0], REASSIGNED].into_iter().enumerate() {
        repair(site, "bao", kind, 130 + n).await;
        assert_eq!(site.run("ana", "defectVerify", kind, verdict(true, None)).await["status"], "CLOSED");
    }
    assert_eq!(site.app.run_jobs().await, 2);
    for finding in &FINDINGS {
        assert_eq!(site.read("mei", finding.kind, "status").await["status"], "CLOSED", "{}", finding.kind);
    }
    assert_eq!(site.read("mei", STAIN, "status dueAt").await["status"], Value::from("ASSIGNED"));
}
