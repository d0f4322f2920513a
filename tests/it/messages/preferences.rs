//! How people want their messages: channel, hours, and what not; service messages go out whatever they say.

use domain::message::{MessageKind, Placeholder};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{UNTIL_DIGESTS, attempt, code, confirm, digests, notice, queue, reach};
use crate::evidence::log;

const SET: &str = "mutation($input: MessagePreferenceSetInput!) { messagePreferenceSet(input: $input) {
    messagePreferences { channel digestAt digestKinds quietFrom quietUntil timeZone switchedOff { channel kind } }
    userErrors { code field message } } }";
const READ: &str = "{ viewer { messagePreferences {
    channel digestAt digestKinds quietFrom quietUntil timeZone switchedOff { channel kind } } } }";

on_both_databases! {
    async fn preferences_are_set_one_by_one_and_read_back(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let usual = site.ok(READ, json!({})).await["viewer"]["messagePreferences"].clone();
        assert_eq!(usual["digestKinds"].as_array().map(Vec::len), Some(domain::inbox::InboxKind::ALL.len()));
        let rest = ["channel", "digestAt", "quietFrom", "quietUntil", "timeZone", "switchedOff"].map(|field| usual[field].clone());
        assert_eq!(rest, [json!(null), json!("07:30"), json!(null), json!(null), json!("Asia/Shanghai"), json!([])]);
        let set = async |input: Value| {
            site.ok(SET, json!({ "input": input })).await["messagePreferenceSet"]["messagePreferences"].clone()
        };
        let answer = set(json!({ "digestAt": "18:05", "digestKinds": ["ESCALATED", "MENTIONED"] })).await;
        assert_eq!((&answer["digestAt"], &answer["digestKinds"]), (&json!("18:05"), &json!(["ESCALATED", "MENTIONED"])));
        set(json!({ "quietFrom": "21:00", "quietUntil": "06:30", "timeZone": "europe/berlin" })).await;
        set(json!({ "switchOff": [{ "channel": "SMS", "kind": "DIGEST" }] })).await;
        reach(&app, "site", None, Some("13812345678")).await;
        set(json!({ "channel": "SMS" })).await;
        let now = site.ok(READ, json!({})).await["viewer"]["messagePreferences"].clone();
        let expected = json!({ "channel": "SMS", "digestAt": "18:05", "digestKinds": ["ESCALATED", "MENTIONED"],
            "quietFrom": "21:00", "quietUntil": "06:30", "timeZone": "Europe/Berlin",
            "switchedOff": [{ "channel": "SMS", "kind": "DIGEST" }] });
        assert_eq!(now, expected);
        let back = json!({ "channel": null, "digestAt": "07:30", "digestKinds": usual["digestKinds"], "quietFrom": null,
            "quietUntil": null, "timeZone": null, "switchOn": [{ "channel": "SMS", "kind": "DIGEST" }] });
        assert_eq!(set(back).await, usual);
        // Nobody else's are touched.
        let other = app.user("manager").await.ok(READ, json!({})).await["viewer"]["messagePreferences"].clone();
        assert_eq!(other, usual);
    }

    async fn what_makes_no_sense_is_refused_by_name(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        for (input, code, field) in [
            (json!({ "digestAt": "25:00" }), "INVALID_VALUE", json!(["digestAt"])),
            (json!({ "quietFrom": "22:00" }), "INVALID_VALUE", json!(["quietUntil"])),
            (json!({ "quietUntil": "06:00" }), "INVALID_VALUE", json!(["quietFrom"])),
            (json!({ "quietFrom": "ten", "quietUntil": "06:00" }), "INVALID_VALUE", json!(["quietFrom"])),
            (json!({ "timeZone": "Shanghai time" }), "INVALID_VALUE", json!(["timeZone"])),
            (json!({ "channel": "EMAIL" }), "NO_CHANNEL", json!(["channel"])),
            (
                json!({ "switchOff": [{ "channel": "EMAIL", "kind": "DIGEST" }, { "channel": "EMAIL", "kind": "PASSWORD_CHANGED" }] }),
                "INVALID_VALUE",
                json!(["switchOff", "1", "kind"]),
            ),
        ] {
            let answer = site.query(SET, json!({ "input": input })).await;
            let error = &answer["data"]["messagePreferenceSet"]["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{input}: {answer:#}");
            assert_eq!(site.refused(SET, json!({ "input": input })).await, [code], "{input}");
        }
        let many = vec![json!({ "channel": "EMAIL", "kind": "DIGEST" }); 21];
        assert_eq!(site.refused(SET, json!({ "input": { "switchOff": many } })).await, ["TOO_MANY"]);
    }

    async fn the_chosen_channel_comes_first_and_codes_go_to_an_address(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), Some("13812345678")).await;
        let (site, id) = (app.user("site").await, app.person_id("site"));
        let over = async |message: app::messages::NewMessage| {
            let attempt_id = queue(&app, message).await;
            attempt(&app, attempt_id).await.channel.as_str()
        };
        assert_eq!(over(notice(id)).await, "EMAIL");
        for (chosen, notices, codes) in [("SMS", "SMS", "SMS"), ("PUSH", "PUSH", "EMAIL")] {
            site.ok(SET, json!({ "input": { "channel": chosen } })).await;
            assert_eq!(over(notice(id)).await, notices, "{chosen}");
            assert_eq!(over(code(id, "271828")).await, codes, "{chosen}");
        }
    }

    async fn quiet_hours_hold_what_can_wait_and_nothing_else(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let (site, id) = (app.user("site").await, app.person_id("site"));
        // It is 8:00 in Shanghai.
        site.ok(SET, json!({ "input": { "quietFrom": "07:00", "quietUntil": "10:00" } })).await;
        let link = |until: i64| {
            let recipient = app::messages::Recipient::Person(id.into());
            let link = app::messages::NewMessage::new(v7(), MessageKind::UnitLink, recipient)
                .with(Placeholder::ProjectName, "HOME")
                .with(Placeholder::UnitCode, "1-101")
                .with(Placeholder::Link, "https://handover.example/link#x")
                .with(Placeholder::LastDay, "2026-04-01");
            link.until(app.app.clock.now().plus_seconds(until))
        };
        let now = app.app.clock.now().0;
        for (message, hours) in [(notice(id), 0), (code(id, "271828"), 0), (link(86_400), 2), (link(3_600), 0)] {
            let kind = message.kind;
            let attempt_id = queue(&app, message).await;
            let row = attempt(&app, attempt_id).await;
            assert_eq!((row.run_at - now) / 1_000_000, hours * 3_600, "{kind}");
            assert!(row.expires_at > row.run_at, "{kind}");
        }
    }

    async fn digests_go_over_the_chosen_channel_and_can_be_switched_off_there(db: TestDb) {
        let app = TestApp::start(&db).await;
        confirm(&app, "lead.a", "lead.a@home.example").await;
        let lead = app.user("lead.a").await;
        lead.ok(SET, json!({ "input": { "channel": "PUSH" } })).await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(UNTIL_DIGESTS);
        let told = digests(&app).await;
        let text = told[0]["text"].as_str().expect("a text");
        assert_eq!((told.len(), &told[0]["channel"]), (1, &json!("PUSH")));
        assert!(text.starts_with("1 new notices for you: http"), "{text}");
        lead.ok(SET, json!({ "input": { "switchOff": [{ "channel": "PUSH", "kind": "DIGEST" }] } })).await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(24 * 3_600);
        assert_eq!(digests(&app).await.len(), 1, "switched off, and not sent over another channel instead");
        let switches = json!({ "channel": null, "switchOn": [{ "channel": "PUSH", "kind": "DIGEST" }] });
        lead.ok(SET, json!({ "input": switches })).await;
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        app.advance_seconds(24 * 3_600);
        assert_eq!(digests(&app).await.pop().expect("a digest")["channel"], "EMAIL");
    }
}
