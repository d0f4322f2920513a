//! Round 1: three people of three parties inspect the unit concurrently, each with a separate tablet.

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::camera::{Picture, check_all};
use super::findings::{BY_HAND, FINDINGS, Finding, INSPECTORS};
use super::rounds::Round;
use super::site::Site;
use crate::inspections::setup::text;

/// The findings of each at the items of the checklist. Two of them inspect the bathroom's floor.
const RESULTS: [(&str, &str, &str, &str); 7] = [
    ("sun", "LIVING", "LIV-WALL", "FAIL"),
    ("ana", "BED", "BED-WINDOW", "FAIL"),
    ("ana", "BATH", "BATH-FLOOR", "FAIL"),
    ("ho", "BATH", "BATH-FLOOR", "PASS"),
    ("ho", "BATH", "BATH-DRAIN", "FAIL"),
    ("ho", "KITCHEN", "KIT-DRAIN", "FAIL"),
    ("ho", "KITCHEN", "KIT-POWER", "FAIL"),
];

/// A photo that was declared without a signal, and has not been uploaded.
pub(super) struct Unsent {
    picture: Picture,
    link: Value,
}

/// All three inspect concurrently, with twenty photos. Returns the one that was not uploaded.
pub(super) async fn inspect(site: &Site<'_>, round: &Round<'_>) -> Unsent {
    let together = Barrier::new(INSPECTORS.len());
    let looking = INSPECTORS.map(|login| look(site, round, login, &together));
    join_all(looking).await;
    check_records(round).await;
    not_to_be_submitted(round).await;

    let logging = INSPECTORS.map(|login| log_all(site, round, login, &together));
    let mut pictures: Vec<Picture> = join_all(logging).await.into_iter().flatten().collect();
    assert_eq!(pictures.len(), 19);
    let unsent = without_signal(site).await;
    assert_eq!(site.app.run_jobs().await, 19);
    check_all(&pictures, site.app, site.by("ana")).await;
    pictures.sort_by_key(Picture::sha256);
    pictures.dedup_by_key(|picture| picture.sha256());
    assert_eq!(pictures.len(), 19, "no two photos are the same");
    check_routing(site).await;
    unsent
}

/// One inspector begins, and records results and measurements of some rooms.
async fn look(site: &Site<'_>, round: &Round<'_>, login: &str, together: &Barrier) {
    together.wait().await;
    assert_eq!(round.run(login, "START", json!({})).await["status"], "IN_PROGRESS");
    together.wait().await;
    let results = RESULTS.iter().filter(|(by, ..)| *by == login).map(
        |&(_, room, item, result)| json!({ "roomId": site.room(room), "itemId": site.item(item), "result": result }),
    );
    let results: Vec<Value> = results.collect();
    // At most 4 mm are allowed.
    let plumb = json!({
        "roomId": site.room("LIVING"), "itemId": site.item("LIV-PLUMB"), "readings": ["3.5", "2.0", "6.5"],
    });
    let measurements = if login == "sun" { vec![plumb] } else { vec![] };
    round.run(login, "RECORD", json!({ "results": results, "measurements": measurements })).await;
}

/// No results are lost or overwritten, and the measurement out of tolerance has failed its item.
async fn check_records(round: &Round<'_>) {
    let fields = "results { party result byMeasurement item { code } }
        measurements { party readings outOfTolerance inTolerance rule { code toleranceMax } }";
    let read = round.read("mei", fields).await;
    let results = read["results"].as_array().expect("results");
    assert_eq!(results.len(), RESULTS.len() + 1);
    let found = |party: &str, item: &str| {
        let of = |one: &&Value| one["party"] == party && one["item"]["code"] == item;
        results.iter().find(of).map(|one| (text(&one["result"]), one["byMeasurement"] == json!(true)))
    };
    assert_eq!(found("SUPERVISOR", "LIV-PLUMB"), Some(("FAIL".to_owned(), true)));
    assert_eq!(found("DEVELOPER", "BATH-FLOOR"), Some(("FAIL".to_owned(), false)));
    assert_eq!(found("PROPERTY", "BATH-FLOOR"), Some(("PASS".to_owned(), false)));
    let measured = json!([{
        "party": "SUPERVISOR", "readings": ["3.5", "2.0", "6.5"], "outOfTolerance": 1, "inTolerance": false,
        "rule": { "code": "PLASTER_VERT_N", "toleranceMax": "4" },
    }]);
    assert_eq!(read["measurements"], measured);
}

/// One item has no result, and the failed ones have no explaining defect.
async fn not_to_be_submitted(round: &Round<'_>) {
    assert_eq!(round.refused("sun", "SUBMIT", json!({})).await, ["RESULTS_MISSING", "DEFECT_MISSING"]);
    let missing = round.read("sun", "missing { kind item { code } }").await["missing"].clone();
    let of_kind = |kind: &str| -> Vec<String> {
        let missing = missing.as_array().into_iter().flatten().filter(|one| one["kind"] == kind);
        missing.map(|one| text(&one["item"]["code"])).collect()
    };
    assert_eq!(of_kind("RESULT"), ["BED-DOOR"]);
    let mut unexplained = of_kind("DEFECT");
    unexplained.sort_unstable();
    let failed = ["BATH-DRAIN", "BATH-FLOOR", "BED-WINDOW", "KIT-DRAIN", "KIT-POWER", "LIV-PLUMB", "LIV-WALL"];
    assert_eq!(unexplained, failed);
}

/// One inspector logs defects with their photos, concurrently with the colleagues.
async fn log_all(site: &Site<'_>, round: &Round<'_>, login: &str, together: &Barrier) -> Vec<Picture> {
    let mut pictures = Vec::new();
    let mut number = 7 * INSPECTORS.iter().position(|one| *one == login).expect("an inspector");
    for finding in FINDINGS.iter().filter(|finding| finding.by == login) {
        together.wait().await;
        log(site, round, finding).await;
        let sent = if finding.kind == WITHOUT_SIGNAL { finding.photos - 1 } else { finding.photos };
        for _ in 0..sent {
            let picture = Picture::take(number);
            number += 1;
            let subject = json!({ "defectId": site.defect(finding.kind) });
            picture.send(site.app, site.by(login), &subject, "BEFORE").await;
            pictures.push(picture);
        }
    }
    if login == "ana" {
        let door = json!({ "roomId": site.room("BED"), "itemId": site.item("BED-DOOR"), "result": "PASS" });
        round.run(login, "RECORD", json!({ "results": [door] })).await;
    }
    pictures
}

async fn log(site: &Site<'_>, round: &Round<'_>, finding: &Finding) {
    let more = json!({
        "unitId": site.unit, "roomId": site.room(finding.room), "type": finding.kind,
        "description": format!("{} in the {}", finding.kind, finding.room), "pin": { "x": 0.25, "y": 0.75 },
        "inspectionId": round.inspection, "checkItemId": finding.item.map(|item| site.item(item)),
    });
    let logged = site.run(finding.by, "defectLog", finding.kind, more).await;
    let by_hand = BY_HAND.contains(&finding.kind);
    assert_eq!(logged["status"], if by_hand { "OPEN" } else { "ASSIGNED" }, "{}", finding.kind);
}

/// The last photo of this defect is declared, and then the signal is lost.
const WITHOUT_SIGNAL: &str = "DRAIN.SMELL";

async fn without_signal(site: &Site<'_>) -> Unsent {
    let picture = Picture::take(21);
    let subject = json!({ "defectId": site.defect(WITHOUT_SIGNAL) });
    let link = picture.declare(site.by("ho"), &subject, "BEFORE").await;
    Unsent { picture, link }
}

impl Unsent {
    pub(super) const fn id(&self) -> uuid::Uuid {
        self.picture.id
    }

    /// The signal is back: the twentieth photo is uploaded.
    pub(super) async fn send(self, site: &Site<'_>) {
        self.picture.upload(site.app, site.by("ho"), &self.link).await;
        assert_eq!(site.app.run_jobs().await, 1);
        self.picture.check(site.app, site.by("ana")).await;
        let photos = site.read("mei", WITHOUT_SIGNAL, "photos(stage: BEFORE) { state }").await["photos"].clone();
        assert_eq!(photos, json!([{ "state": "READY" }, { "state": "READY" }]));
    }
}

/// Ten defects were assigned to contractor A by the rules, with a due time; two wait for an assignment.
async fn check_routing(site: &Site<'_>) {
    let (mut routed, mut waiting) = (0, Vec::new());
    for finding in &FINDINGS {
        let fields = "status dueAt room { code } raisedBy { name } photos { state } responsibleCompany { code }";
        let defect = site.read("mei", finding.kind, fields).await;
        assert_eq!(defect["room"]["code"], finding.room);
        assert_eq!(defect["photos"].as_array().map(Vec::len), Some(finding.photos));
        match defect["responsibleCompany"]["code"].as_str() {
            Some("A") if defect["status"] == "ASSIGNED" && defect["dueAt"].is_string() => routed += 1,
            _ => waiting.push((finding.kind, defect["status"].clone(), defect["dueAt"].clone())),
        }
    }
    assert_eq!(routed, 10);
    assert_eq!(waiting, BY_HAND.map(|kind| (kind, json!("OPEN"), Value::Null)));
}
