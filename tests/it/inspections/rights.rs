//! The rights to commands on unit inspections by state: a table written from the handbook, tested completely.

use domain::inspection::InspectionCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::setup::{PARTIES, ROUND_CLOSE, Round, mutation, read};

const STATUSES: [&str; 5] = ["PLANNED", "IN_PROGRESS", "SUBMITTED", "SIGNED", "INACCESSIBLE"];

/// The letters of the accepted commands in each of [`STATUSES`]. Recording begins a planned inspection, and beginning a
/// begun one is no error.
const RIGHTS: &str = "
manager     rci  rcsi  go  o  r
site        rci  rcsi  go  o  r
relations   rc   rc    .   .  r
lead.a      rci  rcsi  g   .  r
worker.a    rc   rc    .   .  r
supervisor  rci  rcsi  go  o  r
property    rci  rcsi  g   .  r
escort      rci  rcsi  g   .  r
owner1      .    .     g   .  .
";

const fn letter(command: InspectionCommand) -> char {
    match command {
        InspectionCommand::Start => 'r',
        InspectionCommand::Record => 'c',
        InspectionCommand::Submit => 's',
        InspectionCommand::Sign => 'g',
        InspectionCommand::Reopen => 'o',
        InspectionCommand::MarkInaccessible => 'i',
    }
}

/// All commands on unit inspections by letter and name, from the table of commands.
fn commands() -> impl Iterator<Item = (char, &'static str)> {
    InspectionCommand::ALL.iter().map(|&command| (letter(command), command.as_str()))
}

/// The commands that a person may run in some state; all others are refused for the role.
fn ever(letters: &[&str], letter: char) -> bool {
    letters.iter().any(|column| column.contains(letter))
}

fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    RIGHTS.trim().lines().map(|line| {
        let mut words = line.split_whitespace();
        (words.next().expect("a login"), words.collect())
    })
}

fn named<'a>(answer: &'a Value, command: &str) -> &'a Value {
    let all = answer["allowedCommands"].as_array().expect("commands");
    all.iter().find(|one| one["name"] == command).expect("every command is named")
}

on_both_databases! {
    async fn each_role_has_the_rights_of_the_table_in_each_state(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let mut number = 0;
        for (column, status) in STATUSES.into_iter().enumerate() {
            number += 1;
            let round = Round::open(&app, number, &PARTIES, &["1-101"]).await;
            round.bring("1-101", status).await;
            for (login, letters) in rows() {
                let user = app.user(login).await;
                let fields = "allowedCommands { name allowed reason }";
                let told = read(&user, round.inspection("1-101"), fields).await;
                for (letter, command) in commands() {
                    let may = letters[column].contains(letter);
                    // Two commands succeed where the rule alone would refuse: the inspection has already begun, or not
                    // yet.
                    let by_rule = match (command, status) {
                        ("START", "IN_PROGRESS") | ("RECORD", "PLANNED") => false,
                        _ => may,
                    };
                    assert_eq!(named(&told, command)["allowed"], by_rule, "{login} {command} {status}");
                    if may {
                        continue;
                    }
                    let role = !ever(&letters, letter);
                    let signed = command == "SIGN" && status == "SIGNED";
                    let expected = match (role, signed) {
                        (true, _) => "ROLE_NOT_ALLOWED",
                        (false, true) => "ALREADY_SIGNED",
                        (false, false) => "WRONG_STATE",
                    };
                    let codes = round.try_run(&user, command, "1-101").await;
                    assert_eq!(codes, [expected], "{login} {command} {status}");
                    assert!(named(&told, command)["reason"].is_string(), "{login} {command} {status}");
                }
            }
        }
    }

    async fn permitted_commands_succeed(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let mut number = 0;
        for (login, letters) in rows() {
            let user = app.user(login).await;
            for (column, status) in STATUSES.into_iter().enumerate() {
                for (letter, command) in commands() {
                    if !letters[column].contains(letter) {
                        continue;
                    }
                    number += 1;
                    let round = Round::open(&app, number, &PARTIES, &["1-101"]).await;
                    round.bring("1-101", status).await;
                    let done = round.run(&user, command, "1-101").await;
                    let after = match command {
                        "START" | "RECORD" | "REOPEN" => "IN_PROGRESS",
                        "SUBMIT" | "SIGN" => "SUBMITTED",
                        _ => "INACCESSIBLE",
                    };
                    assert_eq!(done["status"], after, "{login} {command} {status}");
                }
            }
        }
    }

    async fn closed_round_accepts_no_command(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let units = ["1-101", "1-102", "1-201", "1-202", "1-301"];
        let round = Round::open(&app, 1, &["DEVELOPER"], &units).await;
        for (unit, status) in units.iter().zip(STATUSES) {
            round.bring(unit, status).await;
        }
        manager.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        for unit in units {
            for (_, command) in commands() {
                let codes = round.try_run(&manager, command, unit).await;
                let signed = command == "SIGN" && unit == "1-202";
                assert_eq!(codes, [if signed { "ALREADY_SIGNED" } else { "ROUND_NOT_OPEN" }], "{command} {unit}");
            }
        }
    }

    async fn party_that_is_not_required_cannot_sign(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        round.bring("1-101", "IN_PROGRESS").await;
        let lead = app.user("lead.a").await;
        for command in ["SUBMIT", "MARK_INACCESSIBLE"] {
            assert_eq!(round.try_run(&lead, command, "1-101").await, ["PARTY_NOT_REQUIRED"], "{command}");
        }
        // The property service is not required to sign here either, but may declare the walk complete.
        let property = app.user("property").await;
        round.run(&property, "SUBMIT", "1-101").await;
        for login in ["lead.a", "property"] {
            let user = app.user(login).await;
            assert_eq!(round.try_run(&user, "SIGN", "1-101").await, ["PARTY_NOT_REQUIRED"], "{login}");
        }
    }

    async fn people_without_access_find_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-102")).await;
        let round = Round::open(&app, 1, &PARTIES, &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        // The unit of owner1 is not opened, and owner2's is another one.
        for login in ["x.manager", "x.supervisor", "owner1", "owner2", "root"] {
            let user = app.user(login).await;
            for (_, command) in commands() {
                let codes = round.try_run(&user, command, "1-101").await;
                assert_eq!(codes, ["NOT_FOUND"], "{login} {command}");
            }
            assert_eq!(read(&user, round.inspection("1-101"), "id").await, Value::Null, "{login}");
        }
        for (_, command) in commands() {
            let input = round.input(command, "1-101").await;
            let codes = app.nobody().refused(&mutation(command), json!({ "input": input })).await;
            assert_eq!(codes, ["UNAUTHENTICATED"], "{command}");
        }
    }
}
