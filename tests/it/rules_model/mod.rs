//! Random commands of all parties, compared with a model of the handbook after each command.
//!
//! `MODEL_SEED` repeats a run (of one database, with the number of commands that it had), `MODEL_COMMANDS` makes it
//! longer; half of them run on each database. A difference ends the test with the seed, the last commands and both
//! values.
//!
//! The model is written from the handbook and the documents of the API and calls none of the product's rules. It
//! contains: rights; the effect of every command on status, due clock (working time by its own arithmetic), attempts
//! and verdicts, counts of failures and reopenings, duplicates, names of events; unit inspections, lineage, blockers of
//! delivery, rates of the overview, and the visibility for each person.
//!
//! After each command the test compares its success and the named defects. After every [`STEP`] commands it compares
//! everything, and two tablets pull the changes.
//!
//! Not modelled: codes of refusals; photos (the policy requires none) and the commands that depend on them;
//! measurements and failed checklist items; inaccessible units; rounds that are changed, discarded or reopened; defects
//! that move to another unit; comments, waivers, escalation by time; the people with access between repair and damage;
//! the fields of a defect that owners and contractors are shown; changes of other kinds than defects; people who change
//! company or role; late pushes of devices.

mod commands;
mod compare;
mod days;
mod effects;
mod families;
mod model;
mod people;
mod rounds;
mod wire;

use std::collections::VecDeque;

use serde_json::json;
use tests::app::TestApp;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;

use self::commands::{Act, Command};
use self::compare::{Compared, Difference, TabletCopy, same};
use self::days::Days;
use self::model::{Model, Rules};
use self::people::{Party, UNITS};
use self::wire::Site;
use crate::evidence::run;

/// Commands over both databases, unless `MODEL_COMMANDS` says otherwise.
const COMMANDS: usize = 2_000;
/// The number of commands between two comparisons of everything.
const STEP: usize = 50;
/// The number of commands that are printed of a failed run.
const TOLD: usize = 10;
/// The people whose tablets pull: a contractor's, which gains defects, and an owner's, which loses void ones.
const TABLETS: [usize; 2] = [6, 10];

/// A run of the model and the server.
struct Run<'a> {
    site: Site<'a>,
    model: Model,
    dice: Dice,
    tablets: Vec<TabletCopy<'a>>,
    seed: u64,
    count: usize,
    last: VecDeque<String>,
}

/// Seeded by `MODEL_SEED`, or randomly.
fn seed() -> u64 {
    match std::env::var("MODEL_SEED") {
        Ok(text) => text.parse().expect("MODEL_SEED is a number"),
        Err(_) => u64::from_le_bytes(v7().as_bytes()[8..].first_chunk().copied().unwrap_or_default()),
    }
}

impl<'a> Run<'a> {
    async fn start(app: &'a TestApp, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let days = Days { skip: dice.chance(50) };
        let rules = Rules { all: dice.chance(50), property: dice.chance(30), days };
        let site = Site::of(app).await;
        // The owners' units are open to them.
        for unit in &UNITS[..2] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let parties: Vec<&str> = rules.verifying().into_iter().map(Party::code).collect();
        let policy = json!({
            "projectId": app.project.id, "afterPhotoRequired": false, "skipDaysOff": days.skip,
            "verification": if rules.all { "ALL" } else { "ANY_ONE" }, "verifyingParties": parties,
        });
        run(site.manager(), "projectPolicyUpdate", policy).await;
        let mut tablets = Vec::new();
        for person in TABLETS {
            tablets.push(TabletCopy::of(&site, person).await);
        }
        let model = Model::new(app.app.clock.now().0, rules);
        Self { site, model, dice, tablets, seed, count: 0, last: VecDeque::new() }
    }

    /// Runs one command on both sides, and compares the answer and the named defects.
    async fn step(&mut self) -> Compared {
        // No two commands have the same time.
        self.site.app.advance_seconds(1);
        self.model.now = self.site.app.app.clock.now().0;
        let (command, id) = (commands::next(&self.model, &mut self.dice), v7());
        self.count += 1;
        self.last.push_back(format!("{} {id} {command:?}", self.count));
        if self.last.len() > TOLD {
            self.last.pop_front();
        }
        let refused = self.site.give(&self.model, &command, id).await;
        let done = self.model.apply(&command, id);
        let what = format!("whether it is done; refused by {refused:?}");
        same(&what, &done, &refused.is_empty())?;
        self.model.now = self.site.app.app.clock.now().0;
        if let (true, Command::Open { round, .. }) = (done, &command) {
            self.site.name_inspections(&mut self.model, *round).await;
        }
        let touched = if done { named(&command, &self.model) } else { Vec::new() };
        for index in touched {
            compare::defect(&self.site, &self.model, index).await?;
        }
        Ok(())
    }

    async fn compare_all(&mut self) -> Compared {
        if !self.model.defects.is_empty() {
            compare::compare_with_model(&self.site, &self.model, &mut self.dice).await?;
        }
        for tablet in &mut self.tablets {
            tablet.pull(&self.model).await?;
        }
        Ok(())
    }

    fn expect(&self, compared: Compared) {
        if let Err(Difference { of, model, server }) = compared {
            panic!(
                "MODEL_SEED={}, command {}, {:?}: {of}\nthe model says {model}\nthe server says {server}\nafter {:#?}",
                self.seed, self.count, self.model.rules, self.last
            );
        }
    }
}

/// The defects that a command names.
fn named(command: &Command, model: &Model) -> Vec<usize> {
    match command {
        Command::Log { .. } => vec![model.defects.len() - 1],
        Command::Defect { defect, act: Act::Merge { into: other } | Act::Void { of: Some(other), .. }, .. } => {
            vec![*defect, *other]
        }
        Command::Defect { defect, .. } => vec![*defect],
        _ => Vec::new(),
    }
}

on_both_databases! {
    async fn random_commands_agree_with_a_model_of_the_handbook(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (seed, count) = (seed(), number("MODEL_COMMANDS", COMMANDS) / 2);
        println!("random commands on {:?}: MODEL_SEED={seed}", db.backend());
        let mut run = Run::start(&app, seed).await;
        for command in 1..=count {
            let compared = run.step().await;
            run.expect(compared);
            if command % STEP == 0 || command == count {
                let compared = run.compare_all().await;
                run.expect(compared);
            }
        }
    }
}
