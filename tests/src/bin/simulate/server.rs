//! The simulation's own server: this binary as the program with its demo.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Fault;

/// The environment variable that selects the server in a process of this binary.
const PART: &str = "SIMULATE_PART";

pub(crate) fn is_this_process() -> bool {
    std::env::var(PART).is_ok_and(|part| part == "program")
}

pub(crate) struct Server {
    pub(crate) address: String,
    process: Child,
    _folder: TempDir,
}

impl Server {
    /// Starts it in a temporary folder, and waits until it is ready.
    pub(crate) async fn start(demo_password: &str) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let mut process = Command::new(std::env::current_exe()?)
            .env(PART, "program")
            .env_remove("DATABASE_URL")
            .env("HANDOVER_DATA", folder.path())
            .env("HANDOVER_LISTEN", "127.0.0.1:0")
            .env("HANDOVER_OBJECTS_LISTEN", "127.0.0.1:0")
            .env("HANDOVER_DEMO", "true")
            .env("HANDOVER_DEMO_PASSWORD", demo_password)
            .env("HANDOVER_LOG", "warn,s3s=off")
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let address = loop {
            let line = lines.next_line().await?.ok_or("the server ended before it was ready")?;
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end_matches('/').to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { address, process, _folder: folder })
    }

    /// The maximum resident memory so far, in MiB.
    pub(crate) fn memory(&self) -> Result<u64, Fault> {
        let pid = self.process.id().ok_or("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kilobytes.ok_or("no figure of memory")? / 1024)
    }
}
