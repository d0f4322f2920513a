//! One-time links: their kinds, and the time for which they are valid.

string_enum! {
    /// The purpose of a one-time link.
    pub enum LinkKind {
        /// A person joins a project.
        Invitation = "INVITATION",
        /// A person sets a new password.
        PasswordReset = "PASSWORD_RESET",
    }
}

impl LinkKind {
    /// The time for which a new link is valid, in seconds: 7 days for an invitation, 24 hours for a password reset.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Invitation => 7 * 24 * 60 * 60,
            Self::PasswordReset => 24 * 60 * 60,
        }
    }
}
