//! The content of a full load, by one hand-written statement.

/// The path of this statement on its server.
pub(crate) const PATH: &str = "/changes";

/// The JSON of a change of an object's row `o`, by kind.
struct Kind {
    kind: &'static str,
    typename: &'static str,
    table: &'static str,
    /// Its fields besides type and id.
    told: String,
}

const ROOMS: &str = "'rooms', (SELECT coalesce(json_agg(json_build_object('id', r.id, 'code', r.code, 'name', r.name,
    'roomType', r.room_type) ORDER BY r.sort), '[]') FROM rooms r WHERE r.unit_id = o.id)";

const DEFECT: &str = "'defectNumber', 'D-' || lpad(o.number::text, 6, '0'), 'status', o.status, 'part', o.part,
    'description', o.description, 'severity', o.severity, 'category', o.category, 'trade', o.trade,
    'raisedParty', o.raised_party, 'raisedByOwner', o.owner_finding, 'onHold', o.held_since IS NOT NULL,
    'holdReason', o.hold_reason, 'failedAttempts', o.failed_count, 'reopenedCount', o.reopened_count,
    'version', o.version, 'type', json_build_object('code', o.type_code),
    'pin', CASE WHEN o.pin_x IS NOT NULL THEN json_build_object('x', o.pin_x, 'y', o.pin_y, 'planId', o.plan_id) END";

/// A time in the API's format.
fn time(name: &str, column: &str) -> String {
    format!(
        "'{name}', to_char(to_timestamp(o.{column} / 1000000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    )
}

/// An object of which only the id is returned.
fn id_of(name: &str, column: &str) -> String {
    format!("'{name}', CASE WHEN o.{column} IS NOT NULL THEN json_build_object('id', o.{column}) END")
}

fn defect() -> String {
    let times = [
        ("assignedAt", "assigned_at"),
        ("dueAt", "due_at"),
        ("occurredAt", "occurred_at"),
        ("fixedAt", "fixed_at"),
        ("closedAt", "closed_at"),
    ];
    let ids = [
        ("unit", "unit_id"),
        ("room", "room_id"),
        ("round", "round_id"),
        ("inspection", "inspection_id"),
        ("raisedBy", "raised_by"),
        ("responsibleCompany", "responsible_company_id"),
        ("assignee", "assignee_id"),
        ("duplicateOf", "duplicate_of"),
    ];
    let times = times.into_iter().map(|(name, column)| time(name, column));
    let ids = ids.into_iter().map(|(name, column)| id_of(name, column));
    [DEFECT.to_owned()].into_iter().chain(times).chain(ids).collect::<Vec<_>>().join(", ")
}

fn kinds() -> Vec<Kind> {
    let kind = |kind, typename, table, told: &str| Kind { kind, typename, table, told: told.to_owned() };
    let unit = format!(
        "'code', o.code, 'entrance', o.entrance, 'floor', o.floor, 'unitKind', o.kind, {}, 'version', o.version,
            {}, {}, {ROOMS}",
        time("openedAt", "opened_at"),
        id_of("building", "building_id"),
        id_of("unitType", "unit_type_id")
    );
    vec![
        kind(
            "PROJECT",
            "Project",
            "projects",
            "'code', o.code, 'name', o.name, 'timeZone', o.time_zone, 'version', o.version",
        ),
        kind("COMPANY", "Company", "companies", "'code', o.code, 'name', o.name, 'companyKind', o.kind"),
        kind("PERSON", "Person", "people", "'name', o.name"),
        kind("BUILDING", "Building", "buildings", "'code', o.code, 'name', o.name, 'floors', o.floors"),
        kind(
            "UNIT_TYPE",
            "UnitType",
            "unit_types",
            "'code', o.code, 'name', o.name, 'fitout', o.fitout, 'areaM2', o.area, 'plan', NULL",
        ),
        kind("UNIT", "Unit", "units", &unit),
        kind("DEFECT", "Defect", "defects", &defect()),
    ]
}

impl Kind {
    fn select(&self) -> String {
        let Self { kind, typename, table, told } = self;
        format!(
            "SELECT json_build_object('seq', c.seq, 'kind', c.object_kind, 'id', c.object_id, 'unitId', c.unit_id,
                'defectId', NULL, 'deleted', FALSE,
                'object', json_build_object('__typename', '{typename}', 'id', o.id, {told})) AS change
             FROM changes c JOIN {table} o ON o.id = c.object_id
             WHERE c.project_id = $1 AND c.object_kind = '{kind}'"
        )
    }
}

/// The changes without an order, because the client can sort them.
pub(crate) fn statement() -> String {
    let all: Vec<String> = kinds().iter().map(Kind::select).collect();
    format!(
        "SELECT json_build_object('data', json_build_object('changes', json_build_object('nodes',
            json_agg(change))))::text FROM ({}) changes",
        all.join(" UNION ALL ")
    )
}
