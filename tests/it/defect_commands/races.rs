//! Two concurrent commands never produce a state that neither could produce alone: each pair of commands on the same
//! two defects, by 20 concurrent requests.
//!
//! By default the pairs run of which one command decides on two defects, on PostgreSQL, because SQLite has a single
//! writer. Pairs that seldom touch the other defect use fewer requests. With `DEFECT_RACES=all` every pair runs with
//! all requests, on both databases.

use std::collections::{BTreeMap, HashMap};

use domain::defect::{DefectCommand, DefectStatus};
use domain::event::EventName;
use domain::id::DefectId;
use domain::object_kind::ObjectKind;
use domain::policy::Policy;
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::db::Backend;
use store::entity::{defects, disputes, events, projects, repair_attempts};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::setup::commands;

/// Commands that decide on another defect than their own: these name or leave another defect,
const MERGING: [&str; 4] = ["MERGE", "VOID", "RESTORE", "UNMERGE"];
/// and these void a defect, of which others may be duplicates.
const VOIDING: [&str; 2] = ["WITHDRAW", "RESOLVE_DISPUTE"];
/// Commands on one defect that change the facts on which the others decide.
const OF_ONE: [&str; 5] = ["VERIFY", "REPORT_FIXED", "UPDATE", "START", "REOPEN"];
const REQUESTS: usize = 20;
/// Each of the two commands on each of the two defects, and half of that again.
const FEW: usize = 6;

/// The pairs to run, each with its number of requests.
fn pairs(all: bool) -> Vec<(&'static str, &'static str, usize)> {
    let of_two = [&MERGING[..], &VOIDING[..]].concat();
    let commands: Vec<&str> = if all { commands().collect() } else { of_two };
    let others = if all { Vec::new() } else { OF_ONE.to_vec() };
    let mut pairs = Vec::new();
    for (n, first) in commands.iter().copied().enumerate() {
        for second in commands[n..].iter().chain(&others).copied() {
            let many = all || (MERGING.contains(&first) && MERGING.contains(&second));
            pairs.push((first, second, if many { REQUESTS } else { FEW }));
        }
    }
    pairs
}

on_both_databases! {
    async fn no_pair_of_commands_produces_an_invalid_state(db: TestDb) {
        let all = std::env::var("DEFECT_RACES").is_ok_and(|which| which == "all");
        if !all && db.backend() == Backend::Sqlite {
            return;
        }
        let app = TestApp::start(&db).await;
        let race = Race::of(&app).await;
        let pairs = pairs(all);
        let count = DefectCommand::ALL.len();
        assert_eq!(pairs.len(), if all { count * (count + 1) / 2 } else { 51 });
        for (first, second, requests) in pairs {
            race.run(first, second, first, requests).await;
            if state_for(first) != state_for(second) {
                race.run(first, second, second, requests).await;
            }
        }
    }

    /// The two cases of the original finding: two defects into each other, and a ring of three.
    async fn exactly_one_of_defects_that_are_merged_into_each_other_survives(db: TestDb) {
        let app = TestApp::start(&db).await;
        let race = Race::of(&app).await;
        for count in [2, 3] {
            for _ in 0..5 {
                let mut ring = Vec::new();
                for _ in 0..count {
                    ring.push(race.logged("ASSIGNED").await);
                }
                let merge = |n: usize| {
                    let (from, into) = (ring[n % count], ring[(n + 1) % count]);
                    let command = if n.is_multiple_of(2) { "MERGE" } else { "VOID" };
                    race.ask(command, from, into)
                };
                let answers = join_all((0..REQUESTS).map(merge)).await;
                let done = answers.iter().filter(|codes| codes.is_empty()).count();
                assert_eq!(done, count - 1, "all but the survivor: {answers:?}");
                let rows = race.rows(&ring).await;
                let valid = rows.values().filter(|row| row.status.as_str() != "VOID").count();
                assert_eq!(valid, 1, "{rows:#?}");
                race.check(&ring, "merges in a ring").await;
            }
        }
    }
}

/// The state in which a command is possible.
fn state_for(command: &str) -> &'static str {
    match command {
        "VERIFY" => "FIXED",
        "RESOLVE_DISPUTE" => "DISPUTED",
        "RESTORE" => "VOID",
        "UNMERGE" => "MERGED",
        "REOPEN" => "CLOSED",
        "RESUME" => "HELD",
        "WITHDRAW" => "OPEN",
        _ => "ASSIGNED",
    }
}

struct Race<'a> {
    app: &'a TestApp,
    users: HashMap<&'static str, User<'a>>,
}

impl<'a> Race<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let policy = serde_json::to_value(Policy { after_photo_required: false, ..Policy::default() });
        let update = projects::Entity::update_many()
            .col_expr(projects::Column::Policy, Expr::value(policy.expect("a policy")))
            .filter(projects::Column::Id.eq(app.project.id));
        app.app.db.write(async |tx| update.exec(tx).await).await.expect("a policy without photos");
        let mut users = HashMap::new();
        for login in ["site", "lead.a", "worker.a", "supervisor"] {
            let user = app.user(login).await;
            user.ok("{ viewer { id } }", json!({})).await;
            users.insert(login, user);
        }
        Self { app, users }
    }

    /// A new defect in a state.
    async fn logged(&self, state: &str) -> Uuid {
        let id = v7();
        let kind = if state == "OPEN" { "ELEC.LABEL" } else { "WALL.CRACK" };
        let input = json!({ "defectId": id, "unitId": self.app.project.unit("1-101"), "type": kind });
        self.done("site", "defectLog", input).await;
        let way: &[&str] = match state {
            "FIXED" => &["REPORT_FIXED"],
            "CLOSED" => &["REPORT_FIXED", "VERIFY"],
            "DISPUTED" => &["DISPUTE"],
            "HELD" => &["HOLD"],
            _ => &[],
        };
        for command in way {
            assert_eq!(self.ask(command, id, id).await, Vec::<String>::new(), "{command} on the way to {state}");
        }
        id
    }

    /// Two defects of one state; for void and merged only the first has it.
    async fn pair(&self, state: &str) -> [Uuid; 2] {
        let both = match state {
            "VOID" | "MERGED" => "ASSIGNED",
            other => other,
        };
        let pair = [self.logged(both).await, self.logged(both).await];
        let way = match state {
            "VOID" => "VOID",
            "MERGED" => "MERGE",
            _ => return pair,
        };
        assert_eq!(self.ask(way, pair[0], pair[1]).await, Vec::<String>::new(), "{way}");
        pair
    }

    async fn run(&self, first: &str, second: &str, ready_for: &str, requests: usize) {
        let [x, y] = self.pair(state_for(ready_for)).await;
        let what = format!("{first} against {second} in {}", state_for(ready_for));
        let request = |n: usize| match n % 4 {
            0 => self.ask(first, x, y),
            1 => self.ask(second, y, x),
            2 => self.ask(first, y, x),
            _ => self.ask(second, x, y),
        };
        join_all((0..requests).map(request)).await;
        self.check(&[x, y], &what).await;
    }

    async fn done(&self, login: &str, mutation: &str, input: Value) {
        let codes = self.send(login, mutation, input).await;
        assert!(codes.is_empty(), "{mutation}: {codes:?}");
    }

    async fn ask(&self, command: &str, defect: Uuid, other: Uuid) -> Vec<String> {
        let (login, mutation, mut input) = self.request(command, other);
        input["defectId"] = json!(defect);
        self.send(login, mutation, input).await
    }

    /// Sends a command; returns the codes of its refusal. An internal error fails the test.
    async fn send(&self, login: &str, mutation: &str, input: Value) -> Vec<String> {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
        let answer = self.users[login].query(&document, json!({ "input": input })).await;
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        let errors = answer["data"][mutation]["userErrors"].as_array().expect("user errors");
        errors.iter().map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The login, mutation and input of a command.
    fn request(&self, command: &str, other: Uuid) -> (&'static str, &'static str, Value) {
        let company = |code: &str| self.app.project.company(code);
        let command: DefectCommand = command.parse().expect("a command on defects");
        let (login, input) = match command {
            DefectCommand::Update => ("site", json!({ "description": v7() })),
            DefectCommand::Assign => ("site", json!({ "companyId": company("A") })),
            DefectCommand::SetAssignee => ("lead.a", json!({ "assigneeId": self.app.person_id("worker.a") })),
            DefectCommand::Start => ("worker.a", json!({})),
            DefectCommand::ReportFixed => ("lead.a", json!({ "attemptId": v7() })),
            DefectCommand::Verify => ("supervisor", json!({ "verdictId": v7(), "passed": true })),
            DefectCommand::Dispute => {
                ("lead.a", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" }))
            }
            DefectCommand::ResolveDispute => ("site", json!({ "outcome": "VOIDED" })),
            DefectCommand::Void => ("site", json!({ "reason": "DUPLICATE", "duplicateOf": other })),
            DefectCommand::Restore => ("site", json!({ "reason": "it is one" })),
            DefectCommand::Reopen => ("site", json!({ "reason": "it is back" })),
            DefectCommand::Hold => ("site", json!({ "reason": "waiting for paint" })),
            DefectCommand::Resume | DefectCommand::Unmerge => ("site", json!({})),
            DefectCommand::Merge => ("site", json!({ "intoDefectId": other })),
            DefectCommand::Withdraw => ("site", json!({ "reason": "a shadow" })),
            DefectCommand::Comment => ("site", json!({ "commentId": v7(), "body": "look", "visibility": "SHARED" })),
        };
        (login, command.rule().mutations[0], input)
    }

    async fn rows(&self, ids: &[Uuid]) -> BTreeMap<DefectId, defects::Model> {
        let found = defects::Entity::find().filter(defects::Column::Id.is_in(ids.iter().copied()));
        let rows = found.all(self.app.app.db.read()).await.expect("the defects");
        rows.into_iter().map(|row| (row.id, row)).collect()
    }

    /// Checks the invariants that hold after any commands in any order.
    async fn check(&self, ids: &[Uuid], what: &str) {
        let rows = self.rows(ids).await;
        for row in rows.values() {
            if let Some(survivor) = row.duplicate_of.and_then(|id| rows.get(&id)) {
                assert_eq!(row.status.as_str(), "VOID", "{what}: {row:#?}");
                assert_ne!(survivor.status.as_str(), "VOID", "{what}: a duplicate of a void defect: {row:#?}");
            }
            self.check_history(row, what).await;
            self.check_children(row, what).await;
        }
    }

    /// The events form one chain of states, each from a state of its command, and there is one event for each version.
    async fn check_history(&self, row: &defects::Model, what: &str) {
        let told = events::Entity::find()
            .filter(events::Column::ObjectId.eq(row.id))
            .filter(events::Column::ObjectKind.eq(ObjectKind::Defect.as_str()))
            .order_by_asc(events::Column::Seq)
            .all(self.app.app.db.read())
            .await
            .expect("the events");
        let mut status: Option<String> = None;
        for event in told.iter().filter(|event| event.to_status.is_some()) {
            assert_eq!(event.from_status, status, "{what}: {} follows another state", event.name);
            let from: Option<DefectStatus> = event.from_status.as_deref().and_then(|from| from.parse().ok());
            let command = DefectCommand::ALL.iter().find(|&&command| EventName::from(command) == event.name);
            if let (Some(from), Some(&command)) = (from, command) {
                assert!(command.states().contains(&from), "{what}: {command} in {from}");
            }
            status.clone_from(&event.to_status);
        }
        assert_eq!(status.as_deref(), Some(row.status.as_str()), "{what}: the last event has the status");
        let saved = told.iter().filter(|event| event.from_status.is_some()).count();
        assert_eq!(usize::try_from(row.version), Ok(saved + 1), "{what}: an event for each version");
    }

    async fn check_children(&self, row: &defects::Model, what: &str) {
        let reader = self.app.app.db.read();
        let of_defect = disputes::Entity::find().filter(disputes::Column::DefectId.eq(row.id));
        let open = of_defect.filter(disputes::Column::Resolution.is_null()).all(reader).await.expect("disputes");
        let before_void = row.status_before_void.filter(|_| row.status == DefectStatus::Void);
        let disputed = before_void.unwrap_or(row.status) == DefectStatus::Disputed;
        assert_eq!(open.len(), usize::from(disputed), "{what}: open disputes");
        let attempts = repair_attempts::Entity::find()
            .filter(repair_attempts::Column::DefectId.eq(row.id))
            .order_by_asc(repair_attempts::Column::Number)
            .all(reader)
            .await
            .expect("attempts");
        let numbers: Vec<i32> = attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (1..=row.attempt_count).collect::<Vec<i32>>(), "{what}: attempts");
    }
}
