//! Documents and steps that the attacks share.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;

pub(crate) const INVITE: &str = "mutation($input: MemberInviteInput!) {
    memberInvite(input: $input) { invitation { id login name expiresAt } link userErrors { code field message } }
}";
pub(crate) const ACCEPT: &str = "mutation($input: InvitationAcceptInput!) {
    invitationAccept(input: $input) { login projectId userErrors { code field message } }
}";
pub(crate) const REVOKE: &str = "mutation($input: InvitationRevokeInput!) {
    invitationRevoke(input: $input) { revokedInvitationId userErrors { code field } }
}";
pub(crate) const LINK: &str = "query($token: String!) {
    oneTimeLink(token: $token) { kind login projectName companyName role unitCodes }
}";
pub(crate) const RESET_CREATE: &str = "mutation($input: PasswordResetCreateInput!) {
    passwordResetCreate(input: $input) { resetId link expiresAt userErrors { code field } }
}";
pub(crate) const RESET: &str = "mutation($input: PasswordResetInput!) {
    passwordReset(input: $input) { reset userErrors { code field message } }
}";
pub(crate) const CHANGE: &str = "mutation($input: PasswordChangeInput!) {
    passwordChange(input: $input) { changed userErrors { code field message } }
}";

/// A password that keeps the rule.
pub(crate) const GOOD: &str = "wet paint on door 7";

/// Signs in; answers the tokens, or null.
pub(crate) async fn sign_in(app: &TestApp, login: &str, password: &str) -> Value {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) {
            session { accessToken refreshToken viewer { name administrator memberships { role company { code } } } }
            userErrors { code }
        }
    }";
    let answer = app.ask(None, document, json!({ "login": login, "password": password })).await;
    answer["data"]["sessionCreate"]["session"].clone()
}

/// The input of an invitation to a role at a company of the fixture.
pub(crate) fn staff(app: &TestApp, login: &str, company: &str, role: &str) -> Value {
    json!({ "input": {
        "invitationId": v7(), "projectId": app.project.id, "login": login, "name": format!("New Person {}", login.trim()), "phone": "+86 138 1111 2222",
        "language": "ZH", "companyId": app.project.company(company), "role": role,
    }})
}

/// Invites, and answers the token of the link and the invitation's id.
pub(crate) async fn invited(user: &User<'_>, input: Value) -> (String, Value) {
    let data = user.ok(INVITE, input).await;
    let payload = &data["memberInvite"];
    (token_of(&payload["link"]), payload["invitation"]["id"].clone())
}

/// The token in a link's path.
pub(crate) fn token_of(link: &Value) -> String {
    let token = link.as_str().and_then(|link| link.strip_prefix("/join#")).unwrap_or_else(|| panic!("{link}"));
    assert_eq!(token.len(), 43, "256 bits");
    token.to_owned()
}

/// Uses a token without signing in; answers the payload.
pub(crate) async fn accept(app: &TestApp, token: &str, password: Option<&str>) -> Value {
    let input = json!({ "input": { "token": token, "password": password } });
    app.ask(None, ACCEPT, input).await["data"]["invitationAccept"].clone()
}

/// Resets a password by a token; answers the payload.
pub(crate) async fn reset(app: &TestApp, token: &str, password: &str) -> Value {
    let input = json!({ "input": { "token": token, "password": password } });
    app.ask(None, RESET, input).await["data"]["passwordReset"].clone()
}

/// The code of the first user error.
pub(crate) fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}
