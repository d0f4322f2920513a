//! The work of people on this device: the queue of unanswered operations, and the journal of answered ones.

use std::str::FromStr;

use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::{Local, Photo, optional, parsed};

/// An operation of a person. It never changes after it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Made once; the server recognises a repetition by it.
    pub id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The unit.
    pub unit_id: Option<Uuid>,
    /// The command's name.
    pub command: String,
    /// The command's input.
    pub input: Value,
    /// The version of the object that the person saw when deciding.
    pub base_version: Option<i64>,
    /// The time by the device's clock.
    pub made_at: String,
}

/// The state of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Unanswered: it is sent until the server answers.
    Queued,
    /// Applied on the server.
    Acknowledged,
    /// Kept on the server as a pending edit, until a person decides on it.
    Parked,
    /// Refused for good. The person is shown the reason until the person has read it.
    Refused,
}

impl State {
    /// The stored form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Parked => "PARKED",
            Self::Refused => "REFUSED",
        }
    }
}

impl FromStr for State {
    type Err = sqlx::Error;

    fn from_str(text: &str) -> sqlx::Result<Self> {
        [Self::Queued, Self::Acknowledged, Self::Parked, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| sqlx::Error::Decode(format!("no state {text}").into()))
    }
}

/// The server's answer to an operation.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The operation's id.
    pub id: Uuid,
    /// The resulting state.
    pub state: State,
    /// The raw answer.
    pub answer: Value,
}

/// An operation as the tablet keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The operation.
    pub operation: Operation,
    /// Its state.
    pub state: State,
    /// The server's answer.
    pub answer: Option<Value>,
}

const INSERT: &str =
    "INSERT INTO operations (id, person_id, project_id, unit_id, command, input, base_version, made_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

impl Local {
    /// Appends an operation to the queue.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn record(&self, operation: &Operation) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        insert(&mut tx, operation).await?;
        tx.commit().await
    }

    /// Adds a photo to the queue of uploads, and its declaration to the queue of operations.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn record_photo(&self, operation: &Operation, photo: &Photo) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        insert(&mut tx, operation).await?;
        photo.insert(&mut tx).await?;
        tx.commit().await
    }

    /// The unanswered operations of a person, in the order in which they were done.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn queue(&self, person_id: Uuid, project_id: Uuid, most: usize) -> sqlx::Result<Vec<Operation>> {
        let select = "SELECT * FROM operations WHERE state = 'QUEUED' AND person_id = ? AND project_id = ?
            ORDER BY position LIMIT ?";
        let query = sqlx::query(select).bind(person_id.to_string()).bind(project_id.to_string());
        let rows = query.bind(i64::try_from(most).unwrap_or(i64::MAX)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(kept_from_row(row)?.operation)).collect()
    }

    /// All operations of people on this device, in order, with their states.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn operations(&self) -> sqlx::Result<Vec<Kept>> {
        let rows = sqlx::query("SELECT * FROM operations ORDER BY position").fetch_all(&self.pool).await?;
        rows.iter().map(kept_from_row).collect()
    }

    /// Stores the server's answers to a batch in one transaction; before that, the batch counts as not sent. The photos
    /// whose declarations were answered change their state with it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn store_answers(&self, answers: &[Answered]) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        for Answered { id, state, answer } in answers {
            let update = "UPDATE operations SET state = ?, answer = ? WHERE id = ?";
            let query = sqlx::query(update).bind(state.as_str()).bind(answer.to_string());
            query.bind(id.to_string()).execute(&mut *tx).await?;
            let photo = match state {
                State::Acknowledged => "DECLARED",
                State::Refused => "REFUSED",
                State::Queued | State::Parked => continue,
            };
            let update = "UPDATE photos SET state = ? WHERE state = 'TAKEN' AND id =
                (SELECT input ->> '$.photoId' FROM operations WHERE id = ? AND command = 'photoUploadCreate')";
            sqlx::query(update).bind(photo).bind(id.to_string()).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// The server was restored from an older backup and may have lost acknowledged operations: all of them in the
    /// journal are offered again, in order, before new ones. Refused operations stay refused, because the person has
    /// seen that.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn offer_again(&self, project_id: Uuid) -> sqlx::Result<u64> {
        let mut tx = self.pool.begin().await?;
        let update = "UPDATE operations SET state = 'QUEUED', offered = 1 WHERE state IN ('ACKNOWLEDGED', 'PARKED') AND project_id = ?";
        let offered = sqlx::query(update).bind(project_id.to_string()).execute(&mut *tx).await?.rows_affected();
        let update =
            "UPDATE photos SET state = 'TAKEN' WHERE state IN ('DECLARED', 'UPLOADED', 'COMPLETE') AND project_id = ?";
        sqlx::query(update).bind(project_id.to_string()).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(offered)
    }

    /// Returns to the queue an operation that was offered again and refused because it depends on an operation of
    /// another tablet that has not been offered yet. It was acknowledged once, so it is offered until it is
    /// acknowledged again.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn offer_missing(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        let update = "UPDATE operations SET state = 'QUEUED' WHERE state = 'REFUSED' AND offered = 1
            AND person_id = ? AND project_id = ?
            AND answer ->> '$.userErrors[0].code' IN ('NOT_FOUND', 'PHOTO_UNUSABLE', 'DEPENDENCY_FAILED')";
        let query = sqlx::query(update).bind(person_id.to_string()).bind(project_id.to_string());
        query.execute(&mut *tx).await?;
        let update = "UPDATE photos SET state = 'TAKEN' WHERE state = 'REFUSED' AND id IN
            (SELECT input ->> '$.photoId' FROM operations WHERE command = 'photoUploadCreate'
                AND state = 'QUEUED' AND offered = 1)";
        sqlx::query(update).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Adds the outcome of parked operations to their stored answers.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn settle(&self, edits: &[Value]) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        for edit in edits {
            let update = "UPDATE operations SET answer = json_set(answer, '$.pendingEdit', json(?))
                WHERE state = 'PARKED' AND id = ?";
            let query = sqlx::query(update).bind(edit.to_string());
            query.bind(edit["id"].as_str().unwrap_or_default()).execute(&mut *tx).await?;
        }
        // A photo whose declaration was parked and then applied by a person is uploaded now.
        let update = "UPDATE photos SET state = 'DECLARED' WHERE state = 'TAKEN' AND id IN
            (SELECT input ->> '$.photoId' FROM operations WHERE command = 'photoUploadCreate'
                AND state = 'PARKED' AND answer ->> '$.pendingEdit.state' = 'APPLIED')";
        sqlx::query(update).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Whether a parked operation of a person still waits for a decision.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn any_parked(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<bool> {
        let select = "SELECT EXISTS (SELECT 1 FROM operations WHERE state = 'PARKED' AND person_id = ?
            AND project_id = ? AND coalesce(answer ->> '$.pendingEdit.state', 'PENDING') = 'PENDING')";
        let query = sqlx::query_scalar(select).bind(person_id.to_string()).bind(project_id.to_string());
        query.fetch_one(&self.pool).await
    }
}

async fn insert(tx: &mut sqlx::SqliteConnection, operation: &Operation) -> sqlx::Result<()> {
    let query = sqlx::query(INSERT)
        .bind(operation.id.to_string())
        .bind(operation.person_id.to_string())
        .bind(operation.project_id.to_string())
        .bind(operation.unit_id.map(|id| id.to_string()))
        .bind(&operation.command)
        .bind(operation.input.to_string())
        .bind(operation.base_version)
        .bind(&operation.made_at);
    query.execute(tx).await?;
    Ok(())
}

fn kept_from_row(row: &SqliteRow) -> sqlx::Result<Kept> {
    let json = |text: &str| serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    let answer: Option<&str> = row.try_get("answer")?;
    Ok(Kept {
        operation: Operation {
            id: parsed(row.try_get("id")?)?,
            person_id: parsed(row.try_get("person_id")?)?,
            project_id: parsed(row.try_get("project_id")?)?,
            unit_id: optional(row.try_get("unit_id")?)?,
            command: row.try_get("command")?,
            input: json(row.try_get("input")?)?,
            base_version: row.try_get("base_version")?,
            made_at: row.try_get("made_at")?,
        },
        state: row.try_get::<&str, _>("state")?.parse()?,
        answer: answer.map(json).transpose()?,
    })
}
