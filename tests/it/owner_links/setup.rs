//! Documents and steps that the tests of owners' links share.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{people, sign_in_codes};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

pub(crate) const INVITE: &str = "mutation($input: UnitInviteInput!) { unitInvite(input: $input) {
    invite { id person { id } unit { code } createdBy { id } expiresAt lastUsedAt } link qrCode codesTo sentTo
    userErrors { code field message } } }";
pub(crate) const INVITES: &str = "mutation($input: UnitInvitesInput!) { unitInvites(input: $input) {
    invites { invite { id person { id } unit { code } } link codesTo sentTo } sheet userErrors { code field } } }";
pub(crate) const REVOKE: &str = "mutation($input: UnitInviteRevokeInput!) { unitInviteRevoke(input: $input) {
    revokedInviteId userErrors { code field } } }";
pub(crate) const REQUEST: &str = "mutation($input: SessionCodeRequestInput!) { sessionCodeRequest(input: $input) {
    channel sentTo expiresAt userErrors { code message } } }";
pub(crate) const SIGN_IN: &str = "mutation($input: SessionCreateByLinkInput!) { sessionCreateByLink(input: $input) {
    session { id accessToken refreshToken viewer { id onlyUnitId administrator homes { code } memberships { role } } }
    userErrors { code message } } }";
pub(crate) const CHANGE: &str = "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) {
    unit { owners { id kind from until powerUntil counts person { id } invite { id lastUsedAt } } } userErrors { code field } } }";

/// The phone of the fixture's owners, masked.
pub(crate) const MASKED: &str = "…0000";

/// A link that was made.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

/// Makes a link, and answers it.
pub(crate) async fn invite(user: &User<'_>, input: Value) -> Link {
    let data = user.ok(INVITE, json!({ "input": input })).await;
    let payload = &data["unitInvite"];
    Link { id: text(&payload["invite"]["id"]).parse().expect("an id"), token: token_of(&payload["link"]) }
}

/// The link of an owner of the fixture, made by customer relations.
pub(crate) async fn link_of(app: &TestApp, unit: &str, login: &str) -> Link {
    let relations = app.user("relations").await;
    invite(&relations, input_of(app, unit, login)).await
}

/// The input of a link of an owner of the fixture.
pub(crate) fn input_of(app: &TestApp, unit: &str, login: &str) -> Value {
    json!({ "inviteId": v7(), "unitId": app.project.unit(unit), "personId": app.person_id(login) })
}

/// The token of a link's path.
pub(crate) fn token_of(link: &Value) -> String {
    let token = link.as_str().and_then(|link| link.strip_prefix("/link#")).unwrap_or_else(|| panic!("{link}"));
    assert_eq!(token.len(), 43, "256 bits");
    token.to_owned()
}

/// Asks for a code; answers the payload.
pub(crate) async fn request(app: &TestApp, token: &str) -> Value {
    app.ask(None, REQUEST, json!({ "input": { "token": token } })).await["data"]["sessionCodeRequest"].clone()
}

/// The newest code that was sent to an address.
pub(crate) async fn code_to(app: &TestApp, address: &str) -> String {
    let messages = app.sent_messages().await;
    let newest = messages.iter().rev().find(|message| message["to"] == address);
    code_in(newest.unwrap_or_else(|| panic!("nothing was sent to {address}")))
}

/// The six digits in a message.
pub(crate) fn code_in(message: &Value) -> String {
    let text = text(&message["text"]);
    let mut runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    runs.next().unwrap_or_else(|| panic!("no code in {text:?}")).to_owned()
}

/// The newest code that was sent to an owner of the fixture.
pub(crate) async fn sent_code(app: &TestApp) -> String {
    code_to(app, "+8613800000000").await
}

/// Tries a code; answers the payload.
pub(crate) async fn try_code(app: &TestApp, token: &str, code: &str) -> Value {
    let input = json!({ "input": { "token": token, "code": code, "device": "a phone" } });
    app.ask(None, SIGN_IN, input).await["data"]["sessionCreateByLink"].clone()
}

/// Asks for a code and signs in with it; answers the session.
pub(crate) async fn sign_in(app: &TestApp, token: &str) -> Value {
    assert_eq!(code(&request(app, token).await), "");
    let answer = try_code(app, token, &sent_code(app).await).await;
    assert!(answer["session"].is_object(), "{answer:#}");
    answer["session"].clone()
}

/// Another code than this one.
pub(crate) fn wrong(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

/// What a session answers to a question: the answer, or the code of the error.
pub(crate) async fn ask(app: &TestApp, session: &Value, document: &str, variables: Value) -> Result<Value, String> {
    let answer = app.ask(session["accessToken"].as_str(), document, variables).await;
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer["data"].clone()),
    }
}

/// The codes of the homes that a session sees, or the code of the error.
pub(crate) async fn homes(app: &TestApp, session: &Value) -> Result<Vec<String>, String> {
    let data = ask(app, session, "{ viewer { homes { code } } }", json!({})).await?;
    let homes = data["viewer"]["homes"].as_array().expect("homes").clone();
    Ok(homes.iter().map(|home| text(&home["code"])).collect())
}

/// Refreshes a session; answers the payload.
pub(crate) async fn refresh(app: &TestApp, session: &Value) -> Value {
    let document = "mutation($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
        session { accessToken refreshToken } userErrors { code } } }";
    let answer = app.ask(None, document, json!({ "token": session["refreshToken"] })).await;
    answer["data"]["sessionRefresh"].clone()
}

/// How many guesses were compared with codes.
pub(crate) async fn compared(app: &TestApp) -> i64 {
    let rows = sign_in_codes::Entity::find().all(app.app.db.read()).await.expect("the codes");
    rows.iter().map(|row| i64::from(row.tries)).sum()
}

/// Takes the phone of a person away, or sets another one.
pub(crate) async fn set_phone(app: &TestApp, person_id: Uuid, phone: Option<&str>) {
    let update = people::Entity::update_many()
        .col_expr(people::Column::Phone, Expr::value(phone.map(str::to_owned)))
        .filter(people::Column::Id.eq(person_id));
    app.app.db.write(async |tx| update.exec(tx).await).await.expect("another phone");
}

/// The id of a person's ownership of a unit.
pub(crate) async fn ownership_of(app: &TestApp, unit: &str, person_id: Uuid) -> Uuid {
    let found = store::members::ownership_of(app.app.db.read(), app.project.unit(unit).into(), person_id.into()).await;
    found.expect("ownerships").expect("an ownership").id.uuid()
}

/// The code of the first user error.
pub(crate) fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
