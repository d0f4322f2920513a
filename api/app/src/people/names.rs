//! The names of a project's staff. Records of the past name people, so nobody takes the name of another one by an own
//! change, and only an administrator brings in a second person of a name. Names of owners are not looked at: many buyers
//! bear one name, and not everybody may learn who owns a home.

use domain::membership::shown_login;
use domain::text::folded;
use domain::{Refusal, RefusalCode};
use store::Connection;
use uuid::Uuid;

use crate::error::Result;

/// Whether another person with an active role in one of the projects bears a name that reads the same, and the person of
/// the login, who is to bear it, has no role there under this name already. A placeholder of the login is the same person.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_taken(conn: &impl Connection, project_ids: &[Uuid], name: &str, login: &str) -> Result<bool> {
    let key = folded(name);
    let staff = store::members::staff_names(conn, project_ids).await?;
    let mut bearers = staff.iter().filter(|(_, named)| folded(named) == key).peekable();
    Ok(bearers.peek().is_some() && bearers.all(|(bearer, _)| shown_login(bearer) != login))
}

/// The refusal of a name that another person bears.
pub(crate) fn taken(field: &str) -> Refusal {
    let en =
        "another person of the project bears this name; only an administrator's import or invitation brings in two";
    let zh = "项目中已有同名人员；只有管理员的导入或邀请可以带入同名人员";
    Refusal::at(RefusalCode::InvalidValue, field).because(en, zh)
}
