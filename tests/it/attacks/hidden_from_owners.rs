//! An owner learns nothing of holds, disputes, comments among the staff, waivers, invitations and settings: neither by
//! fields, filters, times and commands, nor by changes.

use app::project::import::{Format, ImportFile, import_project};
use domain::Caller;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::document;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use crate::inspections::setup::Round;
use crate::photos::pictures::some_jpeg;
use crate::photos::{CREATE, Shot};
use crate::sync::{Tablet, codes, operation};

const LIST: &str = "query($id: ID!, $filter: DefectFilter) { unit(id: $id) { defectCount(filter: $filter)
    defects(first: 50, filter: $filter) { nodes { id dueAt overdue } } } }";
const TOLD: &str = "query($id: ID!) { defect(id: $id) { status dueAt overdue version
    allowedCommands { name allowed reason } } }";
const UPDATED: &str = "query($id: ID!) { defect(id: $id) { updatedAt
    unit { defects(first: 50) { nodes { id updatedAt } } } } }";

/// Commands by which the staff hides a state from the owner: login and mutation.
const HOLD: (&str, &str) = ("manager", "defectHold");
const DISPUTE: (&str, &str) = ("lead.a", "defectDispute");

async fn run(app: &TestApp, (login, command): (&str, &str), id: Uuid, mut input: Value) {
    input["defectId"] = json!(id);
    mutate(app, (login, command), input).await;
}

async fn mutate(app: &TestApp, (login, command): (&str, &str), input: Value) {
    let kind = format!("{}{}Input", command[..1].to_uppercase(), &command[1..]);
    let document =
        format!("mutation($input: {kind}!) {{ {command}(input: $input) {{ userErrors {{ code message }} }} }}");
    app.user(login).await.ok(&document, json!({ "input": input })).await;
}

/// The time of a defect's last change, as a person reads it: the same by its id and in a list.
async fn updated(app: &TestApp, login: &str, id: Uuid) -> Value {
    let defect = app.user(login).await.ok(UPDATED, json!({ "id": id })).await["defect"].clone();
    let listed = json!({ "id": id, "updatedAt": defect["updatedAt"] });
    let list = defect["unit"]["defects"]["nodes"].as_array().expect("nodes");
    assert!(list.contains(&listed), "{login}: {listed} is not in {list:#?}");
    defect["updatedAt"].clone()
}

/// An act in the project or in unit 1-101 that not everyone is shown: the login, the command, the changed object, and
/// the first of [`READERS`] who is shown it.
struct Act {
    by: (&'static str, &'static str),
    input: Value,
    object: Uuid,
    told_from: usize,
}

/// Each reader is shown everything that the readers before are shown: an owner, a contractor without work in the unit,
/// staff who see the whole project, and staff who see the owners of units.
const READERS: [&str; 4] = ["owner1", "lead.b", "supervisor", "manager"];

/// The acts, in an order in which each is possible. `photo` is declared and not uploaded, `device` has pushed.
async fn acts(app: &TestApp, round: &Round<'_>, photo: Uuid, device: Uuid) -> Vec<Act> {
    let (project, unit, inspection) = (app.project.id, app.project.unit("1-101"), round.inspection("1-101"));
    let act = |by, input, object, told_from| Act { by, input, object, told_from };
    let (invitation, waiver, ownership) = (v7(), v7(), v7());
    let invited = json!({ "invitationId": invitation, "projectId": project, "login": "new.person", "name": "New",
        "companyId": app.project.company("DEV"), "role": "SITE_ENGINEER" });
    let waived = json!({ "waiverId": waiver, "unitId": unit, "blocker": "ROUND_NOT_SIGNED", "subjectId": inspection,
        "reason": "agreed" });
    let begun = json!({ "ownershipId": ownership, "personId": app.person_id("owner2"), "kind": "CO_OWNER" });
    let ended = json!({ "ownershipId": ownership, "reason": "ERROR" });
    let policy = json!({ "projectId": project, "afterPhotoRequired": false });
    let excused = json!({ "projectId": project, "deviceId": device, "reason": "it was lost" });
    vec![
        act(("site", "checkResultsRecord"), round.input("RECORD", "1-101").await, inspection, 2),
        act(("manager", "projectPolicyUpdate"), policy, project, 1),
        act(("manager", "memberInvite"), invited, project, 2),
        act(("manager", "invitationRevoke"), json!({ "invitationId": invitation }), project, 2),
        act(("manager", "deviceExcuse"), excused, project, 2),
        act(("manager", "readinessWaive"), waived, unit, 2),
        act(("manager", "readinessWaiverRevoke"), json!({ "waiverId": waiver, "reason": "no" }), unit, 2),
        act(("manager", "photoWriteOff"), json!({ "photoIds": [photo], "reason": "it never came" }), unit, 2),
        act(("relations", "unitOwnershipChange"), json!({ "unitId": unit, "add": begun }), unit, 3),
        act(("relations", "unitOwnershipChange"), json!({ "unitId": unit, "end": ended }), unit, 3),
        act(("manager", "passwordResetCreate"), json!({ "personId": app.person_id("site") }), project, READERS.len()),
    ]
}

/// A reader who pulls after each act.
struct Reader<'a> {
    tablet: Tablet<'a>,
    cursor: Value,
}

/// Permitted readers get the object once; the others get nothing, and their cursors do not move.
async fn only_some_are_told(readers: &mut [Reader<'_>], what: &str, object: Uuid, told_from: usize) {
    for (place, reader) in readers.iter_mut().enumerate() {
        let (news, next) = reader.tablet.pull(&reader.cursor, &Value::Null).await;
        let login = &reader.tablet.user.login;
        if place < told_from {
            assert_eq!((&news, &next), (&Vec::new(), &reader.cursor), "{what} is shown to {login}");
        } else {
            let count = news.iter().filter(|change| change["id"] == json!(object)).count();
            assert_eq!(count, 1, "{what} for {login}: {news:#?}");
        }
        reader.cursor = next;
    }
}

async fn hide(app: &TestApp, way: (&str, &str), id: Uuid) {
    let input = match way {
        DISPUTE => json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" }),
        _ => json!({ "reason": "waiting for paint" }),
    };
    run(app, way, id, input).await;
}

async fn read_defect_as(app: &TestApp, login: &str, id: Uuid) -> Value {
    app.user(login).await.ok(TOLD, json!({ "id": id })).await["defect"].clone()
}

/// The ids of the unit's defects by the filter, in order; the count is compared with them.
async fn listed(app: &TestApp, login: &str, filter: Value) -> Vec<Value> {
    let variables = json!({ "id": app.project.unit("1-101"), "filter": filter });
    let unit = app.user(login).await.ok(LIST, variables).await["unit"].clone();
    let mut ids: Vec<Value> =
        unit["defects"]["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].clone()).collect();
    assert_eq!(unit["defectCount"], ids.len(), "{login}");
    ids.sort_by_key(ToString::to_string);
    ids
}

async fn opened(db: &tests::database::TestDb) -> TestApp {
    let app = TestApp::start(db).await;
    app.open_to_owner(app.project.unit("1-101")).await;
    app
}

fn has(changes: &[Value], id: impl serde::Serialize) -> bool {
    let id = json!(id);
    changes.iter().any(|change| change["id"] == id)
}

on_both_databases! {
    async fn owner_reads_a_repair_as_late_once_its_due_time_has_passed(db: TestDb) {
        let app = opened(&db).await;
        let site = Tablet::of(&app, "site").await;
        let (running, held, disputed) = (site.log("1-101").await, site.log("1-101").await, site.log("1-101").await);
        hide(&app, HOLD, held).await;
        hide(&app, DISPUTE, disputed).await;
        app.advance_seconds(120 * 24 * 60 * 60);
        let mut all = [running, held, disputed].map(|id| json!(id)).to_vec();
        all.sort_by_key(ToString::to_string);
        for (login, late) in [("owner1", all.clone()), ("manager", vec![json!(running)]), ("lead.a", vec![json!(running)])] {
            for id in [running, held, disputed] {
                assert_eq!(read_defect_as(&app, login, id).await["overdue"], late.contains(&json!(id)), "{login}");
            }
            assert_eq!(listed(&app, login, json!({ "overdue": true })).await, late, "{login}");
            let rest: Vec<Value> = all.iter().filter(|id| !late.contains(id)).cloned().collect();
            assert_eq!(listed(&app, login, json!({ "overdue": false })).await, rest, "{login}");
        }
        let now = app.app.clock.now().to_rfc3339();
        assert_eq!(listed(&app, "owner1", json!({ "dueBefore": now })).await, all);
    }

    async fn owner_withdraws_a_held_or_disputed_finding_like_any_other(db: TestDb) {
        let app = opened(&db).await;
        let owner = Tablet::of(&app, "owner1").await;
        for way in [HOLD, DISPUTE] {
            for pushes in [false, true] {
                let id = owner.log("1-101").await;
                let before = read_defect_as(&app, "owner1", id).await;
                hide(&app, way, id).await;
                assert_eq!(read_defect_as(&app, "owner1", id).await, before, "{way:?}");
                let (version, input) = (before["version"].as_i64(), json!({ "defectId": id, "reason": "a shadow" }));
                if pushes {
                    let result = owner.push_one(&operation("defectWithdraw", input, version)).await;
                    assert_eq!(result["outcome"], "APPLIED", "{way:?} {result:#}");
                } else {
                    run(&app, ("owner1", "defectWithdraw"), id, json!({ "reason": "a shadow", "expectedVersion": version })).await;
                }
                assert_eq!(read_defect_as(&app, "manager", id).await["status"], "VOID");
                let disputes = "query($id: ID!) { defect(id: $id) { disputes { resolution resolvedBy { id } } } }";
                let disputes = app.user("manager").await.ok(disputes, json!({ "id": id })).await["defect"]["disputes"].clone();
                let ended = json!([{ "resolution": "VOIDED", "resolvedBy": null }]);
                assert_eq!(disputes, if way == DISPUTE { ended } else { json!([]) });
                run(&app, ("manager", "defectRestore"), id, json!({ "reason": "it is one" })).await;
                assert_eq!(read_defect_as(&app, "manager", id).await["status"], "ASSIGNED", "{way:?}");
            }
        }
        // An impossible command is refused for the same reason, and not stored as a pending edit.
        for way in [None, Some(HOLD), Some(DISPUTE)] {
            let id = owner.log("1-101").await;
            if let Some(way) = way {
                hide(&app, way, id).await;
            }
            let again = json!({ "defectId": id, "reason": "it is back" });
            let result = owner.push_one(&operation("defectReopen", again, Some(1))).await;
            assert_eq!((&result["outcome"], codes(&result)), (&json!("REJECTED"), vec!["WRONG_STATE"]), "{way:?}");
        }
        // A text that no other person has changed is accepted without any sign of the hidden step.
        let id = owner.log("1-101").await;
        hide(&app, DISPUTE, id).await;
        let words = json!({ "defectId": id, "description": "beside the door" });
        assert_eq!(owner.push_one(&operation("defectUpdate", words, Some(1))).await["outcome"], "APPLIED");
    }

    async fn finding_whose_repair_has_begun_is_not_withdrawn_during_a_dispute(db: TestDb) {
        let app = opened(&db).await;
        let owner = Tablet::of(&app, "owner1").await;
        let withdraw = "mutation($input: DefectWithdrawInput!) { defectWithdraw(input: $input) { userErrors { code } } }";
        let update = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) { userErrors { code } } }";
        for begun in [false, true] {
            let id = owner.log("1-101").await;
            if begun {
                run(&app, ("worker.a", "defectStart"), id, json!({})).await;
            }
            let commands = |told: &Value| told["allowedCommands"].clone();
            let before = commands(&read_defect_as(&app, "owner1", id).await);
            hide(&app, DISPUTE, id).await;
            assert_eq!(commands(&read_defect_as(&app, "owner1", id).await), before, "begun: {begun}");
            let slip = json!({ "input": { "defectId": id, "reason": "a shadow" } });
            if begun {
                assert_eq!(owner.user.refused(withdraw, slip).await, ["WRONG_STATE"]);
                let words = json!({ "input": { "defectId": id, "description": "beside the door" } });
                assert_eq!(owner.user.refused(update, words).await, ["WRONG_STATE"]);
                assert_eq!(read_defect_as(&app, "manager", id).await["status"], "DISPUTED");
            } else {
                owner.user.ok(withdraw, slip).await;
            }
        }
    }

    async fn hidden_steps_make_no_change_for_the_owner(db: TestDb) {
        let app = opened(&db).await;
        let site = Tablet::of(&app, "site").await;
        let (owner, supervisor) = (Tablet::of(&app, "owner1").await, Tablet::of(&app, "supervisor").await);
        let id = site.log("1-101").await;
        let (_, cursor) = owner.pull(&Value::Null, &Value::Null).await;
        let (_, mut staffs) = supervisor.pull(&Value::Null, &Value::Null).await;
        let shared = json!({ "commentId": v7(), "visibility": "SHARED", "body": "Who pays?" });
        for (who, input) in [
            (("site", "defectComment"), shared),
            (("lead.a", "defectAssign"), json!({ "assigneeId": app.person_id("worker.a") })),
            (DISPUTE, json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" })),
            (("manager", "defectResolveDispute"), json!({ "outcome": "UPHELD" })),
            (HOLD, json!({ "reason": "waiting for paint" })),
        ] {
            run(&app, who, id, input).await;
            let (news, next) = owner.pull(&cursor, &Value::Null).await;
            assert_eq!((news, &next), (Vec::new(), &cursor), "{who:?}");
            let (news, next) = supervisor.pull(&staffs, &Value::Null).await;
            assert_eq!(news.iter().filter(|change| change["id"] == json!(id)).count(), 1, "{who:?}");
            staffs = next;
        }
        // The result is not shown either: the later due time is the contractor's.
        app.advance_seconds(24 * 60 * 60);
        run(&app, ("manager", "defectResume"), id, json!({})).await;
        assert_eq!(owner.pull(&cursor, &Value::Null).await, (Vec::new(), cursor.clone()));
        run(&app, HOLD, id, json!({ "reason": "no paint" })).await;
        run(&app, ("manager", "defectUpdate"), id, json!({ "description": "beside the door" })).await;
        assert!(has(&owner.pull(&cursor, &Value::Null).await.0, id));
        // A full load contains each defect once, however it changed last.
        run(&app, ("manager", "defectResume"), id, json!({})).await;
        for reader in [&owner, &supervisor, &Tablet::of(&app, "lead.a").await] {
            for filter in [Value::Null, json!({ "unitIds": [app.project.unit("1-101")] })] {
                let (all, _) = reader.pull(&Value::Null, &filter).await;
                assert_eq!(all.iter().filter(|change| change["id"] == json!(id)).count(), 1, "{}", reader.user.login);
            }
        }
    }

    async fn changes_in_project_and_unit_reach_permitted_readers_alone(db: TestDb) {
        let app = opened(&db).await;
        let (site, unit) = (Tablet::of(&app, "site").await, app.project.unit("1-101"));
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.run(&site.user, "START", "1-101").await;
        let (defect, shot) = (site.log("1-101").await, Shot::jpeg(some_jpeg()));
        shot.declare(&site.user, defect, "BEFORE").await;
        let mut readers = Vec::new();
        for login in READERS {
            let tablet = Tablet::of(&app, login).await;
            let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
            readers.push(Reader { tablet, cursor });
        }
        for Act { by, input, object, told_from } in acts(&app, &round, shot.id, site.id).await {
            mutate(&app, by, input).await;
            only_some_are_told(&mut readers, by.1, object, told_from).await;
        }
        // A repeated import of the file changes nothing that owners are shown.
        let bytes = document(&app.project.code, "").to_string().into_bytes();
        let file = |bytes: Vec<u8>| ImportFile { bytes: bytes.into(), format: Format::Json, folder: None };
        import_project(&app.app, &Caller::operator(), file(bytes)).await.expect("imported");
        only_some_are_told(&mut readers, "an import", app.project.id, 1).await;

        // Changes that everyone is shown reach everyone.
        let mut renamed = document(&app.project.code, "");
        renamed["project"]["name"] = json!("Riverside");
        import_project(&app.app, &Caller::operator(), file(renamed.to_string().into_bytes())).await.expect("imported");
        only_some_are_told(&mut readers, "another name", app.project.id, 0).await;
        round.run(&site.user, "SUBMIT", "1-101").await;
        only_some_are_told(&mut readers, "a submission", round.inspection("1-101"), 0).await;
        // A full load contains each object once, however it changed last.
        for reader in &readers {
            let (all, _) = reader.tablet.pull(&Value::Null, &Value::Null).await;
            for id in [app.project.id, unit, round.inspection("1-101")] {
                let count = all.iter().filter(|change| change["id"] == json!(id)).count();
                assert_eq!(count, 1, "{}", reader.tablet.user.login);
            }
        }
    }

    async fn updated_at_of_owners_is_that_of_the_last_shown_change(db: TestDb) {
        let app = opened(&db).await;
        let site = Tablet::of(&app, "site").await;
        let assignment = json!({ "assigneeId": app.person_id("worker.a") });
        let dispute = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" });
        for acts in [
            vec![(("lead.a", "defectAssign"), assignment), (HOLD, json!({ "reason": "waiting for paint" }))],
            vec![(DISPUTE, dispute)],
        ] {
            let id = site.log("1-101").await;
            let mut staffs = updated(&app, "manager", id).await;
            let logged = updated(&app, "owner1", id).await;
            assert_eq!(logged, staffs);
            for (who, input) in acts {
                app.advance_seconds(60);
                run(&app, who, id, input).await;
                assert_eq!(updated(&app, "owner1", id).await, logged, "{who:?}");
                let now = updated(&app, "manager", id).await;
                assert_ne!(now, staffs, "{who:?}");
                staffs = now;
            }
            app.advance_seconds(60);
            run(&app, ("manager", "defectUpdate"), id, json!({ "description": "beside the door" })).await;
            let shown = updated(&app, "owner1", id).await;
            assert_ne!(shown, logged);
            assert_eq!(shown, updated(&app, "manager", id).await);
        }
    }

    async fn photo_of_an_owners_signature_reaches_that_owner_alone(db: TestDb) {
        let app = opened(&db).await;
        app.open_to_owner(app.project.unit("1-102")).await;
        let (owner, neighbour) = (Tablet::of(&app, "owner1").await, Tablet::of(&app, "owner2").await);
        let (_, cursor) = owner.pull(&Value::Null, &Value::Null).await;
        let shot = Shot::jpeg(some_jpeg());
        let mut input = shot.input(v7(), "SIGNATURE");
        input["input"]["subject"] = json!({ "signature": { "projectId": app.project.id } });
        owner.user.ok(CREATE, input).await;
        for from in [&Value::Null, &cursor] {
            assert!(has(&owner.pull(from, &Value::Null).await.0, shot.id), "from {from}");
            assert!(!has(&neighbour.pull(&Value::Null, &Value::Null).await.0, shot.id));
        }
        let review = json!({ "input": { "reviewId": v7(), "unitId": app.project.unit("1-101"), "rating": 4, "body": "Fine",
            "signaturePhotoId": shot.id } });
        let document = "mutation($input: UnitReviewInput!) { unitReview(input: $input) { userErrors { code message } } }";
        owner.user.ok(document, review).await;
        let (_, cursor) = owner.pull(&cursor, &Value::Null).await;
        assert!(has(&owner.pull(&Value::Null, &Value::Null).await.0, shot.id) && !cursor.is_null());
    }
}
