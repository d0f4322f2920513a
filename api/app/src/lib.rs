//! The use cases: what a person can do, one file each, free of GraphQL, HTTP and SQL.
//!
//! Each loads what it needs as the caller may see it, asks the rule in `domain`, changes, and commits through
//! [`unit_of_work::UnitOfWork`], which writes the events, the jobs and the change numbers in the same transaction.

pub mod change;
pub mod checklist;
pub mod clock;
pub mod command;
pub mod constraints;
pub mod context;
pub mod credentials;
pub mod defect;
pub mod error;
pub mod fingerprint;
pub mod inbox;
pub mod input;
pub mod inspection;
pub mod jobs;
pub mod live;
pub mod messages;
mod new_event;
pub mod operation;
pub mod overview;
pub mod password;
pub mod people;
pub mod photo;
pub mod project;
mod quota;
pub mod recount;
pub mod redacted;
mod retry;
pub mod round;
mod sent_code;
pub mod session;
pub mod sync;
pub mod unit;
pub mod unit_link;
pub mod unit_of_work;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use blob_store::ObjectStore;
use imaging::markup::FontSource;
use message_channels::Channels;
use store::db::Db;

pub use clock::{Clock, Ids};
pub use context::Context;
pub use error::{Error, Result};
pub use retry::{retry, retry_if};
pub use session::authenticate::CallerCache;

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The store of photos, plans and signatures.
    pub objects: Arc<ObjectStore>,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids of what the server itself creates come from.
    pub ids: Ids,
    /// Wakes the job runner of this process.
    pub job_notifier: jobs::JobNotifier,
    /// The channels by which messages leave the server.
    pub channels: Arc<Channels>,
    /// Wakes the sender of messages of this process.
    pub message_notifier: messages::MessageNotifier,
    /// The server's address as people reach it, for links in messages, without a slash at the end.
    pub public_url: Arc<str>,
    /// Where the letters of drawn words come from.
    pub font_source: FontSource,
    /// Callers who asked a moment ago.
    pub caller_cache: CallerCache,
    /// Who waits for news in this process.
    pub live: live::Live,
    /// Where sign-ins of this process wait until their passwords are checked.
    pub hash_queue: session::HashQueue,
    /// Whether the demo is on: without it the demo's people neither sign in nor go on with a session.
    pub demo: bool,
    /// How many hashes of passwords imports have made.
    pub imported_hashes: Arc<AtomicU64>,
    /// The people whose imports are being done.
    pub importing: project::import::Importing,
    /// Photos' objects that were read and found good a moment ago.
    pub checked: photo::checked::CheckedObjects,
}

impl App {
    /// The use cases on a database and an object store, by the machine's clock.
    #[must_use]
    pub fn new(db: Db, objects: Arc<ObjectStore>) -> Self {
        Self {
            db,
            objects,
            clock: Clock::default(),
            ids: Ids::default(),
            job_notifier: jobs::JobNotifier::default(),
            channels: Arc::new(Channels::none()),
            message_notifier: messages::MessageNotifier::default(),
            public_url: Arc::from("http://localhost:8080"),
            font_source: FontSource::usual(),
            caller_cache: CallerCache::default(),
            live: live::Live::default(),
            hash_queue: session::HashQueue::default(),
            demo: false,
            imported_hashes: Arc::default(),
            importing: project::import::Importing::default(),
            checked: photo::checked::CheckedObjects::default(),
        }
    }
}
