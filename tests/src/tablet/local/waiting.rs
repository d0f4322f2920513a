//! The pending work on this device by unit, so that no unit is signed while work on it is on a tablet.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Local;

/// The pending work of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The unit; `None` for work without a unit.
    pub unit_id: Option<String>,
    /// The number of unanswered operations.
    pub operations: i64,
    /// The number of photos that the server does not have.
    pub photos: i64,
    /// The size of these photos in bytes.
    pub photo_bytes: i64,
}

impl Waiting {
    /// The input of `deviceReport`.
    #[must_use]
    pub fn as_sent(&self) -> Value {
        json!({ "unitId": self.unit_id, "operations": self.operations, "photos": self.photos,
            "photoBytes": self.photo_bytes })
    }
}

impl Local {
    /// The pending work in a project of all people on this device, including those who have signed out.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn waiting(&self, project_id: Uuid) -> sqlx::Result<Vec<Waiting>> {
        let select =
            "SELECT unit_id, sum(operations) AS operations, sum(photos) AS photos, sum(bytes) AS photo_bytes FROM (
                SELECT unit_id, 1 AS operations, 0 AS photos, 0 AS bytes FROM operations
                    WHERE state = 'QUEUED' AND project_id = ?1
                UNION ALL SELECT unit_id, 0, 1, byte_size FROM photos
                    WHERE state IN ('TAKEN', 'DECLARED', 'UPLOADED') AND project_id = ?1
            ) GROUP BY unit_id ORDER BY unit_id";
        let query = sqlx::query_as(select).bind(project_id.to_string());
        let rows: Vec<(Option<String>, i64, i64, i64)> = query.fetch_all(&self.pool).await?;
        let waiting = |(unit_id, operations, photos, photo_bytes)| Waiting { unit_id, operations, photos, photo_bytes };
        Ok(rows.into_iter().map(waiting).collect())
    }
}
