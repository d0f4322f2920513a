//! One-time links (invitations and password resets), and the project and people of the demo.

use sea_orm_migration::prelude::*;

use crate::table::{Columns, Table, add, create};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(manager, [one_time_links(), demo_projects()]).await?;
        add(manager, Columns::of("people").flag("demo")).await?;
        for statement in DEMO_OF_EARLIER_VERSIONS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// One-time links: only the SHA-256 of the token is stored.
fn one_time_links() -> Table {
    Table::new("one_time_links")
        .id()
        .code("kind", &["INVITATION", "PASSWORD_RESET"])
        .bytes("token_hash")
        .unique(&["token_hash"])
        // Of an invitation: the project, the login, and the role or ownerships that its acceptance begins.
        .maybe_refers("project_id", "projects")
        .maybe_text("login")
        .maybe_text("name")
        .maybe_text("phone")
        .maybe_text("language")
        .maybe_refers("company_id", "companies")
        .maybe_text("role")
        .json("units")
        // Of a password reset: the person.
        .maybe_refers("person_id", "people")
        .index(&["person_id"])
        // Null if the command line made the link.
        .maybe_refers("made_by", "people")
        .micros("created_at")
        .micros("expires_at")
        .maybe_micros("used_at")
        .maybe_refers("used_by", "people")
        .maybe_micros("revoked_at")
        .maybe_refers("revoked_by", "people")
        .index(&["project_id", "created_at", "id"])
}

/// The demo, with the shared password of all its people. It is stored in plain text because the server prints and shows
/// it; it is valid for the demo alone.
fn demo_projects() -> Table {
    Table::new("demo_projects")
        .refers("project_id", "projects")
        .maybe_text("password")
        .maybe_text("password_hash")
        .key(&["project_id"])
}

/// Earlier versions identified the demo by its code alone, made its delivery manager an administrator, and gave all its
/// people one published password. This migration marks the demo's rows, so that a later project with the same code is
/// never taken for the demo. The domain of the logins ends in `.example`, which no real address does.
const DEMO_OF_EARLIER_VERSIONS: [&str; 2] = [
    "INSERT INTO demo_projects (project_id)
     SELECT project.id FROM projects project
      WHERE project.code IN ('RIVERSIDE', 'RIVERSIDE-BEING-SEEDED')
        AND EXISTS (SELECT 1 FROM memberships member JOIN people person ON person.id = member.person_id
                     WHERE member.project_id = project.id AND person.login = 'chen.jing@riverside.example')",
    "UPDATE people SET demo = TRUE, administrator = FALSE, password_hash = NULL
      WHERE login = 'chen.jing@riverside.example'
         OR (login LIKE '%@riverside.example'
             AND (id IN (SELECT member.person_id FROM memberships member
                           JOIN demo_projects demo ON demo.project_id = member.project_id)
               OR id IN (SELECT owner.person_id FROM unit_owners owner
                           JOIN demo_projects demo ON demo.project_id = owner.project_id)))",
];
