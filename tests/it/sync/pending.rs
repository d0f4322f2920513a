//! Pending edits: their readers, the people who decide on them, and their outcome.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::memberships;
use tests::app::TestApp;
use tests::fault_proxy::Fault;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use super::{Tablet, codes, describe, log_input, operation, outcomes};
use crate::attacks::credentials::setup::{ACCEPT, invited, staff};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

const APPLY: &str = "mutation($id: ID!) { pendingEditApply(input: { pendingEditId: $id, note: \"talked to both\" }) {
    pendingEdit { state note settledBy { id } } userErrors { code } } }";
const DISMISS: &str = "mutation($id: ID!) { pendingEditDismiss(input: { pendingEditId: $id, note: \"not so\" }) {
    pendingEdit { state note } userErrors { code } } }";

/// A description that two people changed; returns the defect and the pending edit.
async fn conflict(ana: &Tablet<'_>, sun: &Tablet<'_>) -> (uuid::Uuid, Value) {
    let id = ana.log("1-101").await;
    ana.push_one(&describe(id, "ana says", 1)).await;
    let result = sun.push_one(&describe(id, "sun says", 1)).await;
    assert_eq!(result["outcome"], "CONFLICT", "{result:#}");
    (id, result["pendingEdit"]["id"].clone())
}

on_both_databases! {
    async fn edit_is_resolved_once_by_a_permitted_person_and_read_by_its_author(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, sun) = (Tablet::of(&app, "property").await, Tablet::of(&app, "escort").await);
        let manager = Tablet::of(&app, "manager").await;
        let (id, edit) = conflict(&ana, &Tablet::of(&app, "site").await).await;
        assert_eq!(manager.edits().await.len(), 1);
        // Tablets of the other project see nothing of it, and an author without the right sees the reason.
        assert_eq!(ana.edits().await, Vec::<Value>::new());
        let (second, own) = conflict(&ana, &sun).await;
        let mine = sun.edits().await;
        assert_eq!((mine.len(), &mine[0]["author"]["id"]), (1, &json!(sun.user.id)));
        assert_eq!(mine[0]["allowedCommands"], json!([
            { "name": "APPLY", "allowed": false }, { "name": "DISMISS", "allowed": false } ]));
        assert_eq!(sun.user.refused(APPLY, json!({ "id": own })).await, ["ROLE_NOT_ALLOWED"]);
        assert_eq!(app.user("lead.a").await.refused(APPLY, json!({ "id": edit })).await, ["NOT_FOUND"]);
        assert_eq!(app.user("x.manager").await.refused(DISMISS, json!({ "id": edit })).await, ["NOT_FOUND"]);

        let done = manager.user.ok(APPLY, json!({ "id": edit })).await["pendingEditApply"]["pendingEdit"].clone();
        assert_eq!((&done["state"], &done["settledBy"]["id"]), (&json!("APPLIED"), &json!(manager.user.id)));
        assert_eq!(manager.defect(id).await["description"], "sun says");
        assert_eq!(manager.user.refused(APPLY, json!({ "id": edit })).await, ["ALREADY_SETTLED"]);

        manager.user.ok(DISMISS, json!({ "id": own })).await;
        assert_eq!(manager.defect(second).await["description"], "ana says");
        let mine = sun.edits().await;
        assert_eq!((&mine[0]["state"], &mine[0]["note"]), (&json!("DISMISSED"), &json!("not so")));
    }

    async fn author_and_deciding_people_read_the_history_of_an_edit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, sun) = (Tablet::of(&app, "property").await, Tablet::of(&app, "escort").await);
        let (_, edit) = conflict(&ana, &sun).await;
        app.user("manager").await.ok(DISMISS, json!({ "id": edit })).await;
        let node = "query($id: ID!) { node(id: $id) { id ... on PendingEdit { state events { name } } } }";
        let project = "query($id: ID!) { project(id: $id) { events(first: 100) { nodes { name objectId } } } }";
        for login in ["escort", "manager", "site", "supervisor", "property", "relations", "lead.a", "worker.b"] {
            let user = app.user(login).await;
            let reads = ["escort", "manager", "site", "supervisor"].contains(&login);
            let found = user.ok(node, json!({ "id": edit })).await["node"].clone();
            assert_eq!(found.is_object(), reads, "{login} {found}");
            if reads {
                let told: Vec<&Value> = found["events"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
                assert_eq!(told, ["EDIT_KEPT", "EDIT_DISMISSED"], "{login}");
            }
            let events = user.ok(project, json!({ "id": app.project.id })).await["project"]["events"]["nodes"].clone();
            let own = events.as_array().into_iter().flatten().filter(|one| one["objectId"] == edit).count();
            assert_eq!(own, if reads { 2 } else { 0 }, "{login}: {events:#}");
        }
    }

    async fn edit_that_cannot_be_applied_stays_pending(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager, lead) =
            (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await, Tablet::of(&app, "lead.a").await);
        let id = site.log("1-101").await;
        site.push_one(&operation("defectVoid", json!({ "defectId": id, "reason": "NOT_A_DEFECT" }), Some(1))).await;
        let result = lead.push_one(&operation("defectStart", json!({ "defectId": id }), Some(1))).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["WRONG_STATE"]));
        let edit = json!({ "id": result["pendingEdit"]["id"] });
        assert_eq!(manager.user.refused(APPLY, edit.clone()).await, ["WRONG_STATE"]);
        site.push_one(&operation("defectRestore", json!({ "defectId": id, "reason": "it is one" }), None)).await;
        manager.user.ok(APPLY, edit).await;
        let now = manager.defect(id).await;
        assert_eq!(now["status"], "IN_PROGRESS", "by the contractor, whom the manager let do it");
    }

    async fn work_of_a_person_who_has_left_is_parked(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (sun, manager) = (Tablet::of(&app, "supervisor").await, Tablet::of(&app, "manager").await);
        let id = sun.log("1-101").await;
        let left = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(false))
            .filter(memberships::Column::PersonId.eq(sun.user.id));
        let written: Result<_, sea_orm::DbErr> = db.write(async |tx| left.exec(tx).await).await;
        written.expect("the membership ends");
        app.app.caller_cache.forget();
        let new = v7();
        let log = operation("defectLog", log_input(&app, new, "1-102"), None);
        let comment = operation("defectComment", json!({
            "defectId": new, "commentId": v7(), "body": "wet", "visibility": "SHARED" }), None);
        let results = sun.push(&[describe(id, "in the basement", 1), log, comment]).await;
        assert_eq!(outcomes(&results), ["CONFLICT"; 3], "{results:#?}");
        for result in &results {
            assert_eq!(result["pendingEdit"]["reason"], "RIGHT_LOST");
        }
        assert_eq!(sun.edits().await.len(), 3, "who has left still sees what became of it");
        assert_eq!(manager.user.ok("query($id: ID!) { defect(id: $id) { id } }", json!({ "id": new })).await["defect"], Value::Null);
        for edit in manager.edits().await {
            manager.user.ok(APPLY, json!({ "id": edit["id"] })).await;
        }
        assert_eq!(manager.defect(id).await["description"], "in the basement");
        assert_eq!(manager.defect(new).await["comments"].as_array().map(Vec::len), Some(1));
    }

    async fn declared_photo_can_be_applied_while_the_store_is_down(db: TestDb) {
        let (app, proxy) = TestApp::start_behind_faults(&db).await;
        let (site, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let id = site.log("1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site.user, id, "BEFORE").await;
        // Longer than the check of the stored bytes is remembered.
        app.advance_seconds(3_600);
        // The same bytes again: the store is asked for them when the photo is declared.
        let same = || Shot { id: v7(), ..Shot::jpeg(shot.bytes.clone()) };
        let declare = |one: &Shot| operation("photoUploadCreate", one.input(id, "BEFORE")["input"].clone(), None);
        let (pushed, kept) = (same(), same());
        proxy.set(Fault::Down);
        let result = site.push_one(&declare(&pushed)).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("APPLIED"), vec![]), "{result:#}");
        let left = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(false))
            .filter(memberships::Column::PersonId.eq(site.user.id));
        let written: Result<_, sea_orm::DbErr> = db.write(async |tx| left.exec(tx).await).await;
        written.expect("the membership ends");
        app.app.caller_cache.forget();
        let result = site.push_one(&declare(&kept)).await;
        assert_eq!(result["pendingEdit"]["reason"], "RIGHT_LOST", "{result:#}");
        let met = proxy.met();
        let edit = json!({ "id": result["pendingEdit"]["id"] });
        let done = manager.user.ok(APPLY, edit.clone()).await["pendingEditApply"]["pendingEdit"].clone();
        assert_eq!(done["state"], "APPLIED", "{done:#}");
        assert!(proxy.met() > met, "the store was asked in vain");
        for one in [&pushed, &kept] {
            let stored = store::photos::load(app.app.db.read(), one.id.into()).await.expect("read");
            assert_eq!(stored.expect("a photo").state, domain::photo::PhotoState::Declared);
        }
        assert_eq!(manager.user.refused(APPLY, edit).await, ["ALREADY_SETTLED"]);
    }

    async fn parked_work_for_one_company_does_not_count_for_another(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, root) = (Tablet::of(&app, "site").await, app.user("root").await);
        let id = site.log("1-101").await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        let member = store::projects::membership(app.app.db.read(), app.project.id.into(), site.user.id.into()).await;
        let set = json!({ "input": { "membershipId": member.expect("memberships").expect("a member").id,
            "companyId": app.project.company("SUP"), "role": "SUPERVISING_ENGINEER", "reason": "Changed the company" } });
        root.ok("mutation($input: MembershipSetInput!) { membershipSet(input: $input) { userErrors { code } } }", set).await;
        app.advance_seconds(60);
        let site = Tablet::of(&app, "site").await;
        let comment = |at: Option<domain::Timestamp>| {
            let mut comment = operation("defectComment", json!({
                "defectId": id, "commentId": v7(), "body": "for the developer", "visibility": "INTERNAL" }), None);
            comment["occurredAt"] = json!(at.map(domain::Timestamp::to_rfc3339));
            comment
        };
        let results = site.push(&[comment(Some(then))]).await;
        assert_eq!(outcomes(&results), ["CONFLICT"], "{results:#?}");
        assert_eq!(results[0]["pendingEdit"]["reason"], "RIGHT_LOST");
        let comments = async |user: &User<'_>| {
            let document = "query($id: ID!) { defect(id: $id) { comments { body } } }";
            user.ok(document, json!({ "id": id })).await["defect"]["comments"].clone()
        };
        let (manager, supervisor) = (Tablet::of(&app, "manager").await, app.user("supervisor").await);
        assert_eq!(comments(&supervisor).await, json!([]));
        for edit in manager.edits().await {
            manager.user.ok(APPLY, json!({ "id": edit["id"] })).await;
        }
        assert_eq!(comments(&supervisor).await, json!([]));
        assert_eq!(comments(&manager.user).await, json!([{ "body": "for the developer" }]), "the developer's own");
        // A new command counts for the supervisor.
        let results = site.push(&[comment(None)]).await;
        assert_eq!(outcomes(&results), ["APPLIED"], "{results:#?}");
        assert_eq!(comments(&supervisor).await, json!([{ "body": "for the developer" }]));
    }

    async fn parked_finding_of_an_owner_does_not_count_for_a_later_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (unit, root) = (app.project.unit("1-101"), app.user("root").await);
        app.open_to_owner(unit).await;
        let owner = Tablet::of(&app, "owner1").await;
        owner.log("1-101").await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        let owned = store::members::ownership_of(app.app.db.read(), unit.into(), owner.user.id.into()).await;
        let sold = json!({ "unitId": unit, "end": { "ownershipId": owned.expect("ownerships").expect("one").id, "reason": "SOLD" } });
        app.user("relations").await.ok(
            "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) { userErrors { code } } }",
            json!({ "input": sold })).await;
        app.advance_seconds(60);
        let (token, _) = invited(&root, staff(&app, "owner1", "SUP", "SUPERVISING_ENGINEER")).await;
        app.user("owner1").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        app.advance_seconds(60);
        // The sessions ended with the home; the person signs in again to push the work.
        let later = Tablet { app: &app, user: app.user("owner1").await, id: owner.id };
        let found = |id: uuid::Uuid, unit: &str, at: Option<domain::Timestamp>| {
            let mut log = operation("defectLog", log_input(&app, id, unit), None);
            log["occurredAt"] = json!(at.map(domain::Timestamp::to_rfc3339));
            log
        };
        let (before, now, elsewhere) = (v7(), v7(), v7());
        let results = later.push(&[found(before, "1-101", Some(then)), found(now, "1-101", None), found(elsewhere, "1-102", Some(then))]).await;
        assert_eq!(outcomes(&results), ["CONFLICT", "APPLIED", "APPLIED"], "{results:#?}");
        assert_eq!(results[0]["pendingEdit"]["reason"], "RIGHT_LOST");
        let manager = Tablet::of(&app, "manager").await;
        let edits = manager.edits().await;
        assert_eq!((edits.len(), &edits[0]["author"]["id"]), (1, &json!(owner.user.id)));
        manager.user.ok(APPLY, json!({ "id": edits[0]["id"] })).await;
        for (id, by_owner) in [(before, true), (now, false), (elsewhere, false)] {
            let read = manager.user.ok("query($id: ID!) { defect(id: $id) { raisedByOwner } }", json!({ "id": id })).await;
            assert_eq!(read["defect"]["raisedByOwner"], json!(by_owner));
        }
    }

    async fn internal_comment_is_not_read_by_the_person_who_decides_on_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (lead, manager) = (Tablet::of(&app, "lead.a").await, Tablet::of(&app, "manager").await);
        let id = Tablet::of(&app, "site").await.log("1-101").await;
        let left = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(false))
            .filter(memberships::Column::PersonId.eq(lead.user.id));
        let written: Result<_, sea_orm::DbErr> = db.write(async |tx| left.exec(tx).await).await;
        written.expect("the membership ends");
        app.app.caller_cache.forget();
        let comment = |visibility: &str| operation("defectComment", json!({
            "defectId": id, "commentId": v7(), "body": format!("{visibility} words"), "visibility": visibility }), None);
        let results = lead.push(&[comment("INTERNAL"), comment("SHARED")]).await;
        assert_eq!(outcomes(&results), ["CONFLICT"; 2], "{results:#?}");
        let edits = manager.edits().await;
        assert_eq!((edits.len(), &edits[1]["input"]["body"]), (2, &json!("SHARED words")));
        assert!(edits[0]["input"].get("body").is_none(), "{edits:#?}");
        assert_eq!(lead.edits().await[0]["input"]["body"], "INTERNAL words");
        for edit in edits {
            manager.user.ok(APPLY, json!({ "id": edit["id"] })).await;
        }
        let comments = manager.defect(id).await["comments"].clone();
        assert_eq!(comments, json!([{ "body": "SHARED words" }]), "the other one is the company's own");
    }

    async fn work_of_a_contractor_who_is_no_longer_responsible_is_parked(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (Tablet::of(&app, "site").await, Tablet::of(&app, "lead.a").await);
        let id = site.log("1-101").await;
        let to_b = json!({ "defectId": id, "companyId": app.project.company("B") });
        assert_eq!(site.push_one(&operation("defectAssign", to_b, Some(1))).await["outcome"], "APPLIED");
        let start = lead.push_one(&operation("defectStart", json!({ "defectId": id }), Some(1))).await;
        assert_eq!((start["outcome"].as_str(), codes(&start)), (Some("CONFLICT"), vec!["NOT_RESPONSIBLE"]));
        // A person who never had the right is refused, and nothing is parked.
        let other = site.log("1-101").await;
        let stranger = Tablet::of(&app, "lead.b").await;
        let refused = stranger.push_one(&operation("defectStart", json!({ "defectId": other }), Some(1))).await;
        assert_eq!((refused["outcome"].as_str(), codes(&refused)), (Some("REJECTED"), vec!["NOT_FOUND"]));
    }

    async fn owner_of_a_closed_home_loses_no_finding(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let owner = Tablet::of(&app, "owner1").await;
        owner.log("1-101").await;
        let close = "mutation($id: ID!) { unitCloseToOwner(input: { unitIds: [$id] }) { userErrors { code } } }";
        app.user("manager").await.ok(close, json!({ "id": app.project.unit("1-101") })).await;
        let id = v7();
        let result = owner.push_one(&operation("defectLog", log_input(&app, id, "1-101"), None)).await;
        assert_eq!((result["outcome"].as_str(), codes(&result)), (Some("CONFLICT"), vec!["NOT_FOUND"]));
        let manager = Tablet::of(&app, "manager").await;
        manager.user.ok(APPLY, json!({ "id": result["pendingEdit"]["id"] })).await;
        let read = manager.user.ok("query($id: ID!) { defect(id: $id) { raisedByOwner } }", json!({ "id": id })).await;
        assert_eq!(read["defect"]["raisedByOwner"], json!(true));
        // A neighbour's home was never visible to them.
        let foreign = owner.push_one(&operation("defectLog", log_input(&app, v7(), "1-102"), None)).await;
        assert_eq!(foreign["outcome"], "REJECTED");
    }
}
