//! The names of a project's staff, present and former. Records of the past name people, also those who have left. So a
//! person cannot take another one's name by an own change, and only an administrator brings in a person with the name
//! of a person of another party. Within a party people may have one name. Names of owners are not compared: many buyers
//! have one name, and not all staff may learn who owns a home.

use domain::membership::shown_login;
use domain::text::folded;
use domain::{Party, Refusal, RefusalCode};
use store::Connection;
use store::members::StaffName;
use uuid::Uuid;

use crate::error::Result;

/// Whether another person who holds or held a role in one of the projects bears a name that reads the same, and the
/// person of the login, who is to bear it, has had no role there under this name. A placeholder of the login is the
/// same person. People of companies of the kind `but` do not count.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_taken(
    conn: &Connection,
    project_ids: &[Uuid],
    (name, login): (&str, &str),
    but: Option<Party>,
) -> Result<bool> {
    let key = folded(name);
    let staff = store::members::staff_names(conn, project_ids).await?;
    let bearers: Vec<&StaffName> = staff.iter().filter(|one| folded(&one.name) == key).collect();
    let is_own = bearers.iter().any(|one| shown_login(&one.login) == login);
    Ok(!is_own && bearers.iter().any(|one| Some(one.company_kind) != but))
}

/// The refusal of a name that another person bears.
pub(crate) fn name_taken(field: &str) -> Refusal {
    let en = "another person of the project bears this name; only an administrator brings one name into two parties";
    let zh = "项目中已有同名人员；只有管理员可以让不同参与方出现同名人员";
    Refusal::at(RefusalCode::InvalidValue, field).because(en, zh)
}
