//! The invariants after all work has finished, after any kills or restores.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::tablet::documents::PUSH;
use tests::tablet::local::{PhotoState, State};
use uuid::Uuid;

use super::Faults;
use super::holder::Holder;
use super::rows::{self, Told};
use super::site::{RETRY_POLICY, Site};
use crate::photos::PHOTO;

/// The time in which the server must make acknowledged photos ready.
const REST: Duration = Duration::from_secs(240);
/// The number of operations of a push.
const BATCH: usize = 100;

const MISSING: &str = "query($project: ID!, $after: String) { project(id: $project) {
    missingPhotos(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";

/// Checks everything: the people's view, and then the database. Returns the counts, or all faults. The servers are
/// stopped afterwards.
pub(super) async fn check_all(site: &mut Site, holders: &[Holder]) -> Result<String, Faults> {
    let mut faults = Vec::new();
    let told = stored_operations(holders, &mut faults).await;
    let photos = wrong_photos(site, holders, &mut faults).await;
    // Before, because a repetition would restore lost operations; and afterwards, because a repetition must not double
    // any.
    faults.extend(wrong_rows(site, &told).await);
    for holder in holders {
        wrong_repetitions(holder, &told, &mut faults).await;
    }
    site.kill_all().await;
    faults.extend(wrong_rows(site, &told).await);
    let count = |state| told.iter().filter(|told| told.kept.state == state).count();
    let (acknowledged, parked) = (count(State::Acknowledged), count(State::Parked));
    if faults.is_empty() { Ok(format!("{acknowledged} acknowledged, {parked} parked; {photos}")) } else { Err(faults) }
}

async fn wrong_rows(site: &Site, told: &[Told]) -> Faults {
    let db = site.database().await;
    let faults = rows::wrong(&db, told).await;
    db.close().await.expect("the database closes");
    faults
}

/// The journals: nothing is pending, nothing was refused, because all people had the rights, and all operations are
/// still there.
async fn stored_operations(holders: &[Holder], faults: &mut Faults) -> Vec<Told> {
    let mut all = Vec::new();
    for holder in holders {
        let journal = holder.journal().await;
        let there: BTreeSet<Uuid> = journal.iter().map(|kept| kept.operation.id).collect();
        let lost = holder.recorded.iter().filter(|id| !there.contains(id));
        faults.extend(lost.map(|id| format!("tablet {} has lost operation {id}", holder.number)));
        let device_id = holder.tablet.local.device_id();
        all.extend(journal.into_iter().map(|kept| Told { tablet: holder.number, device_id, kept }));
    }
    let open = all.iter().filter(|told| matches!(told.kept.state, State::Queued | State::Refused));
    faults.extend(open.map(|told| format!("{told} at the end: {:?}", told.kept.answer)));
    all
}

/// Each declared photo is readable, byte for byte, or it is listed as missing and still on its tablet.
async fn wrong_photos(site: &Site, holders: &[Holder], faults: &mut Faults) -> String {
    let (mut held, mut ready, http) = (BTreeSet::new(), 0, reqwest::Client::new());
    for holder in holders {
        for state in [PhotoState::Taken, PhotoState::Declared, PhotoState::Uploaded] {
            held.extend(holder.photos(state).await);
        }
        for id in holder.photos(PhotoState::Complete).await {
            let kept = holder.tablet.local.bytes(id).await.expect("the tablet's disk");
            match tokio::time::timeout(REST, visible_photo(holder, &http, id)).await {
                Ok(bytes) if Sha256::digest(&bytes) == Sha256::digest(&kept) => ready += 1,
                Ok(_) => faults.push(format!("photo {id} shows other bytes")),
                Err(_) => faults.push(format!("photo {id} was acknowledged and is not ready")),
            }
        }
    }
    let missing = missing(site, &holders[0]).await;
    if missing != held {
        faults.push(format!("tablets hold {held:?}, missing are {missing:?}"));
    }
    format!("{ready} photos ready, {} missing and held", missing.len())
}

/// The bytes of a photo, once it is ready; `None` if it is unknown.
async fn visible_photo(holder: &Holder, http: &reqwest::Client, id: Uuid) -> Vec<u8> {
    loop {
        let data = ask(holder, PHOTO, json!({ "id": id })).await;
        if !["DECLARED", "RECEIVED", "READY"].contains(&data["photo"]["state"].as_str().unwrap_or_default()) {
            return Vec::new();
        }
        if data["photo"]["state"] == "READY" {
            let url = data["photo"]["original"].as_str().expect("a link").to_owned();
            let answer = http.get(url).send().await.expect("an answer");
            return answer.bytes().await.expect("the bytes").to_vec();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn missing(site: &Site, holder: &Holder) -> BTreeSet<Uuid> {
    let (mut ids, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let data = ask(holder, MISSING, json!({ "project": site.project.id, "after": after })).await;
        let page = &data["project"]["missingPhotos"];
        let nodes = page["nodes"].as_array().expect("nodes");
        ids.extend(nodes.iter().filter_map(|node| node["id"].as_str()?.parse::<Uuid>().ok()));
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            return ids;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn ask(holder: &Holder, document: &str, variables: Value) -> Value {
    RETRY_POLICY.retry(|| holder.tablet.session.ask(document, variables.clone())).await.expect("an answer")
}

/// Every answered operation is answered the same when it is sent again.
async fn wrong_repetitions(holder: &Holder, told: &[Told], faults: &mut Faults) {
    let local = &holder.tablet.local;
    let own: Vec<&Told> = told.iter().filter(|told| told.tablet == holder.number).collect();
    for batch in own.chunks(BATCH) {
        let operations: Vec<Value> = batch.iter().map(|told| told.kept.operation.as_sent()).collect();
        let input =
            json!({ "deviceId": local.device_id(), "deviceName": local.device_name(), "operations": operations });
        let data = ask(holder, PUSH, json!({ "input": input })).await;
        let answers: BTreeMap<&str, &Value> = data["syncPush"]["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter_map(|answer| Some((answer["operationId"].as_str()?, answer)))
            .collect();
        for told in batch {
            let answer = answers.get(told.kept.operation.id.to_string().as_str()).copied();
            if !answer.is_some_and(|answer| repeats(told, answer)) {
                faults.push(format!("{told} is answered {answer:?} when repeated, before {:?}", told.kept.answer));
            }
        }
    }
}

fn repeats(told: &Told, answer: &Value) -> bool {
    let outcome = match told.kept.state {
        State::Acknowledged => "ALREADY_APPLIED",
        State::Parked => "CONFLICT",
        State::Queued | State::Refused => return false,
    };
    let before = told.kept.answer.as_ref().unwrap_or(&Value::Null);
    let same = |field: &&str| answer[*field] == before[*field];
    answer["outcome"] == outcome
        && ["objectKind", "objectId", "userErrors", "conflict"].iter().all(same)
        && answer["pendingEdit"]["id"] == before["pendingEdit"]["id"]
}
