//! Make the link of one owner, who may be new.

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{OwnershipId, PersonId, UnitId, UnitLinkId};
use domain::membership::{Position, login_of_nobody, permit_invite};
use domain::message::address::optional_email;
use domain::object_kind::ObjectKind;
use domain::text::{self, optional_phone};
use domain::unit::OwnerKind;
use domain::{Caller, Language, Refusal, RefusalCode};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;
use store::boxed;
use store::entity::{people, unit_links, unit_owners, units};

use super::{UnitLinkToken, create_link, send};
use crate::App;
use crate::context::Context;
use crate::credentials::invitation::{LANGUAGE, person_of};
use crate::error::{Error, Result};
use crate::people::{NewOwnership, add_ownership};
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// Whose link to make.
#[derive(Debug, Clone, Serialize)]
pub struct UnitInvite {
    /// The link's id, made by the client.
    #[serde(rename = "inviteId")]
    pub invite_id: UnitLinkId,
    /// The unit.
    #[serde(rename = "unitId")]
    pub unit_id: UnitId,
    /// The owner, co-owner or proxy.
    #[serde(rename = "owner")]
    pub owner: InvitedOwner,
    /// Whether the link is sent to the person, too.
    #[serde(rename = "send")]
    pub send: bool,
}

/// The person of a link.
#[derive(Debug, Clone, Serialize)]
pub enum InvitedOwner {
    /// A person who belongs to the unit already.
    #[serde(rename = "Person")]
    Person(PersonId),
    /// A person who is new, and gets neither login nor password.
    #[serde(rename = "New")]
    New(NewOwner),
}

/// A person who is new, and what the person becomes of the unit.
#[derive(Debug, Clone, Serialize)]
pub struct NewOwner {
    /// The ownership's id, made by the client.
    #[serde(rename = "ownershipId")]
    pub ownership_id: OwnershipId,
    /// The name.
    #[serde(rename = "name")]
    pub name: String,
    /// The phone.
    #[serde(rename = "phone")]
    pub phone: Option<String>,
    /// The e-mail address.
    #[serde(rename = "email")]
    pub email: Option<String>,
    /// The language of messages.
    #[serde(rename = "language")]
    pub language: Option<Language>,
    /// Owner, co-owner or proxy.
    #[serde(rename = "kind")]
    pub kind: OwnerKind,
    /// The first day; today if left out.
    #[serde(rename = "from")]
    pub from: Option<Date>,
    /// The last day of a proxy's power.
    #[serde(rename = "until")]
    pub until: Option<Date>,
}

/// A link that was made.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// The link.
    pub row: unit_links::Model,
    /// Its secret; none if the link was made before, because a secret is answered once.
    pub token: Option<UnitLinkToken>,
    /// Where codes are sent, masked; none without a phone or address on file.
    pub codes_to: Option<String>,
    /// Where the link was sent, masked; none if it was not sent.
    pub sent_to: Option<String>,
}

/// Makes the link of an owner, co-owner or proxy to a unit; an earlier link of the ownership ends. The sessions that
/// began by the earlier one go on.
///
/// # Errors
/// `NOT_FOUND`, the rule's refusal ([`permit_invite`]), `ID_REUSED`, `ALREADY_MEMBER` for staff of the project, who sign
/// in with a password, `OWN_ROLE`, `ENDED` for a proxy whose power has ended, refusals of the texts and days of a new
/// person, `NO_CHANNEL` where the link is to be sent to a person without phone and address, or an internal error.
#[boxed]
pub async fn invite(app: &App, caller: &Caller, input: UnitInvite) -> Result<MadeLink> {
    let mut work = Context::new(app, caller).begin().await?;
    let unit = work.find_unit(caller, input.unit_id).await?;
    permit_invite(caller, unit.project_id, &Position::Owner)?;
    let content = json!({ "unitInvite": input });
    if work.reserve_client_id(input.invite_id, ObjectKind::Unit, "inviteId", &content).await?
        == ClientIdReservation::Done
    {
        return repeated_answer(&work, input.invite_id).await;
    }
    let ownership = match &input.owner {
        InvitedOwner::Person(person_id) => held_ownership(&work, caller, &unit, *person_id).await?,
        InvitedOwner::New(new) => {
            enter_owner(&mut work, caller, &unit, new).await.map_err(|error| error.under("newOwner"))?
        }
    };
    work.replace_links(person_of(caller), &[ownership.id]).await?;
    let (token, row) = create_link(input.invite_id, &ownership, person_of(caller), work.now)?;
    store::unit_links::insert(&work.tx, vec![row.clone()]).await?;
    work.add_invited_event(&row);
    let codes_to = send::codes_go_to(&work, row.person_id).await?;
    let sent_to = match input.send {
        true => {
            let sent_to = send::send_link(app, &mut work, (&unit, &row), &token).await?;
            Some(sent_to.ok_or_else(|| Error::from(RefusalCode::NoChannel))?)
        }
        false => None,
    };
    work.commit().await?;
    app.caller_cache.forget();
    tracing::info!(project = %row.project_id, unit = %row.unit_id, person = %row.person_id, by = %caller.person_id,
        link = %row.id, "owner's link made");
    Ok(MadeLink { row, token: Some(token), codes_to, sent_to })
}

async fn repeated_answer(work: &UnitOfWork, id: UnitLinkId) -> Result<MadeLink> {
    let row = store::unit_links::by_id(&work.tx, id).await?.ok_or_else(|| Error::not_found("inviteId"))?;
    let codes_to = send::codes_go_to(work, row.person_id).await?;
    Ok(MadeLink { row, token: None, codes_to, sent_to: None })
}

/// The ownership of a person who belongs to the unit. A power that has not begun yet may get its link before.
async fn held_ownership(
    work: &UnitOfWork,
    caller: &Caller,
    unit: &units::Model,
    person_id: PersonId,
) -> Result<unit_owners::Model> {
    let found = store::members::ownership_of(&work.tx, unit.id, person_id).await?;
    let found = found.ok_or_else(|| Error::not_found("personId"))?;
    if caller.person_id == person_id {
        return Err(RefusalCode::OwnRole.into());
    }
    if found.counts_until.is_some_and(|until| until <= work.now.0) {
        return Err(Refusal::at(RefusalCode::Ended, "personId").into());
    }
    if store::projects::membership(&work.tx, unit.project_id, person_id).await?.is_some() {
        return Err(Refusal::at(RefusalCode::AlreadyMember, "personId").into());
    }
    Ok(found)
}

/// Makes a person without login and password, and enters the person as owner, co-owner or proxy of the unit.
async fn enter_owner(
    work: &mut UnitOfWork,
    caller: &Caller,
    unit: &units::Model,
    new: &NewOwner,
) -> Result<unit_owners::Model> {
    let person = new_person(work, new)?;
    let content = json!({ "ownership": { "unitId": unit.id, "newOwner": new } });
    let reserved = work.reserve_client_id(new.ownership_id, ObjectKind::Unit, "ownershipId", &content).await?;
    if reserved == ClientIdReservation::Done || store::members::ownership(&work.tx, new.ownership_id).await?.is_some() {
        return Err(Refusal::at(RefusalCode::IdReused, "ownershipId").into());
    }
    let person_id = person.id;
    if !store::passwords::insert_person(&work.tx, person).await? {
        return Err(Error::internal("a new id is taken"));
    }
    let ownership = NewOwnership {
        id: Some(new.ownership_id),
        project_id: unit.project_id,
        unit_id: unit.id,
        person_id,
        kind: new.kind,
        from: new.from,
        until: new.until,
    };
    add_ownership(work, caller, ownership).await
}

fn new_person(work: &UnitOfWork, new: &NewOwner) -> Result<people::Model> {
    let id = work.new_id();
    Ok(people::Model {
        id,
        login: login_of_nobody(id),
        name: text::name(&new.name, "name")?,
        phone: optional_phone(new.phone.as_deref(), "phone")?,
        password_hash: None,
        language: new.language.unwrap_or(LANGUAGE),
        administrator: false,
        created_at: work.now.0,
        demo: false,
        email: optional_email(new.email.as_deref(), "email")?,
    })
}

impl UnitOfWork {
    /// Tells that a link was made: for whom, without a name.
    pub(super) fn add_invited_event(&mut self, row: &unit_links::Model) {
        self.add_link_event(EventName::UnitInvited, row);
    }

    /// An event of a link, for those who see the owners of units.
    pub(super) fn add_link_event(&mut self, name: EventName, row: &unit_links::Model) {
        let data = json!({ "inviteId": row.id, "personId": row.person_id, "ownershipId": row.ownership_id });
        let event = NewEvent::new(name, ObjectKind::Unit, row.unit_id, self.now);
        self.add_event_for(ChangeAudience::OwnerData, NewEvent { unit_id: Some(row.unit_id), data, ..event });
    }
}
