//! Inputs of the commands on people: their roles, ownerships, invitations and links.

use app::people::{NewMembership, NewOwnership, add_membership, add_ownership};
use domain::unit::OwnerKind;
use domain::{Caller, Role};
use serde_json::{Value, json};
use store::db::WriteTx;
use store::entity::people;
use tests::ids::v7;
use uuid::Uuid;

use super::Inputs;

impl Inputs<'_> {
    /// A new site engineer's membership.
    pub(super) async fn member(&self) -> Uuid {
        let (app, project) = (&self.fixture.app.app, self.fixture.project);
        let mut work = app.begin_by_server(project.id.into()).await.expect("a unit of work");
        let person_id = self.newcomer(&work.tx).await;
        let new = NewMembership {
            project_id: project.id.into(),
            person_id: person_id.into(),
            company_id: project.company("DEV").into(),
            role: Role::SiteEngineer,
        };
        let row = add_membership(&mut work, &Caller::operator(), new).await.expect("a role");
        work.commit().await.expect("committed");
        row.id.uuid()
    }

    /// A new owner's unit and ownership.
    pub(super) async fn ownership(&self) -> (Uuid, Uuid) {
        let (app, project) = (&self.fixture.app.app, self.fixture.project);
        let mut work = app.begin_by_server(project.id.into()).await.expect("a unit of work");
        let person_id = self.newcomer(&work.tx).await;
        let unit_id = project.unit("1-302");
        let new = NewOwnership {
            id: None,
            project_id: project.id.into(),
            unit_id: unit_id.into(),
            person_id: person_id.into(),
            kind: OwnerKind::Owner,
            from: None,
            until: None,
        };
        let row = add_ownership(&mut work, &Caller::operator(), new).await.expect("an ownership");
        work.commit().await.expect("committed");
        (unit_id, row.id.uuid())
    }

    /// A person who has nothing to do with the project yet.
    async fn newcomer(&self, tx: &WriteTx) -> Uuid {
        let like = store::sessions::person(tx, self.fixture.app.person_id("site").into())
            .await
            .expect("people")
            .expect("a person");
        let id = v7();
        let row = people::Model { id: id.into(), login: format!("newcomer.{id}"), ..like };
        store::import::save::<people::Entity>(tx, vec![row]).await.expect("a person");
        id
    }

    /// Of staff, and of an owner.
    pub(super) fn invitations(&self) -> Vec<Value> {
        let project = self.fixture.project;
        let invitation =
            || json!({ "invitationId": v7(), "projectId": project.id, "login": "new.person", "name": "New" });
        let (mut staff, mut owner) = (invitation(), invitation());
        staff["companyId"] = json!(project.company("DEV"));
        staff["role"] = json!("SITE_ENGINEER");
        owner["ownedUnits"] = json!([{ "unitId": self.fixture.unit_id(), "kind": "CO_OWNER" }]);
        vec![staff, owner]
    }

    /// The link of the unit's owner, and of a proxy who is new.
    pub(super) fn owner_links(&self) -> Vec<Value> {
        let unit = self.fixture.unit_id();
        let owner = self.fixture.app.person_id(&self.fixture.login("owner"));
        let proxy = json!({ "ownershipId": v7(), "name": "A proxy", "kind": "PROXY", "until": "2026-05-01" });
        vec![
            json!({ "inviteId": v7(), "unitId": unit, "personId": owner }),
            json!({ "inviteId": v7(), "unitId": unit, "newOwner": proxy }),
        ]
    }

    /// A reset link of the manager's for the site engineer.
    pub(super) async fn reset(&self) -> Value {
        let document = "mutation($person: ID!) {
            passwordResetCreate(input: { personId: $person }) { resetId userErrors { code } } }";
        let person = json!({ "person": self.fixture.app.person_id("site") });
        let made = self.fixture.users.get("manager").ok(document, person).await;
        made["passwordResetCreate"]["resetId"].clone()
    }
}
