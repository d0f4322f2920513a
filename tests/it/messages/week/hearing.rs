//! What people have heard: each message and each entry of an inbox is compared with what its person reads over the API,
//! and no message holds the words of others.

use std::collections::BTreeSet;

use app::messages::{NewMessage, Recipient};
use domain::message::{MessageKind, MessageState, Placeholder};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{inbox_entries, message_attempts};
use tests::ids::v7;
use uuid::Uuid;

use super::super::setup::{attempts, write};
use super::super::verdict::{self, Arrivals};
use super::site::Received;
use super::{CANARY, Week};
use crate::owner_links::setup::text;

const NUMBERS: &str = "query($project: ID!) { project(id: $project) { defects(first: 100) { nodes { number } } } }";
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";

impl Week<'_> {
    /// The digests of a morning are written and sent.
    pub(super) async fn send_digests(&mut self, day: i64) {
        self.write_digests(day).await;
        self.site.send().await;
        self.check_digests().await;
    }

    /// The digests of a morning are written.
    pub(super) async fn write_digests(&self, day: i64) {
        self.site.advance_to(day, (7, 30));
        let written = app::inbox::send_due_digests(&self.site.app.app).await.expect("the digests");
        assert!(written > 0, "a morning without digests proves nothing");
    }

    /// The digests that came in since the last look: each tells of nothing but what its person sees now.
    pub(super) async fn check_digests(&mut self) {
        let rows = attempts(self.site.app).await;
        for Received { id, text } in self.site.received() {
            let row = rows.iter().find(|row| row.id.uuid() == id && row.kind == MessageKind::Digest);
            let Some(person_id) = row.and_then(|row| row.person_id).filter(|_| self.checked.insert(id)) else {
                continue;
            };
            let seen = self.numbers_of(person_id.uuid()).await;
            let hidden: Vec<&str> = numbers_in(&text).into_iter().filter(|number| !seen.contains(*number)).collect();
            if !hidden.is_empty() {
                let name = self.name_of(person_id.uuid());
                self.faults.push(format!("a digest tells {name} of {hidden:?}, which {name} does not see"));
            }
        }
    }

    /// The numbers of the defects that somebody reads.
    async fn numbers_of(&self, person_id: Uuid) -> BTreeSet<String> {
        let variables = json!({ "project": self.site.app.project.id });
        let read = self.read_as(person_id, NUMBERS, variables).await;
        let nodes = read["project"]["defects"]["nodes"].as_array().cloned().unwrap_or_default();
        nodes.iter().map(|node| text(&node["number"])).collect()
    }

    /// The entries that were written since the last look: their people read what each is about.
    pub(super) async fn check_entries(&mut self) {
        let rows = inbox_entries::Entity::find().all(self.site.app.app.db.read()).await.expect("the entries");
        for row in rows {
            if !self.checked.insert(row.id.uuid()) {
                continue;
            }
            let person_id = row.person_id.uuid();
            let ids: Vec<Uuid> =
                [row.defect_id.map(Uuid::from), row.comment_id.map(Uuid::from)].into_iter().flatten().collect();
            if ids.is_empty() {
                continue;
            }
            let read = self.read_as(person_id, NODES, json!({ "ids": ids })).await;
            let nodes = read["nodes"].as_array().cloned().unwrap_or_default();
            if nodes.len() != ids.len() || nodes.contains(&Value::Null) {
                let name = self.name_of(person_id);
                self.faults.push(format!("{name} has heard {} of something that {name} does not see", row.kind));
            }
        }
    }

    /// The people who have heard of a comment.
    pub(super) async fn hearers_of_comment(&self, comment_id: Uuid) -> Vec<Uuid> {
        let of_comment = inbox_entries::Entity::find().filter(inbox_entries::Column::CommentId.eq(comment_id));
        let rows = of_comment.all(self.site.app.app.db.read()).await.expect("the entries");
        rows.into_iter().map(|row| row.person_id.uuid()).collect()
    }

    /// The negative control: a digest tells a contractor of another one's defect, in the finder's words.
    pub(super) async fn tell_what_is_hidden(&self) {
        let number = self.defect_number("A", "1-101").await;
        let person_id = self.person_id("lead.b");
        let digest = NewMessage::new(v7(), MessageKind::Digest, Recipient::Person(person_id.into()))
            .with(Placeholder::Count, "1")
            .with(Placeholder::Lines, format!("• To repair: {number}, 1-101, {CANARY} A in 1-101"))
            .with(Placeholder::Link, "https://handover.example/")
            .with(Placeholder::UnsubscribeLink, "https://handover.example/messages/unsubscribe?token=x");
        write(self.site.app, digest).await;
    }

    async fn defect_number(&self, company: &'static str, unit: &'static str) -> String {
        let document = "query($id: ID!) { defect(id: $id) { number } }";
        let read = self.user("site").ok(document, json!({ "id": self.defect(company, unit) })).await;
        text(&read["defect"]["number"])
    }

    /// The verdict on the week.
    pub(super) async fn conclude(mut self) -> Vec<String> {
        self.check_digests().await;
        self.check_entries().await;
        let rows = attempts(self.site.app).await;
        let (mails, requests) = (self.site.mails(), self.site.requests());
        let arrivals = Arrivals::count(&mails, &requests);
        self.faults.extend(verdict::find_faults(&arrivals, &rows, 0));
        let words =
            mails.iter().map(|mail| format!("{mail:?}")).chain(requests.iter().map(|(_, body)| body.to_string()));
        let told = words.filter(|words| words.contains(CANARY)).count();
        if told > 0 {
            self.faults.push(format!("{told} messages hold the words of others"));
        }
        self.check_log(&rows);
        self.faults
    }

    /// The log of the server processes tells of messages, and holds no address, code, link or word of people.
    fn check_log(&mut self, rows: &[message_attempts::Model]) {
        let log = self.site.log();
        assert!(!log.is_empty(), "nothing was logged, so this proves nothing");
        let words: BTreeSet<&str> = log.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').collect();
        for Received { id, text } in self.site.received() {
            let row = rows.iter().find(|row| row.id.uuid() == id).expect("a listed message");
            let secrets = secrets_in(&text).filter(|secret| row.kind.is_secret() && words.contains(secret.as_str()));
            self.faults.extend(secrets.map(|_| format!("the log holds the secret of a {}", row.kind)));
        }
        let addresses = self.addresses().into_iter().filter(|to| log.contains(to.as_str()));
        let found: Vec<String> = addresses.chain(log.contains(CANARY).then(|| CANARY.to_owned())).collect();
        self.faults.extend(found.into_iter().map(|words| format!("the log holds {words}")));
    }

    /// The addresses and numbers of the people who were invited.
    fn addresses(&self) -> Vec<String> {
        let colleagues = self.colleagues.iter().map(|colleague| colleague.to.clone());
        colleagues.chain(self.owners.iter().map(|owner| owner.to.clone())).collect()
    }

    /// How many messages of a kind a person was sent after a moment.
    pub(super) async fn sent_since(&self, kind: MessageKind, person_id: Uuid, moment: i64) -> usize {
        let rows = attempts(self.site.app).await;
        let later = rows.iter().filter(|row| row.kind == kind && row.created_at > moment);
        later.filter(|row| row.person_id == Some(person_id.into()) && row.state != MessageState::Failed).count()
    }
}

/// The numbers of defects in a text: `D-000012`.
fn numbers_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| word.strip_prefix("D-").is_some_and(|digits| digits.len() == 6)).collect()
}

/// The codes and the tokens of links in a text.
fn secrets_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words
        .filter(|word| word.len() == 43 || (word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())))
        .map(str::to_owned)
}
