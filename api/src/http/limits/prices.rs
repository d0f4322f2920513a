//! Prices of fields: expected sizes of lists, fields that run statements of their own, and writes.
//!
//! The unit inside of this module is one object: 10 objects cost 1 point. Sizes are those of a large project (3,000
//! units, 60,000 defects), rounded up. A list that is missing here fails `tests/it/attacks/cost.rs`.

use super::once::HASHING;

/// Objects that one point pays for.
pub(super) const OBJECTS_PER_POINT: u64 = 10;
/// Expected rows of a list that has no entry. Only schemas of tests have one.
pub(super) const LIST_DEFAULT: u64 = 20;
/// Rows of a page whose size is left out.
pub(super) const PAGE_DEFAULT: u64 = 20;
/// Points of `__schema` and `__type`.
pub(super) const META_COST: u64 = 20;
/// Points of a write without an entry in [`COMMANDS`]: one transaction that waits for the disk.
pub(super) const COMMAND_DEFAULT: u64 = 5;

/// Points of a page of `changes`.
pub(super) const CHANGES_COST: u64 = 5;
/// Expected objects of the dearest kind in one row of `changes`, as the reference client selects it. A selection with
/// more pays the price of a page once more for each such amount.
pub(super) const CHANGES_OBJECTS: u64 = 600;
/// Statements of all kinds in a page of `changes`, as the reference client selects it; likewise.
pub(super) const CHANGES_STATEMENTS: u64 = 60;

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// So many are expected.
    Expected(u64),
    /// As many as this argument has ids.
    Ids(&'static str),
    /// As many as the command around it has items.
    Batch,
}

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
];

/// What `field` of the type lists, if it is named.
pub(super) fn list(on: &str, field: &str) -> Option<Size> {
    if let Some(rows) = entries(LISTS, on).find_map(|(name, rows)| (name == field).then_some(rows)) {
        return Some(Size::Expected(rows));
    }
    match (on, field) {
        ("Query", "nodes") => Some(Size::Ids("ids")),
        (_, "userErrors") => Some(Size::Expected(1)),
        // What a command answers of each of its items.
        (_, "results" | "units" | "photos") if on.ends_with("Payload") => Some(Size::Batch),
        _ => None,
    }
}

/// Names of the table's lists, as `Type.field`.
pub(super) fn named_lists() -> impl Iterator<Item = String> {
    LISTS.iter().flat_map(|(on, _)| entries(LISTS, on).map(move |(field, _)| format!("{on}.{field}")))
}

fn entries<'t>(table: &'t [(&str, &'t str)], on: &str) -> impl Iterator<Item = (&'t str, u64)> + use<'t> {
    let of_type = table.iter().find(|(name, _)| *name == on).map_or("", |(_, entries)| entries);
    of_type.split_whitespace().filter_map(|entry| {
        let (name, number) = entry.split_once('=')?;
        Some((name, number.parse().ok()?))
    })
}

/// What a field costs beside the objects that it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Points once, because one statement answers for all rows.
    pub(super) once: u64,
    /// Points for each row, because each row has a statement of its own.
    pub(super) each: u64,
    /// Objects for each row, because it takes processor time: a link is signed.
    pub(super) objects: u64,
    /// A text search reads all rows: 10 points for it and each word, beside the rest.
    pub(super) scans: bool,
}

const fn once(points: u64) -> Work {
    Work { once: points, each: 0, objects: 0, scans: false }
}

const fn each(points: u64) -> Work {
    Work { once: 0, each: points, objects: 0, scans: false }
}

/// Points of a text search, for itself and again for each of its words.
pub(super) const SCAN_COST: u64 = 10;

/// The work of a field. `object`: something is selected of its value; `page`: it is a page, of which each parent has a
/// statement of its own.
pub(super) fn work(on: &str, field: &str, object: bool, page: bool) -> Work {
    match (on, field) {
        ("Project", "defectCount") => Work { scans: true, ..each(10) },
        ("Project", "missingPhotoCount") => each(10),
        ("Project", "overview") => each(50),
        ("Project", "missingPhotos") => each(10),
        ("Project", "defects") => Work { scans: true, ..each(2) },
        ("Unit", "defects") => Work { scans: true, ..once(2) },
        ("Unit", "defectCount") => Work { scans: true, ..once(10) },
        ("Unit", "readiness") => once(10),
        ("UnitInspection", "missing" | "earlierDefects") => once(5),
        ("Query", "defectDuplicates" | "unitReviewContent" | "unitInspectionContent") => each(5),
        ("Photo" | "Plan" | "PhotoUpload", "url") => Work { objects: 2, ..Work::default() },
        ("Defect", "photos" | "reusedPhoto") => once(1),
        _ if page => each(1),
        _ if object => once(1),
        _ => Work::default(),
    }
}

/// The price of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Points of the command itself.
    pub(super) base: u64,
    /// Where its items are: a list of ids or records, or a text of so many kibibytes.
    pub(super) items: &'static [&'static str],
    /// Items that one point pays for.
    pub(super) per_point: u64,
    /// More items than this are refused by the command itself.
    pub(super) most: u64,
}

const fn command(base: u64, items: &'static [&'static str], per_point: u64, most: u64) -> Command {
    Command { base, items, per_point, most }
}

/// The price of `field` of `Mutation`.
pub(super) fn write(field: &str) -> Command {
    match field {
        // A password is hashed.
        field if HASHING.contains(&field) => command(20, &[], 1, 0),
        // By operations; their bytes are paid with the body.
        "syncPush" => command(2, &["operations"], 1, 100),
        "projectImport" => command(20, &["content"], 4, 1_024),
        "unitOpenToOwner" | "unitCloseToOwner" => command(COMMAND_DEFAULT, &["unitIds"], 2, 500),
        "photoWriteOff" => command(COMMAND_DEFAULT, &["photoIds"], 1, 100),
        "checkResultsRecord" => command(COMMAND_DEFAULT, &["results", "measurements"], 10, 1_000),
        "checkResultsClear" => command(COMMAND_DEFAULT, &["places"], 10, 500),
        "checklistCreate" => command(COMMAND_DEFAULT, &["items"], 10, 2_000),
        "roundCreate" | "roundUpdate" => command(COMMAND_DEFAULT, &["unitIds", "buildingIds"], 10, 3_000),
        // An inspection of each unit begins or ends.
        "roundOpen" | "roundClose" | "roundReopen" => command(50, &[], 1, 0),
        field if field.starts_with("defect") => command(COMMAND_DEFAULT, &["defectIds"], 1, 100),
        _ => command(COMMAND_DEFAULT, &[], 1, 0),
    }
}
