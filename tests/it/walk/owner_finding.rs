//! The owner's own finding: he photographs it, it is repaired, he confirms it, and signs the shown content.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::ids::v7;

use super::camera::Picture;
use super::findings::{REPAIRED, SINK, STAIN};
use super::owner_sight::{REVIEW, next_door_learns_nothing};
use super::readiness;
use super::remarks::tells_nothing_internal;
use super::repairing::{repair, verdict};
use super::site::Site;
use crate::photos::{CREATE, sha256};

const CONTENT: &str = "query($id: ID!) { unitReviewContent(unitId: $id) { content contentHash } }";

/// The sink leaks: he logs it with a photo; the rules name contractor B, and the unit is not ready any more.
pub(super) async fn find(site: &Site<'_>) {
    let oleg = site.by("oleg");
    let sink = json!({
        "unitId": site.unit, "roomId": site.room("KITCHEN"), "type": SINK, "description": "It drips under the sink",
        "pin": { "x": 0.8, "y": 0.9 },
    });
    let mut next_door = sink.clone();
    next_door["unitId"] = json!(site.next_door);
    assert_eq!(site.refused("oleg", "defectLog", SINK, next_door).await, ["NOT_FOUND"]);
    assert_eq!(site.refused("otto", "defectLog", SINK, sink.clone()).await, ["NOT_FOUND"]);
    let logged = site.run("oleg", "defectLog", SINK, sink).await;
    assert_eq!((&logged["status"], &logged["responsibleCompany"]), (&json!("ASSIGNED"), &Value::Null));

    let picture = Picture::take(140);
    let subject = json!({ "defectId": site.defect(SINK) });
    picture.send(site.app, oleg, &subject, "BEFORE").await;
    assert_eq!(site.app.run_jobs().await, 1);
    picture.check(site.app, site.by("rosa")).await;
    let staffs = json!({ "defectId": site.defect(STAIN) });
    assert_eq!(oleg.refused(CREATE, Picture::take(3).input(&staffs, "BEFORE")).await, ["NOT_YOUR_FINDING"]);
    assert_eq!(oleg.refused(CREATE, Picture::take(3).input(&subject, "AFTER")).await, ["ROLE_NOT_ALLOWED"]);
    next_door_learns_nothing(site, picture.id, SINK).await;

    let fields = "raisedByOwner raisedParty raisedBy { name } responsibleCompany { code } photos { id state }";
    assert_eq!(
        site.read("bob", SINK, fields).await,
        json!({
            "raisedByOwner": true, "raisedParty": "CUSTOMER", "raisedBy": null,
            "responsibleCompany": { "code": "B" }, "photos": [{ "id": picture.id, "state": "READY" }],
        })
    );
    // His name is only for people who deal with owners.
    assert_eq!(site.read("rosa", SINK, "raisedBy { name }").await["raisedBy"]["name"], "Oleg Oak");
    assert_eq!(site.read("adam", SINK, "id").await, Value::Null, "it is not contractor A's");
    for login in ["mei", "oleg"] {
        readiness::expect(site, login, &readiness::open_defects(site, &[SINK])).await;
    }
}

/// Contractor B repairs it. The owner may not verify the others, and he alone confirms this one.
pub(super) async fn confirm(site: &Site<'_>) {
    let stale = content(site).await;
    repair(site, "bao", SINK, 141).await;
    assert_eq!(site.app.run_jobs().await, 1);
    let seen =
        site.read("oleg", SINK, "status photos(stage: AFTER) { state url } attempts { company { name } note }").await;
    tells_nothing_internal(&seen);
    assert_eq!((&seen["status"], &seen["photos"][0]["state"]), (&json!("FIXED"), &json!("READY")));

    assert_eq!(site.refused("bob", "defectVerify", SINK, verdict(true, None)).await, ["FOUR_EYES"]);
    assert_eq!(site.refused("otto", "defectVerify", SINK, verdict(true, None)).await, ["NOT_FOUND"]);
    assert_eq!(site.refused("oleg", "defectVerify", REPAIRED[0], verdict(true, None)).await, ["NOT_YOUR_FINDING"]);
    let confirmed = site.run("oleg", "defectVerify", SINK, verdict(true, Some("dry, thank you"))).await;
    assert_eq!(confirmed["status"], "CLOSED");
    let fields = "attempts { number status verdicts { passed party role person { name } } }";
    assert_eq!(
        site.read("rosa", SINK, fields).await["attempts"],
        json!([{
            "number": 1, "status": "PASSED",
            "verdicts": [{ "passed": true, "party": "CUSTOMER", "role": "OWNER", "person": { "name": "Oleg Oak" } }],
        }])
    );
    for login in ["mei", "oleg"] {
        readiness::expect(site, login, &[]).await;
    }
    // The content that he was shown before the repair cannot be signed any more.
    let old = json!({ "input": {
        "reviewId": v7(), "unitId": site.unit, "body": "All is well", "contentHash": stale["contentHash"],
    } });
    assert_eq!(site.by("oleg").refused(REVIEW, old).await, ["CONTENT_CHANGED"]);
}

/// He signs exactly the shown content, with a photo of his signature.
pub(super) async fn sign(site: &Site<'_>) {
    let shown = content(site).await;
    tells_nothing_internal(&shown);
    check_content(site, &shown["content"]).await;
    let hand = Picture::take(240);
    let subject = json!({ "signature": { "projectId": site.project } });
    hand.send(site.app, site.by("oleg"), &subject, "SIGNATURE").await;
    assert_eq!(site.app.run_jobs().await, 1);
    let review = |photo: Value| {
        json!({ "input": {
        "reviewId": v7(), "unitId": site.unit, "rating": 5, "body": "All is well", "signaturePhotoId": photo,
        "contentHash": shown["contentHash"],
    } })
    };
    for login in ["otto", "mei"] {
        let codes = site.by(login).refused(REVIEW, review(Value::Null)).await;
        assert_eq!(codes, [if login == "otto" { "NOT_FOUND" } else { "ROLE_NOT_ALLOWED" }]);
    }
    let not_a_hand = site.read("oleg", SINK, "photos { id }").await["photos"][0]["id"].clone();
    assert_eq!(site.by("oleg").refused(REVIEW, review(not_a_hand)).await, ["PHOTO_UNUSABLE"]);
    let signed = site.by("oleg").ok(REVIEW, review(json!(hand.id))).await["unitReview"]["review"].clone();
    let id = signed["id"].clone();
    assert_eq!(
        signed,
        json!({
            "id": id, "rating": 5, "body": "All is well", "contentHash": shown["contentHash"],
            "signaturePhoto": { "id": hand.id, "state": "READY" }, "person": { "name": "Oleg Oak" },
        })
    );
    let document = "query($id: ID!) { unit(id: $id) { reviews { id content contentHash signaturePhoto { url } } } }";
    let kept = site.by("mei").ok(document, json!({ "id": site.unit })).await["unit"]["reviews"].clone();
    assert_eq!(
        (&kept[0]["id"], &kept[0]["content"], &kept[0]["contentHash"]),
        (&id, &shown["content"], &shown["contentHash"])
    );
    let (_, picture) = crate::photos::get(site.app, &kept[0]["signaturePhoto"]["url"]).await;
    assert!(image::load_from_memory(&picture).is_ok());
}

async fn content(site: &Site<'_>) -> Value {
    let shown = site.by("oleg").ok(CONTENT, json!({ "id": site.unit })).await["unitReviewContent"].clone();
    let bytes = canonical(&shown["content"]).into_bytes();
    assert_eq!(shown["contentHash"], sha256(&bytes), "any program can verify it");
    shown
}

/// The content in its hashed form: JSON without blanks, the fields sorted by name.
fn canonical(content: &Value) -> String {
    match content {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, String> =
                fields.iter().map(|(name, value)| (name, format!("{}:{}", json!(name), canonical(value)))).collect();
            format!("{{{}}}", sorted.into_values().collect::<Vec<_>>().join(","))
        }
        leaf => leaf.to_string(),
    }
}

/// All fourteen defects with their states, the hash of every photo that he sees, and the readiness of the unit.
async fn check_content(site: &Site<'_>, content: &Value) {
    assert_eq!(
        (&content["unitCode"], &content["ready"], &content["blockers"]),
        (&json!("1-1-301"), &json!(true), &json!([]))
    );
    let defects = content["defects"].as_array().expect("defects");
    assert_eq!(defects.len(), 14);
    for defect in defects {
        let expected = if defect["type"]["code"] == STAIN { "ASSIGNED" } else { "CLOSED" };
        assert_eq!(defect["status"], expected, "{defect:#}");
    }
    let photos: usize = defects.iter().filter_map(|defect| defect["photos"].as_array()).map(Vec::len).sum();
    let all = "query($id: ID!) { unit(id: $id) { defects(first: 50) { nodes { photos { id } } } } }";
    let seen = site.by("oleg").ok(all, json!({ "id": site.unit })).await;
    let nodes = seen["unit"]["defects"]["nodes"].as_array().expect("defects").iter();
    assert_eq!(photos, nodes.filter_map(|node| node["photos"].as_array()).map(Vec::len).sum::<usize>());
}
