//! Messages that leave the server to a person: kinds, channels, states, and the rules of sending. A message to one
//! person over one channel is an attempt, a row that is written with its cause.

pub mod address;
pub mod code;
mod kind;
mod receipt;
pub mod retry;
mod template;
pub mod times;

pub use kind::{MessageKind, Placeholder};
pub use receipt::{Receipt, next_state};
pub use template::{Form, RenderedMessage, TEMPLATE_VERSION, Template, TemplateError, render};

string_enum! {
    /// The way by which a message leaves the server.
    pub enum MessageChannel {
        /// E-mail, by a mail server.
        Email = "EMAIL",
        /// A text message to a phone, by a gateway.
        Sms = "SMS",
        /// A message of the company's official account, by a gateway.
        OfficialAccount = "OFFICIAL_ACCOUNT",
        /// A push notification of the app, by a gateway.
        Push = "PUSH",
    }
}

impl MessageChannel {
    /// Whether messages on it have the long form with a subject; the others have the short one.
    #[must_use]
    pub const fn is_long(self) -> bool {
        matches!(self, Self::Email)
    }

    /// How long a message waits to be sent before it has expired: 48 hours by e-mail, 6 hours otherwise.
    #[must_use]
    pub const fn lifetime_seconds(self) -> i64 {
        match self {
            Self::Email => 48 * 60 * 60,
            Self::Sms | Self::OfficialAccount | Self::Push => 6 * 60 * 60,
        }
    }
}

string_enum! {
    /// How far a message to one person over one channel has come. Clients need a branch for states that they do not
    /// know.
    pub enum MessageState {
        /// It waits to be sent, or to be sent again.
        Queued = "QUEUED",
        /// It is being sent now.
        Sending = "SENDING",
        /// The server cannot know whether it was sent: the process, or the connection, broke off at the last moment. It
        /// is not sent again until a receipt or a person settles it.
        Unknown = "UNKNOWN",
        /// The mail server or the gateway has taken it.
        Sent = "SENT",
        /// It was not sent, or did not arrive, and will not be tried again.
        Failed = "FAILED",
        /// It arrived, by a receipt.
        Delivered = "DELIVERED",
        /// The person has read it: by a receipt, or because the person has used the code or the link in it.
        Read = "READ",
    }
}

impl MessageState {
    /// Whether nothing is sent from this state any more, so that what is secret in the text is not needed.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Delivered | Self::Read)
    }

    /// Whether a message in this state was read once its person has used the code or the link in it. It was handed over,
    /// or nobody knows better; what still waits, or has failed, was read elsewhere, such as on a sheet of QR codes.
    #[must_use]
    pub const fn is_read_by_use(self) -> bool {
        matches!(self, Self::Unknown | Self::Sent | Self::Delivered)
    }
}

string_enum! {
    /// Why a message failed, or was not sent at a try.
    pub enum MessageError {
        /// The time in which it would have been of use has passed.
        Expired = "EXPIRED",
        /// The mail server or the gateway refused it for good.
        Refused = "REFUSED",
        /// The mail server or the gateway asked to come back later.
        Deferred = "DEFERRED",
        /// The mail server or the gateway could not be reached.
        Outage = "OUTAGE",
        /// The connection, or the process, broke off when the message was handed over.
        BrokenOff = "BROKEN_OFF",
        /// A receipt said that it did not arrive.
        NotDelivered = "NOT_DELIVERED",
        /// What it tells holds no more: the link was withdrawn, say.
        Withdrawn = "WITHDRAWN",
        /// A person settled it as not sent.
        GivenUp = "GIVEN_UP",
    }
}

string_enum! {
    /// How a person settles a message of which the server does not know whether it was sent.
    pub enum MessageResolution {
        /// It was sent: nothing is done.
        Sent = "SENT",
        /// It was not sent, and is not wanted any more.
        Failed = "FAILED",
        /// It was not sent: it is sent again.
        SendAgain = "SEND_AGAIN",
    }
}
