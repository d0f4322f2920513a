//! A week of messages, as a script. Companies invite their people by message, work goes out as entries of inboxes and as
//! digests, owners come by QR code and code, a co-owner and a proxy too. The mail server is away twice, receipts come
//! doubled and late, and a server process is killed three times in the middle of sending. Afterwards every message has
//! arrived once or is listed, and nobody has heard what the visibility rules hide.
//!
//! `WEEK_PEOPLE=40` makes each of the five companies larger, `PROOF_SEED` repeats a run. Time is moved, not waited for.

mod evening;
mod hearing;
mod owners;
mod people;
mod site;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::app::TestApp;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use owners::Owner;
use people::Colleague;
use site::Site;

/// Begins every text that people write, and is in no message.
const CANARY: &str = "canary-5e1c";
/// People of the fixture with a login and a password.
const LOGINS: [&str; 14] = [
    "manager",
    "site",
    "relations",
    "lead.a",
    "worker.a",
    "lead.b",
    "worker.b",
    "supervisor",
    "property",
    "escort",
    "owner1",
    "owner2",
    "x.manager",
    "root",
];

/// What is broken on purpose, for the negative controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// Nothing.
    Nothing,
    /// What a killed process was sending is sent again.
    Leases,
    /// Guesses at a code are not counted.
    CodeLimit,
    /// A digest tells what its person does not see, in the words of others.
    Visibility,
}

/// The state of the script.
struct Week<'a> {
    site: Site<'a>,
    dice: Dice,
    broken: Broken,
    /// People with a password, by login.
    users: BTreeMap<String, User<'a>>,
    colleagues: Vec<Colleague>,
    owners: Vec<Owner>,
    /// By company and home.
    defects: BTreeMap<(&'static str, &'static str), Uuid>,
    /// Digests and entries that were compared with what their people see.
    checked: BTreeSet<Uuid>,
    /// Messages to gateways for which a receipt came.
    receipted: BTreeSet<Uuid>,
    faults: Vec<String>,
}

impl<'a> Week<'a> {
    async fn new(app: &'a TestApp, mut site: Site<'a>, dice: Dice, broken: Broken) -> Self {
        site.forgets_leases = broken == Broken::Leases;
        let mut users = BTreeMap::new();
        for login in LOGINS {
            users.insert(login.to_owned(), app.user(login).await);
        }
        Self {
            site,
            dice,
            broken,
            users,
            colleagues: Vec::new(),
            owners: Vec::new(),
            defects: BTreeMap::new(),
            checked: BTreeSet::new(),
            receipted: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    /// Somebody with a password.
    fn user(&self, login: &str) -> &User<'a> {
        self.users.get(login).unwrap_or_else(|| panic!("{login} has not joined"))
    }

    /// The id of somebody by login, or of an owner by name.
    fn person_id(&self, name: &str) -> Uuid {
        self.users.get(name).map_or_else(|| self.owner(name).id, |user| user.id)
    }

    /// The login of somebody, or the name of an owner without one.
    fn name_of(&self, id: Uuid) -> String {
        let login = self.users.values().find(|user| user.id == id).map(|user| user.login.clone());
        let name = || self.owners.iter().find(|owner| owner.id == id).map(|owner| owner.name.clone());
        login.or_else(name).unwrap_or_else(|| id.to_string())
    }

    /// What a person reads, with the password or in the session of the own home.
    async fn read_as(&self, id: Uuid, document: &str, variables: Value) -> Value {
        if let Some(user) = self.users.values().find(|user| user.id == id) {
            return user.ok(document, variables).await;
        }
        let owner = self.owners.iter().find(|owner| owner.id == id).expect("a person of the script");
        self.read_as_owner(owner, document, variables).await.unwrap_or_default()
    }

    /// Companies invite their people, and the server is killed while the invitations are sent.
    async fn monday(&mut self, people: usize) {
        self.confirm_addresses_of_staff().await;
        self.invite_colleagues(people).await;
        self.site.kill_while_mails_are_sent().await;
        self.accept_invitations().await;
        self.settle_doubts().await;
        assert_eq!(self.accept_invitations().await, 0, "somebody has got no invitation");
        self.site.advance_to(0, (10, 0));
        self.find_defects().await;
        self.assign_defects().await;
        if self.broken == Broken::Visibility {
            self.tell_what_is_hidden().await;
            self.site.send().await;
        }
        self.check_entries().await;
    }

    /// Work is told by digests, and goes on.
    async fn tuesday(&mut self) {
        self.send_digests(1).await;
        self.site.advance_to(1, (10, 0));
        self.repair_and_dispute().await;
        self.discuss("A").await;
        self.report_a_device().await;
        self.check_entries().await;
    }

    /// The mail server is away when the digests are sent, and the server is killed afterwards. Owners get their links.
    async fn wednesday(&mut self) {
        self.write_digests(2).await;
        self.site.mail_server_is_away().await;
        self.site.kill_while_mails_are_sent().await;
        self.settle_doubts().await;
        self.check_digests().await;
        self.owners_come().await;
        self.site.advance_to(2, (12, 0));
        self.discuss("B").await;
        self.check_entries().await;
    }

    /// Owners get their links, and sign in while the server is killed.
    async fn owners_come(&mut self) {
        self.site.advance_to(2, (11, 0));
        self.make_links().await;
        self.sign_owners_in().await;
        self.post_first_receipts().await;
    }

    /// An owner finds something, which is repaired; a device is behind.
    async fn thursday(&mut self) -> Uuid {
        self.send_digests(3).await;
        self.post_late_receipts().await;
        self.site.advance_to(3, (10, 0));
        let finding = self.find_as_owner().await;
        self.repair_owners_finding(finding).await;
        self.site.advance_to(3, (11, 0));
        self.look_around().await;
        assert_eq!(self.reasons("worker.b").await.last().map(String::as_str), Some("DEVICE_BEHIND"));
        self.check_entries().await;
        finding
    }

    /// The mail server is away again, and two people want no more digests.
    async fn friday(&mut self) {
        self.send_digests(4).await;
        self.post_late_receipts().await;
        self.site.advance_to(4, (14, 0));
        self.reset_password_in_an_outage().await;
        self.check_entries().await;
    }

    /// The proxy's power has ended; somebody guesses codes.
    async fn saturday(&mut self, finding: Uuid) {
        self.check_power_has_ended(finding).await;
        self.guess_codes().await;
    }

    /// Defects are due tomorrow, and the digests of Monday say so to those who want them.
    async fn sunday(&mut self) {
        self.site.advance_to(6, (10, 1));
        self.look_around().await;
        for login in ["lead.a", "lead.b", "a.0", "b.1"] {
            assert_eq!(self.reasons(login).await.last().map(String::as_str), Some("DUE_SOON"), "{login}");
        }
        self.mention(&["site", "a.1"]).await;
        self.check_entries().await;
        self.send_digests(7).await;
        self.post_first_receipts().await;
        self.check_nobody_is_told_against_the_own_will().await;
    }
}

/// Plays the week, or as much of it as a negative control needs; answers what is wrong.
async fn play(db: TestDb, what: &str, broken: Broken) -> Vec<String> {
    let mut dice = Dice::announced(what);
    let (mail, gateway, channels) = site::receivers().await;
    let app = TestApp::start_with_channels(&db, channels).await;
    let site = Site::new(&app, &db, (mail, gateway), dice.other());
    let mut week = Week::new(&app, site, dice, broken).await;
    let people = number("WEEK_PEOPLE", 4).max(4);
    match broken {
        Broken::Leases | Broken::Visibility => week.monday(people).await,
        Broken::CodeLimit => {
            week.owners_come().await;
            week.guess_codes().await;
        }
        Broken::Nothing => {
            week.monday(people).await;
            week.tuesday().await;
            week.wednesday().await;
            let finding = week.thursday().await;
            week.friday().await;
            week.site.advance_to(5, (0, 0));
            week.saturday(finding).await;
            week.sunday().await;
        }
    }
    week.conclude().await
}

fn assert_found(faults: &[String], sign: &str) {
    assert!(faults.iter().any(|fault| fault.contains(sign)), "{sign} is not among the faults:\n{}", faults.join("\n"));
}

on_both_databases! {
    async fn every_message_of_a_week_arrives_once_and_tells_nobody_what_is_hidden(db: TestDb) {
        let faults = play(db, "a week of messages", Broken::Nothing).await;
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }

    async fn a_week_without_leases_is_found_out(db: TestDb) {
        let faults = play(db, "a week without leases", Broken::Leases).await;
        assert_found(&faults, "arrived 2 times");
    }

    async fn a_week_of_codes_without_a_limit_is_found_out(db: TestDb) {
        let faults = play(db, "a week of codes without a limit", Broken::CodeLimit).await;
        assert_found(&faults, "guesses were compared with one code");
    }

    async fn a_week_with_a_canary_in_a_message_is_found_out(db: TestDb) {
        let faults = play(db, "a week with a canary", Broken::Visibility).await;
        assert_found(&faults, "messages hold the words of others");
        assert_found(&faults, "a digest tells lead.b of");
    }
}
