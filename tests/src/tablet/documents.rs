//! The documents of the client. An app requests the fields that it shows; here all fields of a kind are in one
//! document, so that a copy can be compared with the server's data.

/// Signs in.
pub const SESSION_CREATE: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    session { accessToken refreshToken viewer { id } } deviceToken notices { kind message device at }
    userErrors { code } } }";

/// Renews the tokens.
pub const SESSION_REFRESH: &str = "mutation($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
    session { accessToken refreshToken } userErrors { code } } }";

/// Pushes a batch of operations.
pub const PUSH: &str = "mutation($input: SyncPushInput!) { syncPush(input: $input) {
    results { operationId outcome objectKind objectId userErrors { code message field }
        conflict { field yours theirs changedAt changedBy { id name } } pendingEdit { id reason state } }
    userErrors { code message field } } }";

/// The outcome of this person's parked operations.
pub const PENDING_EDITS: &str = "query($projectId: ID!, $after: String) {
    pendingEdits(projectId: $projectId, states: [PENDING, APPLIED, DISMISSED], first: 100, after: $after) {
        nodes { id state note settledAt settledBy { id name } } pageInfo { hasNextPage endCursor } } }";

/// Reports the pending work on this device.
pub const REPORT: &str = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) {
    device { id behind synced missingPhotoCount } userErrors { code message field } } }";

/// Declares a photo, or requests a new link for the same one.
pub const PHOTO_CREATE: &str = "mutation($input: PhotoUploadCreateInput!) { photoUploadCreate(input: $input) {
    photo { id state } upload { url headers { name value } } userErrors { code message } } }";

/// Reports that a photo's bytes are uploaded.
pub const PHOTO_COMPLETE: &str = "mutation($id: ID!) { photoUploadComplete(input: { photoId: $id }) {
    photo { id state } userErrors { code message } } }";

/// A page of changes. It leaves out fields that change with time and without a change number (`overdue`, links,
/// `allowedCommands`, `readiness`): a tablet computes them, or requests them for display.
///
/// Fields of one name with different types in different kinds have aliases, because GraphQL refuses two types under one
/// name.
pub const CHANGES: &str = "query($projectId: ID!, $cursor: String, $first: Int, $filter: ChangeFilter) {
  changes(projectId: $projectId, cursor: $cursor, first: $first, filter: $filter) {
    cursor hasMore resetRequired resetReason
    nodes { seq kind id unitId defectId deleted object { __typename id
      ... on Project { code name timeZone version }
      ... on Company { code name companyKind: kind }
      ... on Person { name }
      ... on Building { code name floors }
      ... on UnitType { code name fitout areaM2 plan { id } }
      ... on Unit { code entrance floor unitKind: kind openedAt version building { id } unitType { id }
          rooms { id code name roomType } }
      ... on ResponsibilityRule { ruleTrade: trade priority version company { id } }
      ... on Checklist { name version currentVersion { id number items { id code roomType part zh en mandatory } } }
      ... on Round { number stage name roundStatus: status requiredParties version checklistVersion { id } }
      ... on UnitInspection { inspectionStatus: status requiredParties submissionNo contentHash version
          startedAt submittedAt inaccessibleReason round { id } unit { id }
          results { id result note byMeasurement party version room { id } item { id } }
          measurements { id design readings outOfTolerance inTolerance party version room { id } item { id } }
          signatures { id party role signerName contentHash submissionNo occurredAt supersededAt } }
      ... on Defect { defectNumber: number status part description severity category trade raisedParty raisedByOwner onHold holdReason
          assignedAt dueAt failedAttempts reopenedCount version occurredAt fixedAt closedAt
          unit { id } room { id } round { id } inspection { id } type { code } pin { x y planId }
          raisedBy { id } responsibleCompany { id } assignee { id } duplicateOf { id } }
      ... on RepairAttempt { number attemptStatus: status attemptNote: note late occurredAt company { id }
          verdicts { id passed party role verdictNote: note occurredAt } }
      ... on Verdict { passed party role verdictNote: note occurredAt }
      ... on Dispute { ground reason resolution resolvedAt resolutionNote occurredAt company { id } }
      ... on Comment { commentBody: body visibility party occurredAt person { id } }
      ... on Photo { photoStage: stage state rejection contentType byteSize width height occurredAt version }
      ... on PendingEdit { objectId command editReason: reason editState: state editNote: note settledAt }
      ... on InboxEntry { inboxKind: kind readAt }
      ... on UnitReview { rating reviewBody: body reviewHash: contentHash occurredAt unit { id } }
    } } } }";
