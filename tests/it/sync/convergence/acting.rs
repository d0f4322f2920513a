//! A person's actions on a tablet: chosen among the shown objects, valid or not.

use serde_json::{Value, json};
use tests::ids::v7;
use tests::tablet::{Action, Shot};
use uuid::Uuid;

use super::environment::{ProjectSetup, UNITS};
use super::tablets::Holder;

/// The action.
pub(super) enum TabletAction {
    Action(Action),
    Photo(Shot),
}

const TYPES: [&str; 3] = ["WALL.CRACK", "WALL.SIZE", "ELEC.LABEL"];
const SEVERITIES: [&str; 3] = ["MAJOR", "MINOR", "COSMETIC"];
const VISIBILITIES: [&str; 3] = ["SHARED", "INTERNAL", "OWNER"];
const PLACES: [(&str, &str); 5] =
    [("LIVING", "LIV-1"), ("BED", "BED-1"), ("BATH", "BATH-1"), ("KITCHEN", "KIT-1"), ("LIVING", "LIV-2")];

/// A defect that the tablet shows or that was logged on it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) id: Uuid,
    pub(super) unit_id: Option<Uuid>,
}

/// Interprets the numbers of a step.
pub(super) fn choose(setup: &ProjectSetup, holder: &Holder, targets: &[Target], step: (u8, u8, u16)) -> TabletAction {
    let (what, which, how) = step;
    let unit = UNITS[usize::from(which) % UNITS.len()];
    if what < 50 || targets.is_empty() {
        return TabletAction::Action(log(setup, unit, how, holder.word()));
    }
    if what < 90 {
        return TabletAction::Action(inspect(setup, unit, how, holder.word()));
    }
    let target = &targets[usize::from(which) % targets.len()];
    if what < 100 {
        return TabletAction::Photo(shot(target, holder, how));
    }
    let (command, mut input) = on_defect(setup, what, how, holder, targets);
    input["defectId"] = json!(target.id);
    let object_id = (command != "defectComment").then_some(target.id);
    TabletAction::Action(Action { command, input, object_id, unit_id: target.unit_id })
}

fn log(setup: &ProjectSetup, unit: &str, how: u16, word: String) -> Action {
    let project = &setup.project;
    let kind = TYPES[usize::from(how) % TYPES.len()];
    let mut input = json!({ "defectId": v7(), "unitId": project.unit(unit), "type": kind, "description": word });
    match how % 7 {
        0 => {}
        // A room of another unit: refused.
        1 => input["roomId"] = json!(project.room("1-201", "LIVING")),
        _ => input["roomId"] = json!(project.room(unit, "LIVING")),
    }
    Action { command: "defectLog", input, object_id: None, unit_id: Some(project.unit(unit)) }
}

fn inspect(setup: &ProjectSetup, unit: &str, how: u16, word: String) -> Action {
    let id = setup.inspections[unit];
    let mut input = json!({ "inspectionId": id });
    let command = match how % 12 {
        0 => "unitInspectionStart",
        1 => "unitInspectionSubmit",
        2 => {
            input["reason"] = word.into();
            "unitInspectionReopen"
        }
        3 => {
            input["reason"] = word.into();
            "unitInspectionMarkInaccessible"
        }
        _ => {
            let place = PLACES[usize::from(how / 12) % PLACES.len()];
            let (room, item) = (setup.project.room(unit, place.0), setup.items[place.1]);
            let result = ["PASS", "FAIL", "NOT_APPLICABLE"][usize::from(how / 60) % 3];
            input["results"] = json!([{ "roomId": room, "itemId": item, "result": result, "note": word }]);
            "checkResultsRecord"
        }
    };
    Action { command, input, object_id: Some(id), unit_id: Some(setup.project.unit(unit)) }
}

/// A command on a defect, without the defect's id.
fn on_defect(setup: &ProjectSetup, what: u8, how: u16, holder: &Holder, targets: &[Target]) -> (&'static str, Value) {
    let word = holder.word();
    let other = || targets[usize::from(how / 3) % targets.len()].id;
    let company = |code: &str| setup.project.company(code);
    match what % 16 {
        0 | 1 => (
            "defectComment",
            json!({ "commentId": v7(), "body": word,
            "visibility": VISIBILITIES[usize::from(how) % 3] }),
        ),
        2 | 3 => ("defectUpdate", json!({ "description": word })),
        4 => ("defectUpdate", json!({ "severity": SEVERITIES[usize::from(how) % 3], "description": word })),
        5 => ("defectAssign", json!({ "companyId": company(["A", "B"][usize::from(how) % 2]), "note": word })),
        6 => ("defectStart", json!({})),
        7 | 8 => ("defectReportFixed", json!({ "attemptId": v7(), "note": word, "photoIds": holder.shots() })),
        9 | 10 => ("defectVerify", json!({ "verdictId": v7(), "passed": !how.is_multiple_of(3), "note": word })),
        11 => ("defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": word })),
        12 => (
            "defectResolveDispute",
            match how % 2 {
                0 => json!({ "outcome": "UPHELD", "note": word }),
                _ => json!({ "outcome": "REASSIGNED", "companyId": company("B"), "note": word }),
            },
        ),
        13 => match how % 2 {
            0 => ("defectHold", json!({ "reason": word })),
            _ => ("defectResume", json!({})),
        },
        14 => match how % 4 {
            0 => ("defectVoid", json!({ "reason": "NOT_A_DEFECT", "note": word })),
            1 => ("defectRestore", json!({ "reason": word })),
            2 => ("defectReopen", json!({ "reason": word })),
            _ => ("defectMerge", json!({ "intoDefectId": other(), "note": word })),
        },
        _ => match how % 3 {
            // A text that is too long, an invalid id, an enum value of a newer app.
            0 => ("defectUpdate", json!({ "description": "x".repeat(4_001) })),
            1 => ("defectComment", json!({ "commentId": "none", "body": word, "visibility": "SHARED" })),
            _ => ("defectUpdate", json!({ "severity": "WORSE_THAN_EVER" })),
        },
    }
}

fn shot(target: &Target, holder: &Holder, how: u16) -> Shot {
    let stage = if how.is_multiple_of(2) { "AFTER" } else { "BEFORE" };
    let id = v7();
    holder.took(id);
    Shot {
        id,
        bytes: picture(holder.count()),
        content_type: "image/png",
        stage,
        defect_id: target.id,
        unit_id: target.unit_id,
    }
}

/// A small picture with unique bytes.
fn picture(number: u32) -> Vec<u8> {
    let [_, r, g, b] = number.to_be_bytes();
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([r, g, b]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}
