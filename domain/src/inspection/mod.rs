//! The unit inspection 分户记录: its states, the rights to its commands, its missing entries, and the content to sign.

pub mod codes;
pub mod commands;
pub mod content;
pub mod lineage;
pub mod missing;
pub mod permit;

pub use codes::{CheckOutcome, EarlierOutcome, InspectionStatus, MissingKind, SignatureSubject};
pub use commands::InspectionCommand;
pub use content::InspectionContent;
pub use lineage::{Earlier, Replayed, earlier_outcome};
pub use missing::{Answer, MissingItem, Question, missing};
pub use permit::{Allowed, InspectionFacts, Signer, allowed_commands, permit, status_after, takes_findings};
