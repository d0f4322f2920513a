//! Digests: once a day, at the hour of the person, what was not read; by one message, whatever breaks off.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::mail_server::MailServer;
use super::setup::{UNTIL_DIGESTS, attempts, confirm, digests, hears, reach, unread};
use crate::evidence::{log, run};

const SET: &str = "mutation($input: MessagePreferenceSetInput!) { messagePreferenceSet(input: $input) {
    messagePreferences { digestAt } userErrors { code field } } }";
const DAY: i64 = 24 * 3_600;

on_both_databases! {
    async fn what_was_not_read_is_told_once_at_the_hour_of_the_digest(db: TestDb) {
        let app = TestApp::start(&db).await;
        confirm(&app, "lead.a", "lead.a@home.example").await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        log(&app, &site, "1-102", json!({})).await;
        hears(&lead).await;
        log(&app, &site, "1-101", json!({})).await;
        app.advance_seconds(UNTIL_DIGESTS - 1);
        assert!(digests(&app).await.is_empty(), "a second before");
        app.advance_seconds(1);
        log(&app, &site, "1-201", json!({})).await;
        let told = digests(&app).await;
        assert_eq!(told.len(), 1);
        let text = told[0]["text"].as_str().expect("a text");
        assert_eq!((&told[0]["to"], &told[0]["channel"]), (&json!("lead.a@home.example"), &json!("EMAIL")));
        assert_eq!(told[0]["subject"], "2 new notices");
        assert!(text.contains("• To repair: D-000002, 1-101\n• To repair: D-000003, 1-201"), "{text}");
        assert!(!text.contains("1-102"), "it was read: {text}");
        assert!(text.contains("/messages/unsubscribe?token="), "{text}");
        // They stay unread, and are told no more.
        assert_eq!(unread(&lead).await.len(), 2);
        app.advance_seconds(DAY + 1);
        assert_eq!(digests(&app).await.len(), 1);
        log(&app, &site, "1-202", json!({})).await;
        assert_eq!(digests(&app).await.len(), 1, "it is for tomorrow");
        app.advance_seconds(DAY);
        assert_eq!(digests(&app).await.len(), 2);
    }

    async fn a_digest_is_in_the_language_of_the_person_and_at_the_hour_that_the_person_has_chosen(db: TestDb) {
        let app = TestApp::start(&db).await;
        confirm(&app, "lead.a", "lead.a@home.example").await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        let chinese = "mutation { personUpdate(input: { language: ZH }) { userErrors { code } } }";
        lead.ok(chinese, json!({})).await;
        lead.ok(SET, json!({ "input": { "digestAt": "18:00", "timeZone": "Europe/Berlin" } })).await;
        for _ in 0..25 {
            log(&app, &site, "1-101", json!({})).await;
        }
        app.advance_seconds(17 * 3_600 - 1);
        assert!(digests(&app).await.is_empty(), "17:59 in Berlin");
        app.advance_seconds(1);
        let told = digests(&app).await;
        let text = told[0]["text"].as_str().expect("a text");
        assert_eq!(told[0]["subject"], "25 条新通知");
        assert!(text.contains("• 待整改：D-000001，1-101\n") && text.contains("……另有 5 条"), "{text}");
        assert_eq!(text.matches('•').count(), 20, "{text}");
    }

    async fn without_a_confirmed_address_nothing_is_told_and_nothing_is_told_later(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "lead.a", Some("lead.a@home.example"), Some("13812345678")).await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(UNTIL_DIGESTS);
        assert!(digests(&app).await.is_empty());
        confirm(&app, "lead.a", "lead.a@home.example").await;
        app.advance_seconds(DAY);
        assert!(digests(&app).await.is_empty(), "it is in the inbox, and old");
        assert_eq!(unread(&app.user("lead.a").await).await, ["ASSIGNED"]);
    }

    async fn reasons_are_left_out_and_quiet_hours_are_kept(db: TestDb) {
        let app = TestApp::start(&db).await;
        for login in ["lead.a", "worker.a"] {
            confirm(&app, login, &format!("{login}@home.example")).await;
        }
        let (site, lead, worker) = (app.user("site").await, app.user("lead.a").await, app.user("worker.a").await);
        lead.ok(SET, json!({ "input": { "digestKinds": ["MENTIONED"] } })).await;
        worker.ok(SET, json!({ "input": { "quietFrom": "22:00", "quietUntil": "09:00" } })).await;
        let id = log(&app, &site, "1-101", json!({})).await;
        run(&lead, "defectAssign", json!({ "defectId": id, "assigneeId": app.person_id("worker.a") })).await;
        app.advance_seconds(UNTIL_DIGESTS);
        assert!(digests(&app).await.is_empty(), "quiet until nine");
        let waiting = attempts(&app).await;
        assert_eq!(waiting.len(), 1, "the lead wants no digest of new work");
        let nine = app.app.clock.now().plus_seconds(5_400).0;
        assert_eq!((waiting[0].run_at, waiting[0].expires_at), (nine, nine + 48 * 3_600 * 1_000_000));
        app.advance_seconds(5_400);
        let told: Vec<Value> = digests(&app).await.iter().map(|digest| digest["to"].clone()).collect();
        assert_eq!(told, [json!("worker.a@home.example")]);
    }

    async fn of_two_processes_one_writes_the_digest(db: TestDb) {
        let app = TestApp::start(&db).await;
        confirm(&app, "lead.a", "lead.a@home.example").await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(UNTIL_DIGESTS);
        let at_once = (0..4).map(|_| app::inbox::send_due_digests(&app.app));
        let written: usize = futures::future::try_join_all(at_once).await.expect("the digests").into_iter().sum();
        assert_eq!((written, attempts(&app).await.len()), (1, 1));
    }

    async fn a_mail_program_finds_how_to_switch_digests_off(db: TestDb) {
        let server = MailServer::start().await;
        let app = TestApp::start_with_channels(&db, server.channels()).await;
        confirm(&app, "lead.a", "lead.a@home.example").await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(UNTIL_DIGESTS);
        assert_eq!(app::inbox::send_due_digests(&app.app).await.expect("the digests"), 1);
        app::messages::send_due(&app.app).await.expect("sent");
        let mail = server.mails().remove(0);
        let headers = mail.headers.replace("\r\n ", "");
        assert!(headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{headers}");
        let link = headers.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: "));
        let link = link.unwrap_or_else(|| panic!("{headers}")).trim().trim_start_matches('<').trim_end_matches('>');
        assert!(link.starts_with(&format!("{}/messages/unsubscribe?token=", app.app.public_url)), "{link}");
        // Once it is sent, the secret of the link is in the mail alone, and in its text.
        assert!(attempts(&app).await[0].unsubscribe_url.is_none());
    }
}
