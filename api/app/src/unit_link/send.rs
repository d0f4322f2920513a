//! Owners' links as messages, and where the codes of a person go.

use domain::Timestamp;
use domain::id::PersonId;
use domain::message::{MessageKind, Placeholder};
use store::entity::{unit_links, units};

use super::UnitLinkToken;
use crate::App;
use crate::error::{Error, Result};
use crate::messages::{ChannelChoice, Enqueued, NewMessage, Recipient, enqueue, find_address};
use crate::project::rules::ProjectRules;
use crate::unit_of_work::UnitOfWork;

/// Where codes are sent to a person, masked; none without a phone or address on file.
pub(super) async fn codes_go_to(work: &UnitOfWork, person_id: PersonId) -> Result<Option<String>> {
    let address = find_address(work, &Recipient::Person(person_id), ChannelChoice::Preferred).await?;
    Ok(address.map(|address| address.tail()))
}

/// Sends a link to its person; answers where it goes, masked, or none without a phone or address on file.
pub(super) async fn send_link(
    app: &App,
    work: &mut UnitOfWork,
    (unit, row): (&units::Model, &unit_links::Model),
    token: &UnitLinkToken,
) -> Result<Option<String>> {
    let project = store::projects::find(&work.tx, row.project_id).await?;
    let project = project.ok_or_else(|| Error::internal("a link of a project that is not there"))?;
    let rules = ProjectRules::load(&work.tx, row.project_id).await?;
    let expires_at = Timestamp(row.expires_at);
    let last_day = expires_at.in_zone(&rules.zone).ok_or_else(|| Error::internal("a time outside the calendar"))?;
    let message = NewMessage::new(row.id.uuid(), MessageKind::UnitLink, Recipient::Person(row.person_id))
        .with(Placeholder::ProjectName, project.name)
        .with(Placeholder::UnitCode, unit.code.clone())
        .with(Placeholder::Link, token.address(app))
        .with(Placeholder::LastDay, last_day.date().to_string())
        .in_project(row.project_id);
    match enqueue(work, message).await? {
        Enqueued::Queued { tail, .. } => Ok(Some(tail)),
        Enqueued::NoChannel => Ok(None),
        Enqueued::Before => Err(Error::internal("the message of a new link was there before")),
    }
}
