//! The participants and places: the people of the fixture project, three of its units, and some defect types.

/// A role, as the handbook names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Manager,
    Site,
    Relations,
    Supervisor,
    Property,
    Escort,
    Lead,
    Worker,
    Owner,
}

/// A party, as the handbook names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Developer,
    Supervisor,
    Property,
    Contractor,
    Customer,
}

impl Party {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Developer => "DEVELOPER",
            Self::Supervisor => "SUPERVISOR",
            Self::Property => "PROPERTY",
            Self::Contractor => "CONTRACTOR",
            Self::Customer => "CUSTOMER",
        }
    }
}

/// A company by its code in the fixture project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Company {
    Developer,
    A,
    B,
    Supervisor,
    Property,
}

impl Company {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Developer => "DEV",
            Self::A => "A",
            Self::B => "B",
            Self::Supervisor => "SUP",
            Self::Property => "PROP",
        }
    }

    pub(super) const fn is_contractor(self) -> bool {
        matches!(self, Self::A | Self::B)
    }
}

/// A person. Owners have a home instead of a company.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) login: &'static str,
    pub(super) role: Role,
    pub(super) company: Option<Company>,
    pub(super) home: Option<usize>,
}

impl Person {
    const fn staff(login: &'static str, role: Role, company: Company) -> Self {
        Self { login, role, company: Some(company), home: None }
    }

    const fn owner(login: &'static str, home: usize) -> Self {
        Self { login, role: Role::Owner, company: None, home: Some(home) }
    }

    pub(super) const fn party(&self) -> Party {
        match self.role {
            Role::Manager | Role::Site | Role::Relations => Party::Developer,
            Role::Supervisor => Party::Supervisor,
            Role::Property | Role::Escort => Party::Property,
            Role::Lead | Role::Worker => Party::Contractor,
            Role::Owner => Party::Customer,
        }
    }
}

/// All people; a person is identified by the index in this list.
pub(super) static PEOPLE: [Person; 12] = [
    Person::staff("manager", Role::Manager, Company::Developer),
    Person::staff("site", Role::Site, Company::Developer),
    Person::staff("relations", Role::Relations, Company::Developer),
    Person::staff("supervisor", Role::Supervisor, Company::Supervisor),
    Person::staff("property", Role::Property, Company::Property),
    Person::staff("escort", Role::Escort, Company::Property),
    Person::staff("lead.a", Role::Lead, Company::A),
    Person::staff("worker.a", Role::Worker, Company::A),
    Person::staff("lead.b", Role::Lead, Company::B),
    Person::staff("worker.b", Role::Worker, Company::B),
    Person::owner("owner1", 0),
    Person::owner("owner2", 1),
];

/// The delivery manager, who sees everything, so the comparison uses this view.
pub(super) const MANAGER: usize = 0;
/// The people of contractors, who may be assignees.
pub(super) const WORKERS: [usize; 4] = [6, 7, 8, 9];
/// The people whose lists of defects are compared: one who sees all, two contractors, two owners.
pub(super) const VIEWERS: [usize; 5] = [0, 6, 9, 10, 11];

/// The units by code; a unit is identified by the index in this list. The first two have owners.
pub(super) static UNITS: [&str; 3] = ["1-101", "1-102", "1-201"];

/// The severity of a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    Critical,
    Major,
    Minor,
    Cosmetic,
}

impl Severity {
    pub(super) const ALL: [Self; 4] = [Self::Critical, Self::Major, Self::Minor, Self::Cosmetic];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::Major => "MAJOR",
            Self::Minor => "MINOR",
            Self::Cosmetic => "COSMETIC",
        }
    }

    /// The days that a project gives by default for a defect whose severity is not the usual one of its type.
    const fn days(self) -> i64 {
        match self {
            Self::Critical => 3,
            Self::Major => 7,
            Self::Minor => 10,
            Self::Cosmetic => 15,
        }
    }

    /// Whether it blocks delivery.
    pub(super) const fn blocks(self) -> bool {
        matches!(self, Self::Critical | Self::Major)
    }
}

/// A type of defect: its usual severity, the days for it, and the responsible company by the fixture's rules.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) code: &'static str,
    pub(super) usual: Severity,
    days: i64,
    pub(super) routed_to: Option<Company>,
}

impl Kind {
    const fn new(code: &'static str, usual: Severity, days: i64, routed_to: Option<Company>) -> Self {
        Self { code, usual, days, routed_to }
    }

    /// Days to repair a defect of this type and severity.
    pub(super) fn days(&self, severity: Severity) -> i64 {
        if severity == self.usual { self.days } else { severity.days() }
    }
}

/// The types in use: plaster and paint are A's, tiles and windows B's; electrical work and gas have no rule.
pub(super) static KINDS: [Kind; 6] = [
    Kind::new("WALL.CRACK", Severity::Minor, 7, Some(Company::A)),
    Kind::new("WALL.STAIN", Severity::Cosmetic, 3, Some(Company::A)),
    Kind::new("FLOOR.SLOPE", Severity::Major, 15, Some(Company::B)),
    Kind::new("WIN.LIMITER", Severity::Critical, 3, Some(Company::B)),
    Kind::new("ELEC.LABEL", Severity::Minor, 3, None),
    Kind::new("GAS.SUPPLY", Severity::Minor, 30, None),
];
