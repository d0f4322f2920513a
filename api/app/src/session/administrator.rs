//! The first person: made on the command line, may create projects.

use domain::text::{NAME_LIMIT, required};
use domain::{Refusal, RefusalCode};
use store::entity::people;

use crate::App;
use crate::error::Result;
use crate::password;

/// Shortest password that is taken.
const SHORTEST_PASSWORD: usize = 10;

/// Makes a person who may create projects, or gives that person a new password and the right.
///
/// # Errors
/// A refusal of the login, the name or the password.
pub async fn set(app: &App, login: &str, name: &str, new_password: &str) -> Result<()> {
    let login = required(login, NAME_LIMIT, "login")?.to_lowercase();
    let name = required(name, NAME_LIMIT, "name")?;
    if new_password.chars().count() < SHORTEST_PASSWORD {
        let why = Refusal::at(RefusalCode::InvalidValue, "password");
        return Err(why.with("why", format!("at least {SHORTEST_PASSWORD} characters")).into());
    }
    let hash = password::hash(new_password.to_owned()).await?;
    let tx = app.db.begin().await?;
    let known = store::sessions::person_by_login(&tx, &login).await?;
    let row = people::Model {
        id: known.as_ref().map_or_else(|| app.ids.next(), |person| person.id),
        login,
        name,
        phone: known.as_ref().and_then(|person| person.phone.clone()),
        password_hash: Some(hash),
        language: known.as_ref().map_or_else(|| "EN".to_owned(), |person| person.language.clone()),
        administrator: true,
        created_at: known.as_ref().map_or(app.clock.now().0, |person| person.created_at),
    };
    store::sessions::put_person(&tx, row, known.is_some()).await?;
    tx.commit().await?;
    app.callers.forget();
    Ok(())
}
