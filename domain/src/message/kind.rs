//! The kinds of messages, with what is common to all messages of a kind.

string_enum! {
    /// What a message is for.
    pub enum MessageKind {
        /// A code with which a person signs in.
        SignInCode = "SIGN_IN_CODE",
        /// An owner's link to the own unit.
        UnitLink = "UNIT_LINK",
        /// An invitation to a project.
        Invitation = "INVITATION",
        /// A link with which a person sets a new password.
        PasswordReset = "PASSWORD_RESET",
        /// A code with which a person confirms an address or a number.
        AddressCode = "ADDRESS_CODE",
        /// The password was changed.
        PasswordChanged = "PASSWORD_CHANGED",
        /// The address of messages was changed; sent to the address before.
        AddressChanged = "ADDRESS_CHANGED",
        /// What has happened since the last digest.
        Digest = "DIGEST",
    }
}

string_enum! {
    /// A place in a template for a value, `{{name}}`: the closed list.
    pub enum Placeholder {
        /// The name of the person who gets the message.
        PersonName = "person.name",
        /// The login of that person.
        Login = "login",
        /// The name of the project.
        ProjectName = "project.name",
        /// The code of the unit, for people.
        UnitCode = "unit.code",
        /// What the person becomes, in words: the role and the company, or the owned units.
        Position = "position",
        /// A code of digits.
        Code = "code",
        /// For how many minutes a code is good.
        Minutes = "minutes",
        /// An address to open.
        Link = "link",
        /// The last day on which the link is good.
        LastDay = "lastDay",
        /// When it happened, on the wall of the server's or the project's time zone.
        Moment = "moment",
        /// How many there are.
        Count = "count",
        /// One line for each entry.
        Lines = "lines",
        /// An address with which messages of the kind are switched off.
        UnsubscribeLink = "unsubscribe.link",
    }
}

impl MessageKind {
    /// The placeholders of the kind's templates; each has a value.
    #[must_use]
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder as P;
        match self {
            Self::SignInCode | Self::AddressCode => &[P::PersonName, P::Code, P::Minutes],
            Self::UnitLink => &[P::PersonName, P::ProjectName, P::UnitCode, P::Link, P::LastDay],
            Self::Invitation => &[P::PersonName, P::Login, P::ProjectName, P::Position, P::Link, P::LastDay],
            Self::PasswordReset => &[P::PersonName, P::Login, P::Link, P::LastDay],
            Self::PasswordChanged => &[P::PersonName, P::Login, P::Moment],
            Self::AddressChanged => &[P::PersonName, P::Login, P::Moment],
            Self::Digest => &[P::PersonName, P::Count, P::Lines, P::Link, P::UnsubscribeLink],
        }
    }

    /// Whether the text opens something: a code or a link. Such a text is wiped from the database when the message is
    /// settled, and is never logged.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::SignInCode | Self::AddressCode | Self::UnitLink | Self::Invitation | Self::PasswordReset)
    }

    /// Whether the person may switch messages of the kind off. The others are services that the person asked for, or
    /// notices that protect the person.
    #[must_use]
    pub const fn can_be_switched_off(self) -> bool {
        matches!(self, Self::Digest)
    }

    /// Whether it goes only to an address that the person has confirmed, or over a channel that the person has chosen.
    /// It tells of work, and an address with a slip of the pen belongs to somebody else.
    #[must_use]
    pub const fn needs_confirmed_address(self) -> bool {
        matches!(self, Self::Digest)
    }

    /// Whether it waits for the end of the person's quiet hours. What a person waits for, and what protects a person,
    /// does not.
    #[must_use]
    pub const fn waits_for_quiet_hours(self) -> bool {
        matches!(self, Self::Digest | Self::Invitation | Self::UnitLink)
    }

    /// The order in which messages that are due are sent, the lowest first: somebody waits for a code.
    #[must_use]
    pub const fn rank(self) -> i32 {
        match self {
            Self::SignInCode | Self::AddressCode => 0,
            Self::UnitLink | Self::Invitation | Self::PasswordReset => 1,
            Self::PasswordChanged | Self::AddressChanged => 2,
            Self::Digest => 3,
        }
    }
}
