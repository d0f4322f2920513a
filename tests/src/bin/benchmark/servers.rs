//! The two servers as separate processes: start, sign-in, and their use of resources.

use std::fs;
use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Fault;
use crate::people::Throttled;
use crate::stock::Stock;

/// The password in the demo of [`Server::embedded`].
pub(crate) const DEMO_PASSWORD: &str = "the demo of the benchmark";

/// The environment variable that selects the part of a process of this binary.
pub(crate) const PART: &str = "BENCHMARK_PART";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The program `handover`.
    Program,
    /// One hand-written statement for each read.
    Statement,
}

impl Part {
    pub(crate) fn of_this_process() -> Option<Self> {
        match std::env::var(PART).ok()?.as_str() {
            "program" => Some(Self::Program),
            "statement" => Some(Self::Statement),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Statement => "statement",
        }
    }
}

pub(crate) struct Server {
    pub(crate) part: Part,
    pub(crate) address: String,
    process: Child,
    _folder: TempDir,
}

/// A command of this binary for one of its parts, on a database, with the settings of production.
pub(crate) fn command(part: Part, database_url: &str, folder: &TempDir) -> Result<Command, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .env(PART, part.name())
        .env("DATABASE_URL", database_url)
        .env("HANDOVER_DATA", folder.path())
        .env("HANDOVER_LISTEN", "127.0.0.1:0")
        .env("HANDOVER_OBJECTS_LISTEN", "127.0.0.1:0")
        .env("HANDOVER_LOG", "warn,s3s=off")
        .kill_on_drop(true);
    Ok(command)
}

/// Signs in at a server's address; returns the access token.
pub(crate) async fn sign_in_at(
    address: &str,
    http: &reqwest::Client,
    login: &str,
    password: &str,
) -> Result<String, Fault> {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { accessToken } }
    }";
    let body = json!({ "query": document, "variables": { "login": login, "password": password } });
    let request = http.post(format!("http://{address}/graphql")).json(&body);
    let answer: Value = Throttled::default().send(request).await?.json().await?;
    let token = answer["data"]["sessionCreate"]["session"]["accessToken"].as_str();
    Ok(token.ok_or_else(|| format!("cannot sign in: {answer}"))?.to_owned())
}

impl Server {
    /// Starts a server and waits until it prints its address.
    pub(crate) async fn start(part: Part, stock: &Stock) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        Self::launch(part, command(part, &stock.url, &folder)?, folder).await
    }

    /// The program on embedded defaults, with its demo.
    pub(crate) async fn embedded() -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("handover.db").display());
        let mut command = command(Part::Program, &url, &folder)?;
        command.env("HANDOVER_DEMO", "true").env("HANDOVER_DEMO_PASSWORD", DEMO_PASSWORD);
        Self::launch(Part::Program, command, folder).await
    }

    async fn launch(part: Part, mut command: Command, folder: TempDir) -> Result<Self, Fault> {
        let begun = Instant::now();
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let address = loop {
            let line = lines.next_line().await?.ok_or("the server ended before it was ready")?;
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end_matches('/').to_owned();
            }
        };
        // Its further output is read and dropped, because a full pipe would block the process.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        println!("{} is ready after {} ms", part.name(), begun.elapsed().as_millis());
        Ok(Self { part, address, process, _folder: folder })
    }

    pub(crate) async fn sign_in_as(&self, login: &str, password: &str) -> Result<String, Fault> {
        self.sign_in_from(&reqwest::Client::new(), login, password).await
    }

    pub(crate) async fn sign_in_from(
        &self,
        http: &reqwest::Client,
        login: &str,
        password: &str,
    ) -> Result<String, Fault> {
        sign_in_at(&self.address, http, login, password).await
    }

    /// The resident memory in MiB: now, and at most so far.
    pub(crate) fn memory(&self) -> Result<(u64, u64), Fault> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let kilobytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
        };
        Ok((kilobytes("VmRSS:") / 1024, kilobytes("VmHWM:") / 1024))
    }

    /// Processor time so far, in milliseconds.
    pub(crate) fn processor_ms(&self) -> Result<u64, Fault> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid()?))?;
        // After the name in parentheses: user and system time are the 14th and 15th fields, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok((ticks(11) + ticks(12)) * 10)
    }

    fn pid(&self) -> Result<u32, Fault> {
        Ok(self.process.id().ok_or("the server has ended")?)
    }
}
