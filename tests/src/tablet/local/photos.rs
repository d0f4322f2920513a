//! Pending photos: their files, and their progress.

use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Row as _, SqliteConnection};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::{Local, optional, parsed};
use crate::tablet::Shot;

/// A photo on the tablet.
#[derive(Clone, Debug)]
pub struct Photo {
    /// The id, made once.
    pub id: Uuid,
    /// The photographer.
    pub person_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The unit.
    pub unit_id: Option<Uuid>,
    /// The defect that it shows.
    pub defect_id: Uuid,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The number of bytes.
    pub byte_size: i64,
    /// The media type.
    pub content_type: String,
    /// The stage of the defect that it shows.
    pub stage: String,
    bytes: Vec<u8>,
}

/// The progress of a photo. Its file is kept until `Complete`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoState {
    /// Its declaration is in the queue of operations.
    Taken,
    /// The server knows it, and shows it as missing.
    Declared,
    /// The object store has the bytes.
    Uploaded,
    /// The server has checked the bytes and keeps them.
    Complete,
    /// The server refused it. The person is shown the reason, and may delete the file.
    Refused,
}

impl PhotoState {
    /// The stored form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "TAKEN",
            Self::Declared => "DECLARED",
            Self::Uploaded => "UPLOADED",
            Self::Complete => "COMPLETE",
            Self::Refused => "REFUSED",
        }
    }
}

impl Photo {
    /// The properties of the file from the camera.
    #[must_use]
    pub fn of(shot: Shot, person_id: Uuid, project_id: Uuid) -> Self {
        Self {
            id: shot.id,
            person_id,
            project_id,
            unit_id: shot.unit_id,
            defect_id: shot.defect_id,
            sha256: hex::encode(Sha256::digest(&shot.bytes)),
            byte_size: i64::try_from(shot.bytes.len()).unwrap_or(i64::MAX),
            content_type: shot.content_type.to_owned(),
            stage: shot.stage.to_owned(),
            bytes: shot.bytes,
        }
    }

    /// The input of `photoUploadCreate`, the same for each repetition.
    #[must_use]
    pub fn declaration(&self, local: &Local) -> Value {
        json!({
            "photoId": self.id, "sha256": self.sha256, "byteSize": self.byte_size, "contentType": self.content_type,
            "subject": { "defectId": self.defect_id }, "stage": self.stage, "deviceId": local.device_id(),
        })
    }

    pub(super) async fn insert(&self, tx: &mut SqliteConnection) -> sqlx::Result<()> {
        let insert = "INSERT INTO photos
            (id, person_id, project_id, unit_id, defect_id, sha256, byte_size, content_type, stage, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'TAKEN')";
        let query = sqlx::query(insert)
            .bind(self.id.to_string())
            .bind(self.person_id.to_string())
            .bind(self.project_id.to_string())
            .bind(self.unit_id.map(|id| id.to_string()))
            .bind(self.defect_id.to_string())
            .bind(&self.sha256)
            .bind(self.byte_size)
            .bind(&self.content_type)
            .bind(&self.stage);
        query.execute(tx).await?;
        Ok(())
    }
}

impl Local {
    fn file(&self, photo_id: Uuid) -> PathBuf {
        self.folder.join("photos").join(photo_id.to_string())
    }

    /// Writes a photo's bytes to a file, synced to the disk before any row refers to it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn keep_bytes(&self, photo: &Photo) -> std::io::Result<()> {
        let path = self.file(photo.id);
        tokio::fs::create_dir_all(self.folder.join("photos")).await?;
        let mut file = tokio::fs::File::create(path).await?;
        file.write_all(&photo.bytes).await?;
        file.sync_all().await
    }

    /// A photo's bytes.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn bytes(&self, photo_id: Uuid) -> std::io::Result<Vec<u8>> {
        tokio::fs::read(self.file(photo_id)).await
    }

    /// A person's photos that the server knows but does not have.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn photos_to_send(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<Vec<(Photo, PhotoState)>> {
        let select = "SELECT * FROM photos WHERE state IN ('DECLARED', 'UPLOADED') AND person_id = ? AND project_id = ?
            ORDER BY id";
        let query = sqlx::query(select).bind(person_id.to_string()).bind(project_id.to_string());
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(photo).collect()
    }

    /// Stores the progress of a photo. Its file may be deleted only after that.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn move_photo(&self, photo_id: Uuid, to: PhotoState) -> sqlx::Result<()> {
        let update = "UPDATE photos SET state = ? WHERE id = ?";
        sqlx::query(update).bind(to.as_str()).bind(photo_id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// The number of photos of the device in a state.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn photo_count(&self, state: PhotoState) -> sqlx::Result<i64> {
        let select = "SELECT count(*) FROM photos WHERE state = ?";
        sqlx::query_scalar(select).bind(state.as_str()).fetch_one(&self.pool).await
    }
}

fn photo(row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<(Photo, PhotoState)> {
    let state = match row.try_get("state")? {
        "UPLOADED" => PhotoState::Uploaded,
        _ => PhotoState::Declared,
    };
    let photo = Photo {
        id: parsed(row.try_get("id")?)?,
        person_id: parsed(row.try_get("person_id")?)?,
        project_id: parsed(row.try_get("project_id")?)?,
        unit_id: optional(row.try_get("unit_id")?)?,
        defect_id: parsed(row.try_get("defect_id")?)?,
        sha256: row.try_get("sha256")?,
        byte_size: row.try_get("byte_size")?,
        content_type: row.try_get("content_type")?,
        stage: row.try_get("stage")?,
        bytes: Vec::new(),
    };
    Ok((photo, state))
}
