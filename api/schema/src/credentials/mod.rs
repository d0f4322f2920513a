//! Invitations, passwords, and the links that work once.

pub mod inputs;
pub mod invitations;
pub mod passwords;
pub mod queries;
pub mod types;

pub use invitations::InvitationMutation;
pub use passwords::PasswordMutation;
pub use queries::CredentialsQuery;
