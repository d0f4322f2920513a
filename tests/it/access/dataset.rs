//! Three homes with a history: the reader's own, a neighbour's, and one of another project; with their secrets.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::entity::unit_owners;
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::device_of;
use uuid::Uuid;

use super::fixture::Fixture;
use super::history::History;
use super::people::{OWNER, SEE_OWNERS, Users, email_of, everybody, logins, name_of, party_of, phone_of, rename};
use super::secrets::{Secret, thing};

/// The homes, and the secrets that belong to no home.
pub(super) struct Dataset<'a> {
    pub(super) users: &'a Users<'a>,
    pub(super) histories: Vec<History<'a>>,
    people: Vec<Secret>,
}

impl<'a> Dataset<'a> {
    pub(super) async fn create(app: &'a TestApp, users: &'a Users<'a>) -> Self {
        rename(app).await;
        let own = Fixture { app, users, project: &app.project, prefix: "", unit: "1-101", owner: "owner1" };
        let next = Fixture { unit: "1-102", owner: "owner2", ..own };
        let far = Fixture { project: &app.other, prefix: "x.", ..own };
        for fixture in [own, far] {
            let policy = json!({ "projectId": fixture.project.id, "afterPhotoRequired": false });
            fixture.run("manager", "projectPolicyUpdate", policy).await;
        }
        former_owner(own).await;
        let mut histories = Vec::new();
        for (tag, fixture, rounds) in [("own", own, [1, 2]), ("next", next, [3, 4]), ("far", far, [1, 2])] {
            let mut history = Box::pin(History::record(tag, fixture, rounds)).await;
            if tag != "next" {
                of_project(&mut history, if tag == "own" { &["owner2"] } else { &[] }).await;
            }
            histories.push(history);
        }
        Self { users, histories, people: of_people() }
    }

    pub(super) fn history(&self, tag: &str) -> &History<'a> {
        self.histories.iter().find(|history| history.tag == tag).unwrap_or_else(|| panic!("no story {tag}"))
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.histories.iter().flat_map(|history| &history.secrets).chain(&self.people)
    }

    /// The secrets in a text that the reader must not see.
    pub(super) fn leaks(&self, login: &str, text: &str) -> Vec<&str> {
        let told = self.secrets().filter(|secret| !secret.is_open_to(login) && text.contains(&secret.text));
        told.map(|secret| secret.name.as_str()).collect()
    }

    /// An object of a kind in each history that the reader must not know.
    pub(super) fn hidden_from(&self, login: &str, kind: &str) -> Vec<Uuid> {
        let of_story = |history: &History<'_>| {
            let hidden = history.secrets.iter().filter(|secret| !secret.is_open_to(login));
            hidden.filter_map(|secret| secret.thing).find(|thing| thing.1 == kind).map(|thing| thing.2)
        };
        self.histories.iter().filter_map(of_story).collect()
    }

    /// Every object of a kind.
    pub(super) fn all(&self, kind: &str) -> Vec<Uuid> {
        let things = self.secrets().filter_map(|secret| secret.thing);
        things.filter(|thing| thing.1 == kind).map(|thing| thing.2).collect()
    }
}

/// A home that had another owner for a day.
async fn former_owner(fixture: Fixture<'_>) {
    let (unit, ownership) = (fixture.project.unit("1-301"), v7());
    let add = json!({ "ownershipId": ownership, "personId": fixture.app.person_id("owner2") });
    fixture.run("manager", "unitOwnershipChange", json!({ "unitId": unit, "add": add })).await;
    let end = json!({ "ownershipId": ownership, "reason": "SOLD" });
    fixture.run("manager", "unitOwnershipChange", json!({ "unitId": unit, "end": end })).await;
}

/// The objects of the whole project.
async fn of_project(history: &mut History<'_>, other_owners: &[&str]) {
    let Fixture { app, project, .. } = history.fixture;
    let session = history.fixture.session("manager").await;
    let item = history.fixture.item("LIV-1").await;
    let worker = app.person_id(&history.fixture.login("worker.a"));
    for (kind, name, id) in [
        ("Project", "project", project.id),
        ("Building", "building", project.building),
        ("Plan", "plan", project.plan),
        ("Item", "item", item),
        ("UnitType", "unit type", project.unit_type),
        ("Company", "company", project.company("A")),
        ("Person", "person", worker),
        ("Rule", "rule", project.rules["PLASTER"]),
        ("Membership", "membership", membership_of(app, project.id, worker).await),
        ("Ownership", "ownership", ownership_of(app, project.unit("1-101")).await),
        ("Checklist", "checklist", project.checklist),
        ("Session", "session", session),
    ] {
        history.note(kind, name, id);
        if kind == "Session" {
            // The person of the session.
            history.secrets.last_mut().expect("noted").who.insert(history.fixture.login("manager"));
        }
        if thing(kind, name).1.contains(OWNER) {
            history.secrets.last_mut().expect("noted").who.extend(other_owners.iter().map(|login| (*login).to_owned()));
        }
    }
}

/// The id of a person's role.
pub(super) async fn membership_of(app: &TestApp, project_id: Uuid, person_id: Uuid) -> Uuid {
    let found =
        store::projects::membership(app.app.db.read(), project_id.into(), person_id.into()).await.expect("memberships");
    found.expect("a membership").id.uuid()
}

/// The id of an ownership of a unit.
async fn ownership_of(app: &TestApp, unit_id: Uuid) -> Uuid {
    let of_unit = unit_owners::Entity::find().filter(unit_owners::Column::UnitId.eq(unit_id));
    of_unit.one(app.app.db.read()).await.expect("owners").expect("an owner").id.uuid()
}

/// Names, phones and e-mail addresses: of staff for their project's staff, of owners for those who deal with them, and each for the own
/// person. What the devices of those are called who took photos goes with the names, as far as the photos are seen.
fn of_people() -> Vec<Secret> {
    let mut secrets = Vec::new();
    for prefix in ["", "x."] {
        let mut who = logins("dspa", prefix, "");
        let site = device_of(&format!("{prefix}site"));
        secrets.push(Secret::new(site.clone(), site, who.clone()));
        let owner = format!("{prefix}owner1");
        who = SEE_OWNERS.iter().map(|login| format!("{prefix}{login}")).chain([owner.clone()]).collect();
        secrets.push(Secret::new(device_of(&owner), device_of(&owner), who));
    }
    for login in everybody().into_iter().filter(|login| login != "root") {
        let prefix = if login.starts_with("x.") { "x." } else { "" };
        let mut who = match party_of(&login) {
            'o' => SEE_OWNERS.iter().map(|login| format!("{prefix}{login}")).collect(),
            _ => logins("dspab", prefix, ""),
        };
        who.push(login.clone());
        for text in [name_of(&login), phone_of(&login), email_of(&login)] {
            secrets.push(Secret::new(text.clone(), text, who.clone()));
        }
    }
    secrets
}
