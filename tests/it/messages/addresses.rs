//! Addresses of people: changed, and confirmed by a code that is sent to them.

use domain::message::MessageState;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;

use super::setup::{attempts, notice, queue, reach};

const UPDATE: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { email phone phoneNumber } userErrors { code field } } }";
const REQUEST: &str = "mutation($channel: MessageChannel!) { addressCodeRequest(input: { channel: $channel }) {
    sentTo token userErrors { code field message } } }";
const CONFIRM: &str = "mutation($input: AddressConfirmInput!) {
    addressConfirm(input: $input) { confirmed userErrors { code field } } }";
const CONTACT: &str = "{ viewer { contact { email emailConfirmed phone phoneNumber phoneConfirmed } } }";

async fn contact(user: &User<'_>) -> Value {
    user.ok(CONTACT, json!({})).await["viewer"]["contact"].clone()
}

async fn request(user: &User<'_>, channel: &str) -> Value {
    user.query(REQUEST, json!({ "channel": channel })).await["data"]["addressCodeRequest"].clone()
}

/// Asks for a code; the token of the answer.
async fn token(user: &User<'_>, channel: &str) -> String {
    request(user, channel).await["token"].as_str().expect("a token").to_owned()
}

async fn confirm(user: &User<'_>, channel: &str, (token, code): (&str, &str)) -> Value {
    let input = json!({ "channel": channel, "token": token, "code": code });
    user.query(CONFIRM, json!({ "input": input })).await["data"]["addressConfirm"].clone()
}

/// The code in the newest message.
async fn newest_code(app: &TestApp) -> String {
    let sent = app.sent_messages().await;
    let text = sent.last().expect("a message")["text"].as_str().expect("a text").to_owned();
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|word| word.len() == 6).collect();
    assert_eq!(digits.len(), 1, "{text}");
    digits[0].to_owned()
}

/// Another code, or another token, than this one.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}

on_both_databases! {
    async fn an_address_is_changed_and_confirmed_by_a_code(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let email = json!({ "input": { "email": " Site@Home.EXAMPLE ", "phone": "138 1234-5678" } });
        let changed = site.ok(UPDATE, email).await["personUpdate"]["person"].clone();
        let expected = json!({ "email": "Site@home.example", "phone": "138 1234-5678", "phoneNumber": "+8613812345678" });
        assert_eq!(changed, expected);
        let before = json!({ "email": "Site@home.example", "emailConfirmed": false, "phone": "138 1234-5678",
            "phoneNumber": "+8613812345678", "phoneConfirmed": false });
        assert_eq!(contact(&site).await, before);
        for (channel, tail, field) in
            [("EMAIL", "S…@home.example", "emailConfirmed"), ("SMS", "…5678", "phoneConfirmed")]
        {
            let sent = request(&site, channel).await;
            assert_eq!(sent["sentTo"], tail);
            let token = sent["token"].as_str().expect("a token");
            let code = newest_code(&app).await;
            for (token, code) in [(token, wrong(&code).as_str()), (wrong(token).as_str(), &code), ("", &code)] {
                let refused = confirm(&site, channel, (token, code)).await;
                assert_eq!(refused["userErrors"][0]["code"], "CODE_INVALID");
                assert_eq!(contact(&site).await[field], false);
            }
            let typed = format!(" {}-{} ", &code[..3], &code[3..]);
            let confirmed = confirm(&site, channel, (token, &typed)).await;
            assert_eq!(confirmed, json!({ "confirmed": true, "userErrors": [] }));
            assert_eq!(contact(&site).await[field], true);
            let again = confirm(&site, channel, (token, &code)).await;
            assert_eq!(again["userErrors"][0]["code"], "CODE_INVALID", "good once");
            app.advance_seconds(30);
        }
        // Another address is not confirmed; the one before is told of it.
        site.ok(UPDATE, json!({ "input": { "email": "other@home.example" } })).await;
        assert_eq!(contact(&site).await["emailConfirmed"], false);
        let told = app.sent_messages().await.pop().expect("a message");
        assert_eq!((&told["kind"], &told["to"]), (&json!("ADDRESS_CHANGED"), &json!("Site@home.example")));
        site.ok(UPDATE, json!({ "input": { "email": null, "phone": null } })).await;
        let kinds: Vec<Value> = app.sent_messages().await.iter().map(|message| message["channel"].clone()).collect();
        assert_eq!(kinds.iter().filter(|channel| **channel == "SMS").count(), 2, "a code, and that it is left");
        let none = json!({ "email": null, "emailConfirmed": false, "phone": null, "phoneNumber": null,
            "phoneConfirmed": false });
        assert_eq!(contact(&site).await, none);
    }

    async fn an_import_brings_addresses_and_changes_them_by_an_administrator_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            report { notes { path message } } userErrors { code message } } }";
        let mut file = tests::fixture::document("HOME", "");
        file["people"][1]["email"] = json!("Site@HOME.example");
        file["owners"][0]["email"] = json!("owner1@home.example");
        let content = json!({ "content": file.to_string() });
        let notes = app.user("manager").await.ok(import, content.clone()).await["projectImport"]["report"].to_string();
        assert!(notes.contains("people[1].email") && notes.contains("ignored"), "{notes}");
        assert_eq!(contact(&app.user("site").await).await["email"], json!(null));
        let notes = app.user("root").await.ok(import, content.clone()).await["projectImport"]["report"].to_string();
        assert!(notes.contains("people[1].email") && notes.contains("owners[0].email"), "{notes}");
        assert!(!notes.contains("home.example"), "{notes}");
        assert_eq!(contact(&app.user("site").await).await["email"], "Site@home.example");
        assert_eq!(contact(&app.user("owner1").await).await["email"], "owner1@home.example");
        let again = app.user("root").await.ok(import, content).await["projectImport"]["report"].to_string();
        assert!(!again.contains(".email"), "{again}");
        file["people"][1]["email"] = json!("site at home");
        let wrong = app.user("root").await.query(import, json!({ "content": file.to_string() })).await.to_string();
        assert!(wrong.contains("people[1].email") && wrong.contains("name@example.com"), "{wrong}");
    }

    async fn what_is_no_address_is_refused_and_a_free_text_stays(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        for odd in ["site", "site@home", "a b@home.example", "许@home.example"] {
            let codes = site.refused(UPDATE, json!({ "input": { "email": odd } })).await;
            assert_eq!(codes, ["INVALID_VALUE"], "{odd}");
        }
        let long = format!("{}@home.example", "x".repeat(250));
        assert_eq!(site.refused(UPDATE, json!({ "input": { "email": long } })).await, ["TEXT_TOO_LONG"]);
        site.ok(UPDATE, json!({ "input": { "phone": "021-6234 5678" } })).await;
        let now = contact(&site).await;
        assert_eq!((&now["phone"], &now["phoneNumber"]), (&json!("021-6234 5678"), &json!(null)));
        for channel in ["EMAIL", "SMS", "PUSH", "OFFICIAL_ACCOUNT"] {
            let codes = site.refused(REQUEST, json!({ "channel": channel })).await;
            assert_eq!(codes, ["NO_CHANNEL"], "{channel}");
        }
    }

    async fn a_code_has_five_tries_and_five_minutes(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.user("site").await;
        let first_token = token(&site, "EMAIL").await;
        let first = newest_code(&app).await;
        for _ in 0..5 {
            let refused = confirm(&site, "EMAIL", (&first_token, &wrong(&first))).await;
            assert_eq!(refused["userErrors"][0]["code"], "CODE_INVALID");
        }
        assert_eq!(confirm(&site, "EMAIL", (&first_token, &first)).await["confirmed"], false, "the sixth try");
        app.advance_seconds(30);
        let second_token = token(&site, "EMAIL").await;
        let second = newest_code(&app).await;
        assert_eq!(confirm(&site, "EMAIL", (&first_token, &first)).await["confirmed"], false, "the code before");
        assert_eq!(confirm(&site, "EMAIL", (&first_token, &second)).await["confirmed"], false, "the token before");
        app.advance_seconds(300);
        assert_eq!(confirm(&site, "EMAIL", (&second_token, &second)).await["confirmed"], false, "five minutes later");
        // A code of one person is no code of another, nor of another channel.
        reach(&app, "site", Some("site@home.example"), Some("13812345678")).await;
        let third_token = token(&site, "EMAIL").await;
        let third = newest_code(&app).await;
        let third = (third_token.as_str(), third.as_str());
        assert_eq!(confirm(&site, "SMS", third).await["confirmed"], false);
        assert_eq!(confirm(&app.user("manager").await, "EMAIL", third).await["confirmed"], false);
        // Nor of another address of the same person.
        reach(&app, "site", Some("other@home.example"), None).await;
        assert_eq!(confirm(&site, "EMAIL", third).await["confirmed"], false);
    }

    async fn codes_are_sent_ten_times_a_day_with_pauses(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.user("site").await;
        for n in 0..10 {
            assert_eq!(request(&site, "EMAIL").await["userErrors"], json!([]), "{n}");
            assert_eq!(site.refused(REQUEST, json!({ "channel": "EMAIL" })).await, ["CODE_LIMIT"], "{n}: at once");
            app.advance_seconds(30);
        }
        assert_eq!(site.refused(REQUEST, json!({ "channel": "EMAIL" })).await, ["CODE_LIMIT"]);
        let refused = request(&site, "EMAIL").await["userErrors"][0].clone();
        assert!(refused["message"].as_str().is_some_and(|text| text.contains("86100 seconds")), "{refused}");
        app.advance_seconds(86_100);
        assert_eq!(request(&site, "EMAIL").await["userErrors"], json!([]));
        let kept = attempts(&app).await;
        assert!(kept.iter().all(|row| row.state == MessageState::Queued || row.body.is_none()));
    }

    async fn a_message_goes_to_a_confirmed_address_before_another_one(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), Some("13812345678")).await;
        let site = app.user("site").await;
        let token = token(&site, "SMS").await;
        let code = newest_code(&app).await;
        assert_eq!(confirm(&site, "SMS", (&token, &code)).await["confirmed"], true);
        queue(&app, notice(app.person_id("site"))).await;
        assert_eq!(app.sent_messages().await.pop().expect("a message")["channel"], "SMS");
    }
}
