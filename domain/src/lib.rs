//! The field's rules, pure: types, state machines, permissions, deadlines.
//!
//! Nothing here reads a clock, a file, a database or chance; what a rule needs comes in as a value.

#[macro_use]
mod string_enum;
#[macro_use]
pub mod command;

pub mod access;
pub mod actor;
pub mod change;
pub mod defect;
pub mod escalation;
pub mod event;
pub mod id;
pub mod import;
pub mod inbox;
pub mod inspection;
pub mod login;
pub mod lookalike;
pub mod measurement;
pub mod membership;
pub mod message;
pub mod note;
pub mod number;
pub mod object_kind;
pub mod one_time_link;
pub mod party;
pub mod password;
pub mod photo;
pub mod place;
pub mod policy;
pub mod quota;
pub mod rate;
pub mod refusal;
pub mod round;
pub mod session;
pub mod side;
pub mod sync;
pub mod taxonomy;
pub mod text;
pub mod time;
pub mod unit;
pub mod vocabulary;
pub mod words;

pub use actor::{Actor, Caller, Membership, OwnedUnit, ProjectRole, VisibilityScope};
pub use note::{Note, NoteCode};
pub use party::{Language, Party, Role};
pub use policy::Policy;
pub use refusal::{Refusal, RefusalCode};
pub use side::Side;
pub use string_enum::UnknownCode;
pub use time::Timestamp;
