//! What the holder of a link may know of it before using it.

use domain::{Role, Timestamp};
use store::boxed;
use store::entity::one_time_links;

use super::invitation::Invited;
use super::link::LinkKind;
use super::{accept, reset};
use crate::App;
use crate::error::{Error, Result};

/// An open link as its holder may see it. It says nothing about whether the login exists.
#[derive(Debug, Clone)]
pub struct OpenLink {
    /// The purpose of the link.
    pub kind: LinkKind,
    /// The login that it is for.
    pub login: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Of an invitation, the project's name.
    pub project: Option<String>,
    /// Of an invitation to staff, the company's name.
    pub company: Option<String>,
    /// Of an invitation, the role.
    pub role: Option<Role>,
    /// Of an invitation to an owner, the units' codes.
    pub units: Vec<String>,
}

/// The open link of a token; none for every token that opens nothing, whatever the reason.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_link(app: &App, token: &str) -> Result<Option<OpenLink>> {
    if let Some(row) = unless_refused(accept::open(app, token).await)? {
        return invitation(app, row).await.map(Some);
    }
    let found = unless_refused(reset::open(app, token).await)?;
    Ok(found.map(|(row, person)| OpenLink {
        kind: LinkKind::PasswordReset,
        login: person.login,
        expires_at: Timestamp(row.expires_at),
        project: None,
        company: None,
        role: None,
        units: Vec::new(),
    }))
}

fn unless_refused<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn invitation(app: &App, row: one_time_links::Model) -> Result<OpenLink> {
    let (conn, project_id) = (app.db.read(), row.project_id.unwrap_or_default());
    let project = store::projects::find(conn, project_id).await?;
    let (mut company, mut role, mut units) = (None, Role::Owner, Vec::new());
    match Invited::of(&row)? {
        Invited::Member { company_id, role: of_staff } => {
            company = store::projects::company(conn, project_id, company_id).await?.map(|company| company.name);
            role = of_staff;
        }
        Invited::Owner { units: invited } => {
            for invited in invited {
                units.extend(store::members::unit(conn, project_id, invited.unit_id).await?.map(|unit| unit.code));
            }
        }
    }
    Ok(OpenLink {
        kind: LinkKind::Invitation,
        login: row.login.unwrap_or_default(),
        expires_at: Timestamp(row.expires_at),
        project: project.map(|project| project.name),
        company,
        role: Some(role),
        units,
    })
}
