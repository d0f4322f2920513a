//! Accept an invitation without a sign-in: the holder of the link becomes a new person, or gets a first password.
//!
//! The inviter may hold the own link, and must not learn cheaply whether the login exists on the server:
//!
//! - Everything that does not depend on that is refused first, and the password is hashed before the login is looked
//!   up. A form that is refused there gets the same answer, whether the login exists or not.
//! - Of a login that is free, the answer is a new person, and the link is used up.
//! - Of a login with a password, the answer is `SIGN_IN_FIRST`. The link remembers that answer and gives it from then
//!   on; a signed-in person can still accept. It counts against the inviter's company and against the project until that
//!   person has accepted: with [`UNACCEPTED_SIGN_INS`] such links in 24 hours, no link of the company's people is accepted
//!   without a sign-in, and with [`UNACCEPTED_SIGN_INS_OF_PROJECT`] none of the project. It does not count against the
//!   inviter alone, because an inviter can invite further ones, in the own company and in new ones.

use domain::id::{CompanyId, PersonId, ProjectId};
use domain::membership::{is_placeholder, permit_party, permit_password_reset};
use domain::words::Phrase;
use domain::{Caller, Refusal, RefusalCode};
use store::entity::{one_time_links, people};

use super::accept::{check_demo, granter, invalid_if_refused, permit};
use super::hash_in_turn;
use super::invitation::{Invited, LANGUAGE};
use crate::App;
use crate::error::{Error, Result};
use crate::people::names::check_free;
use crate::people::{person_of_login, position};
use crate::session::Client;
use crate::unit_of_work::UnitOfWork;

/// The number of links of a company's inviters that may ask for a sign-in within 24 hours without being accepted after it.
pub const UNACCEPTED_SIGN_INS: u64 = 20;
/// The same for all links of a project.
pub const UNACCEPTED_SIGN_INS_OF_PROJECT: u64 = 60;
/// The time in which they are counted: 24 hours.
const COUNTED_SECONDS: i64 = 24 * 60 * 60;

/// Makes the person, or gives a person who never had a password the first one. Everybody else signs in first.
pub(super) async fn with_password(
    app: &App,
    client: &Client,
    row: &one_time_links::Model,
    new: Option<&str>,
) -> Result<(UnitOfWork, PersonId)> {
    let new = new.ok_or_else(|| Refusal::at(RefusalCode::SignInFirst, "password"))?;
    domain::password::check(new, row.login.as_deref().unwrap_or_default(), "password")?;
    if row.sign_in_first_at.is_some() {
        return Err(RefusalCode::SignInFirst.into());
    }
    let hash = hash_in_turn(app, client, new).await?;
    let mut work = app.begin_by_server(row.project_id.unwrap_or_default()).await?;
    check_before_login(app, &work, row).await?;
    if let Some(person_id) = make_person(app, &mut work, row, hash).await? {
        return Ok((work, person_id));
    }
    store::one_time_links::note_sign_in_first(&work.tx, row.id, work.now).await?;
    work.commit().await?;
    let (by, address) = (row.made_by.unwrap_or_default(), client.address);
    tracing::info!(%by, %address, invitation = %row.id, "invitation asks for a sign-in");
    Err(RefusalCode::SignInFirst.into())
}

/// Refuses what does not depend on the existence of the login. The project stays locked, so of several acceptances at
/// once all but the first find a used link here, before they find the login that the first one made.
async fn check_before_login(app: &App, work: &UnitOfWork, row: &one_time_links::Model) -> Result<()> {
    let project_id = row.project_id.unwrap_or_default();
    work.lock_people(project_id).await?;
    let open = store::one_time_links::open_for_update(&work.tx, row.id, work.now).await?;
    open.ok_or_else(|| Error::from(RefusalCode::LinkInvalid))?;
    let granter = granter(app, row).await?;
    let invited = Invited::of(row)?;
    invalid_if_refused(permit(&work.tx, &granter, row).await)?;
    let today = work.today_in(project_id).await?;
    invalid_if_refused(invited.check_units(&work.tx, project_id, today).await)?;
    if let Invited::Member { company_id, .. } = invited {
        check_future_name(work, &granter, company_id, row).await?;
    }
    check_quota(work, &granter, row).await
}

/// Whether a new person of the login may come in under the name that the person would have.
async fn check_future_name(
    work: &UnitOfWork,
    granter: &Caller,
    company_id: CompanyId,
    row: &one_time_links::Model,
) -> Result<()> {
    let (project_id, login) = (row.project_id.unwrap_or_default(), row.login.as_deref().unwrap_or_default());
    let placeholder = position::placeholder_of(&work.tx, project_id, login).await?;
    let name = placeholder.map(|person| person.name).or_else(|| row.name.clone()).unwrap_or_default();
    check_free(&work.tx, granter, (project_id, company_id), (&name, login), "token").await
}

/// Whether the links of the inviter's company, and those of the project, may still answer for logins. Administrators learn
/// by imports which logins exist.
async fn check_quota(work: &UnitOfWork, granter: &Caller, row: &one_time_links::Model) -> Result<()> {
    let Some(inviter) = row.made_by.filter(|_| !granter.administrator) else { return Ok(()) };
    let Some((limit, (links, links_zh))) = used_up(work, granter, row.project_id.unwrap_or_default()).await? else {
        return Ok(());
    };
    tracing::warn!(by = %inviter, invitation = %row.id, limit, "too many invitations {links} ask for a sign-in");
    let en = format!(
        "{limit} people with a password opened links {links} within 24 hours and have not signed in to accept; \
         sign in if you have a password, or try again later"
    );
    let zh = format!(
        "24 小时内有 {limit} 位已有密码的人打开了{links_zh}的链接，但尚未登录接受；如已有密码，请先登录，否则请稍后再试"
    );
    Err(Refusal::at(RefusalCode::QuotaExceeded, "token").with("limit", limit).because(&en, &zh).into())
}

/// The limit that is reached, and of whose links it is.
async fn used_up(work: &UnitOfWork, granter: &Caller, project_id: ProjectId) -> Result<Option<(u64, Phrase)>> {
    use store::one_time_links::{count_sign_in_first_by_companies, count_sign_in_first_in_project};
    let since = work.now.plus_seconds(-COUNTED_SECONDS);
    let roles = granter.memberships.iter().filter(|membership| membership.project_id == project_id);
    let company_ids: Vec<CompanyId> = roles.map(|membership| membership.company_id).collect();
    let by_company = count_sign_in_first_by_companies(&work.tx, project_id, &company_ids, since).await?;
    if by_company >= UNACCEPTED_SIGN_INS {
        return Ok(Some((UNACCEPTED_SIGN_INS, ("of this inviter's company", "此邀请人所在单位"))));
    }
    let in_project = count_sign_in_first_in_project(&work.tx, project_id, since).await?;
    let is_reached = in_project >= UNACCEPTED_SIGN_INS_OF_PROJECT;
    Ok(is_reached.then_some((UNACCEPTED_SIGN_INS_OF_PROJECT, ("of this project", "本项目"))))
}

/// Makes the person of the login, or sets the first password; none if that person must sign in, and then nothing was
/// written.
async fn make_person(
    app: &App,
    work: &mut UnitOfWork,
    row: &one_time_links::Model,
    hash: String,
) -> Result<Option<PersonId>> {
    let (project_id, login) = (row.project_id.unwrap_or_default(), row.login.as_deref().unwrap_or_default());
    let person = store::sessions::person_by_login(&work.tx, login).await?;
    let placeholder = position::placeholder_of(&work.tx, project_id, login).await?;
    let Some(there) = person.or(placeholder) else {
        let id = work.new_id();
        work.act_as_person(id);
        let made = store::passwords::insert_person(&work.tx, new_person(work, row, id, hash)).await?;
        // Not made: the login was taken at the same moment.
        return Ok(made.then_some(id));
    };
    let Some(person) = without_password(app, work, row, there.id).await? else { return Ok(None) };
    check_demo(work, row, &person).await?;
    // A placeholder becomes the person of the login, with everything that it holds.
    let of_login = person_of_login(work, project_id, login).await?;
    if of_login.is_none_or(|found| found.id != person.id) {
        return Ok(None);
    }
    work.act_as_person(person.id);
    store::passwords::set(&work.tx, person.id, &hash).await?;
    Ok(Some(person.id))
}

/// Also in the demo a person with an own password: only those whom the seed makes are the demo's.
fn new_person(work: &UnitOfWork, row: &one_time_links::Model, id: PersonId, hash: String) -> people::Model {
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
    id: PersonId,
) -> Result<Option<people::Model>> {
    let Some(person) = store::passwords::person_for_update(&work.tx, id).await? else { return Ok(None) };
    if store::members::can_sign_in(&person) {
        return Ok(None);
    }
    let granter = granter(app, row).await?;
    let positions = position::positions_of(&work.tx, &person).await?;
    let permitted = permit_password_reset(&granter, person.id, person.administrator, &positions).is_ok();
    let holds_nothing = positions.is_empty() && is_placeholder(&person.login);
    let may = (permitted || holds_nothing) && keeps_party(work, &granter, row, &person).await?;
    Ok(may.then_some(person))
}

/// Whether a placeholder may become the person of this invitation, as [`permit_party`] has it. It is asked here because
/// a refusal after it would tell that nobody has the login yet.
async fn keeps_party(
    work: &UnitOfWork,
    granter: &Caller,
    row: &one_time_links::Model,
    person: &people::Model,
) -> Result<bool> {
    if !is_placeholder(&person.login) {
        return Ok(true);
    }
    let project_id = row.project_id.unwrap_or_default();
    let before = position::parties_ever(&work.tx, project_id, person.id).await?;
    let wanted = Invited::of(row)?.position(&work.tx, project_id, row.login.as_deref()).await?;
    Ok(permit_party(granter, &before, &wanted).is_ok())
}
