//! The codes of a defect.

string_enum! {
    /// How far a defect has come.
    pub enum DefectStatus {
        /// 待分配: logged, nobody responsible yet.
        Open = "OPEN",
        /// 待整改: a company is responsible, the clock runs.
        Assigned = "ASSIGNED",
        /// 整改中: work has begun.
        InProgress = "IN_PROGRESS",
        /// 待复验: a repair attempt was reported.
        Fixed = "FIXED",
        /// 复验退回: an attempt failed.
        Rework = "REWORK",
        /// 争议: the contractor says not ours, or not a defect; the clock stands still.
        Disputed = "DISPUTED",
        /// 已销项: verified.
        Closed = "CLOSED",
        /// 已作废: entered in error, not a defect, or a duplicate.
        Void = "VOID",
    }
}

impl DefectStatus {
    /// The states in which a contractor has work to do and the clock may run.
    pub const TO_DO: &'static [Self] = &[Self::Assigned, Self::InProgress, Self::Rework];

    /// The states in which a repair may be overdue: a dispute stops the clock and takes no lateness back.
    pub const MAY_BE_OVERDUE: &'static [Self] = &[Self::Assigned, Self::InProgress, Self::Rework, Self::Disputed];

    /// The states of a defect that still lives.
    pub const ALIVE: &'static [Self] =
        &[Self::Open, Self::Assigned, Self::InProgress, Self::Fixed, Self::Rework, Self::Disputed];

    /// Whether the defect is neither closed nor void.
    #[must_use]
    pub const fn is_alive(self) -> bool {
        !matches!(self, Self::Closed | Self::Void)
    }

    /// The state in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("Recorded, to be assigned", "已记录，待分配"),
            Self::Assigned => ("Waiting for repair", "待整改"),
            Self::InProgress => ("Being repaired", "整改中"),
            Self::Fixed => ("Repaired, to be checked", "已整改，待复验"),
            Self::Rework => ("Checked and sent back for another repair", "复验未通过，重新整改"),
            Self::Disputed => ("Responsibility is being clarified", "责任确认中"),
            Self::Closed => ("Repaired and checked", "已销项"),
            Self::Void => ("Withdrawn", "已作废"),
        }
    }
}

string_enum! {
    /// How bad a defect is.
    pub enum Severity {
        /// 重大: safety, leak, unusable.
        Critical = "CRITICAL",
        /// 严重: main function or durability.
        Major = "MAJOR",
        /// 一般: local quality or function.
        Minor = "MINOR",
        /// 轻微: appearance, cleaning.
        Cosmetic = "COSMETIC",
    }
}

impl Severity {
    /// The severity in plain words, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Critical => ("Critical", "重大"),
            Self::Major => ("Major", "严重"),
            Self::Minor => ("Minor", "一般"),
            Self::Cosmetic => ("Cosmetic", "轻微"),
        }
    }

    /// 1 for the worst to 4: the order of lists by severity.
    #[must_use]
    pub const fn rank(self) -> i32 {
        match self {
            Self::Critical => 1,
            Self::Major => 2,
            Self::Minor => 3,
            Self::Cosmetic => 4,
        }
    }
}

string_enum! {
    /// What kind of shortcoming a defect is.
    pub enum Category {
        /// 质量.
        Quality = "QUALITY",
        /// 功能.
        Function = "FUNCTION",
        /// 观感.
        Appearance = "APPEARANCE",
        /// 清洁.
        Cleanliness = "CLEANLINESS",
    }
}

string_enum! {
    /// Why a contractor disputes.
    pub enum DisputeGround {
        /// Another company is responsible.
        NotOurs = "NOT_OURS",
        /// It is no defect.
        NotADefect = "NOT_A_DEFECT",
    }
}

string_enum! {
    /// How the developer settles a dispute.
    pub enum DisputeOutcome {
        /// The assignment stands: the defect goes back to the same contractor.
        Upheld = "UPHELD",
        /// Another company becomes responsible.
        Reassigned = "REASSIGNED",
        /// It is no defect.
        Voided = "VOIDED",
    }
}

string_enum! {
    /// What became of a repair attempt.
    pub enum AttemptStatus {
        /// Not all needed verdicts are in.
        Pending = "PENDING",
        /// Verified.
        Passed = "PASSED",
        /// Sent back.
        Failed = "FAILED",
    }
}

string_enum! {
    /// Who reads a comment.
    pub enum CommentVisibility {
        /// Staff of the writer's company.
        Internal = "INTERNAL",
        /// All staff who see the defect.
        Shared = "SHARED",
        /// The unit's owner too.
        Owner = "OWNER",
    }
}

string_enum! {
    /// Why a defect is void.
    pub enum VoidReason {
        /// Entered in error.
        EnteredInError = "ENTERED_IN_ERROR",
        /// It is no defect.
        NotADefect = "NOT_A_DEFECT",
        /// It is a duplicate of another, which is named.
        Duplicate = "DUPLICATE",
        /// It was merged into another; an unmerge takes it back.
        Merged = "MERGED",
        /// Whoever found it took it back.
        Withdrawn = "WITHDRAWN",
    }
}
