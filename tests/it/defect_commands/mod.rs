//! `allowedCommands` agrees with the commands themselves: in every state, for every person and command, over HTTP.

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

/// A person of each role (the escort's rights are the property manager's), and one of another contractor.
const PEOPLE: [&str; 9] =
    ["manager", "site", "relations", "lead.a", "worker.a", "lead.b", "supervisor", "property", "owner1"];

on_both_databases! {
    async fn refused_command_has_the_reason_of_allowed_commands_and_changes_nothing(db: TestDb) {
        let setup = Setup::start(&db).await;
        for state in STATES {
            let defect = setup.defect_in(state).await;
            for login in PEOPLE {
                let Some(allowed) = setup.allowed(login, &defect).await else { continue };
                assert_eq!(allowed.len(), DefectCommand::ALL.len(), "every command is listed");
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

    async fn allowed_command_succeeds(db: TestDb) {
        let setup = Setup::start(&db).await;
        let mut done = BTreeSet::new();
        for state in STATES {
            let pattern = setup.defect_in(state).await;
            for login in PEOPLE {
                let Some(allowed) = setup.allowed(login, &pattern).await else { continue };
                for command in commands() {
                    // One person is tried for each command and state; of verdicts every person's.
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
            assert!(done.iter().any(|(_, name)| *name == command), "{command} was never allowed for any person");
        }
    }

    async fn contractor_cannot_verify_own_repair(db: TestDb) {
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
