//! The codes of a unit inspection.

string_enum! {
    /// How far the inspection of one unit in one round has come.
    pub enum InspectionStatus {
        /// In scope, not begun.
        Planned = "PLANNED",
        /// Being inspected.
        InProgress = "IN_PROGRESS",
        /// Complete; the required parties sign.
        Submitted = "SUBMITTED",
        /// Signed by every required party.
        Signed = "SIGNED",
        /// Nobody could get in; counts as not inspected.
        Inaccessible = "INACCESSIBLE",
    }
}

impl InspectionStatus {
    /// Whether the unit counts as inspected in the round.
    #[must_use]
    pub const fn is_inspected(self) -> bool {
        matches!(self, Self::Submitted | Self::Signed)
    }
}

string_enum! {
    /// The result of one checklist item in one room.
    pub enum CheckOutcome {
        /// Looked at, no defect found.
        Pass = "PASS",
        /// At least one defect hangs on it.
        Fail = "FAIL",
        /// This room has no such thing.
        NotApplicable = "NOT_APPLICABLE",
        /// It could not be looked at.
        NotAccessible = "NOT_ACCESSIBLE",
    }
}

impl CheckOutcome {
    /// The result in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pass => ("Passed", "合格"),
            Self::Fail => ("Failed", "不合格"),
            Self::NotApplicable => ("Not applicable", "不适用"),
            Self::NotAccessible => ("Could not be looked at", "无法检查"),
        }
    }
}

string_enum! {
    /// The kind of a signed object.
    pub enum SignatureSubject {
        /// A unit inspection.
        UnitInspection = "UNIT_INSPECTION",
        /// An owner's review of a unit.
        UnitReview = "UNIT_REVIEW",
    }
}

string_enum! {
    /// What a checklist item of a room still lacks.
    pub enum MissingKind {
        /// A mandatory item without any result.
        Result = "RESULT",
        /// A failed item without a defect.
        Defect = "DEFECT",
    }
}

string_enum! {
    /// What became of a defect, seen from a round.
    pub enum EarlierOutcome {
        /// Found earlier and not yet repaired.
        StillOpen = "STILL_OPEN",
        /// Repair reported, to be verified.
        AwaitingVerification = "AWAITING_VERIFICATION",
        /// Closed: repaired and verified.
        Fixed = "FIXED",
        /// Was closed once and is open again.
        Regressed = "REGRESSED",
        /// Newly found in this round.
        New = "NEW",
        /// Declared void, or merged into another.
        Void = "VOID",
    }
}

impl EarlierOutcome {
    /// What became of the defect in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::StillOpen => ("Not repaired yet", "尚未整改"),
            Self::AwaitingVerification => ("Repaired, to be checked", "已整改，待复验"),
            Self::Fixed => ("Repaired and checked", "已销项"),
            Self::Regressed => ("Repaired once and broken again", "整改后复发"),
            Self::New => ("Newly found", "新发现"),
            Self::Void => ("Withdrawn", "已作废"),
        }
    }
}
