//! The server and the object store as separate processes, for tests that kill them.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::Stdio;

use blob_store::ObjectStore;
use domain::Timestamp;
use tests::stores::settings_at;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running part.
pub(crate) struct Process {
    child: Child,
    /// Its address.
    pub(crate) address: String,
    /// Kept open, because a closed pipe would end it at its next line.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// The embedded object store, with its data in `folder`.
    pub(crate) async fn store(folder: &Path, address: &str) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_killable"));
        command.arg("object-store").arg(folder.join("objects")).arg(address);
        Self::start(command, folder).await
    }

    /// The server, with these settings in addition to those of all tests.
    pub(crate) async fn server(
        folder: &Path,
        database_url: &str,
        store_address: &str,
        more: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut command = program(folder, database_url, store_address);
        command.arg("serve").envs(more.iter().copied());
        Self::start(command, folder).await
    }

    /// A server whose clock stands at a moment, with these settings.
    pub(crate) async fn standing_server(
        folder: &Path,
        database_url: &str,
        moment: Timestamp,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_killable"));
        command.arg("standing-server").arg(moment.to_rfc3339());
        command.env("DATABASE_URL", database_url).envs(settings.iter().copied());
        Self::start(command, folder).await
    }

    /// Starts a process and waits until it prints its address.
    async fn start(mut command: Command, folder: &Path) -> Result<Self, String> {
        let log_file = folder.join("log");
        let log = OpenOptions::new().create(true).append(true).open(&log_file).expect("the log");
        command.stdout(Stdio::piped()).stderr(log).kill_on_drop(true).current_dir(folder);
        let mut child = command.spawn().expect("the part is built");
        let mut output = BufReader::new(child.stdout.take().expect("an output")).lines();
        while let Some(line) = output.next_line().await.expect("its output") {
            if let Some((_, address)) = line.split_once("http://") {
                let address = address.trim_end_matches('/').to_owned();
                return Ok(Self { child, address, _output: output });
            }
        }
        let log = std::fs::read_to_string(&log_file).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        Err(format!("it did not start: {last:#?}"))
    }

    /// `kill -9`, and waits until it has ended.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// The program's command line, on a database and an object store.
pub(crate) fn program(folder: &Path, database_url: &str, store_address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_killable"));
    command
        .env("DATABASE_URL", database_url)
        .env("S3_ENDPOINT", format!("http://{store_address}"))
        .env("S3_ACCESS_KEY", "key")
        .env("S3_SECRET_KEY", "secret")
        .env("HANDOVER_DATA", folder.join("data"))
        .env("HANDOVER_LISTEN", "127.0.0.1:0")
        .env("HANDOVER_DEMO", "false")
        .env("HANDOVER_LOG", "warn,s3s=off")
        .env("HANDOVER_RATE_PER_SECOND", "0")
        .current_dir(folder);
    command
}

/// A client of the object store.
pub(crate) fn objects_at(address: &str) -> ObjectStore {
    ObjectStore::new(&settings_at(address)).expect("a client of the object store")
}
