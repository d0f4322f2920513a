//! Attacks on signing in: guessing, spraying, lockout of people, floods of expensive password checks.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::session::{Client, Priority};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::sign_in_attempts;
use tests::app::TestApp;
use tests::dice::number;
use tests::fixture::PASSWORD;
use tests::on_both_databases;

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    session { id accessToken } deviceToken userErrors { code message } } }";

/// An answer to a sign-in: the status, and the code of the refusal, or `OK`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    status: u16,
    code: String,
    retry_after: Option<u64>,
    device_token: Option<String>,
}

impl Outcome {
    fn is_ok(&self) -> bool {
        self.code == "OK"
    }
}

/// A client with a separate address.
struct Computer<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
}

impl<'a> Computer<'a> {
    fn at(app: &'a TestApp, address: [u8; 4]) -> Self {
        let client = reqwest::Client::builder().local_address(IpAddr::from(address)).timeout(Duration::from_secs(60));
        Self { app, client: client.build().expect("a client") }
    }

    async fn tries(&self, login: &str, password: &str) -> Outcome {
        self.tries_with(json!({ "login": login, "password": password })).await
    }

    async fn tries_with(&self, input: Value) -> Outcome {
        let body = json!({ "query": SIGN_IN, "variables": { "input": input } });
        let request = self.client.post(self.app.url("/graphql"));
        let request = request.header("accept", "application/graphql-response+json").json(&body);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let answer: Value = response.json().await.expect("JSON");
        let payload = &answer["data"]["sessionCreate"];
        let refusal = payload["userErrors"][0]["code"].as_str();
        let refusal = refusal.or_else(|| answer["errors"][0]["extensions"]["code"].as_str());
        let good = payload["session"].is_object();
        Outcome {
            status,
            code: if good { "OK" } else { refusal.expect("a code") }.to_owned(),
            retry_after: wait,
            device_token: payload["deviceToken"].as_str().map(str::to_owned),
        }
    }

    /// The codes of consecutive wrong passwords.
    async fn guesses(&self, login: &str, count: usize) -> Vec<String> {
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(self.tries(login, "wrong").await.code);
        }
        codes
    }
}

fn count(codes: &[String], code: &str) -> usize {
    codes.iter().filter(|found| *found == code).count()
}

async fn counted_rows(app: &TestApp) -> u64 {
    sign_in_attempts::Entity::find().count(app.app.db.read()).await.expect("the rows")
}

/// Waits until this many requests are in the queue.
async fn until_waiting(app: &TestApp, wanted: usize) {
    while app.app.hash_queue.waiting() != wanted {
        tokio::task::yield_now().await;
    }
}

fn client(address: [u8; 4]) -> Client {
    Client::new(Ipv4Addr::from(address).into())
}

on_both_databases! {
    async fn wrong_passwords_from_another_address_lock_no_person_out(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (attacker, victim) = (Computer::at(&app, [127, 0, 0, 2]), Computer::at(&app, [127, 0, 0, 3]));
        let tablet = Computer::at(&app, [127, 0, 0, 2]);
        let known = tablet.tries("site", PASSWORD).await.device_token.expect("a device token");
        let codes = attacker.guesses("site", 20).await;
        assert_eq!((count(&codes, "SIGN_IN_FAILED"), count(&codes, "SIGN_IN_SLOWED")), (5, 15), "{codes:?}");
        // During the wait no password is checked, because the answer would be a free guess.
        assert_eq!(attacker.tries("site", PASSWORD).await.code, "SIGN_IN_SLOWED");
        assert!(victim.tries("site", PASSWORD).await.is_ok(), "another address does not wait");
        let input = json!({ "login": "SITE ", "password": PASSWORD, "deviceToken": known });
        let again = tablet.tries_with(input).await;
        assert!(again.is_ok(), "a known device does not wait, behind the attacker's address either");
        assert_eq!(again.device_token, Some(known), "it stays the same");
        // A success at another address gives the attacker no new guesses.
        assert_eq!(attacker.tries("site", "wrong").await.code, "SIGN_IN_SLOWED");
        app.advance_seconds(2);
        assert_eq!(attacker.guesses("site", 2).await, ["SIGN_IN_FAILED", "SIGN_IN_SLOWED"], "one a wait");
    }

    async fn one_password_tried_on_many_logins_is_slowed_by_address(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (sprayer, neighbour) = (Computer::at(&app, [127, 0, 0, 2]), Computer::at(&app, [127, 0, 0, 3]));
        let known = sprayer.tries("site", PASSWORD).await.device_token.expect("a device token");
        let mut codes = Vec::new();
        for n in 0..60 {
            codes.push(sprayer.tries(&format!("person{n}"), "Spring-2026!").await.code);
        }
        assert_eq!((count(&codes, "SIGN_IN_FAILED"), count(&codes, "SIGN_IN_SLOWED")), (51, 9));
        assert_eq!(sprayer.tries("supervisor", PASSWORD).await.code, "SIGN_IN_SLOWED");
        assert!(neighbour.tries("supervisor", PASSWORD).await.is_ok());
        let input = json!({ "login": "site", "password": PASSWORD, "deviceToken": known });
        assert!(sprayer.tries_with(input).await.is_ok(), "a device that signed in there before");
        app.advance_seconds(15);
        let codes = [sprayer.tries("a", "x").await.code, sprayer.tries("b", "x").await.code];
        assert_eq!(codes, ["SIGN_IN_FAILED", "SIGN_IN_SLOWED"], "one each quarter of a minute");
    }

    async fn device_token_does_not_bypass_the_wait(db: TestDb) {
        let app = TestApp::start(&db).await;
        let thief = Computer::at(&app, [127, 0, 0, 2]);
        let known = thief.tries("site", PASSWORD).await.device_token.expect("a device token");
        let guess = |login: &str| json!({ "login": login, "password": "wrong", "deviceToken": known });
        let mut codes = Vec::new();
        for _ in 0..10 {
            codes.push(thief.tries_with(guess("site")).await.code);
        }
        assert_eq!((count(&codes, "SIGN_IN_FAILED"), count(&codes, "SIGN_IN_SLOWED")), (5, 5));
        // For another person it counts as unknown, and so do tokens of ended sessions.
        for _ in 0..5 {
            thief.tries_with(guess("supervisor")).await;
        }
        let other = json!({ "login": "supervisor", "password": PASSWORD, "deviceToken": known });
        assert_eq!(thief.tries_with(other).await.code, "SIGN_IN_SLOWED");
        let user = app.user("site").await;
        let end = "mutation($id: ID!) { sessionEnd(input: { personId: $id }) { userErrors { code } } }";
        user.ok(end, json!({ "id": user.id })).await;
        thief.guesses("site", 5).await;
        let ended = json!({ "login": "site", "password": PASSWORD, "deviceToken": known });
        assert_eq!(thief.tries_with(ended).await.code, "SIGN_IN_SLOWED");
        for odd in ["", "a\0b", "x".repeat(40_000).as_str()] {
            let input = json!({ "login": "lead.a", "password": PASSWORD, "deviceToken": odd });
            assert!(thief.tries_with(input).await.is_ok(), "an unknown token is ignored");
        }
    }

    async fn one_document_checks_one_password(db: TestDb) {
        let app = TestApp::start(&db).await;
        let one = "sessionCreate(input: { login: \"site\", password: \"wrong\" }) { userErrors { code } }";
        let aliases: Vec<String> = (0..29).map(|n| format!("a{n}: {one}")).collect();
        for document in [
            format!("mutation {{ {} }}", aliases.join(" ")),
            format!("mutation {{ {one} {one} }}"),
            format!("mutation {{ ...A b: {one} }} fragment A on Mutation {{ {one} }}"),
        ] {
            let answer = app.ask(None, &document, json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FIELD_REPEATED", "{answer}");
            assert!(answer.get("data").is_none());
        }
        assert_eq!(app.app.hash_queue.stats().admitted, 0, "no password was looked at");
        assert_eq!(counted_rows(&app).await, 0);
    }

    async fn full_queue_answers_503_and_accepts_a_quiet_network_and_known_devices(db: TestDb) {
        let app = TestApp::start(&db).await;
        let elsewhere = Computer::at(&app, [127, 9, 0, 1]);
        let known = elsewhere.tries("lead.a", PASSWORD).await.device_token.expect("a device token");
        let queue = &app.app.hash_queue;
        // A long check, behind which the queue fills.
        let running = queue.enter(&client([127, 8, 0, 1]), Priority::Stranger).await.expect("nothing runs");
        let flood: Vec<Computer<'_>> = (2..6).map(|n| Computer::at(&app, [127, 0, 0, n])).collect();
        let guess = async |n: usize| flood[n % 4].tries(&format!("x{n}"), "wrong").await;
        let mut answers: FuturesUnordered<_> = (0..300).map(guess).collect();
        // Refused requests say that the queue is full.
        let mut flooded = Vec::new();
        while flooded.len() + queue.waiting() < 300 {
            flooded.push(answers.next().await.expect("an answer"));
        }
        for answer in &flooded {
            assert_eq!((answer.status, answer.code.as_str()), (503, "OVERLOADED"));
            assert!(answer.retry_after.is_some_and(|seconds| (1..=10).contains(&seconds)), "{answer:?}");
        }
        let full = queue.waiting();
        let honest = elsewhere.tries("site", PASSWORD);
        let device = json!({ "login": "lead.a", "password": PASSWORD, "deviceToken": known });
        let device = flood[0].tries_with(device);
        let rest = async {
            while let Some(answer) = answers.next().await {
                flooded.push(answer);
            }
        };
        // One attempt of the flood is replaced by the honest one, and the known device has a separate queue.
        let release = async {
            until_waiting(&app, full + 1).await;
            drop(running);
        };
        let (honest, device, (), ()) = tokio::join!(honest, device, rest, release);
        assert!(honest.is_ok(), "{honest:?}");
        assert!(device.is_ok(), "{device:?}");
        let codes: Vec<String> = flooded.iter().map(|answer| answer.code.clone()).collect();
        assert!(count(&codes, "OVERLOADED") > 0 && count(&codes, "SIGN_IN_FAILED") > 0);
        assert_eq!(count(&codes, "OVERLOADED") + count(&codes, "SIGN_IN_FAILED") + count(&codes, "SIGN_IN_SLOWED"), 300);
        let stats = queue.stats();
        assert_eq!((stats.most_at_once, queue.waiting()), (1, 0));
    }

    async fn sign_in_of_a_disconnected_client_is_dropped(db: TestDb) {
        let app = TestApp::start(&db).await;
        let queue = &app.app.hash_queue;
        let running = queue.enter(&client([127, 8, 0, 1]), Priority::Stranger).await.expect("nothing runs");
        let leaver = Computer::at(&app, [127, 0, 0, 2]);
        let mut asked: Vec<_> = (0..8).map(|n| {
            let (client, url) = (leaver.client.clone(), app.url("/graphql"));
            let input = json!({ "login": format!("x{n}"), "password": "wrong" });
            let body = json!({ "query": SIGN_IN, "variables": { "input": input } });
            tokio::spawn(async move { client.post(url).json(&body).send().await.map(drop) })
        }).collect();
        until_waiting(&app, 8).await;
        for task in &mut asked {
            task.abort();
        }
        until_waiting(&app, 0).await;
        assert_eq!(queue.stats().abandoned, 8);
        drop(running);
        assert_eq!(queue.stats().admitted, 1, "no password of theirs was looked at");
        assert_eq!(counted_rows(&app).await, 0);
        assert!(leaver.tries("site", PASSWORD).await.is_ok());
    }

    /// `SIGN_IN_GUESSES` and `SIGN_IN_ADDRESSES` set the size: 100,000 from 1,000 is the long form.
    async fn no_flood_of_wrong_passwords_succeeds_or_takes_more_than_one_core(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (guesses, addresses) = (number("SIGN_IN_GUESSES", 1_000), number("SIGN_IN_ADDRESSES", 20));
        let logins = ["manager", "site", "lead.a", "owner1", "nobody.at.all"];
        let computers: Vec<Computer<'_>> = (0..addresses)
            .map(|n| {
                let [_, _, high, low] = u32::try_from(n).expect("a few addresses").to_be_bytes();
                Computer::at(&app, [127, 20, high, low])
            })
            .collect();
        let (failed, slowed, refused) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let before = app.app.hash_queue.stats().admitted;
        futures::stream::iter(0..guesses)
            .for_each_concurrent(400, |n| {
                let (computer, login) = (&computers[n % addresses], logins[n / addresses % logins.len()]);
                let (failed, slowed, refused) = (&failed, &slowed, &refused);
                async move {
                    let outcome = computer.tries(login, &format!("guess {n}")).await;
                    let counter = match (outcome.status, outcome.code.as_str()) {
                        (200, "SIGN_IN_FAILED") => failed,
                        (200, "SIGN_IN_SLOWED") => slowed,
                        (503, "OVERLOADED") => refused,
                        other => panic!("{other:?}"),
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            })
            .await;
        let [failed, slowed, refused] = [failed, slowed, refused].map(AtomicU64::into_inner);
        println!("{guesses} guesses: {failed} looked at, {slowed} slowed, {refused} refused as too many");
        assert_eq!(failed + slowed + refused, guesses as u64);
        let stats = app.app.hash_queue.stats();
        assert_eq!(stats.most_at_once, 1, "one core at most");
        // A check that must wait by now hashes nothing.
        assert!(failed <= stats.admitted - before && failed > 0);
        // For each address at most 5 at a login and 51 in total.
        assert!(failed <= addresses as u64 * 51, "{failed}");
        assert!(Computer::at(&app, [127, 99, 0, 1]).tries("site", PASSWORD).await.is_ok());
    }
}
