//! Messages of which nobody knows whether they were sent: who sees them, and how a person settles them.

use domain::message::{MessageError, MessageState};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::on_both_databases;
use uuid::Uuid;

use super::mail_server::{Act, MailServer, Step};
use super::setup::{attempt, code, notice, queue, reach, send};

const LIST: &str = "query($filter: MessageAttemptFilter) { messageAttempts(filter: $filter, first: 100) { nodes {
    id kind channel state error errorText addressTail tries personId projectId sentAt } } }";
const RESOLVE: &str = "mutation($input: MessageResolveInput!) { messageResolve(input: $input) {
    messageAttempt { id state error resolvedById resolutionNote } userErrors { code field message } } }";

async fn office(db: &TestDb) -> (MailServer, TestApp) {
    let server = MailServer::start().await;
    let app = TestApp::start_with_channels(db, server.channels()).await;
    reach(&app, "site", Some("site@home.example"), None).await;
    (server, app)
}

/// A message of the project that broke off with its text.
async fn unknown(server: &MailServer, app: &TestApp) -> Uuid {
    server.next(Step::Text, Act::Close);
    let id = queue(app, notice(app.person_id("site")).in_project(app.project.id.into())).await;
    assert_eq!(send(app, id).await, MessageState::Unknown);
    id
}

fn settle(id: Uuid, resolution: &str) -> Value {
    json!({ "input": { "messageAttemptId": id, "resolution": resolution, "note": "the log of the mail server" } })
}

on_both_databases! {
    async fn those_who_look_after_messages_see_them_and_nobody_else(db: TestDb) {
        let (server, app) = office(&db).await;
        let of_project = unknown(&server, &app).await;
        let of_account = queue(&app, notice(app.person_id("site"))).await;
        send(&app, of_account).await;
        let ids = |answer: &Value| -> Vec<Value> {
            let nodes = answer["messageAttempts"]["nodes"].as_array().into_iter().flatten();
            nodes.map(|node| node["id"].clone()).collect()
        };
        for (login, seen) in [
            ("manager", vec![of_project]),
            ("relations", vec![of_project]),
            ("root", vec![of_account, of_project]),
            ("x.manager", vec![]),
        ] {
            let answer = app.user(login).await.ok(LIST, json!({})).await;
            assert_eq!(ids(&answer), seen.iter().map(|id| json!(id)).collect::<Vec<_>>(), "{login}");
        }
        for login in ["site", "lead.a", "worker.a", "supervisor", "property", "escort", "owner1"] {
            assert_eq!(app.user(login).await.ok(LIST, json!({})).await["messageAttempts"], json!(null), "{login}");
            let codes = app.user(login).await.refused(RESOLVE, settle(of_project, "SENT")).await;
            assert_eq!(codes, ["NOT_FOUND"], "{login}");
        }
        let codes = app.user("manager").await.refused(RESOLVE, settle(of_account, "SENT")).await;
        assert_eq!(codes, ["NOT_FOUND"], "a message about an account is none of a project's");
        let open = json!({ "filter": { "state": ["UNKNOWN"], "channel": ["EMAIL"], "personId": app.person_id("site") } });
        let listed = app.user("root").await.ok(LIST, open).await["messageAttempts"]["nodes"].clone();
        assert_eq!(listed[0]["addressTail"], "s…@home.example");
        assert_eq!((listed[0]["error"].clone(), listed.as_array().map(Vec::len)), (json!("BROKEN_OFF"), Some(1)));
        assert!(!listed.to_string().contains("site@home.example"));
    }

    async fn a_person_settles_what_the_server_cannot_know(db: TestDb) {
        let (server, app) = office(&db).await;
        let relations = app.user("relations").await;
        for (resolution, state, error) in [
            ("SENT", MessageState::Sent, None),
            ("FAILED", MessageState::Failed, Some(MessageError::GivenUp)),
        ] {
            let id = unknown(&server, &app).await;
            let answer = relations.ok(RESOLVE, settle(id, resolution)).await["messageResolve"]["messageAttempt"].clone();
            assert_eq!(answer["resolvedById"], json!(relations.id));
            let row = attempt(&app, id).await;
            assert_eq!((row.state, row.error, row.address), (state, error, None), "{resolution}");
            assert_eq!(row.resolution_note.as_deref(), Some("the log of the mail server"));
            assert_eq!(relations.refused(RESOLVE, settle(id, "SEND_AGAIN")).await, ["WRONG_STATE"], "{resolution}");
            app.advance_seconds(100_000);
            assert_eq!(send(&app, id).await, state, "{resolution}");
        }
        assert!(server.mails().is_empty());
    }

    async fn what_a_person_sends_again_is_sent_once_more_under_the_same_id(db: TestDb) {
        let (server, app) = office(&db).await;
        let id = unknown(&server, &app).await;
        app.advance_seconds(50 * 60 * 60);
        app.user("manager").await.ok(RESOLVE, settle(id, "SEND_AGAIN")).await;
        assert_eq!(send(&app, id).await, MessageState::Sent);
        assert_eq!(server.mails().iter().map(|mail| mail.id.clone()).collect::<Vec<_>>(), [id.to_string()]);
        assert_eq!(attempt(&app, id).await.tries, 2);
    }

    async fn a_code_that_has_ended_is_not_sent_again(db: TestDb) {
        let (server, app) = office(&db).await;
        server.next(Step::Text, Act::Close);
        let until = app.app.clock.now().plus_seconds(300);
        let id = queue(&app, code(app.person_id("site"), "271828").in_project(app.project.id.into()).until(until)).await;
        assert_eq!(send(&app, id).await, MessageState::Unknown);
        app.advance_seconds(301);
        assert_eq!(send(&app, id).await, MessageState::Unknown, "it stays listed");
        assert_eq!(attempt(&app, id).await.body, None, "without its secret");
        assert_eq!(app.user("manager").await.refused(RESOLVE, settle(id, "SEND_AGAIN")).await, ["INVALID_VALUE"]);
        app.user("manager").await.ok(RESOLVE, settle(id, "FAILED")).await;
        assert!(server.mails().is_empty());
    }

    async fn a_message_that_is_not_in_doubt_is_not_settled(db: TestDb) {
        let (_server, app) = office(&db).await;
        let id = queue(&app, notice(app.person_id("site")).in_project(app.project.id.into())).await;
        let manager = app.user("manager").await;
        assert_eq!(manager.refused(RESOLVE, settle(id, "SENT")).await, ["WRONG_STATE"]);
        let nothing = json!({ "input": { "messageAttemptId": id, "resolution": "SENT", "note": " " } });
        assert_eq!(manager.refused(RESOLVE, nothing).await, ["TEXT_REQUIRED"]);
    }
}
