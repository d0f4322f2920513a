//! Invite a person to a project. Nothing is looked up by the login but the project's own placeholder, so the answer,
//! and the time it takes, are the same whether a person has this login already or not.

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{OneTimeLinkId, ProjectId};
use domain::membership::permit_invite;
use domain::message::address::optional_email;
use domain::message::{MessageKind, Placeholder};
use domain::object_kind::ObjectKind;
use domain::text::{self, optional_phone};
use domain::{Caller, Language, Refusal, RefusalCode};
use serde::Serialize;
use serde_json::{Value, json};
use store::boxed;
use store::entity::one_time_links;
use uuid::Uuid;

use super::invitation::{Invited, LANGUAGE, person_of};
use super::link::{self, LinkKind, NewLink};
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::messages::{NewMessage, Recipient, enqueue, words};
use crate::people::names::check_free;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// Most open invitations of a project.
const OPEN_LIMIT: u64 = 5_000;

/// The person to invite, and the position to give.
#[derive(Debug, Clone, Serialize)]
pub struct Invite {
    /// The invitation's id, made by the client.
    #[serde(rename = "invitation_id")]
    pub invitation_id: OneTimeLinkId,
    /// The project.
    #[serde(rename = "project_id")]
    pub project_id: ProjectId,
    /// The login; nothing is asked about it now.
    #[serde(rename = "login")]
    pub login: String,
    /// The name, for a person who is new.
    #[serde(rename = "name")]
    pub name: String,
    /// The phone, for a person who is new.
    #[serde(rename = "phone")]
    pub phone: Option<String>,
    /// The e-mail address, for a person who is new, and for the invitation itself. Invitations without one have the
    /// fingerprint of before.
    #[serde(rename = "email", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The language, for a person who is new.
    #[serde(rename = "language")]
    pub language: Option<Language>,
    /// What the person becomes.
    #[serde(rename = "invited")]
    pub invited: Invited,
}

impl Invite {
    /// What makes two invitations the same.
    pub(crate) fn content(&self) -> Value {
        json!({ "invitation": self })
    }
}

/// Makes an invitation, and returns it with its link; without the link when the invitation was made before under this
/// id, because a link is answered once.
///
/// # Errors
/// `NOT_FOUND`, the rule's refusal ([`permit_invite`]), a text's refusal, `INVALID_VALUE` for the name of another
/// person of the project, `TOO_MANY`, or an internal error.
#[boxed]
pub async fn invite(app: &App, caller: &Caller, input: Invite) -> Result<(one_time_links::Model, Option<NewLink>)> {
    let mut work = Context::new(app, caller).begin().await?;
    act_in_project(&mut work, caller, input.project_id)?;
    // Before the company is looked up: owners do not see which companies there are.
    if !caller.administrator && !caller.is_staff_of(input.project_id) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let login = domain::login::check(&input.login, "login").ok();
    let position = input.invited.position(&work.tx, input.project_id, login.as_deref()).await?;
    permit_invite(caller, input.project_id, &position)?;
    let filled = filled(&input)?;
    input.invited.check_units(&work.tx, input.project_id, work.today_in(input.project_id).await?).await?;
    if work.reserve_client_id(input.invitation_id, ObjectKind::Project, "invitationId", &input.content()).await?
        == ClientIdReservation::Done
    {
        let row = store::one_time_links::by_id(&work.tx, input.invitation_id).await?;
        return Ok((row.ok_or_else(|| Error::not_found("invitationId"))?, None));
    }
    check_name(&work, caller, &input, &filled).await?;
    check_number(&work, input.project_id).await?;
    let (mut link, row) = link::create_link(input.invitation_id, LinkKind::Invitation, person_of(caller), work.now)?;
    let row = one_time_links::Model {
        id: row.id,
        kind: row.kind,
        token_hash: row.token_hash,
        made_by: row.made_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        ..filled
    };
    store::one_time_links::remove_ended(&work.tx, link::removed_before(work.now)).await?;
    store::one_time_links::insert(&work.tx, row.clone()).await?;
    add_invitation_event(&mut work, EventName::MemberInvited, &row);
    send(app, &mut work, &row, &mut link).await?;
    work.commit().await?;
    tracing::info!(project = %input.project_id, by = %caller.person_id, invitation = %row.id, "person invited");
    Ok((row, Some(link)))
}

/// Sends the link to the address of the invitation, if it has one. What the login's person has on file is not looked
/// at: the inviter does not learn whether there is such a person.
async fn send(app: &App, work: &mut UnitOfWork, row: &one_time_links::Model, link: &mut NewLink) -> Result<()> {
    let (project_id, language) = (row.project_id.unwrap_or_default(), row.language.unwrap_or(LANGUAGE));
    let project = store::projects::find(&work.tx, project_id).await?;
    let position = position_in_words(work, row, language).await?;
    let zone = words::zone(work, project_id).await?;
    let guest = Recipient::Guest { id: row.id, language, email: row.email.clone(), phone: row.phone.clone() };
    let message = NewMessage::new(row.id.uuid(), MessageKind::Invitation, guest)
        .with(Placeholder::PersonName, row.name.clone().unwrap_or_default())
        .with(Placeholder::Login, row.login.clone().unwrap_or_default())
        .with(Placeholder::ProjectName, project.map(|project| project.name).unwrap_or_default())
        .with(Placeholder::Position, position)
        .with(Placeholder::Link, link.url(app))
        .with(Placeholder::LastDay, words::day(link.expires_at, &zone))
        .until(link.expires_at)
        .in_project(project_id);
    link.note_sent(enqueue(work, message).await?);
    Ok(())
}

/// What the invited person becomes, in words.
async fn position_in_words(work: &UnitOfWork, row: &one_time_links::Model, language: Language) -> Result<String> {
    let project_id = row.project_id.unwrap_or_default();
    match Invited::of(row)? {
        Invited::Member { company_id, role } => {
            let company = store::projects::company(&work.tx, project_id, company_id).await?;
            Ok(words::position(role, company.as_ref().map(|company| company.name.as_str()), language))
        }
        Invited::Owner { units } => {
            let mut codes = Vec::new();
            for invited in units {
                codes.extend(store::members::unit(&work.tx, project_id, invited.unit_id).await?.map(|unit| unit.code));
            }
            Ok(words::owner_of(&codes, language))
        }
    }
}

/// Only an administrator invites a person under the name of a person of another party. The name is compared with people
/// of this project alone, so the answer reveals nothing about logins of other projects.
async fn check_name(work: &UnitOfWork, caller: &Caller, input: &Invite, filled: &one_time_links::Model) -> Result<()> {
    let Invited::Member { company_id, .. } = input.invited else { return Ok(()) };
    let (login, name) = (filled.login.as_deref().unwrap_or_default(), filled.name.as_deref().unwrap_or_default());
    check_free(&work.tx, caller, (input.project_id, company_id), (name, login), "name").await
}

async fn check_number(work: &UnitOfWork, project_id: ProjectId) -> Result<()> {
    if store::one_time_links::count_open(&work.tx, project_id, work.now).await? >= OPEN_LIMIT {
        return Err(Refusal::new(RefusalCode::TooMany).with("limit", OPEN_LIMIT).into());
    }
    Ok(())
}

/// Acts in the project with the caller's role there; an administrator needs no role in it.
pub(super) fn act_in_project(work: &mut UnitOfWork, caller: &Caller, project_id: ProjectId) -> Result<()> {
    match work.act_in_project(caller, project_id) {
        Ok(_) => Ok(()),
        Err(_) if caller.administrator => {
            work.act_as_system(project_id);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Says what happened to an invitation, without the name and login of the invited person: events stay for ever.
pub(super) fn add_invitation_event(work: &mut UnitOfWork, name: EventName, row: &one_time_links::Model) {
    let Some(project_id) = row.project_id else { return };
    let data = json!({ "invitationId": row.id, "companyId": row.company_id, "role": row.role, "units": row.units });
    work.add_event_without_change(NewEvent { data, ..NewEvent::new(name, ObjectKind::Project, project_id, work.now) });
    list_changed(work, project_id, row);
}

/// Says that the open invitations of a project are others. Of owners and contractors only those learn of it who read
/// the invitation: its maker, and the leads of its company.
pub(super) fn list_changed(work: &mut UnitOfWork, project_id: ProjectId, row: &one_time_links::Model) {
    work.mark_changed_for(ChangeAudience::WholeProject, ObjectKind::Project, project_id, None);
    for reader_id in row.company_id.map(Uuid::from).into_iter().chain(row.made_by.map(Uuid::from)) {
        work.mark_project_changed_for(project_id, reader_id);
    }
}

/// The row's content; the columns that every link has are filled in later.
fn filled(input: &Invite) -> Result<one_time_links::Model> {
    let (company_id, role, units) = match &input.invited {
        Invited::Member { company_id, role } => (Some(*company_id), Some(*role), json!([])),
        Invited::Owner { units } => (None, None, json!(units)),
    };
    Ok(one_time_links::Model {
        id: input.invitation_id,
        kind: LinkKind::Invitation,
        token_hash: Vec::new(),
        project_id: Some(input.project_id),
        login: Some(domain::login::check(&input.login, "login")?),
        name: Some(text::name(&input.name, "name")?),
        phone: optional_phone(input.phone.as_deref(), "phone")?,
        language: Some(input.language.unwrap_or(LANGUAGE)),
        company_id,
        role,
        units,
        person_id: None,
        made_by: None,
        created_at: 0,
        expires_at: 0,
        used_at: None,
        used_by: None,
        revoked_at: None,
        revoked_by: None,
        sign_in_first_at: None,
        email: optional_email(input.email.as_deref(), "email")?,
    })
}
