//! The readers of each field of a visible object. A new type or field of the schema must be named here before the tests
//! pass.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::OF_KIND;
use crate::refusals::shape::Shape;

/// By type: fields for all readers of the object; after `staff:` those that are empty for owners; after `own:` those of
/// which owners read only their own values; after `few:` those that are empty for owners and contractors.
const FIELDS: &str = "
ActiveSession: id device createdAt lastSeenAt lastAddress expiresAt current
AllowedDefectCommand: name allowed reason
AllowedInspectionCommand: name allowed reason
AllowedPendingEditCommand: name allowed reason
AllowedRoundCommand: name allowed reason
AllowedUnitCommand: name allowed reason
ApiInfo: version maxPageSize maxIds limits photoTypes time
ApiLimits: bodyBytes anonymousBodyBytes documentBytes depth cost rootFields aliases querySeconds answerObjects
    answerBytes points pointsPerSecond documentBytesPerPoint bodyBytesPerPoint
BlockerCount: code units
Building: id code name floors units
Change: seq kind id unitId defectId deleted object
ChangePage: nodes cursor hasMore resetRequired resetReason
ChangesAvailable: projectId cursor
CheckResult: id room item result byMeasurement party occurredAt recordedAt version | staff: note company
    person
Checklist: id name versions currentVersion version createdAt
ChecklistItem: id code roomType part text zh en mandatory measurementRule
ChecklistVersion: id number items frozenAt createdAt | staff: checklist
CommandNote: code message
Comment: id defectId body visibility party occurredAt recordedAt | own: person
ContentCheckResult: room item party result resultText | staff: company note
ContentDefectEntry: number defectId foundHere outcome outcomeText room part type severity severityText description status
    statusText | staff: photos
ContentMeasurementResult: room item party rule design readings outOfTolerance | staff: company
ContentParty: code name
ContentWords: code name
Company: id code name kind
CompanyDefects: company open overdue closed total
DailyQuota: photos photoBytes comments defects
Defect: id number status statusText project unit room part type description severity category trade pin round
    inspection lateFor raisedParty raisedByOwner assignedAt dueAt overdue attempts photos photoPairs failedAttempts reopenedCount
    comments events duplicateOf duplicates version occurredAt recordedAt updatedAt fixedAt closedAt
    allowedCommands | few: reusedPhoto reusedPhotos | staff: escalated escalations checkItem responsibleCompany assignee onHold holdReason disputes | own: raisedBy
DefectEscalation: step dueAt recordedAt
DefectPhotoPair: attempt before after pin
DefectStatusCount: status count
DefectType: code part trade name zh en severity category days
Device: id name person firstSeenAt lastPushAt lastPullAt reportedAt behind waitingOperations waitingPhotos
    waitingPhotoBytes missingPhotoCount waiting excuse synced
DeviceWaiting: unitId operations photos photoBytes missingPhotos missingPhotoBytes
Dispute: id defectId company person ground reason occurredAt recordedAt resolution resolvedBy resolvedAt resolutionNote
EarlierDefect: defect outcome status | few: access
Event: id name objectKind objectId role party occurredAt timeDoubted recordedAt seq | staff: from to company data | own:
    person reason
ImportNote: path message
ImportReport: kinds notes
ImportTally: kind created updated unchanged notInFile notInFileCodes
InboxEntry: id kind project defect comment pendingEdit deviceId createdAt readAt
InspectionCount: status count
InspectionCoverage: round inspected
Invitation: id login name phone email language role company ownedUnits invitedBy createdAt expiresAt
InvitedUnit: unit kind until
Measurement: id room item rule design readings outOfTolerance inTolerance party occurredAt recordedAt version
    | staff: company person
MeasurementRule: code name zh en unitOfMeasure kind toleranceMin toleranceMax method source
Member: id person company role since until endReason
Membership: project company role party
MessageAttempt: id messageId kind channel edition language personId projectId addressTail state error errorText tries
    providerId providerText createdAt nextTryAt expiresAt sendingAt sentAt deliveredAt readAt failedAt resolvedById
    resolvedAt resolutionNote
MessagePreferences: channel digestAt digestKinds quietFrom quietUntil timeZone switchedOff
MessageSwitch: channel kind offSince
MissingItem: room item kind
OneTimeLink: kind login expiresAt projectName companyName role unitCodes
OwnerInvite: invite link codesTo sentTo
Overview: unitsTotal unitsByReadiness unitsByBlocker defectsByStatus defectsByCompany overdue escalated firstPassRate
    closeOutRate onTimeRate sendBackRate measuredPassRate inspectionCoverage
PendingEdit: id projectId unitId objectKind objectId object command input author company deviceId occurredAt recordedAt
    reason userErrors conflict state settledBy settledAt note events allowedCommands
Person: id name phone phoneNumber email
Photo: id defectId stage state rejection damaged contentType byteSize width height orientation placeholder durationMs url markup
    takenLocal takenAt occurredAt declaredAt receivedAt readyAt version | staff: writtenOff withdrawn | own: declaredBy deviceId
    deviceName camera
PhotoMarkup: shapes markedAt | own: markedBy
PhotoShape: kind colour width from to centre radiusX radiusY points at text size label
PhotoSpot: x y
PhotoTypeInfo: contentType renditions maxBytes maxPixels maxSeconds
PhotoUpload: url method headers expiresAt
PhotoUploadPart: number offset byteSize upload
PhotoUploadHeader: name value
PhotoWithdrawal: at person reason
PhotoWriteOff: at person reason
Pin: x y planId
Plan: id version width height url createdAt
Point: x y
Policy: verification verifyingParties afterPhotoRequired escalateAfterFailedAttempts daysBySeverity
    blockingSeverities skipDaysOff weekdaysOff holidays workingDays photoRetentionMonths requireSyncedDevices
    dailyQuota ownerDailyQuota
Project: id code name timeZone version buildings unitTypes units rounds terms defectTypes defects defectCount
    missingPhotos missingPhotoCount
    | staff: policy companies members invitations checklists responsibilityRules measurementRules events | few: overview | own: devices
Rate: numerator denominator value
Readiness: ready blockers
ReadinessBlocker: code message clearedBy subjectId waived | few: waiver
ReadinessWaiver: id person reason recordedAt
RepairAttempt: id defectId number status late timeDoubted photos verdicts occurredAt recordedAt | staff: company person note
ResponsibilityRule: id trade building unitKind company priority version
ReviewContentBlocker: code message waived
ReviewContentDefect: number defectId room part type severity severityText description status statusText dueAt photos
Room: id code name roomType unit outline defects
Round: id project number stage name status requiredParties checklistVersion plannedFrom plannedTo
    inspectionCounts inspections openedAt closedAt createdAt version allowedCommands | staff: unitCount
    requiredContractors createdBy
Session: id accessToken accessExpiresAt refreshToken refreshExpiresAt viewer
SessionNotice: kind message device at
SeverityDays: severity days
Signature: id party role contentHash submissionNo occurredAt recordedAt supersededAt | staff: company | own:
    signerName person photo
SyncConflict: field yours theirs changedAt changedBy
SyncOperation: id outcome command input objectKind objectId userErrors deviceId occurredAt recordedAt pendingEdit
SyncResult: operationId outcome objectKind objectId object userErrors conflict pendingEdit
Term: kind code name zh en | staff: data
Unit: id code project building entrance floor kind unitType rooms defects defectCount inspections readiness
    allowedCommands openedAt version | own: reviews | few: owners formerOwners
UnitAccess: person company party firstAt lastAt events
UnitInspection: id round unit status requiredParties results measurements signatures earlierDefects lateDefects events
    startedAt submittedAt submissionNo contentHash version allowedCommands | staff: missing submittedBy
    inaccessibleReason | own: devices
UnitInspectionContent: inspectionId submissionNo form takenAt roundNumber roundName stage requiredParties unitCode
    results measurements defects contentHash verified | few: canonical
UnitInvite: id unit person createdBy createdAt expiresAt lastUsedAt
UnitOwner: id person kind from until powerUntil counts invite endReason
UnitReadinessCount: readiness count
UnitReview: id unit person rating body signaturePhoto content signed contentHash occurredAt recordedAt
UnitReviewContent: content contentHash canonical form verified unitCode ready defects blockers
UnitType: id code name fitout areaM2 rooms plan plans
UnitTypeRoom: code name roomType outline
UserError: code message field
Verdict: id defectId passed party role occurredAt recordedAt | own: person note
Viewer: id name language administrator onlyUnitId contact inbox unreadCount messagePreferences homes memberships
ViewerContact: email emailConfirmed phone phoneNumber phoneConfirmed
";

/// Types whose fields only contain objects of other types.
const WRAPPERS: [&str; 8] =
    ["Query", "Mutation", "Subscription", "Payload", "Connection", "Edge", "CommandResult", "PageInfo"];

/// The fields of a type by their readers; the empty text means all readers.
pub(super) type Fields = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// The table by type.
pub(super) fn table() -> BTreeMap<&'static str, Fields> {
    let mut types: BTreeMap<&str, Fields> = BTreeMap::new();
    let (mut of, mut readers) = ("", "");
    for line in FIELDS.lines().filter(|line| !line.is_empty()) {
        for (n, word) in line.split_whitespace().enumerate() {
            match word.strip_suffix(':') {
                Some(name) if n == 0 && !line.starts_with(' ') => (of, readers) = (name, ""),
                Some(name) => readers = name,
                None if word == "|" => {}
                None => drop(types.entry(of).or_default().entry(readers).or_default().insert(word)),
            }
        }
    }
    types
}

/// The differences between the schema and the table.
pub(super) fn differences(shape: &Shape) -> Vec<String> {
    let table = table();
    let named = |kind: &str, field: &str| {
        table.get(kind).is_some_and(|fields| fields.values().any(|fields| fields.contains(field)))
    };
    let mut found = Vec::new();
    for kind in shape.objects().iter().filter(|kind| !WRAPPERS.iter().any(|end| kind.ends_with(end))) {
        let fields = shape.fields(kind);
        let unnamed = fields.iter().filter(|field| !named(kind, &field.name.node));
        found.extend(unnamed.map(|field| format!("say who may read {kind}.{}", field.name.node)));
    }
    for (kind, fields) in &table {
        let there: BTreeSet<String> = shape.fields(kind).iter().map(|field| field.name.node.to_string()).collect();
        let gone = fields.values().flatten().filter(|field| !there.contains(**field));
        found.extend(gone.map(|field| format!("there is no {kind}.{field}")));
    }
    found
}

/// Counts the non-empty fields, `Type.field`, of an answer.
pub(super) fn filled(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| filled(item, found)),
        Value::Object(fields) => {
            let kind = fields.get("__typename").and_then(Value::as_str).unwrap_or_default();
            for (name, field) in fields {
                let name = name.split_once(OF_KIND).filter(|(of, _)| *of == kind).map_or(&**name, |(_, name)| name);
                if !is_empty(field) {
                    found.insert(format!("{kind}.{name}"));
                }
                filled(field, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.get("nodes").is_some_and(is_empty),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The fields, `Type.field`, of these readers.
pub(super) fn of(readers: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (kind, fields) in table() {
        for name in fields.iter().filter(|(who, _)| readers.contains(who)).flat_map(|(_, fields)| fields) {
            found.insert(format!("{kind}.{name}"));
        }
    }
    found
}
