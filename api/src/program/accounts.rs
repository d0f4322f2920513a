//! `handover password`, `handover administrator` and `handover demo`: changes of accounts by the machine's operator.

use std::io::{IsTerminal, Read as _};

use app::App;
use app::credentials::operator::{self, MadeAdministrator};
use clap::{Args, Subcommand};
use store::db::DbSettings;

use super::error::StartError;
use super::output;
use super::settings::Settings;
use super::start::Services;

/// The maximum length of a line that is read from a pipe, in bytes.
const LONGEST_LINE: u64 = 4_096;

/// The arguments of `handover administrator`.
#[derive(Args)]
pub(super) struct AdministratorArguments {
    /// The login.
    login: String,
    /// The name; needed for a new person.
    name: Option<String>,
    /// Also sets a new password for an existing person; all sessions of the person end. A new person always gets one.
    #[arg(long, conflicts_with = "revoke")]
    password: bool,
    /// Removes the right. Password and sessions stay.
    #[arg(long)]
    revoke: bool,
}

/// The actions on the demo.
#[derive(Subcommand)]
pub(super) enum DemoCommand {
    /// Removes the demo's project with its photos, and its people with their sessions and links. Also removes people
    /// who were invited or imported into the demo, are in no other project and are no administrators. Stop the server
    /// first if it uses the embedded defaults.
    Remove,
}

/// Sets the password of a person.
pub(super) async fn password(settings: &Settings, login: &str) -> Result<(), StartError> {
    let services = Services::open(settings).await?;
    let done = set_password(&services.app, login).await;
    services.close().await;
    Ok(output::line(done?)?)
}

async fn set_password(app: &App, login: &str) -> Result<String, StartError> {
    if !operator::exists(app, login).await? {
        return Err(StartError::Refused(format!("there is no person with the login {login:?}")));
    }
    let ended = operator::set_password(app, login, &read_password()?).await?;
    Ok(format!("{login} has the new password; {}.", sessions(ended)))
}

/// Makes a person an administrator, or removes the right.
pub(super) async fn administrator(settings: &Settings, given: &AdministratorArguments) -> Result<(), StartError> {
    let services = Services::open(settings).await?;
    let done = if given.revoke { revoke(&services.app, given).await } else { make(&services.app, given).await };
    services.close().await;
    Ok(output::line(done?)?)
}

async fn revoke(app: &App, given: &AdministratorArguments) -> Result<String, StartError> {
    let login = &given.login;
    Ok(match operator::revoke_administrator(app, login).await? {
        true => format!("{login} is no administrator any more; password and sessions stay as they are."),
        false => format!("{login} was no administrator; nothing has changed."),
    })
}

async fn make(app: &App, given: &AdministratorArguments) -> Result<String, StartError> {
    let login = &given.login;
    let is_new = !operator::exists(app, login).await?;
    let name = given.name.as_deref().unwrap_or_default();
    if is_new && name.trim().is_empty() {
        let right = format!("handover administrator {login} \"The Name\"");
        return Err(StartError::Refused(format!(
            "there is no person with the login {login:?}; to make a new person run: {right}"
        )));
    }
    let password = if is_new || given.password { Some(read_password()?) } else { None };
    let made = operator::make_administrator(app, login, name, password.as_deref()).await?;
    let line = match made {
        MadeAdministrator::Created => format!("{login} is a new person and an administrator."),
        MadeAdministrator::Granted => format!("{login} is an administrator now."),
        MadeAdministrator::Unchanged => format!("{login} was an administrator already."),
    };
    let what_of_the_password = match password {
        Some(password) if made != MadeAdministrator::Created => {
            let ended = operator::set_password(app, login, &password).await?;
            format!(" The password was changed; {}.", sessions(ended))
        }
        Some(_) => String::new(),
        None => " The password was not changed (--password changes it).".to_owned(),
    };
    Ok(line + &what_of_the_password)
}

fn sessions(ended: u64) -> String {
    match ended {
        0 => "there was no session to end".to_owned(),
        1 => "1 session was ended".to_owned(),
        ended => format!("{ended} sessions were ended"),
    }
}

/// Removes the demo.
pub(super) async fn demo(settings: &Settings, command: &DemoCommand) -> Result<(), StartError> {
    let DemoCommand::Remove = command;
    let services = Services::open(settings).await?;
    let done = remove_demo(&services.app, settings).await;
    services.close().await;
    let said = if done? {
        "The demo was removed with the people who were in no other project. Set HANDOVER_DEMO=false, or it is seeded again as long as there is no project."
    } else {
        "There is no demo in this database; nothing has changed."
    };
    Ok(output::line(said)?)
}

async fn remove_demo(app: &App, settings: &Settings) -> Result<bool, StartError> {
    let removed = demo::remove(app).await?;
    if removed {
        // Names, logins and password hashes would stay in the free pages of SQLite's file.
        crate::database::purge(&DbSettings::new(settings.database_url())).await?;
    }
    Ok(removed)
}

/// A new password: typed twice without echo on a terminal, one line of standard input otherwise.
fn read_password() -> Result<String, StartError> {
    let least = domain::password::SHORTEST;
    if !std::io::stdin().is_terminal() {
        let mut text = String::new();
        std::io::stdin().lock().take(LONGEST_LINE).read_to_string(&mut text)?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let password = rpassword::prompt_password(format!("New password (at least {least} characters, not shown): "))?;
    let again = rpassword::prompt_password("The same again: ")?;
    if password == again { Ok(password) } else { Err(StartError::Refused("the two passwords differ".to_owned())) }
}
