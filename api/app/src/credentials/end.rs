//! A new password ends what the old one had opened.

use domain::Timestamp;
use domain::id::{PersonId, SessionId};
use domain::message::{MessageKind, Placeholder};
use store::Connection;
use store::db::WriteTx;
use store::entity::people;
use store::messages::Withdrawn;

use crate::error::Result;
use crate::messages::{NewMessage, Recipient, enqueue, words};
use crate::people::position;
use crate::unit_of_work::UnitOfWork;

/// Sets a person's password, ends all sessions of the person but one, and revokes the open reset links; returns how
/// many sessions ended. After the commit the caller of this function forgets the remembered callers.
pub(super) async fn set_password(
    tx: &WriteTx,
    person_id: PersonId,
    hash: &str,
    kept_session: Option<SessionId>,
    now: Timestamp,
) -> Result<u64> {
    store::passwords::set(tx, person_id, hash).await?;
    store::one_time_links::revoke_resets_of(tx, person_id, None, now).await?;
    let links = Withdrawn::OfPerson(MessageKind::PasswordReset, person_id);
    store::messages::withdraw(tx, links, now).await?;
    Ok(store::passwords::revoke_all_of(tx, person_id, kept_session, now.0).await?)
}

/// Tells a person that the password was changed, as far as there is an address: whoever changed it may be another one.
pub(super) async fn notify_password_changed(work: &mut UnitOfWork, person_id: PersonId) -> Result<()> {
    let moment = words::moment(work, person_id).await?;
    let message = NewMessage::new(work.new_id(), MessageKind::PasswordChanged, Recipient::Person(person_id));
    enqueue(work, message.with(Placeholder::Moment, moment)).await?;
    Ok(())
}

/// Whether a person of the demo has a position in another project too.
pub(super) async fn stands_elsewhere(conn: &Connection, person: &people::Model) -> Result<bool> {
    if !person.demo {
        return Ok(false);
    }
    for (project_id, _) in position::positions_of(conn, person).await? {
        if !store::demo::is_demo(conn, project_id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a person of the demo who has a position in another project out of the demo: from now on only the person knows
/// the password.
pub(super) async fn leave_the_demo(tx: &WriteTx, person: &people::Model) -> Result<()> {
    if stands_elsewhere(tx, person).await? {
        store::passwords::make_ordinary(tx, person.id).await?;
        tracing::info!(person = %person.id, "taken out of the demo for another project");
    }
    Ok(())
}
