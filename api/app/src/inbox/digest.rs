//! Digests: once a day, what is new in a person's inbox and was not read there, over the channel of the person.

use std::collections::{BTreeSet, HashMap};

use domain::defect::number_text;
use domain::id::{DefectId, InboxEntryId, PersonId, ProjectId, UnitId};
use domain::inbox::InboxKind;
use domain::message::{MessageKind, Placeholder};
use domain::{Caller, Language, Timestamp, VisibilityScope};
use store::boxed;
use store::entity::inbox_entries::Model;
use store::inbox::UntoldPerson;

use crate::App;
use crate::error::Result;
use crate::messages::preferences::Preferences;
use crate::messages::{ChannelChoice, NewMessage, Recipient, enqueue, find_address_for, unsubscribe};
use crate::session::authenticate;
use crate::unit_of_work::UnitOfWork;

/// Most lines of a digest.
const MOST_LINES: usize = 20;

/// Writes the digests that are due into the outbox; returns how many.
///
/// # Errors
/// When the database fails; the next look goes on.
#[boxed]
pub async fn send_due_digests(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let mut count = 0;
    for person in store::inbox::untold_people(app.db.read()).await? {
        if is_due(app, person, now).await? {
            match send_digest(app, person.person_id).await {
                Ok(is_sent) => count += usize::from(is_sent),
                // One that cannot be written holds up no other.
                Err(error) => {
                    tracing::warn!(person = %person.person_id, error = error.chain(), "a digest could not be written");
                }
            }
        }
    }
    Ok(count)
}

/// Whether an entry is there since the last moment of the person's digest.
async fn is_due(app: &App, person: UntoldPerson, now: Timestamp) -> Result<bool> {
    let preferences = Preferences::of(app.db.read(), person.person_id).await?;
    let zone = preferences.zone(app.db.read()).await?;
    let last = preferences.digest_at.last_before(now, &zone);
    Ok(last.is_some_and(|last| person.since <= last.0))
}

/// Writes one digest. What a person may not see any more, and what the person wants no digest of, is left out; entries
/// are told by one digest at most, also when there is no channel to tell them over.
async fn send_digest(app: &App, person_id: PersonId) -> Result<bool> {
    let person = authenticate::load(app, person_id, None).await?;
    let mut work = UnitOfWork::begin(app, None, None).await?;
    let claimed = store::inbox::claim_untold(&work.tx, person_id, work.now).await?;
    let mut is_sent = false;
    if let Some(person) = person.filter(|_| !claimed.is_empty()) {
        let ids: Vec<InboxEntryId> = claimed.iter().map(|entry| entry.id).collect();
        is_sent = enqueue_digest(app, &mut work, &person, &ids).await?;
    }
    work.commit().await?;
    Ok(is_sent)
}

async fn enqueue_digest(app: &App, work: &mut UnitOfWork, person: &Caller, ids: &[InboxEntryId]) -> Result<bool> {
    let (kind, recipient) = (MessageKind::Digest, Recipient::Person(person.person_id));
    let Some(address) = find_address_for(work, &recipient, ChannelChoice::Preferred, kind).await? else {
        return Ok(false);
    };
    let scope = person.visibility();
    let without = Preferences::of(&work.tx, person.person_id).await?.digest_without;
    let mut entries = store::inbox::by_ids(&work.tx, &scope, ids).await?;
    entries.retain(|entry| !without.contains(&entry.kind));
    if entries.is_empty() {
        return Ok(false);
    }
    let lines = Places::of(work, &scope, &entries).await?.lines(&entries, person.language);
    let for_whom = (address.channel, kind);
    let off = unsubscribe::new_link(work, &app.public_url, person.person_id, for_whom).await?;
    let mut digest = NewMessage::new(work.new_id(), kind, recipient)
        .on(address.channel)
        .with(Placeholder::Count, entries.len().to_string())
        .with(Placeholder::Lines, lines)
        .with(Placeholder::Link, format!("{}/", app.public_url))
        .with(Placeholder::UnsubscribeLink, off.clone());
    digest.unsubscribe_url = Some(off);
    enqueue(work, digest).await?;
    Ok(true)
}

/// What entries are about, in the words of people: numbers of defects, codes of units, names of projects. Read in the
/// person's own sight.
struct Places {
    defects: HashMap<DefectId, (i64, UnitId)>,
    units: HashMap<UnitId, String>,
    /// The names of the projects, if there are several.
    projects: HashMap<ProjectId, String>,
}

impl Places {
    async fn of(work: &UnitOfWork, scope: &VisibilityScope, entries: &[Model]) -> Result<Self> {
        let ids: Vec<DefectId> = entries.iter().filter_map(|entry| entry.defect_id).collect();
        let defects = store::defects::find_listed(&work.tx, scope, &ids).await?;
        let unit_ids: Vec<UnitId> = defects.iter().map(|defect| defect.unit_id()).collect();
        let units = store::units::by_ids(&work.tx, scope, &unit_ids).await?;
        let of_entries: BTreeSet<ProjectId> = entries.iter().map(|entry| entry.project_id).collect();
        let mut projects = HashMap::new();
        if of_entries.len() > 1 {
            for id in of_entries {
                projects.extend(store::projects::find(&work.tx, id).await?.map(|project| (id, project.name)));
            }
        }
        Ok(Self {
            defects: defects.iter().map(|defect| (defect.id(), (defect.number(), defect.unit_id()))).collect(),
            units: units.into_iter().map(|unit| (unit.id, unit.code)).collect(),
            projects,
        })
    }

    fn lines(&self, entries: &[Model], language: Language) -> String {
        let mut lines: Vec<String> = entries.iter().take(MOST_LINES).map(|entry| self.line(entry, language)).collect();
        let more = entries.len().saturating_sub(MOST_LINES);
        if more > 0 {
            lines.push(match language {
                Language::En => format!("… and {more} more"),
                Language::Zh => format!("……另有 {more} 条"),
            });
        }
        lines.join("\n")
    }

    /// `• To repair: D-000012, 1-101`.
    fn line(&self, entry: &Model, language: Language) -> String {
        let why = reason(entry.kind, language);
        let defect = entry.defect_id.and_then(|id| self.defects.get(&id));
        let number = defect.map(|(number, _)| number_text(*number));
        let unit = defect.and_then(|(_, unit_id)| self.units.get(unit_id)).cloned();
        let project = self.projects.get(&entry.project_id).cloned();
        let about: Vec<String> = [number, unit, project].into_iter().flatten().collect();
        let (colon, comma) = match language {
            Language::En => (": ", ", "),
            Language::Zh => ("：", "，"),
        };
        if about.is_empty() { format!("• {why}") } else { format!("• {why}{colon}{}", about.join(comma)) }
    }
}

const fn reason(kind: InboxKind, language: Language) -> &'static str {
    let (en, zh) = kind.plain_words();
    match language {
        Language::En => en,
        Language::Zh => zh,
    }
}
