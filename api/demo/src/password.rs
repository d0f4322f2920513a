//! The shared password of all people of the demo: random for each database, shown by the server, and valid for the demo
//! alone.

use app::App;
use app::error::{Error, Result};
use app::password;
use domain::Timestamp;
use domain::id::{PersonId, ProjectId};
use store::entity::demo_projects;

use super::people::{OWNERS, STAFF, login};

/// Letters and digits that are distinguishable in every font.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// The characters of a password: 80 bits of randomness.
const LENGTH: usize = 16;

/// The logins of the people of the seed. Other people who joined the demo have passwords of their own.
fn logins() -> Vec<String> {
    let staff = STAFF.iter().map(|member| member.nick);
    staff.chain(OWNERS.iter().map(|owner| owner.nick)).map(login).collect()
}

/// A password like `k7mq-w3xr-9tfd-hb2n`.
fn random() -> Result<String> {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let groups: Vec<String> = bytes.chunks(4).map(|group| group.iter().map(letter).collect()).collect();
    Ok(groups.join("-"))
}

/// Makes sure that the demo's people have the shared password, and returns it: the wanted one, the stored one, or a new
/// random one. People whose password changes lose their sessions.
pub(super) async fn ensure(app: &App, demo: demo_projects::Model, wanted: Option<&str>) -> Result<String> {
    let stored = demo.password.zip(demo.password_hash);
    let (text, hash, is_new) = match (stored, wanted) {
        (Some((text, hash)), wanted) if wanted.is_none_or(|wanted| wanted == text) => (text, hash, false),
        (_, wanted) => {
            let text = wanted.map_or_else(random, |wanted| Ok(wanted.to_owned()))?;
            let hash = password::hash(text.clone()).await?;
            (text, hash, true)
        }
    };
    let others = store::demo::people_without(app.db.read(), &logins(), &hash).await?;
    if is_new || !others.is_empty() {
        set_passwords(app, demo.project_id, (&text, &hash), &others, app.clock.now()).await?;
    }
    Ok(text)
}

async fn set_passwords(
    app: &App,
    id: ProjectId,
    (text, hash): (&str, &str),
    people: &[PersonId],
    now: Timestamp,
) -> Result<()> {
    let tx = app.db.begin().await?;
    store::demo::set_password(&tx, id, text, hash).await?;
    store::demo::give_hash(&tx, people, hash).await?;
    for person in people {
        store::passwords::revoke_all_of(&tx, *person, None, now.0).await?;
    }
    tx.commit().await?;
    app.caller_cache.forget();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_passwords_keep_the_password_rule_and_differ() {
        let (one, other) = (random().expect("chance"), random().expect("chance"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 19);
        assert_eq!(domain::password::weakness(&one, "chen.jing@riverside.example"), None);
    }
}
