//! The commands and their random choice: most are such as the model allows, some are any person's on any defect.

use tests::dice::Dice;

use super::model::{Model, RIGHTS, Right, Status};
use super::people::{Company, KINDS, PEOPLE, Party, Severity, UNITS, WORKERS};
use super::rounds::{RoundStatus, Step};

/// How a dispute is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Upheld,
    Reassigned,
    Voided,
}

impl Outcome {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Upheld => "UPHELD",
            Self::Reassigned => "REASSIGNED",
            Self::Voided => "VOIDED",
        }
    }
}

/// A command on a defect with its input.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Update { description: Option<String>, kind: Option<usize>, severity: Option<Severity> },
    Assign { company: Option<Company>, assignee: Option<usize>, due_in_hours: Option<i64> },
    Start,
    ReportFixed,
    Verify { passed: bool },
    Dispute,
    Resolve { outcome: Outcome, company: Option<Company> },
    Void { duplicate: bool, of: Option<usize> },
    Restore,
    Reopen,
    Hold,
    Resume,
    Merge { into: usize },
    Unmerge,
    Withdraw,
}

/// The next step of a run.
#[derive(Debug, Clone)]
pub(super) enum Command {
    Wait { hours: i64 },
    Log { person: usize, unit: usize, kind: usize, severity: Option<Severity>, inspection: Option<usize> },
    Defect { person: usize, defect: usize, act: Act },
    Plan { person: usize, stage: &'static str, parties: &'static [Party], units: Vec<usize> },
    Open { person: usize, round: usize },
    Close { person: usize, round: usize },
    Inspect { person: usize, round: usize, unit: usize, step: Step },
}

/// The stages of rounds: one that must be signed before delivery, one that must not.
const STAGES: [&str; 3] = ["HOUSEHOLD_ACCEPTANCE", "HOUSEHOLD_ACCEPTANCE", "OPEN_DAY"];
const PARTIES: [&[Party]; 4] = [
    &[Party::Developer],
    &[Party::Developer, Party::Supervisor],
    &[Party::Supervisor, Party::Contractor],
    &[Party::Developer, Party::Customer],
];
const ROUNDS: usize = 6;
/// The number of living defects that is enough for conflicts.
const ALIVE: usize = 40;

/// The next command.
pub(super) fn next(model: &Model, dice: &mut Dice) -> Command {
    let alive = model.defects.iter().filter(|defect| defect.status.is_alive()).count();
    match dice.below(100) {
        0..2 => Command::Wait { hours: 1 + hours(dice, 60) },
        2..6 => round_command(model, dice),
        6..18 if !open_rounds(model).is_empty() => inspection_command(model, dice),
        18..30 if alive < ALIVE => log(model, dice),
        _ if model.defects.is_empty() => log(model, dice),
        _ => defect_command(model, dice),
    }
}

fn hours(dice: &mut Dice, limit: usize) -> i64 {
    i64::try_from(dice.below(limit)).unwrap_or_default()
}

fn log(model: &Model, dice: &mut Dice) -> Command {
    let person = dice.below(PEOPLE.len());
    let unit = PEOPLE[person].home.filter(|_| dice.chance(80)).unwrap_or_else(|| dice.below(UNITS.len()));
    let severity = dice.chance(30).then(|| *dice.pick(&Severity::ALL));
    let inspected: Vec<usize> =
        (0..model.rounds.len()).filter(|round| model.rounds[*round].inspections.contains_key(&unit)).collect();
    let inspection = (!inspected.is_empty() && dice.chance(60)).then(|| *dice.pick(&inspected));
    Command::Log { person, unit, kind: dice.below(KINDS.len()), severity, inspection }
}

fn open_rounds(model: &Model) -> Vec<usize> {
    (0..model.rounds.len()).filter(|round| model.rounds[*round].status == RoundStatus::Open).collect()
}

fn round_command(model: &Model, dice: &mut Dice) -> Command {
    let person = if dice.chance(80) { dice.below(2) } else { dice.below(PEOPLE.len()) };
    let count = model.rounds.len();
    if count == 0 || (count < ROUNDS && open_rounds(model).len() < 2 && dice.chance(40)) {
        let mut units: Vec<usize> = (0..UNITS.len()).filter(|_| dice.chance(70)).collect();
        if units.is_empty() {
            units.push(0);
        }
        let (stage, parties) = (*dice.pick(&STAGES), *dice.pick(&PARTIES));
        return Command::Plan { person, stage, parties, units };
    }
    let round = dice.below(count);
    let closes = match model.rounds[round].status {
        RoundStatus::Draft => 10,
        RoundStatus::Open => 35,
        RoundStatus::Closed => 50,
    };
    if dice.chance(closes) { Command::Close { person, round } } else { Command::Open { person, round } }
}

fn inspection_command(model: &Model, dice: &mut Dice) -> Command {
    let open = open_rounds(model);
    let round = if dice.chance(90) { *dice.pick(&open) } else { dice.below(model.rounds.len()) };
    let units: Vec<usize> = model.rounds[round].inspections.keys().copied().collect();
    if units.is_empty() {
        return round_command(model, dice);
    }
    let unit = *dice.pick(&units);
    let any = [Step::Record(some_places(dice)), Step::Submit, Step::Sign, Step::Reopen];
    let mut may: Vec<(usize, &Step)> = Vec::new();
    for step in &any {
        // Reopenings are rare, because they invalidate signatures.
        if *step != Step::Reopen || dice.chance(20) {
            may.extend(
                (0..PEOPLE.len()).filter(|who| model.may_inspect(*who, round, unit, step)).map(|who| (who, step)),
            );
        }
    }
    let (person, step) = match may.is_empty() || dice.chance(15) {
        true => (dice.below(PEOPLE.len()), dice.pick(&any)),
        false => *dice.pick(&may),
    };
    Command::Inspect { person, round, unit, step: step.clone() }
}

/// All places of the checklist, or two of them.
fn some_places(dice: &mut Dice) -> Vec<usize> {
    if dice.chance(60) { (0..5).collect() } else { vec![dice.below(2), 2 + dice.below(3)] }
}

fn defect_command(model: &Model, dice: &mut Dice) -> Command {
    let count = model.defects.len();
    // New defects are chosen more often, so that some receive many commands.
    let defect = if dice.chance(60) { count - 1 - dice.below(count.min(12)) } else { dice.below(count) };
    let rights = &RIGHTS[..RIGHTS.len() - 1];
    let any = (dice.below(PEOPLE.len()), dice.pick(rights).0);
    let (person, right) = match dice.chance(80) {
        true => allowed(model, dice, defect, rights).unwrap_or(any),
        false => any,
    };
    Command::Defect { person, defect, act: act(model, dice, defect, right) }
}

/// A person with a command that the model allows now. Each command has the same probability, regardless of the number
/// of its people.
fn allowed(model: &Model, dice: &mut Dice, defect: usize, rights: &[(Right, &str)]) -> Option<(usize, Right)> {
    let people = |right: Right| (0..PEOPLE.len()).filter(move |person| model.may(*person, defect, right));
    let possible: Vec<Right> =
        rights.iter().map(|(right, _)| *right).filter(|right| people(*right).count() > 0).collect();
    if possible.is_empty() {
        return None;
    }
    let mut right = *dice.pick(&possible);
    if matches!(right, Right::Void | Right::Withdraw | Right::Merge) && dice.chance(60) {
        // Otherwise most defects would be void before any repair.
        right = *dice.pick(&possible);
    }
    let people: Vec<usize> = people(right).collect();
    Some((*dice.pick(&people), right))
}

fn act(model: &Model, dice: &mut Dice, defect: usize, right: Right) -> Act {
    match right {
        Right::Update | Right::Comment => update(dice),
        Right::Assign => assign(dice),
        Right::SetAssignee => Act::Assign { company: None, assignee: Some(*dice.pick(&WORKERS)), due_in_hours: None },
        Right::Start => Act::Start,
        Right::ReportFixed => Act::ReportFixed,
        Right::Verify => Act::Verify { passed: dice.chance(60) },
        Right::Dispute => Act::Dispute,
        Right::ResolveDispute => {
            let outcome = *dice.pick(&[Outcome::Upheld, Outcome::Reassigned, Outcome::Reassigned, Outcome::Voided]);
            let company = dice.chance(90).then(|| *dice.pick(&[Company::A, Company::B]));
            Act::Resolve { outcome, company }
        }
        Right::Void if dice.chance(50) => {
            Act::Void { duplicate: true, of: dice.chance(90).then(|| other(model, dice, defect)) }
        }
        Right::Void => Act::Void { duplicate: false, of: None },
        Right::Restore => Act::Restore,
        Right::Reopen => Act::Reopen,
        Right::Hold => Act::Hold,
        Right::Resume => Act::Resume,
        Right::Merge => Act::Merge { into: other(model, dice, defect) },
        Right::Unmerge => Act::Unmerge,
        Right::Withdraw => Act::Withdraw,
    }
}

fn update(dice: &mut Dice) -> Act {
    let (mut description, mut kind, mut severity) = (None, None, None);
    match dice.below(4) {
        0 => description = Some(format!("seen {}", dice.throw())),
        1 => kind = Some(dice.below(KINDS.len())),
        2 => severity = Some(*dice.pick(&Severity::ALL)),
        _ => (kind, severity) = (Some(dice.below(KINDS.len())), Some(*dice.pick(&Severity::ALL))),
    }
    Act::Update { description, kind, severity }
}

fn assign(dice: &mut Dice) -> Act {
    let company =
        *dice.pick(&[Company::A, Company::A, Company::A, Company::B, Company::B, Company::B, Company::Property]);
    let assignee = dice.chance(30).then(|| *dice.pick(&WORKERS));
    let due_in_hours = dice.chance(25).then(|| hours(dice, 200) - 8);
    Act::Assign { company: Some(company), assignee, due_in_hours }
}

/// Usually a defect of the same unit that is not void; sometimes any, including the defect itself.
fn other(model: &Model, dice: &mut Dice, defect: usize) -> usize {
    let fits = |other: &usize| {
        let (one, two) = (&model.defects[defect], &model.defects[*other]);
        *other != defect && one.unit == two.unit && two.status != Status::Void
    };
    let fitting: Vec<usize> = (0..model.defects.len()).filter(fits).collect();
    if fitting.is_empty() || dice.chance(15) { dice.below(model.defects.len()) } else { *dice.pick(&fitting) }
}
