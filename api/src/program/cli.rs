//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use app::project::import::{ImportFile, import_project};
use clap::{Parser, Subcommand};
use domain::Caller;

use super::log;
use super::photos::{self, PhotosCommand};
use super::settings::Settings;
use super::start::{self, StartError, World};

/// The backend which new homes are handed over with.
#[derive(Parser)]
#[command(name = "handover", version, about)]
struct Cli {
    /// The settings file; `handover.toml` here if left out and there is one.
    #[arg(long, global = true)]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server; what the program does without a command.
    Serve {
        /// Empties the data folder first: all data in it is gone.
        #[arg(long)]
        reset: bool,
    },
    /// Imports a project file (JSON or YAML), as `projectImport` does.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Makes a person who may create projects, or gives that person a new password. Asks for the password on standard
    /// input.
    Administrator {
        /// The login.
        login: String,
        /// The name.
        name: String,
    },
    /// Says that the database was restored from a backup, before the server starts again: every tablet then offers what
    /// it was told was done, and what the backup does not have is done again.
    Restored,
    /// Cares for the objects of photos. On embedded defaults stop the server first.
    Photos {
        #[command(subcommand)]
        command: PhotosCommand,
    },
    /// Prints the schema.
    Schema,
    /// Prints every setting with its value, secrets left out.
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
        print!("{}", crate::graphql::sdl());
        return Ok(());
    }
    let settings = Settings::load(cli.settings.as_deref())?;
    log::start(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve { reset: false }) {
            Command::Serve { reset } => {
                if reset {
                    start::reset(&settings)?;
                }
                start::serve(&settings).await
            }
            Command::Import { file } => import(&settings, file).await,
            Command::Administrator { login, name } => administrator(&settings, &login, &name).await,
            Command::Restored => restored(&settings).await,
            Command::Photos { command } => photos::run(&settings, command).await,
            Command::Settings => show(&settings),
            Command::Schema => Ok(()),
        }
    })
}

async fn import(settings: &Settings, file: PathBuf) -> Result<(), StartError> {
    let world = World::open(settings).await?;
    let file = ImportFile::open(&file).await?;
    let done = import_project(&world.app, &Caller::operator(), file).await;
    world.close().await;
    print!("{}", done?);
    Ok(())
}

async fn administrator(settings: &Settings, login: &str, name: &str) -> Result<(), StartError> {
    let mut password = String::new();
    eprintln!("Password (at least 10 characters):");
    std::io::stdin().read_line(&mut password)?;
    let world = World::open(settings).await?;
    let done = app::session::administrator::set(&world.app, login, name, password.trim_end_matches(['\n', '\r'])).await;
    world.close().await;
    done?;
    println!("{login} may create projects.");
    Ok(())
}

async fn restored(settings: &Settings) -> Result<(), StartError> {
    let world = World::open(settings).await?;
    let done = app::project::restored::restored(&world.app).await;
    world.close().await;
    println!("the tablets of {} projects will begin anew and offer their work again", done?);
    Ok(())
}

fn show(settings: &Settings) -> Result<(), StartError> {
    let text = serde_json::to_string_pretty(&settings.shown()).map_err(|error| StartError::Data(error.to_string()))?;
    println!("{text}");
    Ok(())
}
