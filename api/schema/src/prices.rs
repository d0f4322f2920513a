//! Prices of fields: expected sizes of lists, fields that run statements of their own, and writes.
//!
//! Sizes are those of a large project (3,000 units, 60,000 defects), rounded up. A list that is missing here fails
//! `tests/it/attacks/cost.rs`.

use transport::limits::{COMMAND_DEFAULT, Command, FieldCost, FlatPage, Prices, Size};

/// The prices of this schema.
pub(super) const PRICES: Prices = Prices {
    lists: LISTS,
    other_list,
    field_cost,
    command,
    single_mutations: &SIGNING_IN,
    flat: Some(FlatPage {
        of: "ChangePage",
        most: 500,
        range: "first is 1 to 500",
        points: 5,
        objects: 600,
        statements: 60,
    }),
};

/// Where the text of a search stands: in the argument `filter`, in the field `text`.
const TEXT_FILTER: Option<[&str; 2]> = Some(["filter", "text"]);

/// The mutations that hash a password; each pays for the hash.
const HASHING: [&str; 4] = ["sessionCreate", "passwordChange", "passwordReset", "invitationAccept"];

/// The mutations of which a document may have a single one: those that hash a password, and guesses at a code.
const SIGNING_IN: [&str; 5] =
    ["sessionCreate", "sessionCreateByLink", "passwordChange", "passwordReset", "invitationAccept"];

/// Lists of objects without page arguments, by type and field.
const LISTS: &[(&str, &str)] = &[
    ("ApiInfo", "photoTypes=10"),
    ("Checklist", "versions=3"),
    ("ChecklistVersion", "items=120"),
    (
        "Defect",
        "attempts=2 photos=4 photoPairs=2 disputes=1 comments=4 events=10 duplicates=1 reusedPhotos=1 escalations=2 \
         allowedCommands=18",
    ),
    ("DefectPhotoPair", "before=2 after=2"),
    ("Device", "waiting=4"),
    ("EarlierDefect", "access=3"),
    ("ImportReport", "kinds=15 notes=15"),
    ("Invitation", "ownedUnits=2"),
    ("Overview", "unitsByReadiness=3 unitsByBlocker=8 defectsByStatus=8 defectsByCompany=20 inspectionCoverage=8"),
    ("MessagePreferences", "switchedOff=1"),
    ("PendingEdit", "conflict=2 events=3 allowedCommands=2"),
    ("PhotoMarkup", "shapes=8"),
    ("PhotoShape", "points=16"),
    ("PhotoUpload", "headers=5"),
    ("PhotoUploadCreatePayload", "parts=4"),
    ("Policy", "daysBySeverity=4"),
    (
        "Project",
        "companies=20 buildings=12 unitTypes=12 checklists=4 responsibilityRules=60 terms=140 defectTypes=120 \
         measurementRules=40",
    ),
    ("Query", "defectDuplicates=5"),
    ("Readiness", "blockers=4"),
    ("RepairAttempt", "photos=3 verdicts=2"),
    ("Room", "outline=6 defects=4"),
    ("Round", "inspectionCounts=5 requiredContractors=2 allowedCommands=5"),
    ("SessionCreatePayload", "notices=1"),
    ("SyncResult", "conflict=1"),
    ("Unit", "rooms=14 inspections=4 reviews=1 allowedCommands=4 owners=2 formerOwners=2"),
    (
        "UnitInspection",
        "results=100 measurements=20 missing=20 devices=3 signatures=4 earlierDefects=15 lateDefects=1 events=10 \
         allowedCommands=6",
    ),
    ("UnitInspectionContent", "requiredParties=4 results=100 measurements=20 defects=15"),
    ("UnitInspectionSubmitPayload", "missing=20"),
    ("DefectLogPayload", "possibleDuplicates=3 notes=1"),
    ("UnitReviewContent", "defects=10 blockers=4"),
    ("UnitType", "rooms=14 plans=2"),
    ("UnitTypeRoom", "outline=6"),
    ("Viewer", "homes=2 memberships=3"),
    ("DeviceExcusePayload", "devices=2"),
    ("DefectUpdatePayload", "notes=2"),
    ("UnitInvitesPayload", "invites=100"),
];

/// The other lists.
fn other_list(on: &str, field: &str) -> Option<Size> {
    match (on, field) {
        ("Query", "nodes") => Some(Size::Ids("ids")),
        (_, "userErrors") => Some(Size::Expected(1)),
        // What a command answers of each of its items.
        (_, "results" | "units" | "photos" | "entries") if on.ends_with("Payload") => Some(Size::Batch),
        _ => None,
    }
}

/// Fields whose work is not the usual one: a statement for all rows of an object, or one for each page.
fn field_cost(on: &str, field: &str) -> Option<FieldCost> {
    Some(match (on, field) {
        ("Project", "defectCount") => FieldCost { scans: TEXT_FILTER, ..FieldCost::per_row(10) },
        ("Project", "missingPhotoCount") => FieldCost::per_row(10),
        ("Project", "overview") => FieldCost::per_row(50),
        ("Project", "missingPhotos") => FieldCost::per_row(10),
        ("Project", "defects") => FieldCost { scans: TEXT_FILTER, ..FieldCost::per_row(2) },
        ("Unit", "defects") => FieldCost { scans: TEXT_FILTER, ..FieldCost::per_field(2) },
        ("Unit", "defectCount") => FieldCost { scans: TEXT_FILTER, ..FieldCost::per_field(10) },
        ("Unit", "readiness") => FieldCost::per_field(10),
        ("UnitInspection", "missing" | "earlierDefects") => FieldCost::per_field(5),
        ("Query", "defectDuplicates" | "unitReviewContent" | "unitInspectionContent") => FieldCost::per_row(5),
        ("Photo" | "Plan" | "PhotoUpload", "url") => FieldCost { objects: 2, ..FieldCost::default() },
        ("Viewer", "unreadCount" | "messagePreferences") => FieldCost::per_row(2),
        ("Defect", "photos" | "reusedPhoto") => FieldCost::per_field(1),
        _ => return None,
    })
}

/// The price of `field` of `Mutation`.
fn command(field: &str) -> Command {
    match field {
        // A password is hashed.
        field if HASHING.contains(&field) => Command::new(20, &[], 1, 0),
        // By operations; their bytes are paid with the body.
        "syncPush" => Command::new(2, &["operations"], 1, 100),
        "projectImport" => Command::new(20, &["content"], 4, 1_024),
        "unitOpenToOwner" | "unitCloseToOwner" => Command::new(COMMAND_DEFAULT, &["unitIds"], 2, 500),
        "unitInvites" => Command::new(50, &["unitIds"], 2, 500),
        "messageMarkRead" => Command::new(COMMAND_DEFAULT, &["entryIds"], 1, 100),
        "photoWriteOff" => Command::new(COMMAND_DEFAULT, &["photoIds"], 1, 100),
        "checkResultsRecord" => Command::new(COMMAND_DEFAULT, &["results", "measurements"], 10, 1_000),
        "checkResultsClear" => Command::new(COMMAND_DEFAULT, &["places"], 10, 500),
        "checklistCreate" => Command::new(COMMAND_DEFAULT, &["items"], 10, 2_000),
        "roundCreate" | "roundUpdate" => Command::new(COMMAND_DEFAULT, &["unitIds", "buildingIds"], 10, 3_000),
        // An inspection of each unit begins or ends.
        "roundOpen" | "roundClose" | "roundReopen" => Command::new(50, &[], 1, 0),
        field if field.starts_with("defect") => Command::new(COMMAND_DEFAULT, &["defectIds"], 1, 100),
        _ => Command::new(COMMAND_DEFAULT, &[], 1, 0),
    }
}
