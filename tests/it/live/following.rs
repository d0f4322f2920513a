//! The recipients of live updates: the newest cursor at once, then each change; nothing for strangers.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{BLIND, Process, QUICK, token};
use super::socket::{Socket, subscribe};

/// The delivery manager's acts that not everyone is shown, and the first of owner, contractor and supervisor who is.
fn acts(app: &TestApp) -> [(&'static str, Value, usize); 3] {
    let project = app.project.id;
    let invited = json!({ "invitationId": v7(), "projectId": project, "login": "new.person", "name": "New",
        "companyId": app.project.company("DEV"), "role": "SITE_ENGINEER" });
    let waived = json!({ "waiverId": v7(), "unitId": app.project.unit("1-101"), "blocker": "NOT_INSPECTED",
        "reason": "agreed" });
    let policy = json!({ "projectId": project, "afterPhotoRequired": false });
    [("memberInvite", invited, 2), ("readinessWaive", waived, 2), ("projectPolicyUpdate", policy, 1)]
}

/// The first message of a person's new subscription.
async fn newest(app: &TestApp, process: &Process, login: &str) -> String {
    let mut socket = Socket::signed_in(process.address, &token(app, login).await).await;
    socket.follow("a", app.project.id).await;
    socket.cursor("a").await
}

on_both_databases! {
    async fn commit_reaches_only_permitted_subscribers(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, BLIND).await;
        let unit = app.project.unit("1-101");
        let manager = token(&app, "manager").await;
        let mut following = Vec::new();
        for login in ["manager", "lead.a", "escort"] {
            let mut socket = Socket::signed_in(process.address, &token(&app, login).await).await;
            socket.follow("a", app.project.id).await;
            let first = socket.cursor("a").await;
            following.push((socket, first));
        }
        // Another contractor does not see it, and gets no message.
        let mut aside = Socket::signed_in(process.address, &token(&app, "lead.b").await).await;
        aside.follow("a", app.project.id).await;
        aside.cursor("a").await;
        let mut elsewhere = Socket::signed_in(process.address, &token(&app, "x.manager").await).await;
        elsewhere.follow("a", app.other.id).await;
        let theirs = elsewhere.cursor("a").await;

        process.log_defect(&manager, unit).await;
        for (socket, first) in &mut following {
            assert_ne!(socket.cursor("a").await, *first);
        }
        aside.send(json!({ "type": "ping" })).await;
        assert_eq!(aside.message().await["type"], "pong", "no message came");
        // A person of the other project gets the next change of that project, and nothing before it.
        let other_manager = token(&app, "x.manager").await;
        process.log_defect(&other_manager, app.other.unit("1-101")).await;
        assert_ne!(elsewhere.cursor("a").await, theirs);
        elsewhere.send(json!({ "type": "ping" })).await;
        assert_eq!(elsewhere.message().await["type"], "pong", "one change, one message");
    }

    async fn owner_gets_shown_changes_of_the_own_home_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let process = Process::start(&app, BLIND).await;
        let manager = token(&app, "manager").await;
        let own = process.log_defect(&manager, app.project.unit("1-101")).await;
        let mut owner = Socket::signed_in(process.address, &token(&app, "owner1").await).await;
        owner.follow("a", app.project.id).await;
        let first = owner.cursor("a").await;
        process.log_defect(&manager, app.project.unit("1-102")).await;
        let hold = "mutation($input: DefectHoldInput!) { defectHold(input: $input) { userErrors { code } } }";
        process.ask(&manager, hold, json!({ "input": { "defectId": own, "reason": "no paint" } })).await;
        let again = async || {
            let mut socket = Socket::signed_in(process.address, &token(&app, "owner1").await).await;
            socket.follow("a", app.project.id).await;
            socket.cursor("a").await
        };
        assert_eq!(again().await, first, "a new subscription has nothing new");
        process.log_defect(&manager, app.project.unit("1-101")).await;
        let second = owner.cursor("a").await;
        assert_ne!(second, first);
        assert_eq!(again().await, second);
        owner.send(json!({ "type": "ping" })).await;
        assert_eq!(owner.message().await["type"], "pong", "one change of the own, one message");
    }

    async fn restricted_changes_reach_permitted_subscribers_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let process = Process::start(&app, BLIND).await;
        let manager = token(&app, "manager").await;
        let mut followers = Vec::new();
        for login in ["owner1", "lead.b", "supervisor"] {
            let mut socket = Socket::signed_in(process.address, &token(&app, login).await).await;
            socket.follow("a", app.project.id).await;
            let first = socket.cursor("a").await;
            followers.push((login, socket, first));
        }
        for (name, input, told_from) in acts(&app) {
            let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
            let document = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
            let data = process.ask(&manager, &document, json!({ "input": input })).await;
            assert_eq!(data[name]["userErrors"], json!([]), "{name}");
            for (place, (login, socket, cursor)) in followers.iter_mut().enumerate() {
                if place >= told_from {
                    let next = socket.cursor("a").await;
                    assert_ne!(next, *cursor, "{name} is not sent to {login}");
                    *cursor = next;
                } else {
                    assert_eq!(newest(&app, &process, login).await, *cursor, "{name} is sent to {login}");
                }
            }
        }
        process.log_defect(&manager, app.project.unit("1-101")).await;
        let (login, owner, cursor) = &mut followers[0];
        let next = owner.cursor("a").await;
        assert_ne!(next, *cursor);
        assert_eq!(newest(&app, &process, login).await, next, "one change of the own, one message");
        owner.send(json!({ "type": "ping" })).await;
        assert_eq!(owner.message().await["type"], "pong", "no other message came");
    }

    async fn invitation_reaches_the_leads_of_its_company_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, BLIND).await;
        let lead = token(&app, "lead.a").await;
        let mut socket = Socket::signed_in(process.address, &lead).await;
        socket.follow("a", app.project.id).await;
        let first = socket.cursor("a").await;
        let mut others = Vec::new();
        for login in ["worker.a", "lead.b"] {
            others.push((login, newest(&app, &process, login).await));
        }
        let invite = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) { userErrors { code } } }";
        let input = json!({ "invitationId": v7(), "projectId": app.project.id, "login": "new.person", "name": "New",
            "companyId": app.project.company("A"), "role": "WORKER" });
        let data = process.ask(&lead, invite, json!({ "input": input })).await;
        assert_eq!(data["memberInvite"]["userErrors"], json!([]));
        assert_ne!(socket.cursor("a").await, first);
        for (login, cursor) in others {
            assert_eq!(newest(&app, &process, login).await, cursor, "{login}");
        }
    }

    async fn subscriber_with_new_rights_gets_earlier_hidden_changes(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let process = Process::start(&app, QUICK).await;
        let (manager, relations) = (token(&app, "manager").await, token(&app, "relations").await);
        let mut owner = Socket::signed_in(process.address, &token(&app, "owner1").await).await;
        owner.follow("a", app.project.id).await;
        let mut told = owner.cursor("a").await;
        let unit = app.project.unit("1-201");
        let buys = "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) { userErrors { code } } }";
        let input = json!({ "unitId": unit, "add": { "ownershipId": v7(), "personId": app.person_id("owner1") } });
        process.ask(&relations, buys, json!({ "input": input })).await;
        let to_owner = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) { userErrors { code } } }";
        process.ask(&manager, to_owner, json!({ "input": { "unitIds": [unit] } })).await;
        process.log_defect(&manager, unit).await;
        let mut fresh = Socket::signed_in(process.address, &token(&app, "owner1").await).await;
        fresh.follow("a", app.project.id).await;
        let newest = fresh.cursor("a").await;
        assert_ne!(told, newest);
        while told != newest {
            told = owner.cursor("a").await;
        }
    }

    /// In every form in which the specification permits the one root field.
    async fn subscription_with_its_root_in_a_fragment_continues_after_its_first_message(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, BLIND).await;
        let manager = token(&app, "manager").await;
        let field = "changesAvailable(projectId: $id) { cursor }";
        for document in [
            format!("subscription($id: ID!) {{ ...Root }} fragment Root on Subscription {{ {field} }}"),
            format!("subscription($id: ID!) {{ ... on Subscription {{ ... {{ {field} }} }} }}"),
            format!("subscription($id: ID!) {{ ...A }} fragment A on Subscription {{ ...B }} fragment B on Subscription {{ {field} }}"),
        ] {
            let mut socket = Socket::signed_in(process.address, &manager).await;
            socket.send(subscribe("a", &document, json!({ "id": app.project.id }))).await;
            let first = socket.cursor("a").await;
            process.log_defect(&manager, app.project.unit("1-101")).await;
            assert_ne!(socket.cursor("a").await, first, "{document}");
        }
        let mut socket = Socket::signed_in(process.address, &manager).await;
        let two = format!("subscription($id: ID!) {{ a: {field} ...Root }} fragment Root on Subscription {{ b: {field} }}");
        socket.send(subscribe("a", &two, json!({ "id": app.project.id }))).await;
        let refused = socket.message().await;
        assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("a")), "{refused}");
    }

    async fn new_subscription_shows_by_its_cursor_what_was_missed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, BLIND).await;
        let manager = token(&app, "manager").await;
        let mut cursors = Vec::new();
        for change in [false, false, true] {
            if change {
                process.log_defect(&manager, app.project.unit("1-101")).await;
            }
            let mut socket = Socket::signed_in(process.address, &manager).await;
            socket.follow("a", app.project.id).await;
            cursors.push(socket.cursor("a").await);
        }
        assert_eq!(cursors[0], cursors[1], "nothing has changed");
        assert_ne!(cursors[1], cursors[2], "something has changed");
    }

    async fn burst_of_changes_is_joined_and_its_end_is_sent(db: TestDb) {
        let app = TestApp::start(&db).await;
        let calm = app::live::LiveSettings { pause: std::time::Duration::from_secs(2), ..BLIND };
        let process = Process::start(&app, calm).await;
        let manager = token(&app, "manager").await;
        let mut socket = Socket::signed_in(process.address, &manager).await;
        socket.follow("a", app.project.id).await;
        let first = socket.cursor("a").await;
        for _ in 0..10 {
            process.log_defect(&manager, app.project.unit("1-101")).await;
        }
        let mut fresh = Socket::signed_in(process.address, &manager).await;
        fresh.follow("a", app.project.id).await;
        let newest = fresh.cursor("a").await;
        let mut told = vec![first];
        while *told.last().expect("one") != newest {
            told.push(socket.cursor("a").await);
        }
        assert!(told.len() < 8, "ten changes were sent one by one: {told:?}");
    }

    async fn stranger_gets_the_answer_for_an_unknown_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        for login in ["x.manager", "owner1", "root"] {
            let mut socket = Socket::signed_in(process.address, &token(&app, login).await).await;
            let mut told = Vec::new();
            for project in [app.project.id, v7()] {
                socket.follow("a", project).await;
                let mut message = socket.message().await;
                assert_eq!(message["type"], "error", "{login}: {message}");
                assert_eq!(message["payload"][0]["extensions"]["code"], "NOT_FOUND");
                message["payload"][0]["extensions"]["requestId"].take();
                told.push(message);
            }
            assert_eq!(told[0], told[1], "{login}");
        }
    }

    async fn subscription_ends_when_the_person_loses_the_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let (manager, unit) = (token(&app, "manager").await, app.project.unit("1-101"));
        let to_owner = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) { userErrors { code } } }";
        let from_owner = to_owner.replace("OpenToOwner", "CloseToOwner");
        let input = json!({ "input": { "unitIds": [unit] } });
        process.ask(&manager, to_owner, input.clone()).await;
        let mut owner = Socket::signed_in(process.address, &token(&app, "owner1").await).await;
        let mut staff = Socket::signed_in(process.address, &manager).await;
        owner.follow("a", app.project.id).await;
        staff.follow("a", app.project.id).await;
        owner.cursor("a").await;
        staff.cursor("a").await;

        process.ask(&manager, &from_owner, input).await;
        let ended = loop {
            let message = owner.message().await;
            if message["type"] != "next" {
                break message;
            }
        };
        assert_eq!(ended, json!({ "id": "a", "type": "complete" }));
        staff.cursor("a").await;
        owner.follow("b", app.project.id).await;
        assert_eq!(owner.message().await["payload"][0]["extensions"]["code"], "NOT_FOUND");
    }
}
