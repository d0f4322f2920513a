//! Companies bring their people in: by invitations that are sent as messages, with addresses that codes confirm.

use domain::message::{MessageKind, MessageState};
use serde_json::{Value, json};
use tests::fixture::PASSWORD;
use tests::ids::v7;

use super::super::setup::{attempts, reach};
use super::Week;
use super::site::CONNECTIONS;
use crate::attacks::credentials::setup::accept;
use crate::owner_links::setup::code_in;

pub(super) const UPDATE: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { id } userErrors { code field } } }";
const CODE_REQUEST: &str = "mutation($channel: MessageChannel!) { addressCodeRequest(input: { channel: $channel }) {
    token userErrors { code } } }";
const CONFIRM: &str = "mutation($input: AddressConfirmInput!) { addressConfirm(input: $input) {
    confirmed userErrors { code } } }";
const CHOOSE: &str = "mutation($channel: MessageChannel!) { messagePreferenceSet(input: { channel: $channel }) {
    messagePreferences { channel } userErrors { code field } } }";
const INVITE: &str = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
    sentTo userErrors { code field message } } }";
const LISTED: &str = "{ messageAttempts(filter: { state: [UNKNOWN] }, first: 100) { nodes { id } } }";
const RESOLVE: &str = "mutation($input: MessageResolveInput!) { messageResolve(input: $input) {
    messageAttempt { state } userErrors { code message } } }";

/// Who invites for which company to which role.
const COMPANIES: [(&str, &str, &str); 5] = [
    ("manager", "DEV", "SITE_ENGINEER"),
    ("lead.a", "A", "WORKER"),
    ("lead.b", "B", "WORKER"),
    ("supervisor", "SUP", "SUPERVISING_ENGINEER"),
    ("property", "PROP", "ESCORT_INSPECTOR"),
];
/// The people of the fixture who use an e-mail address.
const STAFF: [&str; 7] = ["manager", "site", "relations", "lead.a", "lead.b", "supervisor", "property"];

/// Somebody whom a company has invited.
#[derive(Debug, Clone)]
pub(super) struct Colleague {
    pub(super) login: String,
    /// The address of the invitation: of every second person a number.
    pub(super) to: String,
    /// Over which channel digests are wanted; none for the usual one.
    pub(super) chosen: Option<&'static str>,
    pub(super) has_joined: bool,
}

impl Colleague {
    /// The `n`th of a company.
    fn new(place: usize, company: &str, n: usize) -> Self {
        let login = format!("{}.{n}", company.to_lowercase());
        let to =
            if n.is_multiple_of(2) { format!("{login}@people.example") } else { format!("+86137{place:02}{n:06}") };
        let chosen = match n % 4 {
            1 => Some("SMS"),
            3 => Some("PUSH"),
            _ => None,
        };
        Self { login, to, chosen, has_joined: false }
    }

    /// The channel of the address.
    fn channel(&self) -> &'static str {
        if self.to.starts_with('+') { "SMS" } else { "EMAIL" }
    }
}

/// The token behind the path of a page in a text.
pub(super) fn token_behind(text: &str, page: &str) -> String {
    let (_, rest) = text.split_once(page).unwrap_or_else(|| panic!("no {page} in {text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

impl Week<'_> {
    /// The staff that is there already enters e-mail addresses, and confirms them.
    pub(super) async fn confirm_addresses_of_staff(&self) {
        for login in STAFF {
            let to = format!("{login}@staff.example");
            self.user(login).ok(UPDATE, json!({ "input": { "email": to } })).await;
            self.confirm_address(login, "EMAIL", &to).await;
        }
        // A worker of the fixture has an address that nobody has confirmed: no digest goes there.
        reach(self.site.app, "worker.a", Some("worker.a@unconfirmed.example"), None).await;
    }

    /// Asks for a code, and enters what comes in at the address.
    async fn confirm_address(&self, login: &str, channel: &str, to: &str) {
        let user = self.user(login);
        let request = user.ok(CODE_REQUEST, json!({ "channel": channel })).await["addressCodeRequest"].clone();
        self.site.send().await;
        let text = self.site.newest(MessageKind::AddressCode, to).await.expect("a code");
        let input = json!({ "channel": channel, "token": request["token"], "code": code_in(&json!({ "text": text })) });
        let confirmed = user.ok(CONFIRM, json!({ "input": input })).await;
        assert_eq!(confirmed["addressConfirm"]["confirmed"], true, "{login} over {channel}");
    }

    /// Every company invites so many people.
    pub(super) async fn invite_colleagues(&mut self, each: usize) {
        for (place, (inviter, company, role)) in COMPANIES.into_iter().enumerate() {
            for n in 0..each {
                let colleague = Colleague::new(place, company, n);
                self.invite(inviter, (company, role), &colleague).await;
                self.colleagues.push(colleague);
            }
        }
    }

    async fn invite(&self, inviter: &str, (company, role): (&str, &str), colleague: &Colleague) {
        let project = &self.site.app.project;
        let language = if colleague.channel() == "SMS" { "ZH" } else { "EN" };
        let mut input = json!({ "invitationId": v7(), "projectId": project.id, "login": colleague.login,
            "name": format!("{company} colleague {}", colleague.login), "language": language,
            "companyId": project.company(company), "role": role });
        let address = if colleague.channel() == "SMS" { "phone" } else { "email" };
        input[address] = json!(colleague.to);
        let made = self.user(inviter).ok(INVITE, json!({ "input": input })).await;
        assert!(made["memberInvite"]["sentTo"].is_string(), "{} is reached: {made:#}", colleague.login);
    }

    /// Whoever has got an invitation accepts it, confirms the address, and chooses a channel; answers how many have not
    /// got one.
    pub(super) async fn accept_invitations(&mut self) -> usize {
        let mut missing = 0;
        for place in 0..self.colleagues.len() {
            let colleague = self.colleagues[place].clone();
            if colleague.has_joined {
                continue;
            }
            let Some(text) = self.site.newest(MessageKind::Invitation, &colleague.to).await else {
                missing += 1;
                continue;
            };
            self.join(&colleague, &text).await;
            self.colleagues[place].has_joined = true;
        }
        missing
    }

    async fn join(&mut self, colleague: &Colleague, text: &str) {
        let Colleague { login, to, chosen, .. } = colleague;
        let accepted = accept(self.site.app, &token_behind(text, "/join#"), Some(PASSWORD)).await;
        assert_eq!(accepted["login"], json!(login), "{accepted:#}");
        let newcomer = self.site.app.newcomer(login).await;
        self.users.insert(login.clone(), newcomer);
        self.confirm_address(login, colleague.channel(), to).await;
        if let Some(channel) = chosen {
            self.user(login).ok(CHOOSE, json!({ "channel": channel })).await;
        }
    }

    /// Settles the messages in doubt by the log of the mail server: what came in was sent, a code that has ended is given
    /// up, everything else is sent again. All of them are listed.
    pub(super) async fn settle_doubts(&self) {
        let rows = attempts(self.site.app).await;
        let mut doubtful: Vec<_> = rows.into_iter().filter(|row| row.state == MessageState::Unknown).collect();
        doubtful.sort_by_key(|row| row.id);
        // One for each connection of the killed process, and the one that the mail server has broken off.
        assert!(doubtful.len() <= CONNECTIONS + 1, "{doubtful:?} are in doubt");
        let nodes = self.user("root").ok(LISTED, json!({})).await["messageAttempts"]["nodes"].clone();
        let mut listed: Vec<String> = nodes.as_array().into_iter().flatten().map(|node| id_of(node)).collect();
        listed.sort();
        assert_eq!(listed, doubtful.iter().map(|row| row.id.to_string()).collect::<Vec<_>>(), "in doubt and listed");
        let received = self.site.received();
        for row in doubtful {
            let has_come = received.iter().any(|one| one.id == row.id.uuid());
            let is_code = matches!(row.kind, MessageKind::SignInCode | MessageKind::AddressCode);
            let resolution = match (has_come, is_code) {
                (true, _) => "SENT",
                (false, true) => "FAILED",
                (false, false) => "SEND_AGAIN",
            };
            // Customer relations look after the messages of their project; those about accounts are an administrator's.
            let who = if row.project_id.is_some() { "relations" } else { "root" };
            let input =
                json!({ "messageAttemptId": row.id, "resolution": resolution, "note": "the mail server's log" });
            self.user(who).ok(RESOLVE, json!({ "input": input })).await;
        }
        self.site.send().await;
    }
}

fn id_of(node: &Value) -> String {
    node["id"].as_str().expect("an id").to_owned()
}
