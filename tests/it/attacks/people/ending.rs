//! A person who left has no access any more, and loses no work.

use reqwest::StatusCode;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::pending_edits;
use tests::app::TestApp;
use tests::fixture::{FixtureProject, PASSWORD, another};
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::{END, OWN, document, end, events_named, log_defect, membership, on, on_defect, person, set};
use crate::attacks::credentials::setup::{ACCEPT, GOOD, accept, code, invited, sign_in, staff};
use crate::inspections::setup::Round;
use crate::photos::pictures::some_jpeg;
use crate::photos::{COMPLETE, Shot, put};
use crate::sync::{Tablet, codes, describe, operation};

const DEFECT: &str = "query($id: ID!) { defect(id: $id) { status dueAt assignee { id } responsibleCompany { code } } }";
const SIGN_IN: &str = "mutation($login: String!, $password: String!) {
    sessionCreate(input: { login: $login, password: $password }) { session { accessToken refreshToken } } }";
const REFRESH: &str = "mutation($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
    session { id } userErrors { code } } }";

/// Signs in; answers the session.
async fn session(app: &TestApp, login: &str) -> Value {
    let answer = app.ask(None, SIGN_IN, json!({ "login": login, "password": PASSWORD })).await;
    answer["data"]["sessionCreate"]["session"].clone()
}

/// Invites a login as an owner of these units; answers the token of the link.
async fn invited_owner(app: &TestApp, login: &str, units: &[&str]) -> String {
    let units: Vec<Value> =
        units.iter().map(|unit| json!({ "unitId": app.project.unit(unit), "kind": "CO_OWNER" })).collect();
    let input = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": login, "name": "Owner",
        "ownedUnits": units } });
    invited(&app.user("relations").await, input).await.0
}

/// The operations that a tablet could try on a defect with its photo, in a unit with its room, and on an inspection.
fn tries(defect: Uuid, photo: Uuid, (unit, room): (Uuid, Uuid), inspection: Uuid) -> Vec<Value> {
    let shot = Shot::jpeg(some_jpeg()).input(defect, "BEFORE")["input"].clone();
    let comment = json!({ "defectId": defect, "commentId": v7(), "body": "on my way", "visibility": "SHARED" });
    let log = json!({ "defectId": v7(), "unitId": unit, "roomId": room, "type": "WALL.CRACK" });
    vec![
        operation("defectStart", json!({ "defectId": defect }), Some(1)),
        describe(defect, "in the basement", 1),
        operation("defectComment", comment, None),
        operation("photoUploadCreate", shot, None),
        operation("photoWithdraw", json!({ "photoId": photo, "reason": "a slip" }), None),
        operation("photoUpdate", json!({ "photoId": photo, "stage": "AFTER" }), None),
        operation("defectLog", log, None),
        operation("unitInspectionSubmit", json!({ "inspectionId": inspection }), None),
    ]
}

/// The answers to operations, without the ids in the operations.
fn answers(results: &[Value]) -> Vec<Value> {
    let answer =
        |one: &Value| json!([one["outcome"], one["userErrors"], one["object"], one["conflict"], one["pendingEdit"]]);
    results.iter().map(answer).collect()
}

/// The number of pending and resolved edits of all projects.
async fn edit_count(app: &TestApp) -> u64 {
    pending_edits::Entity::find().count(app.app.db.read()).await.expect("edits")
}

on_both_databases! {
    async fn access_ends_at_once_and_all_sessions_end_with_the_last_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let defect = log_defect(&app.user("site").await, &app, "1-101").await;
        let (here, there) = (session(&app, "worker.a").await, session(&app, "worker.a").await);
        let token = here["accessToken"].as_str();
        assert!(app.ask(token, DEFECT, json!({ "id": defect })).await["data"]["defect"].is_object());
        let id = membership(&app, "worker.a").await.id;
        let end = json!({ "input": { "membershipId": id, "reason": "Left the company" } });
        app.user("lead.a").await.ok(END, end).await;
        for session in [&here, &there] {
            let answer = app.ask(session["accessToken"].as_str(), "{ viewer { id } }", json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
            let answer = app.ask(None, REFRESH, json!({ "token": session["refreshToken"] })).await;
            assert_eq!(answer["data"]["sessionRefresh"]["userErrors"][0]["code"], "SESSION_EXPIRED", "{answer}");
        }
        // The person may still sign in, and sees nothing of the project.
        let worker = app.user("worker.a").await;
        assert_eq!(worker.ok(DEFECT, json!({ "id": defect })).await["defect"], Value::Null);
        let ended = events_named(&app, "MEMBERSHIP_ENDED").await;
        let event = &ended[0];
        assert_eq!((event.person_id, event.object_id), (Some(app.person_id("lead.a").into()), app.person_id("worker.a")));
        assert_eq!((event.reason.as_deref(), event.from_status.as_deref()), (Some("Left the company"), Some("WORKER")));
    }

    async fn second_link_does_not_restore_an_ended_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let invite = async |login: &str| invited(&lead, staff(&app, login, "A", "WORKER")).await;
        // Two links, of which one is used; a colleague's, which stays; and one for a home.
        let ((first, _), (second, second_id)) = (invite("friend").await, invite("friend").await);
        let (colleagues, _) = invite("colleague").await;
        let home = invited_owner(&app, "friend", &["1-201"]).await;
        assert_eq!(code(&accept(&app, &first, Some(GOOD)).await), "");
        let friend = person(&app, "friend").await.expect("a person").id;
        let row = store::projects::membership(app.app.db.read(), app.project.id.into(), friend).await.expect("memberships");
        let ended = json!({ "input": { "membershipId": row.expect("a role").id, "reason": "Left the company" } });
        lead.ok(END, ended).await;
        let token = sign_in(&app, "friend", GOOD).await["accessToken"].as_str().expect("a token").to_owned();
        let accepts = async |link: &str| {
            let answer = app.ask(Some(&token), ACCEPT, json!({ "input": { "token": link } })).await;
            code(&answer["data"]["invitationAccept"]).to_owned()
        };
        assert_eq!(accepts(&second).await, "LINK_INVALID");
        assert_eq!(accepts(&home).await, "", "the invitation to a home is another one");
        assert_eq!(code(&accept(&app, &colleagues, Some(GOOD)).await), "");
        let told = events_named(&app, "INVITATION_REVOKED").await;
        assert_eq!((told.len(), &told[0].data["invitationId"]), (1, &second_id));
        assert_eq!(told[0].person_id, Some(lead.id.into()));
    }

    async fn second_link_does_not_restore_an_ended_ownership(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let same = invited_owner(&app, "owner1", &["1-101"]).await;
        let both = invited_owner(&app, "owner1", &["1-201", "1-101"]).await;
        let other = invited_owner(&app, "owner1", &["1-202"]).await;
        let owner = app.person_id("owner1");
        let owned = store::members::ownership_of(app.app.db.read(), app.project.unit("1-101").into(), owner.into()).await;
        let owned = owned.expect("ownerships").expect("an ownership").id;
        let sold = json!({ "unitId": app.project.unit("1-101"), "end": { "ownershipId": owned, "reason": "SOLD" } });
        relations.ok(OWN, json!({ "input": sold })).await;
        for link in [&same, &both] {
            let accept = json!({ "input": { "token": link } });
            assert_eq!(app.user("owner1").await.refused(ACCEPT, accept).await, ["LINK_INVALID"]);
        }
        app.user("owner1").await.ok(ACCEPT, json!({ "input": { "token": other } })).await;
        assert_eq!(events_named(&app, "INVITATION_REVOKED").await.len(), 2);
    }

    async fn sessions_stay_while_the_person_has_another_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        another(&app.app, "MORE").await;
        let session = session(&app, "worker.a").await;
        end(&app, "worker.a").await;
        let document = "{ viewer { memberships { project { code } } } }";
        let answer = app.ask(session["accessToken"].as_str(), document, json!({})).await;
        assert_eq!(answer["data"]["viewer"]["memberships"], json!([{ "project": { "code": "MORE" } }]));
    }

    async fn person_who_left_is_removed_as_assignee_and_company_and_due_time_stay(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        let mut assigned = Vec::new();
        for _ in 0..3 {
            let id = log_defect(&site, &app, "1-101").await;
            on_defect(&lead, "defectAssign", id, json!({ "assigneeId": app.person_id("worker.a") })).await;
            assigned.push(id);
        }
        // One was closed before: its assignee stays until it is reopened.
        let closed = assigned.remove(0);
        let policy = "mutation($id: ID!) { projectPolicyUpdate(input: { projectId: $id, afterPhotoRequired: false }) {
            userErrors { code } } }";
        app.user("manager").await.ok(policy, json!({ "id": app.project.id })).await;
        on_defect(&lead, "defectReportFixed", closed, json!({ "attemptId": v7() })).await;
        on_defect(&site, "defectVerify", closed, json!({ "verdictId": v7(), "passed": true })).await;
        let mut before = Vec::new();
        for id in &assigned {
            before.push(site.ok(DEFECT, json!({ "id": id })).await["defect"].clone());
        }
        let named = events_named(&app, "DEFECT_ASSIGNEE_SET").await.len();
        end(&app, "worker.a").await;
        for (id, mut defect) in assigned.iter().zip(before) {
            assert_eq!(defect["assignee"]["id"], json!(app.person_id("worker.a")));
            defect["assignee"] = Value::Null;
            assert_eq!(site.ok(DEFECT, json!({ "id": id })).await["defect"], defect);
        }
        let told = events_named(&app, "DEFECT_ASSIGNEE_SET").await;
        assert_eq!(told.len() - named, 2, "one event on each defect");
        let last = told.last().expect("an event");
        assert_eq!(last.reason.as_deref(), Some("Left the company"));
        assert_eq!(last.data["formerAssigneeId"], json!(app.person_id("worker.a")));
        assert_eq!(site.ok(DEFECT, json!({ "id": closed })).await["defect"]["assignee"]["id"], json!(app.person_id("worker.a")));
        on_defect(&site, "defectReopen", closed, json!({ "reason": "cracked again" })).await;
        assert_eq!(site.ok(DEFECT, json!({ "id": closed })).await["defect"]["assignee"], Value::Null);
        // A person who has left cannot be assigned.
        let again = on(assigned[0], json!({ "assigneeId": app.person_id("worker.a") }));
        assert_eq!(lead.refused(&document("defectAssign"), again).await, ["NOT_OF_COMPANY"]);
    }

    async fn change_of_company_removes_the_assignee_and_change_of_role_does_not(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        let id = log_defect(&site, &app, "1-101").await;
        on_defect(&lead, "defectAssign", id, json!({ "assigneeId": app.person_id("worker.a") })).await;
        set(&app, "worker.a", None, "RECTIFICATION_LEAD").await;
        assert!(site.ok(DEFECT, json!({ "id": id })).await["defect"]["assignee"].is_object());
        set(&app, "worker.a", Some("B"), "WORKER").await;
        assert!(site.ok(DEFECT, json!({ "id": id })).await["defect"]["assignee"].is_null());
        // Contractor A's defect does not concern the person any more.
        assert_eq!(app.user("worker.a").await.ok(DEFECT, json!({ "id": id })).await["defect"], Value::Null);
    }

    async fn work_of_before_the_end_becomes_a_pending_edit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (sun, manager) = (Tablet::of(&app, "supervisor").await, Tablet::of(&app, "manager").await);
        let id = sun.log("1-101").await;
        end(&app, "supervisor").await;
        // The sessions have ended; the person signs in again to push the work.
        let sun = Tablet { app: &app, user: app.user("supervisor").await, id: sun.id };
        let result = sun.push_one(&describe(id, "seen in the basement", 1)).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["NOT_FOUND"]));
        assert_eq!(result["pendingEdit"]["reason"], "RIGHT_LOST");
        let edits = manager.edits().await;
        assert_eq!((edits.len(), &edits[0]["author"]["id"]), (1, &json!(sun.user.id)));
        // After a change of company the person would push for another company: this becomes a pending edit of the
        // former one.
        let lead = Tablet::of(&app, "lead.a").await;
        let start = || operation("defectStart", json!({ "defectId": id }), Some(1));
        lead.push_one(&operation("defectComment", json!({
            "defectId": id, "commentId": v7(), "body": "on my way", "visibility": "SHARED" }), None)).await;
        set(&app, "lead.a", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let result = lead.push_one(&start()).await;
        assert_eq!(result["pendingEdit"]["reason"], "RIGHT_LOST", "{result:#}");
    }

    async fn person_who_left_learns_nothing_of_objects_that_the_company_never_saw(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        // One stays contractor A's, the other one also becomes contractor B's.
        let (hidden, seen) = (log_defect(&site, &app, "1-101").await, log_defect(&site, &app, "1-102").await);
        on_defect(&site, "defectAssign", seen, json!({ "companyId": app.project.company("B") })).await;
        let mut photos = Vec::new();
        for defect in [hidden, seen] {
            let shot = Shot::jpeg(some_jpeg());
            shot.declare(&site, defect, "BEFORE").await;
            photos.push(shot.id);
        }
        end(&app, "worker.b").await;
        let worker = Tablet::of(&app, "worker.b").await;
        let place = |project: &FixtureProject| (project.unit("1-101"), project.room("1-101", "LIVING"));
        let unknown = worker.push(&tries(v7(), v7(), (v7(), v7()), v7())).await;
        let other = worker.push(&tries(hidden, photos[0], place(&app.other), v7())).await;
        assert_eq!(answers(&other), answers(&unknown));
        for result in other.iter().chain(&unknown) {
            assert_eq!((result["outcome"].as_str(), codes(result)), (Some("REJECTED"), vec!["NOT_FOUND"]), "{result:#}");
        }
        assert_eq!(edit_count(&app).await, 0);
        // The company's own defects, and the units and inspections of the project, were visible: that work becomes a
        // pending edit.
        let own = worker.push(&tries(seen, photos[1], place(&app.project), round.inspection("1-101"))).await;
        for result in &own {
            assert_eq!(result["outcome"], "CONFLICT", "{result:#}");
            assert_eq!(result["pendingEdit"]["reason"], "RIGHT_LOST", "{result:#}");
        }
        assert_eq!(edit_count(&app).await, own.len() as u64);
    }

    async fn former_owner_learns_nothing_of_objects_that_owners_are_not_shown(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, owner) = (app.user("site").await, Tablet::of(&app, "owner1").await);
        let (alive, void) = (log_defect(&site, &app, "1-101").await, log_defect(&site, &app, "1-101").await);
        on_defect(&site, "defectVoid", void, json!({ "reason": "NOT_A_DEFECT" })).await;
        let close = "mutation($id: ID!) { unitCloseToOwner(input: { unitIds: [$id] }) { userErrors { code } } }";
        app.user("manager").await.ok(close, json!({ "id": app.project.unit("1-101") })).await;
        let comment = |defect: Uuid| operation("defectComment", json!({
            "defectId": defect, "commentId": v7(), "body": "still wet", "visibility": "OWNER" }), None);
        let results = owner.push(&[comment(void), comment(v7())]).await;
        assert_eq!(answers(&results[..1]), answers(&results[1..]));
        assert_eq!((results[0]["outcome"].as_str(), codes(&results[0])), (Some("REJECTED"), vec!["NOT_FOUND"]));
        assert_eq!(edit_count(&app).await, 0);
        let kept = owner.push_one(&comment(alive)).await;
        assert_eq!(kept["pendingEdit"]["reason"], "RIGHT_LOST", "{kept:#}");
        assert_eq!(edit_count(&app).await, 1);
    }

    async fn completion_of_an_upload_after_the_roles_end_checks_the_right_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        another(&app.app, "MORE").await;
        let defect = log_defect(&app.user("site").await, &app, "1-101").await;
        let worker = app.user("worker.a").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&worker, defect, "BEFORE").await;
        end(&app, "worker.a").await;
        // The link was made before, and accepts exactly the declared bytes; the right is checked again at their
        // completion.
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        assert_eq!(worker.refused(COMPLETE, json!({ "id": shot.id })).await, ["NOT_FOUND"]);
        let seen = app.user("site").await.ok("query($id: ID!) { photo(id: $id) { state } }", json!({ "id": shot.id })).await;
        assert_eq!(seen["photo"]["state"], "DECLARED");
    }
}
