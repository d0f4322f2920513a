//! The demo's photos: a pool of pictures drawn once, and taken by people as a tablet would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use domain::photo::PhotoStage;
use domain::photo::markup::{Form, PhotoShapeColour, PhotoStrokeWidth, Shape, Spot};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::Stage;
use crate::demo::cast::{OWNERS, STAFF};
use crate::demo::drawing::{self, Flaw, Picture, draw_defect_photo, draw_signature};
use crate::error::{Error, Result};
use crate::jobs::{self, JobKind};
use crate::photo::complete::complete;
use crate::photo::declare::{DeclarePhoto, PhotoSubject, declare};
use crate::photo::mark::{MarkPhoto, mark};

/// How many places are drawn of each flaw.
const PLACES: u64 = 2;

/// Which picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Motif {
    /// A defect, before or after its repair.
    Defect(Flaw, drawing::Stage, u64),
    /// A person's signature, by place in the cast.
    Signature(u64),
}

impl Motif {
    /// The picture of a defect of a type.
    pub(super) fn of_defect(kind: &str, stage: drawing::Stage, turn: usize) -> Self {
        Self::Defect(Flaw::of_defect_type(kind), stage, turn as u64 % PLACES)
    }

    /// The signature of a person.
    pub(super) fn signature(nick: &str) -> Self {
        let cast = STAFF.iter().map(|member| member.nick).chain(OWNERS.iter().map(|owner| owner.nick));
        Self::Signature((0..).zip(cast).find(|(_, other)| *other == nick).map_or(0, |(index, _)| index))
    }

    fn all() -> impl Iterator<Item = Self> {
        let defects = Flaw::ALL.into_iter().flat_map(|flaw| {
            [drawing::Stage::Before, drawing::Stage::After]
                .into_iter()
                .flat_map(move |stage| (0..PLACES).map(move |place| Self::Defect(flaw, stage, place)))
        });
        defects.chain((0..(STAFF.len() + OWNERS.len()) as u64).map(Self::Signature))
    }

    fn draw(self) -> Picture {
        match self {
            // Other numbers than the defects have, so that nobody takes one for the other.
            Self::Defect(flaw, stage, place) => draw_defect_photo(flaw, stage, 2_026 + place * 131),
            Self::Signature(person) => draw_signature(person + 1),
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Defect(..) => "image/jpeg",
            Self::Signature(_) => "image/png",
        }
    }
}

/// Drawn pictures.
pub(in crate::demo) struct Pictures(HashMap<Motif, (Bytes, [u8; 32])>);

impl Pictures {
    /// Draws all of them on all cores. When nobody waits for them any more, no further one is begun.
    pub(in crate::demo) async fn draw() -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let motifs = Arc::new(Mutex::new(Motif::all().collect::<Vec<_>>()));
        let mut tasks = JoinSet::new();
        for _ in 0..cores {
            let motifs = Arc::downgrade(&motifs);
            tasks.spawn_blocking(move || draw_until_none_is_left(&motifs));
        }
        let mut drawn = HashMap::new();
        while let Some(share) = tasks.join_next().await {
            drawn.extend(share.map_err(Error::internal)?.map_err(Error::internal)?);
        }
        Ok(Self(drawn))
    }

    fn get(&self, motif: Motif) -> Result<&(Bytes, [u8; 32])> {
        self.0.get(&motif).ok_or_else(|| Error::internal(format!("{motif:?} was not drawn")))
    }
}

type Drawn = Vec<(Motif, (Bytes, [u8; 32]))>;

fn draw_until_none_is_left(motifs: &Weak<Mutex<Vec<Motif>>>) -> std::result::Result<Drawn, image::ImageError> {
    let next = || motifs.upgrade()?.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut drawn = Vec::new();
    while let Some(motif) = next() {
        let bytes = Bytes::from(motif.draw()?);
        let sha256 = Sha256::digest(&bytes).into();
        drawn.push((motif, (bytes, sha256)));
    }
    Ok(drawn)
}

impl Stage {
    /// A person takes a photo: declared, uploaded, completed, and its renditions made at once. Answers its id.
    pub(super) async fn take_photo(
        &self,
        nick: &str,
        subject: PhotoSubject,
        stage: PhotoStage,
        motif: Motif,
    ) -> Result<Uuid> {
        let caller = self.caller(nick)?;
        let (bytes, sha256) = self.pictures.get(motif)?;
        let photo_id = self.app.ids.next();
        let input = DeclarePhoto {
            photo_id,
            sha256: hex::encode(sha256),
            byte_size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            content_type: motif.content_type().to_owned(),
            width: None,
            height: None,
            subject,
            stage,
            occurred_at: None,
            device_id: None,
        };
        let declared = declare(&self.app, caller, input).await?;
        if let Some(key) = declared.photo.staging_key {
            let put = self.app.objects.put(&key, bytes.clone(), motif.content_type(), sha256).await;
            put.map_err(Error::internal)?;
        }
        complete(&self.app, caller, photo_id).await?;
        self.render().await?;
        Ok(photo_id)
    }

    /// Whoever took a photo points at what is wrong, and says how long it is.
    pub(super) async fn mark_photo(&self, nick: &str, photo_id: Uuid) -> Result<()> {
        let spot = |x, y| Spot { x, y };
        let arrow = Form::Arrow { from: spot(0.78, 0.18), to: spot(0.58, 0.42), width: PhotoStrokeWidth::Medium };
        let label = "12 cm".to_owned();
        let (from, to) = (spot(0.38, 0.62), spot(0.62, 0.62));
        let length = Form::Measure { from, to, label, width: PhotoStrokeWidth::Medium };
        let shapes = vec![
            Shape { colour: PhotoShapeColour::Red, form: arrow },
            Shape { colour: PhotoShapeColour::Yellow, form: length },
        ];
        let input = MarkPhoto { photo_id, shapes, expected_version: None, occurred_at: None };
        mark(&self.app, self.caller(nick)?, input).await?;
        self.render().await
    }

    /// Makes what people look at first; smaller copies of it come once the server runs.
    async fn render(&self) -> Result<()> {
        jobs::run_due_but(&self.app, Some(JobKind::PhotoWebp)).await.map(drop)
    }
}
