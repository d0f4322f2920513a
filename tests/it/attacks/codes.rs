//! Attacks on the codes of owners' links: guesses by somebody who has the links of a hundred owners, from many addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};
use store::entity::sign_in_codes;
use tests::app::TestApp;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;

use crate::owner_links::setup::{INVITE, REQUEST, SIGN_IN, code, code_in, compared, text, token_of};

/// The owners whose links were stolen.
const OWNERS: usize = 100;
/// How many guesses are compared with a code.
const TRIES: u64 = 5;
const DAY: i64 = 24 * 60 * 60;

/// A computer with an address of its own.
struct Computer<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
}

impl<'a> Computer<'a> {
    /// The `n`th address of a network of the loopback.
    fn at(app: &'a TestApp, network: u8, n: usize) -> Self {
        let [_, _, high, low] = u32::try_from(n + 1).expect("a few addresses").to_be_bytes();
        let address = IpAddr::from([127, network, high, low]);
        let client = reqwest::Client::builder().local_address(address).timeout(Duration::from_secs(60));
        Self { app, client: client.build().expect("a client") }
    }

    async fn ask(&self, document: &str, input: Value) -> Value {
        let body = json!({ "query": document, "variables": { "input": input } });
        let response = self.client.post(self.app.url("/graphql")).json(&body).send().await.expect("an answer");
        response.json::<Value>().await.expect("JSON")["data"].clone()
    }

    async fn requests(&self, owner: &Owner) -> Value {
        self.ask(REQUEST, json!({ "token": owner.token })).await["sessionCodeRequest"].clone()
    }

    async fn tries(&self, owner: &Owner, guess: &str) -> Value {
        let input = json!({ "token": owner.token, "code": guess });
        self.ask(SIGN_IN, input).await["sessionCreateByLink"].clone()
    }
}

/// An owner with the link.
struct Owner {
    phone: String,
    token: String,
}

/// Owners of one home, each with a phone.
async fn owners(app: &TestApp, count: usize) -> Vec<Owner> {
    app.open_to_owner(app.project.unit("1-101")).await;
    let relations = app.user("relations").await;
    let mut owners = Vec::new();
    for n in 0..count {
        let phone = format!("+861390000{n:04}");
        let owner = json!({ "ownershipId": v7(), "name": format!("Owner {n}"), "kind": "CO_OWNER", "phone": phone });
        let input = json!({ "inviteId": v7(), "unitId": app.project.unit("1-101"), "newOwner": owner });
        let made = relations.ok(INVITE, json!({ "input": input })).await;
        owners.push(Owner { phone, token: token_of(&made["unitInvite"]["link"]) });
    }
    owners
}

/// Sends a code to each owner, from as many addresses as that takes; answers the codes.
async fn send_codes(app: &TestApp, owners: &[Owner], round: usize) -> Vec<String> {
    for (n, owner) in owners.iter().enumerate() {
        let computer = Computer::at(app, 31, (round * owners.len() + n) / 20);
        assert_eq!(code(&computer.requests(owner).await), "", "a code for {}", owner.phone);
    }
    let messages = app.sent_messages().await;
    let newest: HashMap<String, String> =
        messages.iter().map(|message| (text(&message["to"]), code_in(message))).collect();
    owners.iter().map(|owner| newest[&owner.phone].clone()).collect()
}

/// How many guesses at so many codes are compared at most.
fn most_compared(codes: usize) -> u64 {
    TRIES * u64::try_from(codes).expect("a few")
}

/// Six digits that are none of the right ones: what is right by luck is no fault of the limits.
pub(crate) fn guess(dice: &mut Dice, right: &str) -> String {
    loop {
        let guess = format!("{:06}", dice.below(1_000_000));
        if guess != right {
            return guess;
        }
    }
}

/// Breaks the limit: the guesses of before count no more.
pub(crate) async fn forget_tries(app: &TestApp) {
    let update = sign_in_codes::Entity::update_many().col_expr(sign_in_codes::Column::Tries, Expr::value(0));
    app.app.db.write(async |tx| update.exec(tx).await).await.expect("no tries");
}

on_both_databases! {
    /// `CODE_GUESSES`, `CODE_ROUNDS` and `CODE_ADDRESSES` set the size: 200,000 in 10 rounds from 1,000 is the long form.
    async fn guesses_at_codes_are_compared_five_times_and_answered_with_a_wait(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (guesses, rounds) = (number("CODE_GUESSES", 2_000), number("CODE_ROUNDS", 1));
        let addresses = number("CODE_ADDRESSES", 20);
        let mut dice = Dice::announced("codes");
        let owners = owners(&app, OWNERS).await;
        let computers: Vec<Computer<'_>> = (0..addresses).map(|n| Computer::at(&app, 30, n)).collect();
        let (wrong, slowed) = (AtomicU64::new(0), AtomicU64::new(0));
        for round in 0..rounds {
            let right = send_codes(&app, &owners, round).await;
            let tried: Vec<(usize, String)> = (0..guesses / rounds)
                .map(|n| (n % OWNERS, guess(&mut dice, &right[n % OWNERS])))
                .collect();
            futures::stream::iter(tried.into_iter().enumerate())
                .for_each_concurrent(400, |(n, (owner, guess))| {
                    let (computer, owner) = (&computers[n % addresses], &owners[owner]);
                    let (wrong, slowed) = (&wrong, &slowed);
                    async move {
                        let answer = computer.tries(owner, &guess).await;
                        assert!(answer["session"].is_null(), "let in: {answer:#}");
                        let counter = match code(&answer) {
                            "CODE_INVALID" => wrong,
                            "SIGN_IN_SLOWED" => slowed,
                            _ => panic!("{answer:#}"),
                        };
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                })
                .await;
            // During the wait the right code is not looked at either.
            assert_eq!(code(&computers[0].tries(&owners[0], &right[0]).await), "SIGN_IN_SLOWED");
            app.advance_seconds(300);
        }
        let [wrong, slowed] = [wrong, slowed].map(AtomicU64::into_inner);
        let most = most_compared(OWNERS * rounds);
        let compared = u64::try_from(compared(&app).await).expect("a number");
        println!("{guesses} guesses at {OWNERS} owners: {compared} compared, {slowed} answered with a wait");
        assert_eq!(compared, most, "five for each code");
        assert_eq!(wrong, most, "all others with a wait");
        assert_eq!(wrong + slowed, (guesses / rounds * rounds) as u64);
        // Each owner gets in by the right code afterwards, also of those whose codes of the day are used up.
        app.advance_seconds(DAY);
        let right = send_codes(&app, &owners, rounds).await;
        for (owner, right) in owners.iter().zip(&right) {
            let answer = Computer::at(&app, 32, 0).tries(owner, right).await;
            assert_eq!(answer["session"]["viewer"]["homes"], json!([{ "code": "1-101" }]), "{answer:#}");
        }
    }

    async fn a_person_whose_codes_are_used_up_stays_signed_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        let owners = owners(&app, 1).await;
        let (owner, attacker) = (&owners[0], Computer::at(&app, 30, 0));
        assert_eq!(code(&attacker.requests(owner).await), "");
        let messages = app.sent_messages().await;
        let session = attacker.tries(owner, &code_in(messages.last().expect("a code"))).await["session"].clone();
        for _ in 0..9 {
            assert_eq!(code(&attacker.requests(owner).await), "");
        }
        assert_eq!(code(&attacker.requests(owner).await), "CODE_LIMIT");
        let homes = crate::owner_links::setup::homes(&app, &session).await;
        assert_eq!(homes, Ok(vec!["1-101".to_owned()]));
    }

    /// The negative control: where guesses are not counted, more of them are compared than the limit permits.
    async fn a_code_without_a_limit_is_found_out(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut dice = Dice::announced("codes");
        let owners = owners(&app, 1).await;
        let (right, computer) = (send_codes(&app, &owners, 0).await, Computer::at(&app, 30, 0));
        let mut wrong = 0;
        for _ in 0..3 * TRIES {
            let answer = computer.tries(&owners[0], &guess(&mut dice, &right[0])).await;
            wrong += u64::from(code(&answer) == "CODE_INVALID");
            forget_tries(&app).await;
        }
        assert!(wrong > most_compared(1), "{wrong} guesses were compared");
        assert!(computer.tries(&owners[0], &right[0]).await["session"].is_object(), "a long attack gets in");
    }
}
