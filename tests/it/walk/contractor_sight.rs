//! Contractor B reads nothing of contractor A's defects, by any query.

use serde_json::{Value, json};

use super::findings::{BY_HAND, REPAIRED};
use super::site::Site;

/// Queries everything about A's defects as B's people.
pub(super) async fn b_reads_nothing_of_a(site: &Site<'_>) {
    let fields = "id attempts { id } comments { id } photos { id } disputes { id }";
    for kind in REPAIRED {
        let defect = site.read("mei", kind, fields).await;
        let mut ids = vec![defect["id"].clone()];
        for list in ["attempts", "comments", "photos", "disputes"] {
            ids.extend(defect[list].as_array().into_iter().flatten().map(|one| one["id"].clone()));
        }
        for login in ["bob", "bao"] {
            assert_eq!(site.read(login, kind, "id").await, Value::Null, "{login} {kind}");
            let nodes =
                site.by(login).ok("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
            assert!(nodes["nodes"].as_array().expect("nodes").iter().all(Value::is_null), "{login} {kind}: {nodes}");
            let document = "query($id: ID!) { node(id: $id) { id } photo(id: $id) { id } }";
            for id in &ids {
                let found = site.by(login).ok(document, json!({ "id": id })).await;
                assert_eq!(found, json!({ "node": null, "photo": null }), "{login} {kind}");
            }
        }
    }
    for login in ["bob", "bao"] {
        b_lists_only_its_own(site, login).await;
    }
    // The same lists contain all ten for A.
    assert_eq!(counts(site, "adam").await, [10, 10]);
}

async fn b_lists_only_its_own(site: &Site<'_>, login: &str) {
    let document = "query($project: ID!, $unit: ID!, $a: ID!) {
        project(id: $project) {
            defects(first: 50) { nodes { id } } of_a: defects(filter: { companyId: [$a] }) { nodes { id } }
            by_text: defects(filter: { text: \"WALL\" }) { nodes { id } }
        }
        unit(id: $unit) { defects(first: 50) { nodes { id } } rooms { defects { id } } } }";
    let variables = json!({ "project": site.project, "unit": site.unit, "a": site.company("A") });
    let data = site.by(login).ok(document, variables).await;
    let mut own: Vec<Value> = BY_HAND.iter().map(|kind| json!(site.defect(kind))).collect();
    own.sort_by_key(Value::to_string);
    let rooms = data["unit"]["rooms"].as_array().into_iter().flatten();
    let in_rooms: Vec<Value> = rooms.flat_map(|room| room["defects"].as_array().cloned().unwrap_or_default()).collect();
    for list in [&data["project"]["defects"]["nodes"], &data["unit"]["defects"]["nodes"], &json!(in_rooms)] {
        let mut ids: Vec<Value> = list.as_array().into_iter().flatten().map(|one| one["id"].clone()).collect();
        ids.sort_by_key(Value::to_string);
        assert_eq!(ids, own, "{login}");
    }
    for list in ["of_a", "by_text"] {
        assert_eq!(data["project"][list]["nodes"], json!([]), "{login} {list}");
    }
    assert_eq!(counts(site, login).await, [2, 2], "{login}");
}

/// The number of defects that a person counts in the project and in the unit.
async fn counts(site: &Site<'_>, login: &str) -> [i64; 2] {
    let document =
        "query($project: ID!, $unit: ID!) { project(id: $project) { defectCount } unit(id: $unit) { defectCount } }";
    let data = site.by(login).ok(document, json!({ "project": site.project, "unit": site.unit })).await;
    ["project", "unit"].map(|of| data[of]["defectCount"].as_i64().expect("a count"))
}
