//! Sessions: how long they last, why they end, and the notices about their ends.

use crate::party::Language;

/// The longest life of a session, in seconds: 90 days after the sign-in the person signs in again.
pub const SESSION_SECONDS: i64 = 90 * 24 * 60 * 60;

/// The most active sessions of a person. A sign-in beyond it ends the session that was used longest ago.
pub const SESSIONS_LIMIT: usize = 100;

string_enum! {
    /// Why a session has ended before its time.
    pub enum SessionEndReason {
        /// The person signed out on the device.
        SignedOut = "SIGNED_OUT",
        /// The person ended the session from another device.
        EndedByPerson = "ENDED_BY_PERSON",
        /// An administrator ended the session.
        EndedByAdministrator = "ENDED_BY_ADMINISTRATOR",
        /// A newer sign-in took the place of this session, which had been used longest ago.
        TooMany = "TOO_MANY",
        /// The person's password was changed or reset.
        PasswordChanged = "PASSWORD_CHANGED",
        /// The person's last role or ownership ended, or the ownership of the unit to which the session was restricted.
        AccessEnded = "ACCESS_ENDED",
        /// The owner's link by which the person signed in was withdrawn.
        LinkRevoked = "LINK_REVOKED",
        /// A refresh token came a second time, so that it was in two hands.
        TokenReused = "TOKEN_REUSED",
    }
}

string_enum! {
    /// What a person is told at a sign-in about earlier sessions. Clients need a branch for codes that they do not
    /// know.
    pub enum SessionNoticeKind {
        /// A session was ended because one of its refresh tokens was used a second time: a copy of it may be in
        /// another person's hands.
        RefreshTokenReused = "REFRESH_TOKEN_REUSED",
    }
}

impl SessionNoticeKind {
    /// The sentence for the person.
    #[must_use]
    pub const fn message(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::RefreshTokenReused, Language::En) => {
                "A session of yours was ended because its sign-in data was used twice. If you did not restore a \
                 device from a copy, another person may have had access: change your password."
            }
            (Self::RefreshTokenReused, Language::Zh) => {
                "您的一个会话因登录凭据被重复使用而被结束。如果您没有从备份恢复过设备，则可能有他人获得过访问权限：请更改密码。"
            }
        }
    }
}
