//! A person sets a new password by a link that an authorised person or the command line has made.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{Audience, EventName};
use domain::id::{OneTimeLinkId, PersonId, ProjectId};
use domain::membership::{Position, is_placeholder, permit_password_reset};
use domain::message::{MessageKind, Placeholder};
use domain::object_kind::ObjectKind;
use domain::{Caller, RefusalCode};
use jiff::tz::TimeZone;
use serde_json::json;
use store::boxed;
use store::entity::{one_time_links, people};
use store::messages::{Used, Withdrawn};

use super::end;
use super::hash_in_turn;
use super::link::{self, LinkKind, NewLink};
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::messages::{NewMessage, Recipient, enqueue, words};
use crate::people::position;
use crate::session::{Client, authenticate};
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Makes a link with which a person sets a new password, good once and for 24 hours. An earlier link of the person
/// ends.
///
/// # Errors
/// `NOT_FOUND`, `ROLE_NOT_ALLOWED` ([`permit_password_reset`]), or an internal error.
#[boxed]
pub async fn create(app: &App, caller: &Caller, person_id: PersonId) -> Result<NewLink> {
    let person = find_visible_person(app, caller, person_id).await?.ok_or_else(|| Error::not_found("personId"))?;
    permit(app, caller, &person).await?;
    let made_by = Some(caller.person_id).filter(|id| !id.is_nil());
    let mut work = Context::new(app, caller).begin().await?;
    let now = work.now;
    let (mut link, row) = link::create_link(app.ids.next(), LinkKind::PasswordReset, made_by, now)?;
    store::one_time_links::remove_ended(&work.tx, link::removed_before(now)).await?;
    store::one_time_links::revoke_resets_of(&work.tx, person.id, made_by, now).await?;
    let earlier = Withdrawn::OfPerson(MessageKind::PasswordReset, person.id);
    store::messages::withdraw(&work.tx, earlier, now).await?;
    store::one_time_links::insert(&work.tx, one_time_links::Model { person_id: Some(person.id), ..row }).await?;
    add_reset_event(&mut work, caller, &person, EventName::PasswordResetCreated, link.id).await?;
    send(app, &mut work, &person, &mut link).await?;
    work.commit().await?;
    tracing::info!(person = %person.id, by = %caller.person_id, link = %link.id, "password reset link made");
    Ok(link)
}

/// Sends the link to the person, as far as there is an address.
async fn send(app: &App, work: &mut UnitOfWork, person: &people::Model, link: &mut NewLink) -> Result<()> {
    let project = store::members::projects_of(&work.tx, person.id).await?.into_iter().min();
    let zone = match project {
        Some(project_id) => words::zone(work, project_id).await?,
        None => TimeZone::UTC,
    };
    let message = NewMessage::new(link.id.uuid(), MessageKind::PasswordReset, Recipient::Person(person.id))
        .with(Placeholder::Link, link.url(app))
        .with(Placeholder::LastDay, words::day(link.expires_at, &zone))
        .until(link.expires_at);
    link.note_sent(enqueue(work, message).await?);
    Ok(())
}

/// A person whom the caller may see: administrators see all people.
async fn find_visible_person(app: &App, caller: &Caller, person_id: PersonId) -> Result<Option<people::Model>> {
    let conn = app.db.read();
    let is_visible = caller.administrator
        || !store::projects::people_by_ids(conn, &caller.visibility(), &[person_id]).await?.is_empty();
    if is_visible { Ok(store::sessions::person(conn, person_id).await?) } else { Ok(None) }
}

/// Refuses reset links for placeholders, which have no password and are invited, and for the caller's own password, which
/// a stolen session must not set without the current one.
async fn permit(app: &App, caller: &Caller, person: &people::Model) -> Result<()> {
    if is_placeholder(&person.login) || caller.person_id == person.id {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let positions = position::positions_of(app.db.read(), person).await?;
    Ok(permit_password_reset(caller, person.id, person.administrator, &positions)?)
}

/// Revokes a reset link that has not been used. Its maker may revoke it, and each person with the right to make one. To
/// other callers it does not exist.
///
/// # Errors
/// `NOT_FOUND`, or an internal error.
#[boxed]
pub async fn revoke(app: &App, caller: &Caller, reset_id: OneTimeLinkId) -> Result<()> {
    let not_found = || Error::not_found("resetId");
    let row = store::one_time_links::by_id(app.db.read(), reset_id).await?.ok_or_else(not_found)?;
    let person_id = row.person_id.ok_or_else(not_found)?;
    let person = find_visible_person(app, caller, person_id).await?.ok_or_else(not_found)?;
    // An own link is revoked by its maker also without the right to make another one.
    if row.made_by != Some(caller.person_id) {
        permit(app, caller, &person).await.map_err(|error| match error {
            Error::Refused(_) => not_found(),
            other => other,
        })?;
    }
    let tx = app.db.begin().await?;
    let by = Some(caller.person_id).filter(|id| !id.is_nil());
    store::one_time_links::revoke(&tx, row.id, by, app.clock.now()).await?;
    store::messages::withdraw(&tx, Withdrawn::Message(row.id.uuid()), app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(person = %person.id, by = %caller.person_id, link = %row.id, "password reset link revoked");
    Ok(())
}

/// Sets a new password by a reset link; all sessions of the person end. The maker's right is asked again, while the
/// people of the projects concerned stand still: a link of a maker who may no longer reset this password is as invalid
/// as one that never existed.
///
/// # Errors
/// `LINK_INVALID`, `INVALID_VALUE` for a weak password, `Overloaded`, or an internal error.
#[boxed]
pub async fn reset(app: &App, client: &Client, token: &str, new: &str) -> Result<()> {
    let (_, person) = open(app, token).await?;
    domain::password::check(new, &person.login, "password")?;
    let hash = hash_in_turn(app, client, new).await?;
    // A person of a demo that is off gets access again in this way alone, for the sake of another project.
    if person.demo && !app.demo && !end::stands_elsewhere(app.db.read(), &person).await? {
        return Err(RefusalCode::LinkInvalid.into());
    }
    let person_themself = authenticate::of_person(app, person.clone(), None).await?;
    let mut work = Context::new(app, &person_themself).begin().await?;
    let projects: BTreeSet<ProjectId> =
        position::positions_of(&work.tx, &person).await?.into_iter().map(|(project_id, _)| project_id).collect();
    for project_id in projects {
        work.lock_people(project_id).await?;
    }
    store::passwords::person_for_update(&work.tx, person.id).await?;
    let (row, person) = open(app, token).await?;
    if !store::one_time_links::spend(&work.tx, row.id, person.id, work.now).await? {
        return Err(RefusalCode::LinkInvalid.into());
    }
    store::messages::mark_read_by_use(&work.tx, Used::Message(row.id.uuid()), work.now).await?;
    end::leave_the_demo(&work.tx, &person).await?;
    let ended = end::set_password(&work.tx, person.id, &hash, None, work.now).await?;
    add_reset_event(&mut work, &person_themself, &person, EventName::PasswordReset, row.id).await?;
    end::notify_password_changed(&mut work, person.id).await?;
    work.commit().await?;
    app.caller_cache.forget();
    let address = client.address;
    tracing::info!(person = %person.id, %address, link = %row.id, sessions_ended = ended, "password reset");
    Ok(())
}

/// An event in each project of the person: who can set a password can sign as that person, so it must not be secret.
/// The person looks as before.
async fn add_reset_event(
    work: &mut UnitOfWork,
    by: &Caller,
    person: &people::Model,
    name: EventName,
    link_id: OneTimeLinkId,
) -> Result<()> {
    let mut projects: BTreeMap<ProjectId, Audience> = BTreeMap::new();
    for (project_id, position) in position::positions_of(&work.tx, person).await? {
        let of_staff = !matches!(position, Position::Owner);
        let audience = projects.entry(project_id).or_insert(Audience::OwnerData);
        // Names of owners are only for those who see owners.
        *audience = if of_staff { Audience::Staff } else { *audience };
    }
    for (project_id, visible_to) in projects {
        let data = json!({ "resetId": link_id });
        let event = NewEvent::new(name, ObjectKind::Person, person.id, work.now);
        work.add_event_without_change_in(project_id, by.actor_in(project_id), NewEvent { data, visible_to, ..event });
    }
    Ok(())
}

/// The open reset link of a token, with its person, if its maker may still reset that password.
pub(super) async fn open(app: &App, token: &str) -> Result<(one_time_links::Model, people::Model)> {
    let invalid = || Error::from(RefusalCode::LinkInvalid);
    let row = link::find_link(app, LinkKind::PasswordReset, token).await?;
    let person = store::sessions::person(app.db.read(), row.person_id.unwrap_or_default()).await?;
    let person = person.ok_or_else(invalid)?;
    if let Some(maker) = row.made_by {
        let maker = authenticate::load(app, maker, None).await?.ok_or_else(invalid)?;
        match permit(app, &maker, &person).await {
            Err(Error::Refused(_)) => return Err(invalid()),
            other => other?,
        }
    }
    Ok((row, person))
}
