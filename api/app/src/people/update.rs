//! A person's own name, phone, e-mail address and language, for every project at once.

use std::collections::BTreeSet;

use domain::event::{Audience, EventName};
use domain::id::ProjectId;
use domain::lookalike::PersonName;
use domain::message::address::optional_email;
use domain::message::{MessageChannel, MessageKind, Placeholder};
use domain::object_kind::ObjectKind;
use domain::text::{self, optional_phone};
use domain::{Caller, Language};
use serde_json::{Map, json};
use store::boxed;
use store::entity::people;

use super::audit;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::Patch;
use crate::messages::{NewMessage, Recipient, enqueue, words};
use crate::people::addresses::number_of;
use crate::people::names::{is_taken, name_taken};
use crate::session::{Client, require_whole_session};
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// What a person changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonUpdate {
    /// Another name; records of the past keep the name of then.
    pub name: Option<String>,
    /// Another phone, or none.
    pub phone: Patch<String>,
    /// Another e-mail address, or none.
    pub email: Patch<String>,
    /// Another language of messages.
    pub language: Option<Language>,
}

/// Changes the caller's own name, phone, e-mail address or language, with an event in each project in which the person
/// is. A message to an address that is replaced says so.
///
/// # Errors
/// A text's refusal, `INVALID_VALUE` for the name of another person of a project, `UNIT_SESSION` for more than the
/// language in a session of one unit, or an internal error.
#[boxed]
pub async fn update(app: &App, client: &Client, caller: &Caller, input: PersonUpdate) -> Result<people::Model> {
    // Codes are sent to the address on file: who has only the link and one code must not bring in another one.
    if input != (PersonUpdate { language: input.language, ..PersonUpdate::default() }) {
        require_whole_session(caller)?;
    }
    let name = input.name.as_deref().map(|name| text::name(name, "name")).transpose()?;
    let phone = match input.phone {
        Patch::Set(phone) => optional_phone(Some(&phone), "phone")?.map_or(Patch::Clear, Patch::Set),
        other => other,
    };
    let email = match input.email {
        Patch::Set(email) => optional_email(Some(&email), "email")?.map_or(Patch::Clear, Patch::Set),
        other => other,
    };
    let (mut work, before) = begin(app, caller, name.is_some()).await?;
    let mut after = before.clone();
    after.name = name.unwrap_or(after.name);
    after.phone = phone.apply(after.phone);
    after.email = email.apply(after.email);
    after.language = input.language.map_or(after.language, |language| language);
    if after == before {
        return Ok(after);
    }
    if PersonName::new(&after.name) != PersonName::new(&before.name) {
        let projects: Vec<ProjectId> = store::members::projects_of(&work.tx, before.id).await?.into_iter().collect();
        if is_taken(&work.tx, &projects, (&after.name, &before.login), None).await? {
            return Err(name_taken("name").into());
        }
    }
    // Before the row is another one, for the messages go to the addresses of before.
    notify_old_addresses(&mut work, &before, &after).await?;
    store::members::save_person(&work.tx, after.clone()).await?;
    add_events(&mut work, caller, &changes(&before, &after)).await?;
    work.commit().await?;
    app.caller_cache.forget();
    audit::person_updated(client, caller);
    Ok(after)
}

/// An event in each project in which the person is.
async fn add_events(work: &mut UnitOfWork, caller: &Caller, data: &Map<String, serde_json::Value>) -> Result<()> {
    for project_id in store::members::projects_of(&work.tx, caller.person_id).await? {
        let event = NewEvent {
            data: json!(data),
            // Names of owners are only for those who see owners.
            visible_to: if caller.is_staff_of(project_id) { Audience::Staff } else { Audience::OwnerData },
            ..NewEvent::new(EventName::PersonUpdated, ObjectKind::Person, caller.person_id, work.now)
        };
        work.add_event_in(project_id, caller.actor_in(project_id), event);
    }
    Ok(())
}

/// Says to each address that is replaced, or taken out, that messages go there no more.
async fn notify_old_addresses(work: &mut UnitOfWork, before: &people::Model, after: &people::Model) -> Result<()> {
    let email_left = before.email != after.email;
    let number_left = number_of(before.phone.as_deref()) != number_of(after.phone.as_deref());
    for (channel, left) in [(MessageChannel::Email, email_left), (MessageChannel::Sms, number_left)] {
        if left {
            let moment = words::moment(work, before.id).await?;
            let message = NewMessage::new(work.new_id(), MessageKind::AddressChanged, Recipient::Person(before.id));
            enqueue(work, message.on(channel).with(Placeholder::Moment, moment)).await?;
        }
    }
    Ok(())
}

/// Begins with the person locked. A rename first locks the person's projects, in the order of their ids, so that of two
/// people who take one name at once the second finds it taken.
async fn begin(app: &App, caller: &Caller, renames: bool) -> Result<(UnitOfWork, people::Model)> {
    loop {
        let work = Context::new(app, caller).begin().await?;
        let mut locked = BTreeSet::new();
        if renames {
            locked.extend(store::members::projects_of(&work.tx, caller.person_id).await?);
        }
        for project_id in &locked {
            work.lock_people(*project_id).await?;
        }
        let person = store::members::person_for_update(&work.tx, caller.person_id).await?;
        let person = person.ok_or_else(|| Error::not_found("personId"))?;
        if !renames
            || store::members::projects_of(&work.tx, caller.person_id).await?.iter().all(|id| locked.contains(id))
        {
            return Ok((work, person));
        }
        // The person came into another project meanwhile: all over again, for the order.
        work.tx.rollback().await?;
    }
}

/// The name before and after; of the phone and the e-mail address only that they changed, because events stay for ever.
pub(crate) fn changes(before: &people::Model, after: &people::Model) -> Map<String, serde_json::Value> {
    let mut data = Map::new();
    if before.name != after.name {
        data.insert("name".to_owned(), json!({ "from": before.name, "to": after.name }));
    }
    if before.phone != after.phone {
        data.insert("phone".to_owned(), json!("CHANGED"));
    }
    if before.email != after.email {
        data.insert("email".to_owned(), json!("CHANGED"));
    }
    if before.language != after.language {
        data.insert("language".to_owned(), json!({ "from": before.language, "to": after.language }));
    }
    data
}
