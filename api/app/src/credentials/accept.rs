//! Accept an invitation: a new person chooses a password, a person who is there is signed in.

use domain::id::{PersonId, ProjectId};
use domain::membership::permit_invite;
use domain::{Caller, Refusal, RefusalCode};
use store::entity::{one_time_links, people};
use store::messages::Used;
use store::{Connection, boxed};

use super::invitation::Invited;
use super::invite::list_changed;
use super::link::{self, LinkKind};
use super::newcomer;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::people::names::check_free;
use crate::people::{NewMembership, NewOwnership, add_membership, add_ownership};
use crate::session::{Client, authenticate, require_whole_session};
use crate::unit_of_work::UnitOfWork;

/// An invitation that was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The login that the person signs in with.
    pub login: String,
    /// The project.
    pub project_id: ProjectId,
}

/// Accepts an invitation. A signed-in person must have the invited login; without a sign-in the password makes the
/// person. The inviter's right is asked again as of now: an inviter who has lost it gives no access.
///
/// [`newcomer`] says what the holder of a link without a sign-in learns about the login.
///
/// # Errors
/// `LINK_INVALID`, `SIGN_IN_FIRST`, `UNIT_SESSION`, `INVALID_VALUE` for a weak password or for the name of another
/// person of the project, `QUOTA_EXCEEDED`, `ALREADY_MEMBER`, `ALREADY_OWNER`, `Overloaded`, or an internal error.
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
        None => newcomer::with_password(app, client, &row, new).await?,
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
    invalid_if_refused(permit(app.db.read(), &granter, &row).await)?;
    Ok(row)
}

/// Whether a person may make this invitation now.
pub(super) async fn permit(conn: &Connection, granter: &Caller, row: &one_time_links::Model) -> Result<()> {
    let project_id = row.project_id.unwrap_or_default();
    let position = Invited::of(row)?.position(conn, project_id, row.login.as_deref()).await?;
    Ok(permit_invite(granter, project_id, &position)?)
}

/// Who answers for the invitation, with the rights of now.
pub(super) async fn granter(app: &App, row: &one_time_links::Model) -> Result<Caller> {
    let Some(maker) = row.made_by else { return Ok(Caller::operator()) };
    authenticate::load(app, maker, None).await?.ok_or_else(|| RefusalCode::LinkInvalid.into())
}

/// The refusals that concern the inviter, which are none of the invited person's business.
pub(super) fn invalid_if_refused<T>(answer: Result<T>) -> Result<T> {
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

async fn signed_in(app: &App, caller: &Caller, row: &one_time_links::Model) -> Result<(UnitOfWork, PersonId)> {
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

/// The demo's people share a password that everybody may read, so they join no other project.
pub(super) async fn check_demo(work: &UnitOfWork, row: &one_time_links::Model, person: &people::Model) -> Result<()> {
    let of_the_demo = store::demo::is_demo(&work.tx, row.project_id.unwrap_or_default()).await?;
    if person.demo && !of_the_demo { Err(RefusalCode::LinkInvalid.into()) } else { Ok(()) }
}

/// Uses the link up and begins the position that it gives, in the same transaction. With `first_password` the person
/// may hold the position already by an import; then the password alone is new.
async fn join_project(
    app: &App,
    work: &mut UnitOfWork,
    row: &one_time_links::Model,
    person_id: PersonId,
    first_password: bool,
) -> Result<()> {
    let project_id = row.project_id.unwrap_or_default();
    // First, because the lock keeps the inviter's rights as they are read below.
    work.lock_people(project_id).await?;
    if !store::one_time_links::spend(&work.tx, row.id, person_id, work.now).await? {
        return Err(RefusalCode::LinkInvalid.into());
    }
    store::messages::mark_read_by_use(&work.tx, Used::Message(row.id.uuid()), work.now).await?;
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
    // Locked after the project, so that the person takes no other name until the role is there.
    let person = store::members::person_for_update(&work.tx, new.person_id).await?;
    let Some(person) = person else { return Ok(()) };
    let place = (new.project_id, new.company_id);
    check_free(&work.tx, granter, place, (&person.name, &person.login), "token").await
}

/// Whether a refusal says that the person holds the position already.
fn is_held(refusal: &Refusal) -> bool {
    matches!(refusal.code, RefusalCode::AlreadyMember | RefusalCode::AlreadyOwner)
}
