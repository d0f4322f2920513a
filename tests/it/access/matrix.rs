//! The rights to every query, every mutation and every field of the schema, in a table.

use std::collections::BTreeSet;

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::fields;
use super::fixture::Fixture;
use super::inputs::{Attacker, Inputs};
use super::people::Users;
use crate::refusals::shape::Shape;

/// Queries for every signed-in person; the answers are restricted to the objects that the person sees.
const QUERIES: &str =
    "viewer sessions projects project unit defect defectDuplicates photo checklist round unitInspection
    unitInspectionContent unitReviewContent changes pendingEdits syncOperations messageAttempts node nodes";
/// What works without signing in.
const OPEN: &str = "apiInfo sessionCreate sessionCodeRequest sessionCreateByLink sessionRefresh oneTimeLink
    invitationAccept passwordReset";

/// Subscriptions for whoever has a standing in the project; `live` tries it.
const SUBSCRIPTIONS: &str = "changesAvailable";

/// Mutations by the people who may run them: on a defect of contractor A that the developer raised, in a round that
/// developer and customer sign, in the unit of `owner1`.
const MUTATIONS: [(&str, &str); 17] = [
    ("nobody else", "photoUploadComplete"),
    // On a session of the manager.
    ("manager root", "sessionEnd"),
    // On an invitation to the developer, and on the site engineer's password.
    (
        "manager root",
        "projectImport membershipSet membershipEnd memberInvite invitationRevoke passwordResetCreate passwordResetRevoke",
    ),
    ("manager relations root", "unitOwnershipChange unitInvite unitInvites unitInviteRevoke messageResolve"),
    (
        "manager",
        "projectPolicyUpdate readinessWaive readinessWaiverRevoke photoWriteOff photoOriginalRead photoWithdraw photoUpdate
         deviceExcuse messageMarkRead",
    ),
    (
        "manager site",
        "responsibilityRuleSet responsibilityRuleRemove defectResolveDispute defectRestore checklistCreate roundCreate
         roundOpen roundClose roundUpdate roundDiscard roundReopen",
    ),
    ("manager site supervisor", "pendingEditApply pendingEditDismiss"),
    (
        "manager site supervisor",
        "defectAssign defectVerify defectVoid defectHold defectResume defectMerge defectUnmerge
         unitInspectionReopen",
    ),
    ("manager site supervisor relations", "defectUpdate"),
    // A finding of the developer.
    ("manager site relations", "defectWithdraw"),
    ("manager site supervisor property escort", "unitInspectionSubmit unitInspectionMarkInaccessible"),
    ("manager site supervisor property escort owner1", "defectReopen unitInspectionSign"),
    // On a photo that the developer took.
    ("manager site relations supervisor property escort", "photoMark"),
    ("manager relations", "unitOpenToOwner unitCloseToOwner"),
    ("lead.a worker.a", "defectStart defectReportFixed"),
    ("lead.a", "defectDispute"),
    ("owner1", "unitReview"),
];
/// Mutations by the people who may not run them, although they see the subject.
const MOST: [(&str, &str); 4] = [
    ("owner1", "unitInspectionStart checkResultsRecord"),
    // On results that the developer recorded.
    ("supervisor property escort lead.a worker.a lead.b worker.b owner1", "checkResultsClear"),
    ("lead.b worker.b owner1", "photoUploadCreate"),
    ("lead.b worker.b", "defectComment"),
];
/// To end a session that is none of one's own is to end none, and no refusal. A push is answered one operation at a
/// time, each as its single mutation. Everybody changes the own name and the own
/// password, confirms the own address, and says how messages are wanted.
const EVERYBODY: &str = "sessionRevoke syncPush personUpdate passwordChange addressCodeRequest addressConfirm
    messagePreferenceSet";
/// Mutations of everybody who sees the unit.
const ALL: &str = "defectLog";
/// Mutations of all people with a role in the project.
const STANDING: &str = "deviceReport";

/// The people of the project, and one of another project.
const PEOPLE: [&str; 14] = [
    "manager",
    "site",
    "relations",
    "lead.a",
    "worker.a",
    "lead.b",
    "worker.b",
    "supervisor",
    "property",
    "escort",
    "owner1",
    "owner2",
    "x.manager",
    "root",
];
/// The people who do not see the unit.
const STRANGERS: [&str; 3] = ["owner2", "x.manager", "root"];

fn has(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

/// The people who may not run a mutation; `None` for a mutation that the table does not name.
fn refused(mutation: &str) -> Option<Vec<&'static str>> {
    let without = |may: &dyn Fn(&str) -> bool| Some(PEOPLE.into_iter().filter(|login| !may(login)).collect());
    if let Some((who, _)) = MUTATIONS.iter().find(|(_, names)| has(names, mutation)) {
        // The person who declared a photo completes it.
        let own = *who == "nobody else";
        return without(&|login| has(who, login) || (own && login == Attacker::Insider.login(mutation)));
    }
    if let Some((who, _)) = MOST.iter().find(|(_, names)| has(names, mutation)) {
        return without(&|login| !has(who, login) && !STRANGERS.contains(&login));
    }
    if has(EVERYBODY, mutation) {
        return Some(Vec::new());
    }
    if has(STANDING, mutation) {
        return Some(vec!["x.manager", "root"]);
    }
    has(ALL, mutation).then(|| STRANGERS.to_vec())
}

#[test]
fn table_names_every_query_mutation_and_subscription() {
    let shape = Shape::read();
    let mut unnamed = fields::differences(&shape);
    for call in shape.queries().iter().filter(|call| !has(OPEN, &call.name) && !has(QUERIES, &call.name)) {
        unnamed.push(format!("say who may ask for {}", call.name));
    }
    for field in shape.fields("Subscription").iter().filter(|field| !has(SUBSCRIPTIONS, &field.name.node)) {
        unnamed.push(format!("say who may follow {}", field.name.node));
    }
    for call in shape.mutations().iter().filter(|call| !has(OPEN, &call.name) && refused(&call.name).is_none()) {
        unnamed.push(format!("say who may do {}", call.name));
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

on_both_databases! {
    async fn people_without_the_right_are_refused_and_change_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = Users::of(&app).await;
        let fixture =
            Fixture { app: &app, users: &users, project: &app.project, prefix: "", unit: "1-101", owner: "owner1" };
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        fixture.run("manager", "projectPolicyUpdate", policy).await;
        let units = [app.project.unit("1-101"), app.project.unit("1-102")];
        fixture.run("manager", "unitOpenToOwner", json!({ "unitIds": units })).await;
        let (shape, inputs) = (Shape::read(), Inputs { fixture, attacker: Attacker::Insider });
        let mut tried = BTreeSet::new();
        for call in shape.mutations().iter().filter(|call| !shape.ids(call).is_empty() && call.name != "syncPush") {
            let variables = json!({ "input": inputs.of(&call.name).await[0] });
            let before = fingerprint(&app.app.db).await;
            for login in refused(&call.name).unwrap_or_default() {
                let answer = users.get(login).query(&shape.document(call), variables.clone()).await.to_string();
                let told = answer.contains("\"code\":") && !answer.contains("\"INTERNAL\"");
                assert!(told, "{login} was not refused {}: {answer}", call.name);
                tried.insert((call.name.clone(), login));
            }
            assert_eq!(before, fingerprint(&app.app.db).await, "{} changed something", call.name);
        }
        assert!(tried.len() > 250, "only {} tried", tried.len());
    }
}
