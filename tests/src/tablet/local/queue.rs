//! What people did here: the queue of what the server has not answered, and the journal of what it has.

use std::str::FromStr;

use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::{Local, Photo, optional, parsed};

/// Something that a person did. Nothing of it ever changes once it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Made once; the server knows a repetition by it.
    pub id: Uuid,
    /// Who did it.
    pub person_id: Uuid,
    /// In which project.
    pub project_id: Uuid,
    /// In which unit.
    pub unit_id: Option<Uuid>,
    /// The command's name.
    pub command: String,
    /// The command's input.
    pub input: Value,
    /// The version of the object that the person saw when deciding.
    pub base_version: Option<i64>,
    /// When, by the device's clock.
    pub made_at: String,
}

/// How far an operation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The server has not answered: it is sent until it has.
    Queued,
    /// Done on the server.
    Acknowledged,
    /// Kept on the server as a pending edit, until a person settles it.
    Parked,
    /// Refused for good. Shown to the person with the reason, until the person has read it.
    Refused,
}

impl State {
    /// As it is stored.
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

/// What the server said to an operation.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Which one.
    pub id: Uuid,
    /// What that makes of it.
    pub state: State,
    /// The answer as it came.
    pub answer: Value,
}

/// An operation as the tablet keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What was done.
    pub operation: Operation,
    /// How far it has come.
    pub state: State,
    /// What the server said.
    pub answer: Option<Value>,
}

const INSERT: &str =
    "INSERT INTO operations (id, person_id, project_id, unit_id, command, input, base_version, made_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

impl Local {
    /// Puts an operation at the end of the queue.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn record(&self, operation: &Operation) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        insert(&mut tx, operation).await?;
        tx.commit().await
    }

    /// Puts a photo into the queue of uploads, and the operation that declares it into the queue of operations.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn record_photo(&self, operation: &Operation, photo: &Photo) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        insert(&mut tx, operation).await?;
        photo.insert(&mut tx).await?;
        tx.commit().await
    }

    /// What the server has not answered yet of a person's work, in the order in which it was done.
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

    /// All that people did here, in order, with what became of it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn operations(&self) -> sqlx::Result<Vec<Kept>> {
        let rows = sqlx::query("SELECT * FROM operations ORDER BY position").fetch_all(&self.pool).await?;
        rows.iter().map(kept_from_row).collect()
    }

    /// Stores what the server said to a batch, in one transaction: before that, the batch counts as not sent. A photo
    /// whose declaration was answered moves on with it.
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

    /// The server has been restored from an older backup and may have lost what it had acknowledged: all of it that
    /// is in the journal is offered again, in order, before what is new. What was refused stays refused: the person
    /// has seen that.
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

    /// What was offered again and was refused, for what it needs is on somebody else's tablet and has not been offered
    /// yet, goes back into the queue: it was acknowledged once, and is offered until it is again.
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

    /// Adds to the stored answer of parked operations what has become of them.
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
        // A photo whose declaration was parked, and that somebody let in after all, is wanted now.
        let update = "UPDATE photos SET state = 'DECLARED' WHERE state = 'TAKEN' AND id IN
            (SELECT input ->> '$.photoId' FROM operations WHERE command = 'photoUploadCreate'
                AND state = 'PARKED' AND answer ->> '$.pendingEdit.state' = 'APPLIED')";
        sqlx::query(update).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Whether any parked operation of a person still waits for somebody to settle it.
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
