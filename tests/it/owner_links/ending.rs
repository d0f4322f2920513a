//! How links and their sessions end: by the clock, by hand, with the ownership, and with a proxy's power.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{
    CHANGE, INVITE, Link, REVOKE, code, homes, input_of, invite, link_of, ownership_of, refresh, request, sign_in,
    try_code,
};

const DAY: i64 = 24 * 60 * 60;

/// A session that does not open anything any more, whose link is invalid.
async fn has_ended(app: &TestApp, link: &Link, session: &Value) {
    assert_eq!(homes(app, session).await, Err("UNAUTHENTICATED".to_owned()));
    assert_eq!(code(&refresh(app, session).await), "SESSION_EXPIRED");
    assert_eq!(code(&request(app, &link.token).await), "LINK_INVALID");
    assert_eq!(code(&try_code(app, &link.token, "123456").await), "LINK_INVALID");
}

/// The link of a new proxy of unit 1-101 with a power of these days.
async fn proxy(app: &TestApp, from: Option<&str>, until: Option<&str>) -> (Link, Value) {
    let ownership = v7();
    let owner = json!({ "ownershipId": ownership, "name": "Wang Li", "kind": "PROXY", "phone": "+86 138 0000 0000",
        "from": from, "until": until });
    let input = json!({ "inviteId": v7(), "unitId": app.project.unit("1-101"), "newOwner": owner });
    (invite(&app.user("relations").await, input).await, json!(ownership))
}

on_both_databases! {
    async fn a_link_is_good_for_thirty_days_and_its_sessions_go_on(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let link = link_of(&app, "1-101", "owner1").await;
        app.advance_seconds(29 * DAY);
        let mut session = sign_in(&app, &link.token).await;
        app.advance_seconds(DAY);
        assert_eq!(code(&request(&app, &link.token).await), "LINK_INVALID");
        session = refresh(&app, &session).await["session"].clone();
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]));
    }

    async fn a_withdrawn_link_ends_with_its_sessions(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let link = link_of(&app, "1-101", "owner1").await;
        let session = sign_in(&app, &link.token).await;
        let revoke = json!({ "input": { "inviteId": link.id } });
        for login in ["site", "escort", "owner1", "owner2", "x.manager"] {
            assert_eq!(app.user(login).await.refused(REVOKE, revoke.clone()).await, ["NOT_FOUND"], "{login}");
        }
        let relations = app.user("relations").await;
        for _ in 0..2 {
            let done = relations.ok(REVOKE, revoke.clone()).await;
            assert_eq!(done["unitInviteRevoke"]["revokedInviteId"], json!(link.id));
        }
        has_ended(&app, &link, &session).await;
        // The person's other sessions are none of the link's.
        assert!(app.user("owner1").await.ok("{ viewer { id } }", json!({})).await["viewer"]["id"].is_string());
    }

    async fn another_link_ends_the_one_before_and_not_its_sessions(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let first = link_of(&app, "1-101", "owner1").await;
        let session = sign_in(&app, &first.token).await;
        let second = link_of(&app, "1-101", "owner1").await;
        assert_eq!(code(&request(&app, &first.token).await), "LINK_INVALID");
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]));
        sign_in(&app, &second.token).await;
    }

    async fn a_sold_home_is_seen_no_more(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let owner = app.person_id("owner1");
        let link = link_of(&app, "1-101", "owner1").await;
        let session = sign_in(&app, &link.token).await;
        let ownership = ownership_of(&app, "1-101", owner).await;
        let manager = app.user("manager").await;
        let unit = app.project.unit("1-101");
        let sale = json!({ "unitId": unit, "end": { "ownershipId": ownership, "reason": "SOLD" },
            "add": { "ownershipId": v7(), "personId": app.person_id("owner2") } });
        manager.ok(CHANGE, json!({ "input": sale })).await;
        has_ended(&app, &link, &session).await;
        // Also where the same person buys it back: that is another ownership.
        let again = json!({ "unitId": unit, "add": { "ownershipId": v7(), "personId": owner, "kind": "CO_OWNER" } });
        assert_eq!(manager.refused(CHANGE, json!({ "input": again.clone() })).await, ["NOT_FOUND"], "no position left");
        let buyer = link_of(&app, "1-101", "owner2").await;
        assert_eq!(homes(&app, &sign_in(&app, &buyer.token).await).await, Ok(vec!["1-101".to_owned()]));
    }

    async fn a_proxys_link_and_session_end_with_the_last_day_of_the_power(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        // 2026-03-02, 08:00 in Shanghai.
        let (link, _) = proxy(&app, None, Some("2026-03-03")).await;
        let session = sign_in(&app, &link.token).await;
        app.advance_seconds(40 * 60 * 60 - 1);
        let session = refresh(&app, &session).await["session"].clone();
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]), "until 24:00 of the last day");
        app.advance_seconds(1);
        app.app.caller_cache.forget();
        has_ended(&app, &link, &session).await;
        let owners = owners(&app).await;
        let proxy = owners.iter().find(|owner| owner["kind"] == "PROXY").expect("the proxy");
        assert_eq!((&proxy["counts"], &proxy["powerUntil"]), (&json!(false), &json!("2026-03-03")));
    }

    async fn a_power_that_begins_later_opens_nothing_before(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (link, ownership) = proxy(&app, Some("2026-03-04"), Some("2026-03-10")).await;
        assert_eq!(code(&request(&app, &link.token).await), "LINK_INVALID");
        app.advance_seconds(40 * 60 * 60);
        let session = sign_in(&app, &link.token).await;
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]));
        let end = json!({ "unitId": app.project.unit("1-101"), "end": { "ownershipId": ownership, "reason": "POWER_ENDED" } });
        app.user("manager").await.ok(CHANGE, json!({ "input": end })).await;
        has_ended(&app, &link, &session).await;
    }

    async fn a_power_is_revoked_before_it_begins(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (link, ownership) = proxy(&app, Some("2026-03-09"), None).await;
        let end = json!({ "unitId": app.project.unit("1-101"), "end": { "ownershipId": ownership, "reason": "POWER_ENDED" } });
        app.user("manager").await.ok(CHANGE, json!({ "input": end })).await;
        app.advance_seconds(8 * DAY);
        assert_eq!(code(&request(&app, &link.token).await), "LINK_INVALID");
    }

    async fn a_proxys_password_opens_no_more_than_the_power(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let add = json!({ "unitId": app.project.unit("1-101"), "add": { "ownershipId": v7(),
            "personId": app.person_id("owner2"), "kind": "PROXY", "until": "2026-03-02" } });
        app.user("manager").await.ok(CHANGE, json!({ "input": add })).await;
        let proxy = app.user("owner2").await;
        let document = "query($id: ID!) { unit(id: $id) { code } viewer { homes { code } } }";
        let unit = json!({ "id": app.project.unit("1-101") });
        assert_eq!(proxy.ok(document, unit.clone()).await["unit"]["code"], "1-101");
        app.advance_seconds(16 * 60 * 60);
        app.app.caller_cache.forget();
        let seen = proxy.ok(document, unit).await;
        assert_eq!((&seen["unit"], &seen["viewer"]["homes"]), (&Value::Null, &json!([])));
    }

    async fn only_a_proxys_power_has_a_last_day(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, unit) = (app.user("manager").await, app.project.unit("1-201"));
        for (kind, from, until) in [
            ("OWNER", None, Some("2026-04-01")),
            ("CO_OWNER", None, Some("2026-04-01")),
            ("OWNER", Some("2026-03-03"), None),
            ("PROXY", None, Some("2026-03-01")),
            ("PROXY", Some("2026-04-02"), Some("2026-04-01")),
            ("PROXY", None, Some("2037-01-01")),
            ("PROXY", Some("2037-01-01"), None),
        ] {
            let add = json!({ "ownershipId": v7(), "personId": app.person_id("owner2"), "kind": kind, "from": from,
                "until": until });
            let input = json!({ "input": { "unitId": unit, "add": add } });
            assert_eq!(manager.refused(CHANGE, input).await, ["INVALID_VALUE"], "{kind} {from:?} {until:?}");
            let owner = json!({ "ownershipId": v7(), "name": "New", "kind": kind, "from": from, "until": until });
            let input = json!({ "input": { "inviteId": v7(), "unitId": unit, "newOwner": owner } });
            assert_eq!(manager.refused(INVITE, input).await, ["INVALID_VALUE"], "{kind} {from:?} {until:?}");
        }
        // A link of an ownership that has ended by its own days.
        let add = json!({ "ownershipId": v7(), "personId": app.person_id("owner2"), "kind": "PROXY", "until": "2026-03-02" });
        manager.ok(CHANGE, json!({ "input": { "unitId": unit, "add": add } })).await;
        app.advance_seconds(DAY);
        let input = json!({ "input": input_of(&app, "1-201", "owner2") });
        assert_eq!(manager.refused(INVITE, input).await, ["ENDED"]);
    }
}

/// The owners of unit 1-101 as the manager sees them.
async fn owners(app: &TestApp) -> Vec<Value> {
    let document = "query($id: ID!) { unit(id: $id) { owners { kind counts powerUntil person { name } } } }";
    let data = app.user("manager").await.ok(document, json!({ "id": app.project.unit("1-101") })).await;
    data["unit"]["owners"].as_array().expect("owners").clone()
}
