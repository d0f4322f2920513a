//! The tablets and the people who hold them.

use std::sync::Arc;
use std::time::Duration;

use app::Clock;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::dice::Dice;
use tests::tablet::Tablet;
use tests::tablet::error::{RetryPolicy, TabletError};
use tests::tablet::http::Http;
use tests::tablet::local::{Durability, Local, State};
use tests::tablet::session::Session;
use uuid::Uuid;

use crate::Fault;
use crate::actions;

/// The timeout of an answer.
pub(crate) const TIME_OUT: Duration = Duration::from_secs(30);
/// Shorter pauses than those of an app.
const RETRY_POLICY: RetryPolicy =
    RetryPolicy { shortest: Duration::from_millis(100), longest: Duration::from_secs(5), times: 10 };
/// The maximum number of operations between two synchronisations.
const STRETCH: usize = 60;
/// The maximum number of consecutive failed synchronisations.
const FAILURES: usize = 20;

/// The people, by login before the `@`, and the number of tablets that each holds, of thirty.
const PEOPLE: [&str; 12] = [
    "daniel.hartmann",
    "sun.lihua",
    "huang.li",
    "zhao.gang",
    "wang.lei",
    "tom.becker",
    "sun.qiang",
    "marco.bianchi",
    "chen.jing",
    "wu.fang",
    "lin.xiao",
    "he.jun",
];

/// The project of the tablets.
pub(crate) struct Site {
    pub(crate) project_id: Uuid,
    pub(crate) password: String,
    pub(crate) units: Vec<(Uuid, Vec<Uuid>)>,
    pub(crate) contractors: Vec<Uuid>,
    pub(crate) types: Vec<String>,
}

impl Site {
    /// Loads the codes and ids that actions need.
    pub(crate) async fn load(server: &Http, password: &str) -> Result<Self, Fault> {
        let session = sign_in(server, PEOPLE[0], password).await.map_err(|error| format!("{error:?}"))?;
        let document = "{ projects(first: 1) { nodes { id companies { id kind } defectTypes { code }
            units(first: 40) { nodes { id rooms { id } } } } } }";
        let data = session.ask(document, json!({})).await.map_err(|error| format!("{error:?}"))?;
        let project = &data["projects"]["nodes"][0];
        let ids = |list: &Value| -> Vec<Uuid> {
            list.as_array().into_iter().flatten().filter_map(|one| id(&one["id"])).collect()
        };
        let list = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let contractors = list(&project["companies"]).into_iter().filter(|company| company["kind"] == "CONTRACTOR");
        let units = list(&project["units"]["nodes"]);
        Ok(Self {
            project_id: id(&project["id"]).ok_or("no project")?,
            password: password.to_owned(),
            units: units.iter().filter_map(|unit| Some((id(&unit["id"])?, ids(&unit["rooms"])))).collect(),
            contractors: contractors.filter_map(|company| id(&company["id"])).collect(),
            types: list(&project["defectTypes"])
                .iter()
                .filter_map(|kind| Some(kind["code"].as_str()?.to_owned()))
                .collect(),
        })
    }
}

/// A tablet with the person who holds it.
pub(crate) struct Holder {
    pub(crate) number: usize,
    pub(crate) nick: &'static str,
    pub(crate) tablet: Tablet<Http>,
    /// The operations that the person has done, for comparison.
    pub(crate) recorded: Vec<Uuid>,
    _folder: TempDir,
}

impl Holder {
    /// Works, synchronises from time to time, and finally until everything is pushed and pulled.
    pub(crate) async fn work(
        number: usize,
        site: &Arc<Site>,
        server: &str,
        operations: usize,
        mut dice: Dice,
        bar: ProgressBar,
    ) -> Result<Self, Fault> {
        let nick = PEOPLE[number % PEOPLE.len()];
        let folder = tempfile::Builder::new().prefix("tablet").tempdir()?;
        let local = Local::open(folder.path(), &format!("tablet {number}"), Durability::PowerCut).await?;
        let http = Http::to(server, TIME_OUT);
        let session = patiently(|| sign_in(&http, nick, &site.password)).await?;
        let tablet = Tablet {
            local,
            session: Arc::new(session),
            project_id: site.project_id,
            clock: Clock::System,
            retry_policy: RETRY_POLICY,
        };
        let mut holder = Self { number, nick, tablet, recorded: Vec::new(), _folder: folder };
        holder.sync(site, &http, &bar).await?;
        while holder.recorded.len() < operations {
            for _ in 0..(1 + dice.below(STRETCH)).min(operations - holder.recorded.len()) {
                holder.recorded.push(actions::record_action(&holder, site, &mut dice).await?);
            }
            holder.sync(site, &http, &bar).await?;
        }
        Ok(holder)
    }

    /// Synchronises until it succeeds; a person whose session has ended signs in again.
    async fn sync(&mut self, site: &Site, http: &Http, bar: &ProgressBar) -> Result<(), Fault> {
        let before = self.answered().await?;
        let mut failures = 0;
        loop {
            match self.tablet.sync().await {
                Ok(synced) if synced.pushed.later == 0 => break,
                Ok(_) => {}
                Err(TabletError::SignedOut) => {
                    self.tablet.session = Arc::new(patiently(|| sign_in(http, self.nick, &site.password)).await?);
                }
                Err(error) if error.passes() => {}
                Err(error) => return Err(format!("tablet {}: {error:?}", self.number).into()),
            }
            failures += 1;
            if failures > FAILURES {
                return Err(format!("tablet {} cannot synchronise", self.number).into());
            }
        }
        bar.inc((self.answered().await? - before) as u64);
        Ok(())
    }

    async fn answered(&self) -> Result<usize, Fault> {
        let operations = self.tablet.local.operations().await?;
        Ok(operations.iter().filter(|kept| kept.state != State::Queued).count())
    }
}

/// Signs a person of the demo in.
pub(crate) async fn sign_in(server: &Http, nick: &str, password: &str) -> Result<Session<Http>, TabletError> {
    Session::sign_in(server.clone(), &format!("{nick}@riverside.example"), password, "simulated").await
}

async fn patiently<T, F: Future<Output = Result<T, TabletError>>>(what: impl FnMut() -> F) -> Result<T, Fault> {
    RETRY_POLICY.retry(what).await.map_err(|error| format!("{error:?}").into())
}

pub(crate) fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
