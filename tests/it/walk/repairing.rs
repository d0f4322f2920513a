//! Repairs: assigned, disputed, reported, failed, verified, and refused to contractors without the right.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::ids::v7;

use super::camera::Picture;
use super::findings::{BY_HAND, REASSIGNED, REPAIRED, SENT_BACK, UPHELD};
use super::site::Site;

const DAY: i64 = 24 * 60 * 60;

/// A person assigns the two defects of trades without a rule to contractor B; contractors cannot assign.
pub(super) async fn assign_by_hand(site: &Site<'_>) {
    for kind in BY_HAND {
        let to = |company: &str| json!({ "companyId": site.company(company), "note": "its trade has no rule" });
        assert_eq!(site.refused("ho", "defectAssign", kind, to("B")).await, ["ROLE_NOT_ALLOWED"]);
        assert_eq!(site.refused("ana", "defectAssign", kind, to("SUP")).await, ["NOT_A_CONTRACTOR"]);
        let assigned = site.run("ana", "defectAssign", kind, to("B")).await;
        assert_eq!((&assigned["status"], &assigned["responsibleCompany"]["code"]), (&json!("ASSIGNED"), &json!("B")));
        assert!(assigned["dueAt"].is_string());
    }
    let worker = json!({ "assigneeId": site.by("aiko").id });
    let set = site.run("adam", "defectAssign", REPAIRED[0], worker.clone()).await;
    assert_eq!(set["assignee"]["name"], "Aiko Acacia");
    assert_eq!(site.refused("adam", "defectAssign", BY_HAND[0], worker).await, ["NOT_FOUND"]);
}

/// Contractor A disputes two; the developer upholds one assignment and reassigns the other to contractor B.
pub(super) async fn dispute(site: &Site<'_>) {
    let due = site.read("ana", UPHELD, "dueAt").await["dueAt"].clone();
    let ground = |ground: &str, reason: &str| json!({ "disputeId": v7(), "ground": ground, "reason": reason });
    let no_defect = ground("NOT_A_DEFECT", "a hairline is allowed, says the quarrelsome lead");
    assert_eq!(site.refused("aiko", "defectDispute", UPHELD, no_defect.clone()).await, ["ROLE_NOT_ALLOWED"]);
    assert_eq!(site.refused("bob", "defectDispute", UPHELD, no_defect.clone()).await, ["NOT_FOUND"]);
    for (kind, input) in [(UPHELD, no_defect), (REASSIGNED, ground("NOT_OURS", "the screed is quarrelsome too"))] {
        assert_eq!(site.run("adam", "defectDispute", kind, input).await["status"], "DISPUTED");
    }
    site.app.advance_seconds(2 * DAY);

    let outcome = |outcome: &str| json!({ "outcome": outcome, "note": "seen on site" });
    for login in ["adam", "sun", "ho"] {
        let codes = site.refused(login, "defectResolveDispute", UPHELD, outcome("VOIDED")).await;
        assert_eq!(codes, ["ROLE_NOT_ALLOWED"], "{login}");
    }
    let upheld = site.run("mei", "defectResolveDispute", UPHELD, outcome("UPHELD")).await;
    assert_eq!((&upheld["status"], &upheld["responsibleCompany"]["code"]), (&json!("ASSIGNED"), &json!("A")));
    assert_eq!(micros(&upheld["dueAt"]) - micros(&due), 2 * DAY * 1_000_000, "the clock stood still meanwhile");

    let codes = site.refused("mei", "defectResolveDispute", REASSIGNED, outcome("REASSIGNED")).await;
    assert_eq!(codes, ["COMPANY_REQUIRED"]);
    let mut to_b = outcome("REASSIGNED");
    to_b["companyId"] = json!(site.company("B"));
    let reassigned = site.run("mei", "defectResolveDispute", REASSIGNED, to_b).await;
    assert_eq!((&reassigned["status"], &reassigned["responsibleCompany"]["code"]), (&json!("ASSIGNED"), &json!("B")));
    check_after_reassignment(site).await;
}

/// The former contractor still sees it, and has no rights any more; the new one has it on the list.
async fn check_after_reassignment(site: &Site<'_>) {
    assert_eq!(site.read("adam", REASSIGNED, "status").await["status"], "ASSIGNED");
    assert_eq!(site.refused("adam", "defectStart", REASSIGNED, json!({})).await, ["NOT_RESPONSIBLE"]);
    let fields = "disputes { ground resolution company { code } resolvedBy { name } }";
    let disputes = json!([{
        "ground": "NOT_OURS", "resolution": "REASSIGNED", "company": { "code": "A" }, "resolvedBy": { "name": "Mei Meadow" },
    }]);
    assert_eq!(site.read("bob", REASSIGNED, fields).await["disputes"], disputes);
}

/// A contractor's worker repairs a defect, and reports it with an after-photo.
pub(super) async fn repair(site: &Site<'_>, login: &str, kind: &str, photo: usize) -> Picture {
    let started = site.run(login, "defectStart", kind, json!({})).await;
    assert_eq!(started["status"], "IN_PROGRESS");
    let report = |photos: &[uuid::Uuid]| json!({ "attemptId": v7(), "photoIds": photos, "note": "done as discussed" });
    let picture = Picture::take(photo);
    let subject = json!({ "defectId": site.defect(kind) });
    picture.send(site.app, site.by(login), &subject, "AFTER").await;
    let fixed = site.run(login, "defectReportFixed", kind, report(&[picture.id])).await;
    assert_eq!(fixed["status"], "FIXED");
    picture
}

/// Contractor A repairs eight, two workers concurrently.
pub(super) async fn repair_eight(site: &Site<'_>) {
    let bare = json!({ "attemptId": v7(), "photoIds": [] });
    assert_eq!(site.refused("aiko", "defectReportFixed", REPAIRED[0], bare).await, ["PHOTO_REQUIRED"]);
    let repairs = REPAIRED.iter().enumerate().map(|(n, kind)| {
        let login = if n % 2 == 0 { "aiko" } else { "adam" };
        repair(site, login, kind, 100 + n)
    });
    let pictures = join_all(repairs).await;
    assert_eq!(site.app.run_jobs().await, 8);
    super::camera::check_all(&pictures, site.app, site.by("sun")).await;
    for (kind, picture) in REPAIRED.iter().zip(&pictures) {
        let fields = "attempts { number status late company { code } photos { id state } verdicts { passed } }";
        let attempt = json!([{
            "number": 1, "status": "PENDING", "late": false, "company": { "code": "A" },
            "photos": [{ "id": picture.id, "state": "READY" }], "verdicts": [],
        }]);
        assert_eq!(site.read("sun", kind, fields).await["attempts"], attempt, "{kind}");
    }
}

/// A verdict.
pub(super) fn verdict(passed: bool, note: Option<&str>) -> Value {
    json!({ "verdictId": v7(), "passed": passed, "note": note })
}

/// The company that did the work cannot verify it, and `allowedCommands` shows the same reason beforehand.
pub(super) async fn contractors_do_not_verify(site: &Site<'_>) {
    for login in ["aiko", "adam"] {
        let codes = site.refused(login, "defectVerify", REPAIRED[0], verdict(true, None)).await;
        assert_eq!(codes, ["FOUR_EYES"], "{login}");
        let told = site.read(login, REPAIRED[0], "allowedCommands { name allowed reason }").await;
        let commands = told["allowedCommands"].as_array().expect("commands");
        let verify = commands.iter().find(|command| command["name"] == "VERIFY").expect("a command");
        assert_eq!(verify["allowed"], false);
        assert!(verify["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    }
    for login in ["bob", "bao"] {
        let codes = site.refused(login, "defectVerify", REPAIRED[0], verdict(true, None)).await;
        assert_eq!(codes, ["NOT_FOUND"], "{login}");
    }
    // The property service inspects; the policy decides which parties' verdicts count.
    assert_eq!(site.refused("ho", "defectVerify", REPAIRED[0], verdict(true, None)).await, ["ROLE_NOT_ALLOWED"]);
}

/// The supervisor passes six and fails two; they are repaired again, and pass.
pub(super) async fn verify_eight(site: &Site<'_>) {
    assert_eq!(site.refused("sun", "defectVerify", SENT_BACK[0], verdict(false, None)).await, ["REASON_REQUIRED"]);
    for kind in REPAIRED {
        let passed = !SENT_BACK.contains(&kind);
        let judged = site.run("sun", "defectVerify", kind, verdict(passed, Some("looked closely"))).await;
        assert_eq!(judged["status"], if passed { "CLOSED" } else { "REWORK" }, "{kind}");
        assert_eq!(judged["failedAttempts"], if passed { 0 } else { 1 });
    }
    assert_eq!(
        rates(site).await,
        json!({
            "firstPassRate": { "numerator": 6, "denominator": 8 }, "sendBackRate": { "numerator": 2, "denominator": 8 },
        })
    );
    let mut pictures = Vec::new();
    for (n, kind) in SENT_BACK.into_iter().enumerate() {
        pictures.push(repair(site, "aiko", kind, 110 + n).await);
        assert_eq!(site.refused("aiko", "defectVerify", kind, verdict(true, None)).await, ["FOUR_EYES"]);
        assert_eq!(site.run("sun", "defectVerify", kind, verdict(true, None)).await["status"], "CLOSED");
        let fields = "attempts { number status verdicts { passed party person { name } note } }";
        let by_sun = |passed, note: Option<&str>| json!({ "passed": passed, "party": "SUPERVISOR", "person": { "name": "Sun Spruce" }, "note": note });
        assert_eq!(
            site.read("ana", kind, fields).await["attempts"],
            json!([
                { "number": 1, "status": "FAILED", "verdicts": [by_sun(false, Some("looked closely"))] },
                { "number": 2, "status": "PASSED", "verdicts": [by_sun(true, None)] },
            ])
        );
    }
    site.app.run_jobs().await;
    super::camera::check_all(&pictures, site.app, site.by("sun")).await;
}

async fn rates(site: &Site<'_>) -> Value {
    let document = "query($id: ID!) { project(id: $id) { overview {
        firstPassRate { numerator denominator } sendBackRate { numerator denominator } } } }";
    site.by("mei").ok(document, json!({ "id": site.project })).await["project"]["overview"].clone()
}

fn micros(moment: &Value) -> i64 {
    let moment = moment.as_str().expect("a moment");
    domain::Timestamp::from_rfc3339(moment).expect("a moment").0
}
