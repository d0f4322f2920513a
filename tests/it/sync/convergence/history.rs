//! The events of a history in any order: generated, and shrunk after a failure.

use std::fmt::{self, Display};

use proptest::collection::vec;
use proptest::prelude::*;

/// The people with tablets, by login. A person may have several tablets.
pub(super) const PEOPLE: [&str; 10] =
    ["site", "lead.a", "worker.a", "supervisor", "manager", "worker.b", "lead.b", "escort", "property", "owner1"];

/// The fault of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The request is lost.
    LostRequest,
    /// The request is processed, and its answer is lost.
    LostAnswer,
    /// The answer breaks off in the middle.
    HalfAnswer,
    /// The tablet disconnects after this many steps of the server's work.
    HangUp(u8),
    /// The request arrives twice, concurrently.
    Twice,
    /// The request arrives after later ones of its tablet.
    Late,
}

/// An event of a history. Indexes of tablets and choices are taken modulo their count.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The person acts: which command, on which object, and how.
    Work { tablet: u8, what: u8, which: u8, how: u16 },
    /// The tablet synchronises over a connection with these faults.
    Sync { tablet: u8, faults: Vec<Fault> },
    /// All synchronise concurrently.
    AllSync { faults: Vec<Fault> },
    /// The app is killed during a synchronisation, after this many steps, and restarted.
    KilledInSync { tablet: u8, polls: u8 },
    /// The delayed requests arrive.
    Arrive { tablet: u8 },
    /// The tablet's clock is shifted by this many hours.
    Clock { tablet: u8, hours: i16 },
    /// The person signs out with pending work, and another one signs in.
    HandOver { tablet: u8, person: u8 },
    /// The copy is restricted to a unit, or extended again.
    Narrow { tablet: u8, unit: Option<u8> },
    /// A person's role in the project ends, or begins again.
    Rights { person: u8, given: bool },
    /// The server is restarted.
    Restart,
}

/// A history.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// The holder of each tablet, and the error of its clock in hours.
    pub(super) tablets: Vec<(u8, i16)>,
    pub(super) steps: Vec<Step>,
}

impl Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (person, hours)) in self.tablets.iter().enumerate() {
            let login = PEOPLE[usize::from(*person) % PEOPLE.len()];
            writeln!(f, "tablet {number} of {login}, its clock wrong by {hours} hours")?;
        }
        self.steps.iter().try_for_each(|step| writeln!(f, "    {step:?}"))
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        2 => Just(Fault::LostRequest),
        3 => Just(Fault::LostAnswer),
        2 => Just(Fault::HalfAnswer),
        2 => (0_u8..40).prop_map(Fault::HangUp),
        1 => Just(Fault::Twice),
        1 => Just(Fault::Late),
    ]
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    vec(fault(), 0..5)
}

/// Clocks are right, or wrong by hours or days in either direction.
fn hours() -> impl Strategy<Value = i16> {
    prop_oneof![3 => Just(0_i16), 1 => -3_i16..4, 1 => -24 * 9_i16..24 * 9]
}

fn step() -> impl Strategy<Value = Step> {
    let tablet = any::<u8>;
    prop_oneof![
        40 => (tablet(), any::<u8>(), any::<u8>(), any::<u16>())
            .prop_map(|(tablet, what, which, how)| Step::Work { tablet, what, which, how }),
        18 => (tablet(), faults()).prop_map(|(tablet, faults)| Step::Sync { tablet, faults }),
        5 => faults().prop_map(|faults| Step::AllSync { faults }),
        5 => (tablet(), any::<u8>()).prop_map(|(tablet, polls)| Step::KilledInSync { tablet, polls }),
        3 => tablet().prop_map(|tablet| Step::Arrive { tablet }),
        2 => (tablet(), hours()).prop_map(|(tablet, hours)| Step::Clock { tablet, hours }),
        2 => (tablet(), any::<u8>()).prop_map(|(tablet, person)| Step::HandOver { tablet, person }),
        2 => (tablet(), proptest::option::of(any::<u8>())).prop_map(|(tablet, unit)| Step::Narrow { tablet, unit }),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(person, given)| Step::Rights { person, given }),
        1 => Just(Step::Restart),
    ]
}

/// Histories of 2 to 8 tablets.
pub(super) fn histories() -> impl Strategy<Value = History> {
    let tablets = prop_oneof![
        4 => vec((any::<u8>(), hours()), 2..4),
        2 => vec((any::<u8>(), hours()), 4..6),
        1 => vec((any::<u8>(), hours()), 6..9),
    ];
    (tablets, vec(step(), 1..40)).prop_map(|(tablets, steps)| History { tablets, steps })
}
