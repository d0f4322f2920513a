//! The command line.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use app::project::import::{ImportFile, import_project};
use clap::{Parser, Subcommand};
use domain::Caller;

use super::accounts::{self, AdministratorArguments, DemoCommand};
use super::checks;
use super::error::StartError;
use super::log;
use super::output;
use super::photos::{self, PhotosCommand};
use super::recount;
use super::settings::Settings;
use super::start::{self, Services};

/// The backend for the inspection and handover of new homes.
#[derive(Parser)]
#[command(name = "handover", version, about)]
struct Cli {
    /// The settings file; by default `handover.toml` in the current folder, if it exists.
    #[arg(long, global = true)]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server. The default command.
    Serve {
        /// Deletes all data in the data folder first.
        #[arg(long)]
        reset: bool,
    },
    /// Imports a project file (JSON or YAML), as `projectImport` does.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Sets the password of a person and ends all sessions of the person. The password is typed without echo, or read
    /// from standard input if that is no terminal.
    Password {
        /// The login.
        login: String,
    },
    /// Makes a person an administrator, who may create projects and has all rights in them. An existing person keeps
    /// the password.
    Administrator(AdministratorArguments),
    /// Removes the demo.
    Demo {
        #[command(subcommand)]
        command: DemoCommand,
    },
    /// Declares, before the next start of the server, that the database was restored from a backup. Every tablet then
    /// offers its acknowledged operations again, and those that the backup lacks are applied again.
    Restored,
    /// Checks the stored data against the rules. Lists rings of merged defects, which `defectRestore` resolves, and
    /// metrics that differ from those counted from events. Changes nothing.
    Recount,
    /// Verifies or cleans the objects of photos. Stop the server first if it uses the embedded defaults.
    Photos {
        #[command(subcommand)]
        command: PhotosCommand,
    },
    /// Prints the schema.
    Schema,
    /// Prints every setting with its value; secrets are masked.
    Settings,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handover: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), StartError> {
    if matches!(cli.command, Some(Command::Schema)) {
        return Ok(output::text(schema::sdl())?);
    }
    let settings = Settings::load(cli.settings.as_deref())?;
    log::start(&settings)?;
    let runtime = crate::runtime::builder().build()?;
    runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve { reset: false }) {
            Command::Serve { reset } => {
                if reset {
                    // A server that cannot start must not delete data.
                    settings.check_demo()?;
                    checks::check(&settings)?;
                    start::reset(&settings)?;
                }
                start::serve(&settings).await
            }
            Command::Import { file } => import(&settings, file).await,
            Command::Password { login } => accounts::password(&settings, &login).await,
            Command::Administrator(given) => accounts::administrator(&settings, &given).await,
            Command::Demo { command } => accounts::demo(&settings, &command).await,
            Command::Restored => restored(&settings).await,
            Command::Recount => recount::run(&settings).await,
            Command::Photos { command } => photos::run(&settings, command).await,
            Command::Settings => show(&settings),
            Command::Schema => Ok(()),
        }
    })
}

async fn import(settings: &Settings, file: PathBuf) -> Result<(), StartError> {
    let name = file.display().to_string();
    let named = |error: StartError| {
        StartError::Refused(format!("{name}: {}", error.to_string().replace('\n', &format!("\n{name}: "))))
    };
    let file = ImportFile::open(&file).await.map_err(|error| named(StartError::Refused(unopened(&error))))?;
    let services = Services::open(settings).await?;
    let done = import_project(&services.app, &Caller::operator(), file).await;
    services.close().await;
    Ok(output::text(done.map_err(|error| named(error.into()))?)?)
}

/// The reason why a file cannot be opened.
fn unopened(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "this user may not read the file".to_owned(),
        ErrorKind::IsADirectory => "this is a folder; name the file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

async fn restored(settings: &Settings) -> Result<(), StartError> {
    let services = Services::open(settings).await?;
    let done = app::project::restored::restored(&services.app).await;
    services.close().await;
    let projects = done?;
    Ok(output::line(format_args!(
        "the tablets of {projects} projects will load everything again and offer their operations again"
    ))?)
}

fn show(settings: &Settings) -> Result<(), StartError> {
    let text =
        serde_json::to_string_pretty(&settings.redacted()).map_err(|error| StartError::Data(error.to_string()))?;
    Ok(output::line(text)?)
}
