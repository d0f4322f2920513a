//! Accept an invitation: a new person chooses a password, a person who is there is signed in.

use domain::membership::{is_placeholder, permit_invite, permit_password_reset};
use domain::{Caller, Refusal, RefusalCode};
use store::boxed;
use store::entity::{one_time_links, people};
use uuid::Uuid;

use super::hash_in_turn;
use super::invitation::{Invited, LANGUAGE};
use super::invite::list_changed;
use super::link::{self, LinkKind};
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::people::names::{is_taken, name_taken};
use crate::people::{NewMembership, NewOwnership, add_membership, add_ownership, person_of_login, position};
use crate::session::{Client, authenticate, require_whole_session};
use crate::unit_of_work::UnitOfWork;

/// An invitation that was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The login that the person signs in with.
    pub login: String,
    /// The project.
    pub project_id: Uuid,
}

/// Accepts an invitation. A signed-in person must have the invited login; without a sign-in the password makes the
/// person. The inviter's right is asked again as of now: an inviter who has lost it gives no access.
///
/// All that does not depend on whether the login exists is refused first, and the password is hashed before that is
/// looked up, so that a link tells nothing about the login until it is used.
///
/// # Errors
/// `LINK_INVALID`, `SIGN_IN_FIRST`, `UNIT_SESSION`, `INVALID_VALUE` for a weak password or for the name of another
/// person of the project, `ALREADY_MEMBER`, `ALREADY_OWNER`, `Overloaded`, or an internal error.
#[boxed]
pub async fn accept(
    app: &App,
    client: &Client,
    caller: Option<&Caller>,
    token: &str,
    new: Option<&str>,
) -> Result<Accepted> {
    let row = open(app, token).await?;
    let (login, project_id) = (row.login.clone().unwrap_or_default(), row.project_id.unwrap_or_default());
    let (mut work, person_id) = match caller {
        Some(caller) => signed_in(app, caller, &row).await?,
        None => {
            let new = new.ok_or_else(|| Refusal::at(RefusalCode::SignInFirst, "password"))?;
            domain::password::check(new, &login, "password")?;
            let hash = hash_in_turn(app, client, new).await?;
            with_password(app, &row, hash).await?
        }
    };
    work.act_as_system(project_id);
    join_project(app, &mut work, &row, person_id, caller.is_none()).await?;
    work.commit().await?;
    app.caller_cache.forget();
    let address = client.address;
    tracing::info!(person = %person_id, %address, project = %project_id, invitation = %row.id, "invitation accepted");
    Ok(Accepted { login, project_id })
}

/// The open invitation of a token whose inviter may still invite for it.
pub(super) async fn open(app: &App, token: &str) -> Result<one_time_links::Model> {
    let row = link::find_link(app, LinkKind::Invitation, token).await?;
    let granter = granter(app, &row).await?;
    invalid_if_refused(permit(app, &granter, &row).await)?;
    Ok(row)
}

/// Whether a person may make this invitation now.
async fn permit(app: &App, granter: &Caller, row: &one_time_links::Model) -> Result<()> {
    let project_id = row.project_id.unwrap_or_default();
    let position = Invited::of(row)?.position(app.db.read(), project_id, row.login.as_deref()).await?;
    Ok(permit_invite(granter, project_id, &position)?)
}

/// Who answers for the invitation, with the rights of now.
async fn granter(app: &App, row: &one_time_links::Model) -> Result<Caller> {
    let Some(maker) = row.made_by else { return Ok(Caller::operator()) };
    authenticate::load(app, maker, None).await?.ok_or_else(|| RefusalCode::LinkInvalid.into())
}

/// The refusals that concern the inviter, which are none of the invited person's business.
fn invalid_if_refused<T>(answer: Result<T>) -> Result<T> {
    match answer {
        Err(Error::Refused(refusals)) => {
            if refusals.iter().all(is_held) {
                Err(Error::Refused(refusals))
            } else {
                Err(RefusalCode::LinkInvalid.into())
            }
        }
        other => other,
    }
}

async fn signed_in(app: &App, caller: &Caller, row: &one_time_links::Model) -> Result<(UnitOfWork, Uuid)> {
    // A sign-in by an owner's link proves less than the password, which the acceptance asks for.
    require_whole_session(caller)?;
    let person = store::sessions::person(app.db.read(), caller.person_id).await?;
    let person = person.ok_or_else(|| Error::from(RefusalCode::LinkInvalid))?;
    // Also for a login without a person, so that an inviter cannot learn by an own sign-in whether it exists.
    if Some(&person.login) != row.login.as_ref() {
        return Err(RefusalCode::SignInFirst.into());
    }
    let work = Context::new(app, caller).begin().await?;
    check_demo(&work, row, &person).await?;
    Ok((work, person.id))
}

/// Makes the person, or gives a person who never had a password the first one. Everybody else signs in first.
async fn with_password(app: &App, row: &one_time_links::Model, hash: String) -> Result<(UnitOfWork, Uuid)> {
    let project_id = row.project_id.unwrap_or_default();
    let login = row.login.as_deref().unwrap_or_default();
    let there = person_or_placeholder(app, project_id, login).await?;
    let id = there.as_ref().map_or_else(|| app.ids.next(), |person| person.id);
    let person = Caller { person_id: id, administrator: false, ..Caller::operator() };
    let mut work = Context::new(app, &person).begin().await?;
    work.lock_people(project_id).await?;
    if there.is_some() {
        let person = without_password(app, &work, row, id).await?;
        check_demo(&work, row, &person).await?;
        // A placeholder becomes the person of the login, with everything that it holds.
        let person = person_of_login(&mut work, project_id, login).await?.filter(|person| person.id == id);
        person.ok_or_else(|| Error::from(RefusalCode::SignInFirst))?;
        store::passwords::set(&work.tx, id, &hash).await?;
    } else if !store::passwords::insert_person(&work.tx, new_person(&work, row, id, hash)).await? {
        // The login was taken at the same moment.
        return Err(RefusalCode::SignInFirst.into());
    }
    Ok((work, id))
}

/// The person of a login, or the project's placeholder for it.
async fn person_or_placeholder(app: &App, project_id: Uuid, login: &str) -> Result<Option<people::Model>> {
    let person = store::sessions::person_by_login(app.db.read(), login).await?;
    let placeholder = position::placeholder_of(app.db.read(), project_id, login).await?;
    Ok(person.or(placeholder))
}

/// Also in the demo a person with an own password: only those whom the seed makes are the demo's.
fn new_person(work: &UnitOfWork, row: &one_time_links::Model, id: Uuid, hash: String) -> people::Model {
    people::Model {
        id,
        login: row.login.clone().unwrap_or_default(),
        name: row.name.clone().unwrap_or_default(),
        phone: row.phone.clone(),
        password_hash: Some(hash),
        language: row.language.unwrap_or(LANGUAGE),
        administrator: false,
        created_at: work.now.0,
        demo: false,
        email: row.email.clone(),
    }
}

/// The person, if there is no password yet and the inviter may set it: a person whom an import brought has no other way
/// in. The holder of the link has proved nothing, so the inviter must answer for every position that comes with it.
async fn without_password(
    app: &App,
    work: &UnitOfWork,
    row: &one_time_links::Model,
    id: Uuid,
) -> Result<people::Model> {
    let sign_in_first = || Error::from(RefusalCode::SignInFirst);
    let person = store::passwords::person_for_update(&work.tx, id).await?.ok_or_else(sign_in_first)?;
    if store::members::can_sign_in(&person) {
        return Err(sign_in_first());
    }
    let granter = granter(app, row).await?;
    let positions = position::positions_of(&work.tx, &person).await?;
    let permitted = permit_password_reset(&granter, person.id, person.administrator, &positions).is_ok();
    let holds_nothing = positions.is_empty() && is_placeholder(&person.login);
    if permitted || holds_nothing { Ok(person) } else { Err(sign_in_first()) }
}

/// The demo's people share a password that everybody may read, so they join no other project.
async fn check_demo(work: &UnitOfWork, row: &one_time_links::Model, person: &people::Model) -> Result<()> {
    let of_the_demo = store::demo::is_demo(&work.tx, row.project_id.unwrap_or_default()).await?;
    if person.demo && !of_the_demo { Err(RefusalCode::LinkInvalid.into()) } else { Ok(()) }
}

/// Uses the link up and begins what it is for, in the same transaction. With `first_password` the person may hold the
/// position already by an import; then the password alone is new.
async fn join_project(
    app: &App,
    work: &mut UnitOfWork,
    row: &one_time_links::Model,
    person_id: Uuid,
    first_password: bool,
) -> Result<()> {
    let project_id = row.project_id.unwrap_or_default();
    // First, because the lock keeps the inviter's rights as they are read below.
    work.lock_people(project_id).await?;
    if !store::one_time_links::spend(&work.tx, row.id, person_id, work.now).await? {
        return Err(RefusalCode::LinkInvalid.into());
    }
    list_changed(work, project_id, row);
    let granter = granter(app, row).await?;
    let begun = |answer: Result<()>| match invalid_if_refused(answer) {
        Err(Error::Refused(refusals)) if first_password && refusals.iter().all(is_held) => Ok(()),
        other => other,
    };
    match Invited::of(row)? {
        Invited::Member { company_id, role } => {
            let new = NewMembership { project_id, person_id, company_id, role };
            check_name(work, &granter, &new).await?;
            begun(add_membership(work, &granter, new).await.map(drop))
        }
        Invited::Owner { units } => {
            for unit in units {
                let (unit_id, kind, until) = (unit.unit_id, unit.kind, unit.until);
                let new = NewOwnership { id: None, project_id, unit_id, person_id, kind, from: None, until };
                begun(add_ownership(work, &granter, new).await.map(drop))?;
            }
            Ok(())
        }
    }
}

/// A person brings the own name along, which may be another one than the inviter gave, or may have been taken
/// meanwhile.
async fn check_name(work: &UnitOfWork, granter: &Caller, new: &NewMembership) -> Result<()> {
    if granter.administrator {
        return Ok(());
    }
    // Locked after the project, so that the person takes no other name until the role is there.
    let person = store::members::person_for_update(&work.tx, new.person_id).await?;
    let Some(person) = person else { return Ok(()) };
    let kind = position::kind_of(&work.tx, new.company_id).await?;
    if is_taken(&work.tx, &[new.project_id], (&person.name, &person.login), kind).await? {
        return Err(name_taken("token").into());
    }
    Ok(())
}

/// Whether a refusal says that the person holds the position already.
fn is_held(refusal: &Refusal) -> bool {
    matches!(refusal.code, RefusalCode::AlreadyMember | RefusalCode::AlreadyOwner)
}
