//! Invitations, reset links and notices of security go to people by message.

use domain::message::{MessageError, MessageState};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::setup::{attempts, reach};
use crate::attacks::credentials::setup::{GOOD, REVOKE, accept, reset, sign_in};

const INVITE: &str = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
    invitation { id email } link sentTo userErrors { code field } } }";
const RESET_CREATE: &str = "mutation($person: ID!) { passwordResetCreate(input: { personId: $person }) {
    resetId link sentTo userErrors { code } } }";
const CHANGE: &str = "mutation($input: PasswordChangeInput!) { passwordChange(input: $input) {
    changed userErrors { code } } }";

fn invitation(app: &TestApp, email: Option<&str>, phone: Option<&str>) -> Value {
    json!({ "input": {
        "invitationId": v7(), "projectId": app.project.id, "login": "new.site", "name": "许红", "language": "ZH",
        "companyId": app.project.company("DEV"), "role": "SITE_ENGINEER", "email": email, "phone": phone,
    } })
}

/// The token of the link in a text.
fn token(text: &Value) -> String {
    let text = text.as_str().expect("a text");
    let (_, rest) = text.split_once("/join#").unwrap_or_else(|| panic!("no link in {text}"));
    rest.chars().take(43).collect()
}

async fn create_reset(user: &User<'_>, person: Uuid) -> Value {
    user.ok(RESET_CREATE, json!({ "person": person })).await["passwordResetCreate"].clone()
}

on_both_databases! {
    async fn an_invitation_goes_to_its_address_and_is_accepted_from_there(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let made = manager.ok(INVITE, invitation(&app, Some("xu.hong@dev.example"), None)).await["memberInvite"].clone();
        assert_eq!(made["sentTo"], "x…@dev.example");
        assert_eq!(made["invitation"]["email"], "xu.hong@dev.example");
        let sent = app.sent_messages().await;
        assert_eq!((sent.len(), &sent[0]["to"]), (1, &json!("xu.hong@dev.example")));
        let text = sent[0]["text"].as_str().expect("a text");
        for words in ["许红", "Project HOME", "Developer现场工程师", "new.site", "2026-03-09", "http://localhost:8080/join#"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert_eq!(accept(&app, &token(&sent[0]["text"]), Some(GOOD)).await["login"], "new.site");
        assert!(sign_in(&app, "new.site", GOOD).await.is_object());
        // The address is the new person's.
        let contact = "{ viewer { contact { email emailConfirmed } } }";
        let session = sign_in(&app, "new.site", GOOD).await;
        let answer = app.ask(session["accessToken"].as_str(), contact, json!({})).await;
        let expected = json!({ "email": "xu.hong@dev.example", "emailConfirmed": false });
        assert_eq!(answer["data"]["viewer"]["contact"], expected);
        let row = &attempts(&app).await[0];
        assert_eq!((row.state, &row.body, &row.params), (MessageState::Read, &None, &json!({})), "used, and wiped");
        assert_eq!(row.read_at, Some(app.app.clock.now().0));
        assert_eq!(row.project_id, Some(app.project.id.into()));
    }

    async fn an_invitation_goes_to_the_phone_or_to_nobody(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let made = manager.ok(INVITE, invitation(&app, None, Some("138 1234 5678"))).await["memberInvite"].clone();
        assert_eq!(made["sentTo"], "…5678");
        assert!(app.sent_messages().await[0]["text"].as_str().is_some_and(|text| text.contains("/join#")));
        for phone in [None, Some("021-62345678")] {
            let made = manager.ok(INVITE, invitation(&app, None, phone)).await["memberInvite"].clone();
            assert_eq!((&made["sentTo"], made["link"].is_string()), (&json!(null), true), "{phone:?}");
        }
        let codes = manager.refused(INVITE, invitation(&app, Some("nobody"), None)).await;
        assert_eq!(codes, ["INVALID_VALUE"]);
        assert_eq!(app.sent_messages().await.len(), 1);
    }

    async fn an_invitation_that_is_withdrawn_in_time_is_not_sent(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let made = manager.ok(INVITE, invitation(&app, Some("xu.hong@dev.example"), None)).await["memberInvite"].clone();
        manager.ok(REVOKE, json!({ "input": { "invitationId": made["invitation"]["id"] } })).await;
        assert!(app.sent_messages().await.is_empty());
        let row = &attempts(&app).await[0];
        assert_eq!((row.state, row.error, &row.body), (MessageState::Failed, Some(MessageError::Withdrawn), &None));
    }

    async fn a_reset_link_goes_to_the_person_and_the_newest_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let (manager, site) = (app.user("manager").await, app.person_id("site"));
        create_reset(&manager, site).await;
        assert_eq!(create_reset(&manager, site).await["sentTo"], "s…@home.example");
        let sent = app.sent_messages().await;
        assert_eq!(sent.len(), 1, "the earlier one was withdrawn");
        assert_eq!((&sent[0]["kind"], &sent[0]["to"]), (&json!("PASSWORD_RESET"), &json!("site@home.example")));
        assert_eq!(reset(&app, &token(&sent[0]["text"]), GOOD).await["reset"], true);
        let told = app.sent_messages().await.pop().expect("a message");
        assert_eq!(told["kind"], "PASSWORD_CHANGED");
        assert!(told["text"].as_str().is_some_and(|text| text.contains("2026-03-02 08:00 (Asia/Shanghai)")), "{told}");
        assert_eq!(create_reset(&manager, app.person_id("relations")).await["sentTo"], json!(null));
    }

    async fn a_changed_password_is_told_to_its_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.user("site").await;
        let wrong = json!({ "input": { "currentPassword": "not this one", "newPassword": GOOD } });
        assert_eq!(site.query(CHANGE, wrong).await["data"]["passwordChange"]["changed"], false);
        assert!(app.sent_messages().await.is_empty());
        let right = json!({ "input": { "currentPassword": tests::fixture::PASSWORD, "newPassword": GOOD } });
        site.ok(CHANGE, right).await;
        assert_eq!(app.sent_messages().await[0]["kind"], "PASSWORD_CHANGED");
        app::credentials::operator::set_password(&app.app, "site", "another door to paint").await.expect("set");
        assert_eq!(app.sent_messages().await.len(), 2, "by the command line, too");
    }
}
