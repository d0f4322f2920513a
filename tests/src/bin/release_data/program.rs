//! The program `handover` as a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::Failure;

/// The paths and settings of the program.
pub(super) struct Program {
    program: PathBuf,
    data: PathBuf,
    database: Option<String>,
}

/// The running program.
pub(super) struct Running {
    child: Child,
    pub(super) address: String,
    /// Kept open, because the program prints more.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(super) fn new(program: &Path, data: &Path, database: Option<&str>) -> Self {
        Self { program: program.to_owned(), data: data.to_owned(), database: database.map(str::to_owned) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("HANDOVER_DATA", &self.data)
            .env("HANDOVER_DEMO", "true")
            .env("HANDOVER_LISTEN", "127.0.0.1:0")
            .env("HANDOVER_OBJECTS_LISTEN", "127.0.0.1:0")
            .env("HANDOVER_RATE_PER_SECOND", "0")
            .env("HANDOVER_LOG", "warn,s3s=off")
            .env_remove("DATABASE_URL")
            .kill_on_drop(true);
        if let Some(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Starts the server; the demo exists when this returns.
    pub(super) async fn serve(&self) -> Result<Running, Failure> {
        let mut child = self.command().stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        while let Some(line) = output.next_line().await? {
            if let Some((_, address)) = line.split_once("is ready: ") {
                let address = address.trim_end_matches('/').to_owned();
                return Ok(Running { child, address, _output: output });
            }
        }
        Err("the program ended before it was ready".into())
    }

    /// Imports a project while the server is stopped.
    pub(super) async fn import(&self, file: &str) -> Result<(), Failure> {
        let done = self.command().args(["import", file]).stdout(Stdio::null()).status().await?;
        if done.success() { Ok(()) } else { Err(format!("the import of {file} failed: {done}").into()) }
    }
}

impl Running {
    /// Stops the program gracefully, so that its database file is complete.
    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        let id = self.child.id().ok_or("the program has ended")?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        let ended = self.child.wait().await?;
        if ended.success() { Ok(()) } else { Err(format!("the program ended with {ended}").into()) }
    }
}
