//! What the operator of the machine does on the command line: passwords and administrators.

use domain::id::PersonId;
use domain::text::{self, NAME_LIMIT, required};
use domain::{Language, Refusal, RefusalCode};
use store::boxed;
use store::entity::people;

use super::end;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;
use crate::{App, password};

/// What [`make_administrator`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeAdministrator {
    /// A new person, with the given password.
    Created,
    /// The right for a person who was there, whose password stays.
    Granted,
    /// Nothing: the person is an administrator already.
    Unchanged,
}

/// Sets a person's password and ends all sessions of the person; returns how many ended.
///
/// # Errors
/// `NOT_FOUND` at `login`, `INVALID_VALUE` for a weak password, or an internal error.
#[boxed]
pub async fn set_password(app: &App, login: &str, new: &str) -> Result<u64> {
    let person = by_login(app, login).await?;
    domain::password::check(new, &person.login, "password")?;
    let hash = password::hash(new.to_owned()).await?;
    let mut work = UnitOfWork::begin(app, None, None).await?;
    store::passwords::person_for_update(&work.tx, person.id).await?;
    end::leave_the_demo(&work.tx, &person).await?;
    let ended = end::set_password(&work.tx, person.id, &hash, None, work.now).await?;
    end::notify_password_changed(&mut work, person.id).await?;
    work.commit().await?;
    app.caller_cache.forget();
    tracing::info!(person = %person.id, sessions_ended = ended, "password set on the command line");
    Ok(ended)
}

/// Whether a person has this login.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn exists(app: &App, login: &str) -> Result<bool> {
    Ok(store::sessions::person_by_login(app.db.read(), &login.trim().to_lowercase()).await?.is_some())
}

/// Makes a person an administrator. A person who is there keeps name and password; a new one needs a password.
///
/// # Errors
/// A refusal of the login, the name or the password; or an internal error.
#[boxed]
pub async fn make_administrator(app: &App, login: &str, name: &str, new: Option<&str>) -> Result<MadeAdministrator> {
    let login = required(login, NAME_LIMIT, "login")?.to_lowercase();
    match store::sessions::person_by_login(app.db.read(), &login).await? {
        Some(person) if person.administrator => Ok(MadeAdministrator::Unchanged),
        Some(person) if person.demo => Err(of_the_demo()),
        Some(person) => {
            set_right(app, person.id, true).await?;
            Ok(MadeAdministrator::Granted)
        }
        None => {
            let name = text::name(name, "name")?;
            let new = new.ok_or_else(|| Refusal::at(RefusalCode::TextRequired, "password"))?;
            create_administrator(app, login, name, new).await?;
            Ok(MadeAdministrator::Created)
        }
    }
}

/// Takes the right of an administrator; false when the person has none. Sessions and password stay, because each
/// request asks for the rights of now.
///
/// # Errors
/// `NOT_FOUND` at `login`, or an internal error.
#[boxed]
pub async fn revoke_administrator(app: &App, login: &str) -> Result<bool> {
    let person = by_login(app, login).await?;
    if person.administrator {
        set_right(app, person.id, false).await?;
    }
    Ok(person.administrator)
}

async fn by_login(app: &App, login: &str) -> Result<people::Model> {
    let login = required(login, NAME_LIMIT, "login")?.to_lowercase();
    let person = store::sessions::person_by_login(app.db.read(), &login).await?;
    person.ok_or_else(|| Error::not_found("login"))
}

async fn set_right(app: &App, person_id: PersonId, administrator: bool) -> Result<()> {
    let tx = app.db.begin().await?;
    store::passwords::set_administrator(&tx, person_id, administrator).await?;
    tx.commit().await?;
    app.caller_cache.forget();
    tracing::info!(person = %person_id, administrator, "right of an administrator changed on the command line");
    Ok(())
}

async fn create_administrator(app: &App, login: String, name: String, new: &str) -> Result<()> {
    domain::password::check(new, &login, "password")?;
    let row = people::Model {
        id: app.ids.next(),
        login,
        name,
        phone: None,
        password_hash: Some(password::hash(new.to_owned()).await?),
        language: Language::En,
        administrator: true,
        created_at: app.clock.now().0,
        demo: false,
        email: None,
    };
    let id = row.id;
    let tx = app.db.begin().await?;
    if !store::passwords::insert_person(&tx, row).await? {
        return Err(RefusalCode::TryAgain.into());
    }
    tx.commit().await?;
    tracing::info!(person = %id, "administrator made on the command line");
    Ok(())
}

/// The demo's password is published, so none of its people becomes an administrator.
fn of_the_demo() -> Error {
    let refusal = Refusal::at(RefusalCode::InvalidValue, "login");
    refusal
        .because(
            "this person belongs to the demo, whose password is shown to everybody",
            "该人员属于演示项目，其密码公开显示",
        )
        .into()
}
