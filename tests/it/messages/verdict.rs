//! The verdict on the messages of a run: each has arrived once, or is listed.

use std::collections::BTreeMap;

use domain::message::{MessageChannel, MessageError, MessageState};
use serde_json::Value;
use store::entity::message_attempts::Model;
use uuid::Uuid;

use super::mail_server::Mail;

/// How often each message has arrived, by its id.
pub(super) struct Arrivals {
    mails: BTreeMap<Uuid, usize>,
    posted: BTreeMap<Uuid, usize>,
}

impl Arrivals {
    /// Counts the mails that a mail server has taken, and the requests that a gateway has taken.
    pub(super) fn count(mails: &[Mail], requests: &[(String, Value)]) -> Self {
        Self {
            mails: count_ids(mails.iter().map(|mail| mail.id.as_str())),
            posted: count_ids(requests.iter().map(|(key, _)| key.as_str())),
        }
    }

    /// How often a message has arrived.
    pub(super) fn of(&self, row: &Model) -> usize {
        let arrived = if row.channel == MessageChannel::Email { &self.mails } else { &self.posted };
        arrived.get(&row.id.uuid()).copied().unwrap_or_default()
    }

    /// The ids of everything that has arrived.
    fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.mails.keys().chain(self.posted.keys()).copied()
    }
}

fn count_ids<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<Uuid, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id.parse().expect("an id")).or_default() += 1;
    }
    counts
}

/// What is wrong with the messages: those that arrived twice, that are lost, that are still on their way, and more of
/// them in doubt than can be.
pub(super) fn find_faults(arrivals: &Arrivals, rows: &[Model], most_in_doubt: usize) -> Vec<String> {
    let mut faults: Vec<String> = rows.iter().filter_map(|row| find_fault(row, arrivals.of(row))).collect();
    let in_doubt = rows.iter().filter(|row| row.state == MessageState::Unknown).count();
    if in_doubt > most_in_doubt {
        faults.push(format!("{in_doubt} e-mails are in doubt, and at most {most_in_doubt} can be"));
    }
    let unlisted = arrivals.ids().filter(|id| rows.iter().all(|row| row.id.uuid() != *id));
    faults.extend(unlisted.map(|id| format!("{id} arrived and is not listed")));
    faults
}

fn find_fault(row: &Model, count: usize) -> Option<String> {
    use MessageState as S;
    let is_mail = row.channel == MessageChannel::Email;
    let is_fine = match row.state {
        // A gateway recognizes a message that it gets again.
        S::Sent | S::Delivered | S::Read => count == 1 || (!is_mail && count > 1),
        S::Unknown => is_mail && count <= 1,
        // A receipt says of what the gateway has taken that it did not arrive.
        S::Failed => count == 0 || row.error == Some(MessageError::NotDelivered),
        S::Queued | S::Sending => false,
    };
    (!is_fine).then(|| format!("{} over {} is {} and arrived {count} times", row.id, row.channel, row.state))
}
