//! Who has used the link or the code in a message has read the message, also one of which nobody knew whether it was sent.

use domain::message::{MessageKind, MessageState};
use serde_json::json;
use store::entity::message_attempts::Model;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::mail_server::{Act, MailServer, Step};
use super::setup::attempts;
use crate::attacks::credentials::setup::{GOOD, INVITE, accept, staff};
use crate::owner_links::setup::{INVITE as LINK, code, code_to, input_of, request, token_of, try_code, wrong};

/// The newest message of a kind.
async fn newest(app: &TestApp, kind: MessageKind) -> Model {
    let rows = attempts(app).await;
    rows.into_iter().rev().find(|row| row.kind == kind).expect("a message")
}

on_both_databases! {
    async fn a_link_and_a_code_are_read_once_they_are_used(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let mut input = input_of(&app, "1-101", "owner1");
        input["send"] = json!(true);
        let made = app.user("relations").await.ok(LINK, json!({ "input": input })).await["unitInvite"].clone();
        let token = token_of(&made["link"]);
        assert_eq!(code(&request(&app, &token).await), "");
        let right = code_to(&app, "+8613800000000").await;
        try_code(&app, &token, &wrong(&right)).await;
        for kind in [MessageKind::UnitLink, MessageKind::SignInCode] {
            assert_eq!(newest(&app, kind).await.state, MessageState::Sent, "a wrong guess reads nothing");
        }
        app.advance_seconds(60);
        assert!(try_code(&app, &token, &right).await["session"].is_object());
        for kind in [MessageKind::UnitLink, MessageKind::SignInCode] {
            let row = newest(&app, kind).await;
            assert_eq!((row.state, row.read_at), (MessageState::Read, Some(app.app.clock.now().0)), "{kind}");
        }
    }

    async fn an_invitation_in_doubt_is_settled_by_its_acceptance(db: TestDb) {
        let server = MailServer::start().await;
        let app = TestApp::start_with_channels(&db, server.channels()).await;
        let mut input = staff(&app, "new.site", "DEV", "SITE_ENGINEER");
        input["input"]["email"] = json!("new.site@dev.example");
        app.user("manager").await.ok(INVITE, input).await;
        server.next(Step::Text, Act::TakeAndClose);
        app::messages::send_due(&app.app).await.expect("sent");
        assert_eq!(newest(&app, MessageKind::Invitation).await.state, MessageState::Unknown);
        let text = server.mails().remove(0).text;
        let token: String = text.split_once("/join#").expect("a link").1.chars().take(43).collect();
        assert_eq!(accept(&app, &token, Some(GOOD)).await["login"], "new.site");
        let row = newest(&app, MessageKind::Invitation).await;
        assert_eq!((row.state, row.error, row.address, row.body), (MessageState::Read, None, None, None));
        let listed = "{ messageAttempts(filter: { state: [UNKNOWN] }, first: 10) { nodes { id } } }";
        let listed = app.user("root").await.ok(listed, json!({})).await["messageAttempts"]["nodes"].clone();
        assert_eq!(listed, json!([]));
    }

    async fn the_use_of_one_message_says_nothing_of_another_one(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let mut tokens = Vec::new();
        for n in 0..2 {
            let owner = json!({ "ownershipId": v7(), "name": format!("Owner {n}"), "kind": "CO_OWNER",
                "phone": format!("+86 139 0000 000{n}") });
            let input = json!({ "inviteId": v7(), "unitId": app.project.unit("1-101"), "newOwner": owner, "send": true });
            let made = app.user("relations").await.ok(LINK, json!({ "input": input })).await["unitInvite"].clone();
            tokens.push(token_of(&made["link"]));
        }
        for token in &tokens {
            assert_eq!(code(&request(&app, token).await), "");
        }
        let right = code_to(&app, "+8613900000000").await;
        assert!(try_code(&app, &tokens[0], &right).await["session"].is_object());
        let states: Vec<MessageState> = attempts(&app).await.iter().map(|row| row.state).collect();
        let of = |state: MessageState| states.iter().filter(|one| **one == state).count();
        assert_eq!((of(MessageState::Read), of(MessageState::Sent)), (2, 2), "{states:?}");
    }
}
