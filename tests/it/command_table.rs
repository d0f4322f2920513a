//! The table of commands in `domain` agrees with the schema.

use std::collections::BTreeSet;

use domain::command::rules;

use crate::refusals::shape::Shape;

#[test]
fn every_command_has_its_mutation() {
    let calls = Shape::read().mutations();
    for rule in rules() {
        for name in rule.mutations {
            assert!(calls.iter().any(|call| call.name == *name), "{}: the schema has no mutation {name}", rule.event);
        }
    }
}

/// Every pushed mutation is a command of the table, and every command without a connection can be pushed.
#[test]
fn tablets_push_the_commands_that_need_no_connection() {
    let pushed = Shape::read().inputs_of("SyncCommandInput").into_iter().filter(|name| name != "unreadable");
    let offline = rules().filter(|rule| !rule.needs_connection).flat_map(|rule| rule.mutations);
    let (pushed, offline): (BTreeSet<String>, BTreeSet<String>) =
        (pushed.collect(), offline.map(|name| (*name).to_owned()).collect());
    assert_eq!(pushed, offline, "left: fields of SyncCommandInput; right: rows without needs_connection");
}
