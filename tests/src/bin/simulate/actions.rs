//! Random actions of people: defects, comments, and every command on them, valid or not.

use serde_json::{Value, json};
use tests::dice::Dice;
use tests::ids::v7;
use tests::tablet::Action;
use uuid::Uuid;

use crate::Fault;
use crate::holders::{Holder, Site, id};

/// Records a random action on the tablet; returns the operation's id.
pub(crate) async fn record_action(holder: &Holder, site: &Site, dice: &mut Dice) -> Result<Uuid, Fault> {
    let word = format!("{} of tablet {}, {}", holder.recorded.len(), holder.number, v7());
    let targets = targets(holder).await?;
    let work = if targets.is_empty() || dice.chance(35) {
        log(site, dice, &word)
    } else {
        let (defect_id, unit_id) = *dice.pick(&targets);
        let (command, mut input) = on_defect(site, dice, &word);
        input["defectId"] = json!(defect_id);
        let object_id = (command != "defectComment").then_some(defect_id);
        Action { command, input, object_id, unit_id }
    };
    holder.tablet.record(work).await.map_err(|error| format!("{error:?}").into())
}

fn log(site: &Site, dice: &mut Dice, word: &str) -> Action {
    let (unit_id, rooms) = dice.pick(&site.units);
    let mut input = json!({ "defectId": v7(), "unitId": unit_id, "type": dice.pick(&site.types), "description": word });
    if !rooms.is_empty() && dice.chance(80) {
        input["roomId"] = json!(dice.pick(rooms));
    }
    Action { command: "defectLog", input, object_id: None, unit_id: Some(*unit_id) }
}

/// A command on a defect, without the defect's id.
fn on_defect(site: &Site, dice: &mut Dice, word: &str) -> (&'static str, Value) {
    match dice.below(12) {
        0..4 => ("defectComment", json!({ "commentId": v7(), "body": word, "visibility": "SHARED" })),
        4 | 5 => ("defectUpdate", json!({ "description": word })),
        6 => ("defectAssign", json!({ "companyId": dice.pick(&site.contractors), "note": word })),
        7 => ("defectStart", json!({})),
        8 => ("defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": word })),
        9 => ("defectVerify", json!({ "verdictId": v7(), "passed": true, "note": word })),
        10 => ("defectHold", json!({ "reason": word })),
        _ => ("defectVoid", json!({ "reason": "NOT_A_DEFECT", "note": word })),
    }
}

/// The defects that the tablet shows.
async fn targets(holder: &Holder) -> Result<Vec<(Uuid, Option<Uuid>)>, Fault> {
    let tablet = &holder.tablet;
    let copy = tablet.local.copy(tablet.session.person_id(), tablet.project_id).await?;
    let defects = copy.iter().filter(|held| held.kind == "DEFECT");
    Ok(defects.filter_map(|held| Some((held.id.parse().ok()?, id(&held.content["unit"]["id"])))).collect())
}
