//! The verdict: the tablets' data, compared with the server's data over a faultless network.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};
use tests::tablet::documents::CHANGES;
use tests::tablet::http::Http;
use tests::tablet::local::{Kept, State};
use tests::tablet::session::Session;
use uuid::Uuid;

use crate::Fault;
use crate::holders::{Holder, Site, sign_in};

const OPERATIONS: &str = "query($device: ID!, $after: String) {
    syncOperations(deviceId: $device, first: 100, after: $after) {
        nodes { id outcome userErrors { code } pendingEdit { id reason } } pageInfo { hasNextPage endCursor } } }";

/// The maximum number of printed faults; further ones are counted.
const PRINTED: usize = 20;

type Copy = BTreeMap<(String, String), Value>;

/// Compares everything and prints the verdict; returns whether there was no fault.
pub(crate) async fn print_verdict(server: &Http, site: &Site, holders: &[Holder]) -> Result<bool, Fault> {
    // A last synchronisation, so that each tablet has the last changes of the others.
    let mut faults = Vec::new();
    for holder in holders {
        if let Err(error) = holder.tablet.sync().await {
            faults.push(format!("tablet {} cannot synchronise at the end: {error:?}", holder.number));
        }
    }
    let mut loads: HashMap<&str, Copy> = HashMap::new();
    let (mut states, mut comments) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for holder in holders {
        let session = sign_in(server, holder.nick, &site.password).await.map_err(|error| format!("{error:?}"))?;
        if !loads.contains_key(holder.nick) {
            let load = full_load(&session, site.project_id).await?;
            loads.insert(holder.nick, load);
        }
        compare_copy(holder, &loads[holder.nick], &mut faults).await?;
        let kept = holder.tablet.local.operations().await?;
        for one in &kept {
            *states.entry(one.state.as_str()).or_default() += 1;
        }
        compare_operations(&session, holder, &kept, &mut faults).await?;
        comments.extend(
            kept.into_iter().filter(|one| one.operation.command == "defectComment").map(|one| (holder.nick, one)),
        );
    }
    once_each(&loads, &comments, &mut faults);
    println!("operations: {states:?}");
    for fault in faults.iter().take(PRINTED) {
        println!("  {fault}");
    }
    match faults.len() {
        0 => println!("verdict: nothing lost, nothing doubled, every copy is what the server shows"),
        count => println!("verdict: {count} faults"),
    }
    Ok(faults.is_empty())
}

async fn full_load(session: &Session<Http>, project_id: Uuid) -> Result<Copy, Fault> {
    let (mut copy, mut cursor) = (Copy::new(), Value::Null);
    loop {
        let variables = json!({ "projectId": project_id, "cursor": cursor, "first": 500 });
        let data = session.ask(CHANGES, variables).await.map_err(|error| format!("{error:?}"))?;
        let page = &data["changes"];
        for node in page["nodes"].as_array().into_iter().flatten().filter(|node| node["object"].is_object()) {
            copy.insert((node["kind"].to_string(), node["id"].to_string()), node["object"].clone());
        }
        if page["hasMore"] != json!(true) {
            return Ok(copy);
        }
        cursor = page["cursor"].clone();
    }
}

async fn compare_copy(holder: &Holder, shown: &Copy, faults: &mut Vec<String>) -> Result<(), Fault> {
    let tablet = &holder.tablet;
    let held = tablet.local.copy(tablet.session.person_id(), tablet.project_id).await?;
    let quoted = |text: String| Value::from(text).to_string();
    let held: Copy = held.into_iter().map(|one| ((quoted(one.kind), quoted(one.id)), one.content)).collect();
    let who = format!("tablet {} of {}", holder.number, holder.nick);
    for (key, object) in shown {
        match held.get(key) {
            None => faults.push(format!("{who} misses {key:?}")),
            Some(other) if other != object => {
                faults.push(format!("{who} holds {key:?} as {other}, the server shows {object}"))
            }
            Some(_) => {}
        }
    }
    faults
        .extend(held.keys().filter(|key| !shown.contains_key(*key)).map(|key| format!("{who} holds {key:?} too much")));
    Ok(())
}

/// Checks that every operation is on its tablet, and once on the server, with the same result.
async fn compare_operations(
    session: &Session<Http>,
    holder: &Holder,
    kept: &[Kept],
    faults: &mut Vec<String>,
) -> Result<(), Fault> {
    let mut told: HashMap<String, Vec<Value>> = HashMap::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "device": holder.tablet.local.device_id(), "after": after });
        let data = session.ask(OPERATIONS, variables).await.map_err(|error| format!("{error:?}"))?;
        let page = &data["syncOperations"];
        for node in page["nodes"].as_array().into_iter().flatten() {
            told.entry(node["id"].as_str().unwrap_or_default().to_owned()).or_default().push(node.clone());
        }
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let there: HashSet<Uuid> = kept.iter().map(|one| one.operation.id).collect();
    let lost = holder.recorded.iter().filter(|id| !there.contains(id));
    faults.extend(lost.map(|id| format!("tablet {} has lost operation {id}", holder.number)));
    for Kept { operation, state, .. } in kept {
        let rows = told.remove(&operation.id.to_string()).unwrap_or_default();
        let good = matches!(rows.as_slice(), [row] if fits(*state, row));
        if !good {
            faults.push(format!(
                "{} of tablet {} is {state:?} there, and here {rows:?}",
                operation.command, holder.number
            ));
        }
    }
    faults.extend(told.keys().map(|id| format!("tablet {} does not know operation {id}", holder.number)));
    Ok(())
}

fn fits(state: State, row: &Value) -> bool {
    match (state, row["outcome"].as_str().unwrap_or_default()) {
        (State::Acknowledged, "APPLIED" | "MERGED") => true,
        (State::Parked, _) => row["pendingEdit"]["reason"].is_string(),
        (State::Refused, "REJECTED") => row["userErrors"].get(0).is_some(),
        _ => false,
    }
}

/// Checks that every acknowledged comment exists once, with its exact text; the same text under another id is a
/// duplicate.
fn once_each(loads: &HashMap<&str, Copy>, comments: &[(&str, Kept)], faults: &mut Vec<String>) {
    let mut said: HashMap<(&str, &str), usize> = HashMap::new();
    for (nick, load) in loads {
        for body in load.values().filter_map(|object| object["commentBody"].as_str()) {
            *said.entry((nick, body)).or_default() += 1;
        }
    }
    for (nick, Kept { operation, state, .. }) in comments {
        let body = operation.input["body"].as_str().unwrap_or_default();
        let count = said.get(&(*nick, body)).copied().unwrap_or_default();
        // A comment on a defect that has moved to another company is no longer shown to its author.
        if count > 1 || (count == 1 && *state != State::Acknowledged) {
            faults.push(format!("comment {} is {state:?}, and there {count} times", operation.id));
        }
    }
}
