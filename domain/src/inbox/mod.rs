//! What people hear of their work: entries of their inboxes, by one table of rules, and a digest of them by message.

pub mod mention;
mod rules;

pub use rules::{EventFacts, InboxRule, Listener, named_recipients, rules_of};

string_enum! {
    /// Why something is in a person's inbox. Clients need a branch for reasons that they do not know.
    pub enum InboxKind {
        /// The person, or the company that the person leads, has to repair a defect.
        Assigned = "ASSIGNED",
        /// A repair was not accepted, a closed defect was opened again, or a dispute was decided against the company.
        SentBack = "SENT_BACK",
        /// A contractor disputes a defect, and the person may decide.
        Disputed = "DISPUTED",
        /// A defect that the person found or repaired is accepted.
        Verified = "VERIFIED",
        /// The due time of a defect is near.
        DueSoon = "DUE_SOON",
        /// The due time of a defect of the person's company has passed.
        Overdue = "OVERDUE",
        /// A defect of others is overdue, or failed too often, and has come to the person by the escalation rules.
        Escalated = "ESCALATED",
        /// A comment mentions the person.
        Mentioned = "MENTIONED",
        /// An edit of the person that waited was applied or dismissed.
        EditSettled = "EDIT_SETTLED",
        /// A device of the person holds work that has not arrived for a day.
        DeviceBehind = "DEVICE_BEHIND",
    }
}

impl InboxKind {
    /// The reason as one line of a digest begins, English and Chinese.
    #[must_use]
    pub const fn plain_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Assigned => ("To repair", "待整改"),
            Self::SentBack => ("Sent back", "退回整改"),
            Self::Disputed => ("Disputed", "有异议待裁定"),
            Self::Verified => ("Accepted", "验收通过"),
            Self::DueSoon => ("Due soon", "即将到期"),
            Self::Overdue => ("Overdue", "已逾期"),
            Self::Escalated => ("Escalated to you", "已上报给您"),
            Self::Mentioned => ("You are mentioned in a comment", "评论中提到您"),
            Self::EditSettled => ("Your edit that waited is settled", "您待处理的修改已有结果"),
            Self::DeviceBehind => ("A device of yours holds work that has not arrived", "您的设备上有尚未上传的记录"),
        }
    }
}
