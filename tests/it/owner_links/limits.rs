//! The limits of codes: 5 tries, 5 minutes, 10 a day for a person, 20 an hour for a network address.

use std::net::IpAddr;

use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::sign_in_codes;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{
    CHANGE, REQUEST, code, compared, invite, link_of, request, sent_code, sign_in, text, try_code, wrong,
};

const DAY: i64 = 24 * 60 * 60;

/// Asks for a code from another address of the loopback network.
async fn request_from(app: &TestApp, address: [u8; 4], token: &str) -> Value {
    let client = reqwest::Client::builder().local_address(IpAddr::from(address)).build().expect("a client");
    let body = json!({ "query": REQUEST, "variables": { "input": { "token": token } } });
    let response = client.post(app.url("/graphql")).json(&body).send().await.expect("an answer");
    response.json::<Value>().await.expect("JSON")["data"]["sessionCodeRequest"].clone()
}

async fn sent_codes(app: &TestApp) -> u64 {
    sign_in_codes::Entity::find().count(app.app.db.read()).await.expect("the codes")
}

on_both_databases! {
    async fn five_guesses_are_compared_and_the_next_code_waits(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        request(&app, &link.token).await;
        let right = sent_code(&app).await;
        for _ in 0..5 {
            assert_eq!(code(&try_code(&app, &link.token, &wrong(&right)).await), "CODE_INVALID");
        }
        app.advance_seconds(60);
        let slowed = try_code(&app, &link.token, &right).await;
        assert_eq!(code(&slowed), "SIGN_IN_SLOWED", "the right one, too");
        assert!(text(&slowed["userErrors"][0]["message"]).contains("240"), "{slowed:#}");
        assert_eq!(compared(&app).await, 5);
        assert_eq!(code(&request(&app, &link.token).await), "SIGN_IN_SLOWED");
        app.advance_seconds(239);
        assert_eq!(code(&request(&app, &link.token).await), "SIGN_IN_SLOWED");
        app.advance_seconds(1);
        assert_eq!(code(&try_code(&app, &link.token, &right).await), "CODE_INVALID", "it has ended");
        sign_in(&app, &link.token).await;
    }

    async fn a_code_is_good_for_five_minutes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        request(&app, &link.token).await;
        let right = sent_code(&app).await;
        app.advance_seconds(300);
        assert_eq!(code(&try_code(&app, &link.token, &right).await), "CODE_INVALID");
        assert_eq!(compared(&app).await, 0);
        request(&app, &link.token).await;
        app.advance_seconds(299);
        assert!(try_code(&app, &link.token, &sent_code(&app).await).await["session"].is_object());
    }

    async fn a_newer_code_replaces_the_one_before(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        request(&app, &link.token).await;
        let first = sent_code(&app).await;
        let mut second = first.clone();
        while second == first {
            request(&app, &link.token).await;
            second = sent_code(&app).await;
        }
        assert_eq!(code(&try_code(&app, &link.token, &first).await), "CODE_INVALID");
        assert!(try_code(&app, &link.token, &second).await["session"].is_object());
    }

    async fn a_person_gets_ten_codes_in_a_day_by_whatever_links(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let add = json!({ "unitId": app.project.unit("1-201"),
            "add": { "ownershipId": v7(), "personId": app.person_id("owner1"), "kind": "CO_OWNER" } });
        manager.ok(CHANGE, json!({ "input": add })).await;
        let links = [link_of(&app, "1-101", "owner1").await, link_of(&app, "1-201", "owner1").await];
        for n in 0..10 {
            assert_eq!(code(&request(&app, &links[n % 2].token).await), "", "{n}");
            app.advance_seconds(60);
        }
        let refused = request(&app, &links[0].token).await;
        assert_eq!(code(&refused), "CODE_LIMIT");
        assert!(text(&refused["userErrors"][0]["message"]).contains(&(DAY - 600).to_string()), "{refused:#}");
        assert_eq!(code(&request_from(&app, [127, 0, 0, 2], &links[1].token).await), "CODE_LIMIT", "from anywhere");
        assert_eq!(code(&request(&app, &link_of(&app, "1-102", "owner2").await.token).await), "", "another person");
        app.advance_seconds(DAY - 600);
        sign_in(&app, &links[0].token).await;
        assert_eq!(code(&request(&app, &links[0].token).await), "CODE_LIMIT", "one each time that one is a day old");
    }

    async fn an_address_asks_for_twenty_codes_in_an_hour(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let mut links = Vec::new();
        for n in 0..3 {
            let owner = json!({ "ownershipId": v7(), "name": format!("Owner {n}"), "kind": "CO_OWNER",
                "phone": format!("+86 139 0000 000{n}") });
            let input = json!({ "inviteId": v7(), "unitId": app.project.unit("1-201"), "newOwner": owner });
            links.push(invite(&relations, input).await);
        }
        for n in 0..20 {
            assert_eq!(code(&request(&app, &links[n % 3].token).await), "", "{n}");
        }
        assert_eq!(code(&request(&app, &links[0].token).await), "CODE_LIMIT");
        assert_eq!(code(&request_from(&app, [127, 0, 0, 2], &links[0].token).await), "", "another address");
        app.advance_seconds(60 * 60);
        assert_eq!(code(&request(&app, &links[0].token).await), "");
    }

    async fn guesses_and_requests_at_once_are_counted_one_by_one(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        let requests = join_all((0..16).map(|_| request(&app, &link.token))).await;
        let taken = requests.iter().filter(|answer| code(answer).is_empty()).count();
        assert_eq!((taken, sent_codes(&app).await), (10, 10), "{requests:?}");
        let right = sent_code(&app).await;
        let guess = wrong(&right);
        let guesses = join_all((0..24).map(|_| try_code(&app, &link.token, &guess))).await;
        assert!(guesses.iter().all(|answer| answer["session"].is_null()));
        assert_eq!(compared(&app).await, 5);
    }
}
