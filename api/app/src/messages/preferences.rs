//! How a person wants messages: over which channel, when, and which not.

use domain::id::PersonId;
use domain::inbox::InboxKind;
use domain::message::times::{QuietHours, TimeOfDay};
use domain::message::{MessageChannel, MessageKind};
use domain::time::zone_name;
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::entity::{message_preferences, message_switches};
use store::{Connection, boxed};

use super::address::find_address;
use super::enqueue::{ChannelChoice, Recipient};
use super::words::zone_of_person;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::Patch;
use crate::session::require_whole_session;

/// How a person wants messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    person_id: PersonId,
    /// The channel that the person has chosen; none for the usual order.
    pub channel: Option<MessageChannel>,
    /// When digests are sent.
    pub digest_at: TimeOfDay,
    /// What digests leave out.
    pub digest_without: Vec<InboxKind>,
    /// When messages that can wait are not sent.
    pub quiet: Option<QuietHours>,
    /// The time zone of these times; none for that of the person's project.
    pub time_zone: Option<String>,
    /// What the person has switched off.
    pub switched_off: Vec<message_switches::Model>,
}

impl Preferences {
    /// What a person has said.
    ///
    /// # Errors
    /// When the database fails.
    #[boxed]
    pub async fn of(conn: &Connection, person_id: PersonId) -> Result<Self> {
        let row = store::messages::preferences(conn, person_id).await?;
        let switched_off = store::messages::switches(conn, person_id).await?;
        let Some(row) = row else {
            let digest_at = TimeOfDay::USUAL;
            let (channel, quiet, time_zone, digest_without) = (None, None, None, Vec::new());
            return Ok(Self { person_id, channel, digest_at, digest_without, quiet, time_zone, switched_off });
        };
        let quiet = row.quiet_from.zip(row.quiet_until);
        Ok(Self {
            person_id,
            channel: row.channel,
            digest_at: TimeOfDay::of_minutes(row.digest_at),
            digest_without: kinds_of(&row.digest_without),
            quiet: quiet.map(|(from, until)| QuietHours {
                from: TimeOfDay::of_minutes(from),
                until: TimeOfDay::of_minutes(until),
            }),
            time_zone: row.time_zone,
            switched_off,
        })
    }

    /// The time zone in which the person reads a clock.
    ///
    /// # Errors
    /// When the database fails.
    #[boxed]
    pub async fn zone(&self, conn: &Connection) -> Result<TimeZone> {
        match self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()) {
            Some(zone) => Ok(zone),
            None => zone_of_person(conn, self.person_id).await,
        }
    }

    /// Whether the person wants no messages of the kind over the channel.
    #[must_use]
    pub fn is_off(&self, channel: MessageChannel, kind: MessageKind) -> bool {
        kind.can_be_switched_off() && self.switched_off.iter().any(|row| row.channel == channel && row.kind == kind)
    }

    /// When a message of the kind is sent that is written now: at once, or after the quiet hours.
    pub(super) async fn send_at(&self, conn: &Connection, kind: MessageKind, now: Timestamp) -> Result<Timestamp> {
        let Some(quiet) = self.quiet.filter(|_| kind.waits_for_quiet_hours()) else { return Ok(now) };
        Ok(quiet.end(now, &self.zone(conn).await?).unwrap_or(now))
    }

    fn row(&self, now: Timestamp) -> message_preferences::Model {
        message_preferences::Model {
            person_id: self.person_id,
            channel: self.channel,
            digest_at: self.digest_at.minutes(),
            digest_without: json!(self.digest_without),
            quiet_from: self.quiet.map(|quiet| quiet.from.minutes()),
            quiet_until: self.quiet.map(|quiet| quiet.until.minutes()),
            time_zone: self.time_zone.clone(),
            updated_at: now.0,
        }
    }
}

/// How the caller wants messages. None in a session of one unit, because they concern the person's other units and
/// roles, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_caller(app: &App, caller: &Caller) -> Result<Option<Preferences>> {
    if caller.only_unit.is_some() {
        return Ok(None);
    }
    Preferences::of(app.db.read(), caller.person_id).await.map(Some)
}

/// Reasons as they are stored; one that this version does not know is left out.
fn kinds_of(stored: &Value) -> Vec<InboxKind> {
    let codes = stored.as_array().into_iter().flatten().filter_map(Value::as_str);
    codes.filter_map(|code| code.parse().ok()).collect()
}

/// A kind of messages over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    /// The channel.
    pub channel: MessageChannel,
    /// The kind.
    pub kind: MessageKind,
}

/// What a person says anew; what is left out stays.
#[derive(Debug, Clone)]
pub struct PreferenceSet {
    /// Another channel, or the usual order.
    pub channel: Patch<MessageChannel>,
    /// Another time of digests.
    pub digest_at: Option<String>,
    /// The reasons of which digests tell.
    pub digest_kinds: Option<Vec<InboxKind>>,
    /// The beginning of the quiet hours.
    pub quiet_from: Patch<String>,
    /// Their end.
    pub quiet_until: Patch<String>,
    /// Another time zone, or that of the project.
    pub time_zone: Patch<String>,
    /// What is switched off.
    pub switch_off: Vec<Switch>,
    /// What is switched on again.
    pub switch_on: Vec<Switch>,
}

/// Sets how the caller wants messages.
///
/// # Errors
/// `NO_CHANNEL` for a channel on which the caller has no address or that the server does not have, `INVALID_VALUE` for
/// times, a time zone, and kinds that cannot be switched off, `UNIT_SESSION`, or an internal error.
#[boxed]
pub async fn set(app: &App, caller: &Caller, input: PreferenceSet) -> Result<Preferences> {
    require_whole_session(caller)?;
    let work = Context::new(app, caller).begin().await?;
    let person_id = caller.person_id;
    // Of two at once the second waits, and keeps what the first has said.
    store::members::person_for_update(&work.tx, person_id).await?;
    let mut preferences = Preferences::of(&work.tx, person_id).await?;
    if let Patch::Set(channel) = input.channel {
        let reached = find_address(&work, &Recipient::Person(person_id), ChannelChoice::On(channel)).await?;
        reached.ok_or_else(|| Error::from(Refusal::at(RefusalCode::NoChannel, "channel")))?;
    }
    preferences.channel = input.channel.clone().apply(preferences.channel);
    apply_times(&mut preferences, &input)?;
    if let Some(kinds) = &input.digest_kinds {
        let all = InboxKind::ALL.iter().copied();
        preferences.digest_without = all.filter(|kind| !kinds.contains(kind)).collect();
    }
    store::messages::save_preferences(&work.tx, preferences.row(work.now)).await?;
    for (place, Switch { channel, kind }) in input.switch_off.iter().enumerate() {
        check_switch(*kind, place)?;
        let (channel, kind, off_since) = (*channel, *kind, work.now.0);
        let row = message_switches::Model { person_id, channel, kind, off_since };
        store::messages::switch_off(&work.tx, row).await?;
    }
    for Switch { channel, kind } in &input.switch_on {
        store::messages::switch_on(&work.tx, person_id, *channel, *kind).await?;
    }
    let set = Preferences::of(&work.tx, person_id).await?;
    work.commit().await?;
    Ok(set)
}

fn apply_times(preferences: &mut Preferences, input: &PreferenceSet) -> Result<()> {
    if let Some(text) = &input.digest_at {
        preferences.digest_at = TimeOfDay::read(text, "digestAt")?;
    }
    let read = |text: &Patch<String>, field, now: Option<TimeOfDay>| -> Result<Option<TimeOfDay>> {
        match text {
            Patch::Unchanged => Ok(now),
            Patch::Clear => Ok(None),
            Patch::Set(text) => Ok(Some(TimeOfDay::read(text, field)?)),
        }
    };
    let from = read(&input.quiet_from, "quietFrom", preferences.quiet.map(|quiet| quiet.from))?;
    let until = read(&input.quiet_until, "quietUntil", preferences.quiet.map(|quiet| quiet.until))?;
    preferences.quiet = match (from, until) {
        (Some(from), Some(until)) => Some(QuietHours { from, until }),
        (None, None) => None,
        (Some(_), None) => return Err(incomplete_quiet_hours("quietUntil")),
        (None, Some(_)) => return Err(incomplete_quiet_hours("quietFrom")),
    };
    if let Patch::Set(text) = &input.time_zone {
        let name =
            zone_name(text).ok_or_else(|| {
                let refusal = Refusal::at(RefusalCode::InvalidValue, "timeZone");
                Error::from(refusal.because(
                    "give the name of a time zone, such as Asia/Shanghai",
                    "请填写时区名称，例如“Asia/Shanghai”",
                ))
            })?;
        preferences.time_zone = Some(name);
    } else if input.time_zone == Patch::Clear {
        preferences.time_zone = None;
    }
    Ok(())
}

/// Quiet hours have a beginning and an end.
fn incomplete_quiet_hours(field: &str) -> Error {
    let refusal = Refusal::at(RefusalCode::InvalidValue, field);
    refusal
        .because(
            "quiet hours have a beginning and an end; give both, or neither",
            "免打扰时段须同时填写开始和结束时间，或都不填写",
        )
        .into()
}

fn check_switch(kind: MessageKind, place: usize) -> Result<()> {
    if kind.can_be_switched_off() {
        return Ok(());
    }
    let refusal = Refusal::at(RefusalCode::InvalidValue, &format!("switchOff.{place}.kind"));
    let en = "messages of this kind serve what you asked for, or protect you; they cannot be switched off";
    Err(refusal.because(en, "此类消息是您要求的服务，或用于保护您的账号，不能关闭").into())
}
