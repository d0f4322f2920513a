//! What `allowedCommands` says is what the command does: every state, every person, every command, over HTTP.

mod assigning;
mod duplicates;
mod move_races;
mod moves;
mod races;
mod setup;

use std::collections::BTreeSet;

use domain::defect::DefectCommand;
use setup::{STATES, Setup, commands};
use tests::on_both_databases;
use tests::snapshot::fingerprint;

/// Somebody of each role (the escort's are the property manager's), and somebody of another contractor.
const PEOPLE: [&str; 9] =
    ["manager", "site", "relations", "lead.a", "worker.a", "lead.b", "supervisor", "property", "owner1"];

on_both_databases! {
    async fn a_refused_command_says_what_allowed_commands_said_and_changes_nothing(db: TestDb) {
        let setup = Setup::start(&db).await;
        for state in STATES {
            let defect = setup.defect_in(state).await;
            for login in PEOPLE {
                let Some(allowed) = setup.allowed(login, &defect).await else { continue };
                assert_eq!(allowed.len(), DefectCommand::ALL.len(), "every command is told of");
                let before = fingerprint(&setup.app.app.db).await;
                for command in commands() {
                    let (may, reason) = &allowed[command];
                    if !may {
                        let answer = setup.run(login, command, &defect).await;
                        assert_eq!(answer.first(), reason.as_ref(), "{login} {command} in {state}: {answer:?}");
                    }
                }
                assert_eq!(before, fingerprint(&setup.app.app.db).await, "{login} in {state} changed something");
            }
        }
    }

    async fn an_allowed_command_is_done(db: TestDb) {
        let setup = Setup::start(&db).await;
        let mut done = BTreeSet::new();
        for state in STATES {
            let pattern = setup.defect_in(state).await;
            for login in PEOPLE {
                let Some(allowed) = setup.allowed(login, &pattern).await else { continue };
                for command in commands() {
                    // Whoever comes first stands for all who may; of verdicts everybody's is tried.
                    let tried = done.contains(&(state, command)) && command != "VERIFY";
                    if !allowed[command].0 || tried || (command == "COMMENT" && state != "OPEN") {
                        continue;
                    }
                    let defect = setup.defect_in(state).await;
                    let refused = setup.run(login, command, &defect).await;
                    assert!(refused.is_empty(), "{login} {command} in {state}: {refused:?}");
                    done.insert((state, command));
                }
            }
        }
        for command in commands() {
            assert!(done.iter().any(|(_, name)| *name == command), "{command} was never allowed to anybody");
        }
    }

    async fn a_contractor_never_ticks_off_its_own_work(db: TestDb) {
        let setup = Setup::start(&db).await;
        let defect = setup.defect_in("FIXED").await;
        for login in ["lead.a", "worker.a"] {
            assert_eq!(setup.codes(login, "VERIFY", &defect).await, ["FOUR_EYES"]);
        }
        for login in ["lead.b", "worker.b"] {
            assert_eq!(setup.codes(login, "VERIFY", &defect).await, ["NOT_FOUND"], "B does not see A's defects");
        }
    }
}
