//! Seeds photos and signatures, taken by people as with a tablet.

use std::sync::Arc;

use app::App;
use app::error::{Error, Result};
use app::jobs::{self, JobKind};
use app::photo::annotate::{AnnotatePhoto, annotate};
use app::photo::complete::complete;
use app::photo::declare::{DeclarePhoto, PhotoSubject, declare_photo};
use bytes::Bytes;
use domain::id::PhotoId;
use domain::photo::markup::{Form, PhotoShapeColour, PhotoStrokeWidth, Shape, Spot};
use domain::photo::{PhotoStage, PhotoType};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::Seeder;
use crate::assets::{self, PhotoPair};
use crate::findings::Finding;

/// A picture that a person takes: a photo, or a signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    file: &'static [u8],
    kind: PhotoType,
}

impl Picture {
    /// The place of a finding before its repair.
    pub(super) fn before_repair(finding: &Finding) -> Result<Self> {
        photo_pair(finding).map(|pair| Self { file: pair.before, kind: PhotoType::Jpeg })
    }

    /// The same place after the repair.
    pub(super) fn after_repair(finding: &Finding) -> Result<Self> {
        photo_pair(finding).map(|pair| Self { file: pair.after, kind: PhotoType::Jpeg })
    }

    /// An overview of a room.
    pub(super) fn of_room(room_type: &str) -> Result<Self> {
        let file = assets::room(room_type).ok_or_else(|| missing(room_type))?;
        Ok(Self { file, kind: PhotoType::Jpeg })
    }

    /// The signature of a person.
    pub(super) fn of_signature(nick: &str) -> Result<Self> {
        let file = assets::signature(nick).ok_or_else(|| missing(nick))?;
        Ok(Self { file, kind: PhotoType::Png })
    }

    /// The bytes to upload: unique for each photo, but the same for every signature of a person.
    fn bytes(self, photo_id: PhotoId) -> Bytes {
        match self.kind {
            PhotoType::Jpeg => assets::with_comment(self.file, &photo_id.to_string()).into(),
            _ => Bytes::from_static(self.file),
        }
    }
}

fn photo_pair(finding: &Finding) -> Result<&'static PhotoPair> {
    assets::photo_pair(finding.motif).ok_or_else(|| missing(finding.motif))
}

fn missing(name: &str) -> Error {
    Error::internal(format!("the demo has no picture of {name}"))
}

impl Seeder {
    /// A person takes a photo: declared, uploaded, completed. Its renditions are made during the next entry. Returns
    /// its id.
    pub(super) async fn take_photo(
        &self,
        nick: &str,
        subject: PhotoSubject,
        stage: PhotoStage,
        picture: Picture,
    ) -> Result<PhotoId> {
        let ctx = self.context(nick)?;
        let photo_id = self.app.ids.next();
        let bytes = picture.bytes(photo_id);
        let sha256: [u8; 32] = Sha256::digest(&bytes).into();
        let input = DeclarePhoto {
            photo_id,
            sha256: hex::encode(sha256),
            byte_size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            content_type: picture.kind.as_str().to_owned(),
            width: None,
            height: None,
            subject,
            stage,
            occurred_at: None,
            device_id: None,
        };
        let declared = declare_photo(ctx, input).await?;
        if let Some(key) = declared.photo.into_inner().staging_key {
            let put = self.app.objects.put(&key, bytes, picture.kind.as_str(), &sha256).await;
            put.map_err(Error::internal)?;
        }
        complete(ctx, photo_id).await?;
        Ok(photo_id)
    }

    /// The person who took a photo draws an arrow to the defect, and its length if it is known.
    pub(super) async fn mark_photo(&self, nick: &str, photo_id: PhotoId, length: Option<&str>) -> Result<()> {
        // Only a photo with renditions can be annotated.
        self.renderer.run().await?;
        let spot = |x, y| Spot { x, y };
        let arrow = Form::Arrow { from: spot(0.78, 0.18), to: spot(0.58, 0.42), width: PhotoStrokeWidth::Medium };
        let mut shapes = vec![Shape { colour: PhotoShapeColour::Red, form: arrow }];
        if let Some(length) = length {
            let (from, to, label) = (spot(0.38, 0.62), spot(0.62, 0.62), length.to_owned());
            let form = Form::Measure { from, to, label, width: PhotoStrokeWidth::Medium };
            shapes.push(Shape { colour: PhotoShapeColour::Yellow, form });
        }
        let input = AnnotatePhoto { photo_id, shapes, expected_version: None, occurred_at: None };
        annotate(self.context(nick)?, input).await?;
        self.renderer.run().await
    }
}

/// Makes the renditions of photos in the background of the next entry.
#[derive(Clone)]
pub(super) struct Renderer {
    app: App,
    /// Held while jobs run, so that the next caller waits for them.
    turn: Arc<Mutex<()>>,
}

impl Renderer {
    pub(super) fn new(app: &App) -> Self {
        Self { app: app.clone(), turn: Arc::default() }
    }

    /// Makes the renditions that are due, and waits for those of another caller. WebP renditions are made later, by the
    /// running server.
    pub(super) async fn run(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        jobs::run_due_except(&self.app, Some(JobKind::PhotoWebp)).await.map(drop)
    }
}
