//! The refusal for each violated unique constraint. Every constraint of the schema is listed here, so that two people
//! who take the same value at the same moment get a refusal, never an internal error.

use domain::{Refusal, RefusalCode as C};
use store::db::UniqueConstraint;

/// A unique constraint of the schema, and its refusal.
struct Unique {
    table: &'static str,
    columns: &'static [&'static str],
    primary: bool,
    code: C,
    field: &'static str,
}

/// The unique index over the combination of a responsibility rule, which is one on expressions.
pub const RULE_COMBINATION: &str = "ux_responsibility_rules_combination";

const fn unique(table: &'static str, columns: &'static [&'static str], code: C, field: &'static str) -> Unique {
    Unique { table, columns, primary: false, code, field }
}

/// A primary key `id` that a client made, or the server: an id is used once.
const fn id(table: &'static str, field: &'static str) -> Unique {
    Unique { table, columns: &["id"], primary: true, code: C::IdReused, field }
}

/// A primary key of rows that only the server writes. The loser of a race is asked to try again.
const fn key(table: &'static str, columns: &'static [&'static str]) -> Unique {
    Unique { table, columns, primary: true, code: C::TryAgain, field: "" }
}

const PROJECT_CODE: &[&str] = &["project_id", "code"];
const RESULT: &[&str] = &["inspection_id", "room_id", "item_id", "company_id"];

/// Every unique constraint.
const ALL: &[Unique] = &[
    unique("people", &["login"], C::LoginTaken, "login"),
    unique("sessions", &["access_hash"], C::TryAgain, ""),
    unique("sessions", &["refresh_hash"], C::TryAgain, ""),
    unique("one_time_links", &["token_hash"], C::TryAgain, ""),
    unique("unit_links", &["token_hash"], C::TryAgain, ""),
    unique("projects", &["code"], C::CodeTaken, "code"),
    unique("companies", PROJECT_CODE, C::CodeTaken, "code"),
    unique("buildings", PROJECT_CODE, C::CodeTaken, "code"),
    unique("unit_types", PROJECT_CODE, C::CodeTaken, "code"),
    unique("units", PROJECT_CODE, C::CodeTaken, "code"),
    unique("defect_types", PROJECT_CODE, C::CodeTaken, "code"),
    unique("measurement_rules", PROJECT_CODE, C::CodeTaken, "code"),
    unique("terms", &["project_id", "kind", "code"], C::CodeTaken, "code"),
    unique("unit_type_rooms", &["unit_type_id", "code"], C::CodeTaken, "code"),
    unique("rooms", &["unit_id", "code"], C::CodeTaken, "code"),
    unique("checklist_items", &["checklist_version_id", "code"], C::CodeTaken, "items"),
    unique("unit_type_plans", &["unit_type_id", "number"], C::TryAgain, ""),
    unique("checklist_versions", &["checklist_id", "number"], C::TryAgain, ""),
    unique("memberships", &["project_id", "person_id"], C::AlreadyMember, ""),
    unique("unit_owners", &["unit_id", "person_id"], C::AlreadyOwner, ""),
    unique("rounds", &["project_id", "number"], C::NumberTaken, "number"),
    unique("unit_inspections", &["round_id", "unit_id"], C::TryAgain, ""),
    unique("check_results", RESULT, C::TryAgain, ""),
    unique("measurements", RESULT, C::TryAgain, ""),
    unique("defects", &["project_id", "number"], C::TryAgain, ""),
    unique("repair_attempts", &["defect_id", "number"], C::TryAgain, ""),
    unique("verdicts", &["attempt_id", "party"], C::AlreadyJudged, ""),
    unique("changes", &["project_id", "seq"], C::TryAgain, ""),
    unique("message_attempts", &["message_id", "recipient_id", "channel", "edition"], C::TryAgain, ""),
    unique("inbox_entries", &["person_id", "kind", "cause"], C::TryAgain, ""),
    unique("unsubscribe_links", &["token_hash"], C::TryAgain, ""),
    id("people", "personId"),
    id("sessions", "id"),
    id("projects", "projectId"),
    id("companies", "companyId"),
    id("memberships", "membershipId"),
    id("buildings", "buildingId"),
    id("unit_types", "id"),
    id("unit_type_plans", "planId"),
    id("unit_type_rooms", "id"),
    id("units", "unitId"),
    id("rooms", "roomId"),
    id("unit_owners", "ownershipId"),
    id("terms", "id"),
    id("defect_types", "id"),
    id("measurement_rules", "id"),
    id("responsibility_rules", "ruleId"),
    id("checklists", "checklistId"),
    id("checklist_versions", "id"),
    id("checklist_items", "id"),
    id("rounds", "roundId"),
    id("unit_inspections", "id"),
    id("check_results", "id"),
    id("measurements", "id"),
    id("signatures", "signatureId"),
    id("defects", "defectId"),
    id("repair_attempts", "attemptId"),
    id("verdicts", "verdictId"),
    id("disputes", "disputeId"),
    id("defect_comments", "commentId"),
    id("events", "id"),
    id("client_ids", "id"),
    id("jobs", "id"),
    id("photos", "photoId"),
    id("readiness_waivers", "waiverId"),
    id("unit_reviews", "reviewId"),
    id("operations", "operationId"),
    id("pending_edits", "operationId"),
    id("one_time_links", "id"),
    id("message_attempts", "messageAttemptId"),
    id("unit_links", "inviteId"),
    id("sign_in_codes", "id"),
    id("inbox_entries", "entryId"),
    id("unsubscribe_links", "id"),
    key("sign_in_attempts", &["key"]),
    key("project_clock", &["project_id"]),
    key("round_units", &["round_id", "unit_id"]),
    key("defect_companies", &["defect_id", "company_id"]),
    key("changes", &["project_id", "object_kind", "object_id"]),
    key("condemned_objects", &["key"]),
    key("lineage_entries", &["round_id", "defect_id"]),
    key("signed_contents", &["inspection_id", "submission_no"]),
    key("escalations", &["defect_id", "step"]),
    key("storage_probes", &["id"]),
    key("message_channels", &["channel"]),
    key("confirmed_addresses", &["person_id", "channel"]),
    key("address_codes", &["person_id", "channel"]),
    key("message_preferences", &["person_id"]),
    key("message_switches", &["person_id", "channel", "kind"]),
    key("defect_fields", &["defect_id", "field"]),
    key("devices", &["project_id", "device_id", "person_id"]),
    key("demo_projects", &["project_id"]),
    key("quota_usage", &["project_id", "person_id", "day", "quota"]),
];

impl Unique {
    /// PostgreSQL's name of it.
    fn is_named(&self, name: &str) -> bool {
        if self.primary {
            return name.strip_suffix("_pkey") == Some(self.table);
        }
        let columns = name.strip_prefix("ux_").and_then(|rest| rest.strip_prefix(self.table));
        columns.and_then(|rest| rest.strip_prefix('_')) == Some(&self.columns.join("_"))
    }

    fn is(&self, constraint: &UniqueConstraint) -> bool {
        match constraint {
            UniqueConstraint::Named(name) => self.is_named(name),
            UniqueConstraint::Columns(table, columns) => table == self.table && columns == self.columns,
        }
    }
}

/// The refusal that a violated unique constraint means; none for one that is not listed.
#[must_use]
pub fn refusal(constraint: &UniqueConstraint) -> Option<Refusal> {
    if matches!(constraint, UniqueConstraint::Named(name) if name == RULE_COMBINATION) {
        return Some(C::RuleTaken.into());
    }
    let known = ALL.iter().find(|unique| unique.is(constraint))?;
    Some(Refusal::at(known.code, known.field))
}
