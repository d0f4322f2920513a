//! How the bytes of a declared photo get to the object store: by one link, or in parts when there are many of them.

use std::collections::HashMap;
use std::time::Duration;

use blob_store::ObjectError;
use domain::Timestamp;

use super::finalize::has_deduplicated_original;
use super::parts::{PartRange, part_ranges};
use super::{PhotoRow, object_keys, store_failed};
use crate::App;
use crate::error::Result;

/// How long an upload link is good for. Phones upload in the background hours later, and the link takes the declared
/// bytes alone.
const LINK_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// The upload of the missing bytes of a photo; empty if all bytes have arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upload {
    /// All of them at once.
    pub whole: Option<Ticket>,
    /// The missing parts: another way to upload files larger than 8 MB.
    pub parts: Vec<PartTicket>,
}

/// One upload of exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Where to.
    pub url: String,
    /// The headers to send, as they are.
    pub headers: Vec<(&'static str, String)>,
    /// When the link is no longer good.
    pub expires_at: Timestamp,
}

/// One part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTicket {
    /// From 1.
    pub number: u16,
    /// Bytes before it.
    pub offset: u64,
    /// Its bytes.
    pub byte_size: u64,
    /// How to upload it.
    pub ticket: Ticket,
}

/// How to upload a photo that was declared just now.
pub(super) async fn first_upload(app: &App, photo: &PhotoRow) -> Result<Upload> {
    match &photo.staging_key {
        Some(staging) => tickets(app, photo, staging, None).await,
        None => missing_upload(app, photo).await,
    }
}

/// The upload of the missing bytes of a photo that was declared before.
pub(super) async fn missing_upload(app: &App, photo: &PhotoRow) -> Result<Upload> {
    let waits = photo.state.awaits_bytes();
    if !waits {
        return Ok(Upload::default());
    }
    if has_deduplicated_original(app, photo).await? {
        return Ok(Upload::default());
    }
    let Some(staging) = &photo.staging_key else { return restart_upload(app, photo).await };
    match app.objects.head(staging).await {
        Ok(head) if i64::try_from(head.length) == Ok(photo.byte_size) => return Ok(Upload::default()),
        Ok(_) | Err(ObjectError::NotFound) => {}
        Err(error) => return Err(store_failed(&error)),
    }
    let Some(upload_id) = &photo.multipart_id else { return restart_upload(app, photo).await };
    match app.objects.parts(staging, upload_id).await {
        Ok(parts) => {
            let there: HashMap<u16, u64> = parts.into_iter().map(|part| (part.number, part.length)).collect();
            let mut upload = tickets(app, photo, staging, Some((upload_id, &there))).await?;
            if upload.parts.is_empty() {
                // All of them are there; completing joins them.
                upload.whole = None;
            }
            Ok(upload)
        }
        Err(ObjectError::NotFound) => restart_upload(app, photo).await,
        Err(error) => Err(store_failed(&error)),
    }
}

/// Begins another upload, under a new key; gives no links if the bytes came meanwhile.
async fn restart_upload(app: &App, photo: &PhotoRow) -> Result<Upload> {
    let key = object_keys::staging(photo.id, app.ids.next());
    let before = photo.staging_key.as_deref();
    let waiting =
        app.db.write(async |tx| store::photos::set_staging_key(tx, photo.id, before, Some(key.clone())).await);
    if waiting.await? {
        return tickets(app, photo, &key, None).await;
    }
    // A concurrent request was faster: both get its key, if the bytes are still awaited.
    let now = store::photos::load(app.db.read(), photo.id).await?;
    match now.as_ref().and_then(|now| Some((now, now.staging_key.as_deref()?))) {
        Some((now, staging)) if now.state.awaits_bytes() => {
            Ok(Upload { whole: Some(whole_ticket(app, now, staging)), parts: Vec::new() })
        }
        _ => Ok(Upload::default()),
    }
}

/// The links for uploading to a key; of an upload in parts, the links of missing parts only.
async fn tickets(
    app: &App,
    photo: &PhotoRow,
    staging: &str,
    begun: Option<(&str, &HashMap<u16, u64>)>,
) -> Result<Upload> {
    let spans = part_ranges(u64::try_from(photo.byte_size).unwrap_or(0));
    let upload_id = match begun {
        Some((upload_id, _)) => Some(upload_id.to_owned()),
        None if spans.is_empty() => None,
        None => begin_upload(app, photo, staging).await?,
    };
    let is_there = |span: &PartRange| begun.is_some_and(|(_, there)| there.get(&span.number) == Some(&span.length));
    let parts = upload_id.map_or_else(Vec::new, |upload_id| {
        let missing = spans.into_iter().filter(|span| !is_there(span));
        missing.map(|span| part_ticket(app, staging, &upload_id, span)).collect()
    });
    Ok(Upload { whole: Some(whole_ticket(app, photo, staging)), parts })
}

/// Begins an upload in parts. A store that cannot do that now, or never, leaves the one link.
async fn begin_upload(app: &App, photo: &PhotoRow, staging: &str) -> Result<Option<String>> {
    let begun = match app.objects.begin_parts(staging, photo.content_type.as_str()).await {
        Ok(upload_id) => upload_id,
        Err(error) => {
            tracing::warn!(%error, "an upload in parts could not be begun");
            return Ok(None);
        }
    };
    let noted = app.db.write(async |tx| store::photos::begin_parts(tx, photo.id, staging, begun.clone()).await).await?;
    Ok(noted.then_some(begun))
}

fn whole_ticket(app: &App, photo: &PhotoRow, key: &str) -> Ticket {
    let byte_size = u64::try_from(photo.byte_size).unwrap_or(0);
    // Stored by this module, always of this length.
    let sha256: [u8; 32] = photo.sha256.as_slice().try_into().unwrap_or_default();
    let put = app.objects.presign_put(key, byte_size, photo.content_type.as_str(), &sha256, LINK_LIFE);
    Ticket { url: put.url, headers: put.headers, expires_at: expiry(app) }
}

fn part_ticket(app: &App, key: &str, upload_id: &str, span: PartRange) -> PartTicket {
    let put = app.objects.presign_part(key, upload_id, span.number, span.length, LINK_LIFE);
    let ticket = Ticket { url: put.url, headers: put.headers, expires_at: expiry(app) };
    PartTicket { number: span.number, offset: span.offset, byte_size: span.length, ticket }
}

fn expiry(app: &App) -> Timestamp {
    app.clock.now().plus_seconds(i64::try_from(LINK_LIFE.as_secs()).unwrap_or(0))
}
