//! The link in a digest switches digests off: by one request of a mail program, or by the button of its page; looking at
//! it changes nothing.

use reqwest::StatusCode;
use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::setup::{UNTIL_DIGESTS, confirm, digests};
use crate::evidence::log;

const OFF: &str = "{ viewer { messagePreferences { switchedOff { channel kind } } } }";

/// A digest to contractor A's lead; answers the path of its link.
async fn link(app: &TestApp) -> String {
    confirm(app, "lead.a", "lead.a@home.example").await;
    log(app, &app.user("site").await, "1-101", json!({})).await;
    app.advance_seconds(UNTIL_DIGESTS);
    let digest = digests(app).await.pop().expect("a digest");
    let text = digest["text"].as_str().expect("a text").to_owned();
    let token = text.split("/messages/unsubscribe?token=").nth(1).and_then(|rest| rest.split_whitespace().next());
    format!("/messages/unsubscribe?token={}", token.expect("a link"))
}

async fn get(app: &TestApp, path: &str) -> (StatusCode, String) {
    let answer = app.client().get(app.url(path)).send().await.expect("an answer");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    assert!(answer.headers()["content-security-policy"].to_str().expect("a policy").contains("default-src 'none'"));
    (answer.status(), answer.text().await.expect("a page"))
}

async fn post(app: &TestApp, path: &str, body: &'static str) -> (StatusCode, String) {
    let request = app.client().post(app.url(path)).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a page"))
}

on_both_databases! {
    async fn a_mail_program_switches_digests_off_by_one_request(db: TestDb) {
        let app = TestApp::start(&db).await;
        let path = link(&app).await;
        let lead = app.user("lead.a").await;
        for _ in 0..2 {
            let (status, page) = post(&app, &path, "List-Unsubscribe=One-Click").await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("Switched off") && !page.contains("<form"), "{page}");
        }
        let off = lead.ok(OFF, json!({})).await["viewer"]["messagePreferences"]["switchedOff"].clone();
        assert_eq!(off, json!([{ "channel": "EMAIL", "kind": "DIGEST" }]));
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(24 * 3_600);
        assert_eq!(digests(&app).await.len(), 1, "no other one");
        // On again, by the person, and off again by the same link.
        let on = "mutation { messagePreferenceSet(input: { switchOn: [{ channel: EMAIL, kind: DIGEST }] }) {
            messagePreferences { switchedOff { kind } } userErrors { code } } }";
        lead.ok(on, json!({})).await;
        assert!(get(&app, &path).await.1.contains("<form"));
        post(&app, &path, "").await;
        assert_eq!(lead.ok(OFF, json!({})).await["viewer"]["messagePreferences"]["switchedOff"], off);
    }

    async fn looking_at_the_page_changes_nothing_and_its_button_switches_off(db: TestDb) {
        let app = TestApp::start(&db).await;
        let path = link(&app).await;
        let before = fingerprint(&app.app.db).await;
        let (status, page) = get(&app, &path).await;
        assert_eq!((status, fingerprint(&app.app.db).await == before), (StatusCode::OK, true));
        assert!(page.contains(&format!("<form method=\"post\" action=\"{path}\">")), "{page}");
        assert!(!page.contains("lead.a"), "the page names nobody: {page}");
        assert_eq!(post(&app, &path, "").await.0, StatusCode::OK);
        assert!(!get(&app, &path).await.1.contains("<form"));
    }

    async fn a_link_that_nobody_got_opens_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let path = link(&app).await;
        let before = fingerprint(&app.app.db).await;
        let cut = &path[..path.len() - 1];
        for wrong in [cut, "/messages/unsubscribe", "/messages/unsubscribe?token=", "/messages/unsubscribe?token=\"><b>"] {
            let (status, page) = get(&app, wrong).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
            assert!(!page.contains("<b>"), "{page}");
            assert_eq!(post(&app, wrong, "List-Unsubscribe=One-Click").await.0, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(before, fingerprint(&app.app.db).await);
        // It ends with the messages in people's mailboxes.
        app.advance_seconds(400 * 24 * 3_600 + 1);
        app::messages::gc::collect(&app.app).await.expect("collected");
        assert_eq!(get(&app, &path).await.0, StatusCode::NOT_FOUND);
    }
}
