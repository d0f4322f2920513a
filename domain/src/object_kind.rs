//! The kinds of objects that have ids, events and change numbers.

string_enum! {
    /// What an id, an event or a change is about.
    pub enum ObjectKind {
        /// A project.
        Project = "PROJECT",
        /// A company of a project.
        Company = "COMPANY",
        /// A person.
        Person = "PERSON",
        /// A building.
        Building = "BUILDING",
        /// A unit type with its plan and rooms.
        UnitType = "UNIT_TYPE",
        /// A unit.
        Unit = "UNIT",
        /// A room of a unit.
        Room = "ROOM",
        /// A checklist.
        Checklist = "CHECKLIST",
        /// A round.
        Round = "ROUND",
        /// The inspection of a unit in a round.
        UnitInspection = "UNIT_INSPECTION",
        /// A party's result for a checklist item of a room.
        CheckResult = "CHECK_RESULT",
        /// A party's measurement for a checklist item of a room.
        Measurement = "MEASUREMENT",
        /// A signature.
        Signature = "SIGNATURE",
        /// A defect.
        Defect = "DEFECT",
        /// A repair attempt.
        RepairAttempt = "REPAIR_ATTEMPT",
        /// A party's verdict on a repair attempt.
        Verdict = "VERDICT",
        /// A dispute.
        Dispute = "DISPUTE",
        /// A comment.
        Comment = "COMMENT",
        /// A photo.
        Photo = "PHOTO",
        /// An owner's review of a unit.
        Review = "REVIEW",
        /// A waiver of a readiness blocker.
        Waiver = "WAIVER",
        /// What a device did that waits for a person to settle it.
        PendingEdit = "PENDING_EDIT",
        /// A responsibility rule.
        ResponsibilityRule = "RESPONSIBILITY_RULE",
        /// An entry of the inbox of the person who reads; that of nobody else.
        InboxEntry = "INBOX_ENTRY",
    }
}

impl ObjectKind {
    /// The kinds that `changes` and `node` never return as objects of their own. A client reads them inside the object
    /// that they belong to, and the change of that object announces theirs.
    pub const EMBEDDED: [Self; 4] = [Self::CheckResult, Self::Measurement, Self::Signature, Self::Waiver];
}
