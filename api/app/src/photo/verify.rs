//! Verify the object store against the database, in both directions: missing objects, altered objects, and objects
//! without a row. Renditions are made again where they are missing; an original is never touched.

use std::collections::HashSet;

use blob_store::ObjectError;
use domain::id::PhotoId;
use futures::stream::{self, StreamExt, TryStreamExt};
use store::photos::StoredPhoto;

use super::gc::GcError;
use super::object_keys;
use super::render::renditions::regenerate;
use super::render::{LARGE_EDGE, THUMB_EDGE};
use crate::App;

/// Photos read from the database at once.
const PAGE: u64 = 500;
/// Photos looked at side by side.
const SIDE_BY_SIDE: usize = 8;

/// How thoroughly to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thoroughness {
    /// Of how many originals in a hundred the bytes are read and hashed; others are only asked for their length.
    pub hashed_percent: u8,
    /// Whether missing renditions are made again.
    pub repair: bool,
}

/// The fault of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An original that a photo needs is not there.
    OriginalMissing(PhotoId, String),
    /// An original is not the bytes that were received.
    OriginalAltered(PhotoId, String),
    /// An object is there and the store cannot hand it out: its disk has lost a part of it.
    Unreadable(PhotoId, String),
    /// A rendition is not there, or is empty.
    RenditionMissing(PhotoId, String),
    /// The renditions of a photo were made again.
    RenditionsMade(PhotoId),
    /// An object that belongs to no photo. The garbage collection removes it after a time.
    Orphan(String),
}

impl Finding {
    /// Whether something is wrong that is not mended.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        match self {
            Self::OriginalMissing(..)
            | Self::OriginalAltered(..)
            | Self::Unreadable(..)
            | Self::RenditionMissing(..) => true,
            Self::RenditionsMade(_) | Self::Orphan(_) => false,
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OriginalMissing(photo, key) => write!(f, "photo {photo}: its original is missing ({key})"),
            Self::OriginalAltered(photo, key) => write!(f, "photo {photo}: its original has changed ({key})"),
            Self::Unreadable(photo, key) => write!(f, "photo {photo}: the store cannot read an object ({key})"),
            Self::RenditionMissing(photo, key) => write!(f, "photo {photo}: a rendition is missing ({key})"),
            Self::RenditionsMade(photo) => write!(f, "photo {photo}: its renditions were made again"),
            Self::Orphan(key) => write!(f, "no photo has this object: {key}"),
        }
    }
}

/// How far the look has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Photos whose objects were looked at.
    pub photos: u64,
    /// Originals that were read and hashed.
    pub hashed: u64,
    /// Objects of the store that were looked for in the database.
    pub objects: u64,
}

/// Looks at everything; tells each finding and each step as it comes.
///
/// # Errors
/// When the database or the object store fails.
pub async fn verify_objects(
    app: &App,
    how: Thoroughness,
    mut tell: impl FnMut(&VerifyProgress, Option<&Finding>),
) -> Result<VerifyProgress, GcError> {
    let mut looked = VerifyProgress::default();
    let mut after = PhotoId::nil();
    loop {
        let page = store::photos::stored_after(app.db.read(), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let mut looks = stream::iter(page).map(|photo| verify_photo(app, how, photo)).buffered(SIDE_BY_SIDE);
        while let Some((findings, hashed)) = looks.try_next().await? {
            looked.photos += 1;
            looked.hashed += u64::from(hashed);
            findings.iter().for_each(|finding| tell(&looked, Some(finding)));
            tell(&looked, None);
        }
    }
    verify_owners_of_objects(app, &mut looked, &mut tell).await?;
    Ok(looked)
}

/// Checks the objects of one photo; returns the faults, and whether its bytes were read.
async fn verify_photo(app: &App, how: Thoroughness, photo: StoredPhoto) -> Result<(Vec<Finding>, bool), GcError> {
    let mut findings = Vec::new();
    let Some(original) = photo.object_key.clone() else { return Ok((findings, false)) };
    let hashed = is_sampled(how.hashed_percent)?;
    match original_is_sound(app, &photo, &original, hashed).await? {
        Soundness::Sound => {}
        Soundness::Missing => findings.push(Finding::OriginalMissing(photo.id, original.clone())),
        Soundness::Altered => findings.push(Finding::OriginalAltered(photo.id, original.clone())),
        Soundness::Unreadable => findings.push(Finding::Unreadable(photo.id, original.clone())),
    }
    let sound = findings.is_empty();
    for key in renditions(&photo, &original) {
        match app.objects.head(&key).await {
            Ok(head) if head.length > 0 => {}
            Ok(_) | Err(ObjectError::NotFound) => findings.push(Finding::RenditionMissing(photo.id, key)),
            Err(error) => {
                check_store_answers(app, error).await?;
                findings.push(Finding::Unreadable(photo.id, key));
            }
        }
    }
    if how.repair && sound && !findings.is_empty() {
        match regenerate(app, photo.id).await {
            Ok(true) => findings = vec![Finding::RenditionsMade(photo.id)],
            Ok(false) => {}
            Err(GcError::Objects(error)) => check_store_answers(app, error).await?,
            Err(error) => return Err(error),
        }
    }
    Ok((findings, hashed))
}

/// Where the renditions of a photo lie.
fn renditions(photo: &StoredPhoto, original: &str) -> Vec<String> {
    let copies = [&photo.thumb_key, &photo.large_key, &photo.marked_key, &photo.stripped_key];
    // A copy without metadata may be the original itself, which was looked at.
    let jpeg = copies.into_iter().flatten().filter(|key| *key != original).cloned();
    let edges = photo.webp_at.map(|_| [THUMB_EDGE, LARGE_EDGE]).into_iter().flatten();
    jpeg.chain(edges.map(|edge| object_keys::webp(original, edge))).collect()
}

enum Soundness {
    Sound,
    Missing,
    Altered,
    Unreadable,
}

/// Whether the store answers, so that the fault is that of one object; else the error.
async fn check_store_answers(app: &App, error: ObjectError) -> Result<(), GcError> {
    Ok(app.objects.ready().await.map_err(|_| error)?)
}

async fn original_is_sound(app: &App, photo: &StoredPhoto, key: &str, hashed: bool) -> Result<Soundness, GcError> {
    let length = if hashed {
        match app.objects.read_hash(key).await {
            Ok((length, sha256)) if sha256.as_slice() == photo.sha256 => length,
            Ok(_) => return Ok(Soundness::Altered),
            Err(ObjectError::NotFound) => return Ok(Soundness::Missing),
            Err(error) => return check_store_answers(app, error).await.map(|()| Soundness::Unreadable),
        }
    } else {
        match app.objects.head(key).await {
            Ok(head) => head.length,
            Err(ObjectError::NotFound) => return Ok(Soundness::Missing),
            Err(error) => return check_store_answers(app, error).await.map(|()| Soundness::Unreadable),
        }
    };
    let as_received = i64::try_from(length) == Ok(photo.byte_size);
    Ok(if as_received { Soundness::Sound } else { Soundness::Altered })
}

/// Chance: another run looks at others.
fn is_sampled(percent: u8) -> Result<bool, GcError> {
    if percent >= 100 {
        return Ok(true);
    }
    let drawn = getrandom::u32().map_err(crate::error::Error::internal)?;
    Ok(drawn % 100 < u32::from(percent))
}

/// Looks for the owner of every object.
async fn verify_owners_of_objects(
    app: &App,
    looked: &mut VerifyProgress,
    tell: &mut impl FnMut(&VerifyProgress, Option<&Finding>),
) -> Result<(), GcError> {
    let mut from = None;
    loop {
        let page = app.objects.list(object_keys::PROJECTS, from.as_deref(), 1_000).await?;
        looked.objects += page.objects.len() as u64;
        let of = |key: &str| object_keys::original_key_of(key).map(str::to_owned);
        let originals: HashSet<String> = page.objects.iter().filter_map(|object| of(&object.key)).collect();
        let originals: Vec<String> = originals.into_iter().collect();
        let used = store::photos::used_keys(app.db.read(), &originals).await?;
        for object in page.objects {
            if of(&object.key).is_some_and(|original| !used.contains(&original)) {
                tell(looked, Some(&Finding::Orphan(object.key)));
            }
        }
        tell(looked, None);
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}
