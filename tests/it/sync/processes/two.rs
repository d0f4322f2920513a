//! The same operation from many clients at once, by two processes on one database, with lost answers and other payloads
//! under the same id: one record, equal answers. On SQLite, which has one process, by that one.
//!
//! `SYNC_TWICE=5000 TEST_LIMIT_SECONDS=3000` is the long form.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream;
use serde_json::Value;
use store::db::Backend;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::local::Operation;
use tests::tablet::session::Session;

use super::device::{Device, same};
use super::site::{Site, Way};
use super::{Faults, rows};

/// The number of concurrent operations.
const AT_ONCE: usize = 6;
/// The maximum number of attempts of each.
const TIMES: usize = 20;

/// The result of one operation: the applied payload, and all faults.
type Tried = (Operation, Faults);

struct Sides<'a> {
    device: &'a Device,
    sessions: &'a [Session<Way>],
    /// A defect for a negative control: each attempt has another id.
    fresh_ids: bool,
}

impl Sides<'_> {
    /// Tries an operation from many clients at once, and afterwards once more at each process.
    async fn try_one(&self, mut dice: Dice) -> Tried {
        let operation = self.device.some(&mut dice);
        let mut payloads = vec![operation; 1];
        if dice.chance(10) {
            payloads.push(self.device.rival(&payloads[0], &mut dice));
        }
        let times = 1 + dice.below(TIMES);
        let tries = (0..times).map(|_| {
            let which = dice.below(payloads.len());
            let lost = dice.chance(20).then(|| Duration::from_micros(dice.throw() % 30_000));
            let sent = self.sent(&payloads[which]);
            let session = dice.pick(self.sessions);
            async move { (which, until(lost, self.device.push(session, &sent)).await) }
        });
        let mut answers: Vec<(usize, Value)> = Vec::new();
        for (which, answer) in join_all(tries.collect::<Vec<_>>()).await {
            answers.extend(answer.map(|answer| (which, answer)));
        }
        for session in self.sessions {
            for (which, payload) in payloads.iter().enumerate() {
                answers.push((which, self.device.push_until_answered(session, payload).await));
            }
        }
        compare_answers(payloads, &answers)
    }

    fn sent(&self, payload: &Operation) -> Operation {
        let mut sent = payload.clone();
        if self.fresh_ids {
            sent.id = v7();
            for made in ["defectId", "commentId"].into_iter().filter(|made| *made != "defectId" || is_log(payload)) {
                if sent.input.get(made).is_some() {
                    sent.input[made] = v7().to_string().into();
                }
            }
        }
        sent
    }
}

fn is_log(operation: &Operation) -> bool {
    operation.command == "defectLog"
}

/// An answer, unless it is lost.
async fn until<T>(lost: Option<Duration>, answer: impl Future<Output = Option<T>>) -> Option<T> {
    match lost {
        None => answer.await,
        Some(after) => tokio::time::timeout(after, answer).await.ok().flatten(),
    }
}

/// One payload is applied, once, and all who sent it get the same answer; all who sent another one get `ID_IN_USE`.
fn compare_answers(mut payloads: Vec<Operation>, answers: &[(usize, Value)]) -> Tried {
    let done =
        |answer: &Value| ["APPLIED", "ALREADY_APPLIED"].contains(&answer["outcome"].as_str().unwrap_or_default());
    let winner = answers.iter().find(|(_, answer)| done(answer));
    let Some((winner, first)) = winner else {
        return (payloads.swap_remove(0), vec![format!("not done: {answers:#?}")]);
    };
    let mut faults = Vec::new();
    for (which, answer) in answers {
        let right = match which == winner {
            true => done(answer) && same(answer, first),
            false => answer["outcome"] == "REJECTED" && answer["userErrors"][0]["code"] == "OPERATION_ID_REUSED",
        };
        if !right {
            faults.push(format!("payload {which}, {winner} is done as {first}, and is answered {answer}"));
        }
    }
    if answers.iter().filter(|(_, answer)| answer["outcome"] == "APPLIED").count() > 1 {
        faults.push(format!("done more than once: {answers:#?}"));
    }
    (payloads.swap_remove(*winner), faults)
}

async fn prove(db: TestDb, count: usize, fresh_ids: bool) -> Result<String, Faults> {
    let mut dice = Dice::announced("from many sides");
    let processes = if db.backend() == Backend::Postgres { 2 } else { 1 };
    let mut site = Site::start(&db, processes).await;
    let mut sessions = Vec::new();
    for number in 0..processes {
        sessions.push(site.sign_in(&site.way(number), "site").await);
    }
    let device = Device::start(&site, "site", &sessions[0]).await;
    let sides = Sides { device: &device, sessions: &sessions, fresh_ids };
    let tries: Vec<_> = (0..count).map(|_| sides.try_one(dice.other())).collect();
    let tried: Vec<Tried> = stream::iter(tries).buffer_unordered(AT_ONCE).collect().await;
    let (done, faults): (Vec<Operation>, Vec<Faults>) = tried.into_iter().unzip();
    let mut faults = faults.concat();
    site.kill_all().await;
    let db = site.database().await;
    faults.extend(rows::wrong(&db, &device.told(done)).await);
    db.close().await.expect("the database closes");
    if faults.is_empty() {
        Ok(format!("{count} operations on {processes} processes, each is one record"))
    } else {
        Err(faults)
    }
}

on_both_databases! {
    async fn operation_from_many_clients_makes_one_record(db: TestDb) {
        match prove(db, number("SYNC_TWICE", 100), false).await {
            Ok(told) => println!("{told}"),
            Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.join("\n")),
        }
    }

    async fn operation_without_one_id_makes_many_records(db: TestDb) {
        let faults = prove(db, 10, true).await.expect_err("operations were doubled");
        assert!(faults.iter().any(|fault| fault.starts_with("done more than once")), "{faults:#?}");
        let doubled = |fault: &String| fault.contains("no tablet knows of it") && !fault.starts_with("operation");
        assert!(faults.iter().any(doubled), "{faults:#?}");
    }
}
