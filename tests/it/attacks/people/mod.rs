//! Attacks on identity: role, company, name and ownership of a person, changed by every available command.

mod dismissal;
mod ending;
mod imports;
mod moments;
mod names;
mod owners;
mod placeholders;
mod roles;
mod sides;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{events, memberships, people};
use tests::app::TestApp;
use tests::user::User;
use uuid::Uuid;

const SET: &str = "mutation($input: MembershipSetInput!) { membershipSet(input: $input) {
    member { id role since until person { id name } company { id code } } userErrors { code message field } } }";
const END: &str = "mutation($input: MembershipEndInput!) { membershipEnd(input: $input) {
    member { id until endReason } userErrors { code field } } }";
const OWN: &str = "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) {
    unit { id } userErrors { code field } } }";

/// The active membership of a person in the project.
async fn membership(app: &TestApp, login: &str) -> memberships::Model {
    let found =
        store::projects::membership(app.app.db.read(), app.project.id.into(), app.person_id(login).into()).await;
    found.expect("memberships").unwrap_or_else(|| panic!("{login} has no role"))
}

/// The input of a change of role or company.
async fn change(app: &TestApp, login: &str, company: Option<&str>, role: &str) -> Value {
    let company = company.map(|code| app.project.company(code));
    let id = membership(app, login).await.id;
    json!({ "input": { "membershipId": id, "companyId": company, "role": role, "reason": "Another task" } })
}

/// Moves a person to another role or company, as an administrator.
async fn set(app: &TestApp, login: &str, company: Option<&str>, role: &str) {
    app.user("root").await.ok(SET, change(app, login, company, role).await).await;
}

/// Ends a person's role, as an administrator.
async fn end(app: &TestApp, login: &str) {
    let id = membership(app, login).await.id;
    app.user("root").await.ok(END, json!({ "input": { "membershipId": id, "reason": "Left the company" } })).await;
}

/// The events of this name, oldest first.
async fn events_named(app: &TestApp, name: &str) -> Vec<events::Model> {
    let named = events::Entity::find().filter(events::Column::Name.eq(name));
    named.order_by_asc(events::Column::Seq).all(app.app.db.read()).await.expect("events")
}

/// The stored person of a login, if there is one.
async fn person(app: &TestApp, login: &str) -> Option<people::Model> {
    store::sessions::person_by_login(app.app.db.read(), login).await.expect("people")
}

/// A new defect of plaster, which is contractor A's.
async fn log_defect(user: &User<'_>, app: &TestApp, unit: &str) -> Uuid {
    let id = tests::ids::v7();
    let input = crate::sync::log_input(app, id, unit);
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code message } } }";
    user.ok(document, json!({ "input": input })).await;
    id
}

/// Runs a command on a defect that must succeed.
async fn on_defect(user: &User<'_>, command: &str, id: Uuid, input: Value) {
    user.ok(&document(command), on(id, input)).await;
}

/// The mutation of a command on a defect.
fn document(command: &str) -> String {
    let kind = format!("{}{}Input", command[..1].to_uppercase(), &command[1..]);
    format!("mutation($input: {kind}!) {{ {command}(input: $input) {{ userErrors {{ code message field }} }} }}")
}

/// The variables of a command on a defect.
fn on(id: Uuid, mut input: Value) -> Value {
    input["defectId"] = json!(id);
    json!({ "input": input })
}
