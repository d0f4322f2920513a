//! The names of a project's staff, present and former. Records of the past name people, also those who have left. So a
//! person cannot take another one's name by an own change, and only an administrator brings in a person with the name
//! of a person of another party. Within a party people may have one name. Which names read alike, says
//! [`domain::lookalike`]. Names of owners are not compared: many buyers have one name, and not all staff may learn who
//! owns a home.

use domain::id::{CompanyId, ProjectId};
use domain::lookalike::{PersonName, PersonNames};
use domain::membership::shown_login;
use domain::{Caller, Party, Refusal, RefusalCode};
use store::Connection;
use store::members::StaffName;

use super::position;
use crate::error::Result;

/// Whether another person who holds or held a role in one of the projects bears a name that reads alike, and the person
/// of the login, who is to bear it, has had no role there under this very name. A placeholder of the login is the same
/// person. People of companies of the kind `but` do not count.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_taken(
    conn: &Connection,
    project_ids: &[ProjectId],
    (name, login): (&str, &str),
    but: Option<Party>,
) -> Result<bool> {
    let name = PersonName::new(name);
    let staff = store::members::staff_names(conn, project_ids).await?;
    let (own, others): (Vec<&StaffName>, Vec<&StaffName>) =
        staff.iter().partition(|one| shown_login(&one.login) == login);
    if own.iter().any(|one| PersonName::new(&one.name) == name) {
        return Ok(false);
    }
    let mut names = PersonNames::default();
    for one in others.iter().filter(|one| Some(one.company_kind) != but) {
        names.add(&PersonName::new(&one.name), one.company_kind);
    }
    Ok(names.reading_like(&name).next().is_some())
}

/// The refusal of a name that another person bears.
pub(crate) fn name_taken(field: &str) -> Refusal {
    let en = "another person of the project bears this name, or one that reads the same in one of its scripts; write a \
              name that differs in Chinese and in Latin letters, or ask an administrator, who alone brings one name \
              into two parties";
    let zh = "项目中已有同名人员，或其姓名的中文或拉丁字母写法与此相同；请填写中文和拉丁字母写法均不同的姓名，\
              或联系管理员：只有管理员可以让不同参与方出现同名人员";
    Refusal::at(RefusalCode::InvalidValue, field).because(en, zh)
}

/// Refuses a name, at a field, for whoever is to get a role for a company under it, if a person of another party bears
/// it. An administrator may bring one name into two parties.
///
/// # Errors
/// `INVALID_VALUE`, or an internal error.
pub(crate) async fn check_free(
    conn: &Connection,
    granter: &Caller,
    (project_id, company_id): (ProjectId, CompanyId),
    (name, login): (&str, &str),
    field: &str,
) -> Result<()> {
    if granter.administrator {
        return Ok(());
    }
    let kind = position::kind_of(conn, company_id).await?;
    if is_taken(conn, &[project_id], (name, login), kind).await? { Err(name_taken(field).into()) } else { Ok(()) }
}
