//! The copy of the server's data for one person in one project, and its progress.

use serde_json::Value;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

use super::Local;

/// The progress of the copy: the parameters of the next request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    scope: i64,
    /// The copy that the next page is written to.
    copy: i64,
    /// Whether that is a full load.
    pub loading: bool,
    /// The cursor of the next request.
    pub cursor: Option<String>,
    /// The buildings or units of the next request, as JSON.
    pub filter: Option<Value>,
}

/// A changed object.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its change number.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its unit.
    pub unit_id: Option<String>,
    /// Its defect, for objects that belong to one.
    pub defect_id: Option<String>,
    /// The object as the server shows it; `None` if it was removed, or is no longer shown to this person.
    pub object: Option<Value>,
}

/// A page of changes.
#[derive(Clone, Debug)]
pub struct Page {
    /// In the order of their numbers.
    pub changes: Vec<Change>,
    /// The cursor of the next page.
    pub cursor: Option<String>,
    /// Whether there is a next page already.
    pub has_more: bool,
}

/// An object of the copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its change number.
    pub seq: i64,
    /// The object as the server showed it.
    pub content: Value,
}

impl Local {
    /// The progress of a person's copy of a project. The first time, a full load begins.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn place(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<Place> {
        let insert = "INSERT INTO scopes (person_id, project_id, shown, loading) VALUES (?, ?, 0, 1)
            ON CONFLICT (person_id, project_id) DO NOTHING";
        let (person, project) = (person_id.to_string(), project_id.to_string());
        sqlx::query(insert).bind(&person).bind(&project).execute(&self.pool).await?;
        let select = "SELECT * FROM scopes WHERE person_id = ? AND project_id = ?";
        let row = sqlx::query(select).bind(person).bind(project).fetch_one(&self.pool).await?;
        let loading: Option<i64> = row.try_get("loading")?;
        let filter: Option<&str> = row.try_get("filter")?;
        Ok(Place {
            scope: row.try_get("id")?,
            copy: loading.map_or_else(|| row.try_get("shown"), Ok)?,
            loading: loading.is_some(),
            cursor: row.try_get(if loading.is_some() { "loading_cursor" } else { "cursor" })?,
            filter: filter.and_then(|text| serde_json::from_str(text).ok()),
        })
    }

    /// Writes a page and its cursor in one transaction, so that after a crash both exist or neither, and the same page
    /// is requested again. The last page of a full load replaces the old copy by the new one.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn apply(&self, place: &Place, page: &Page) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        for change in &page.changes {
            match &change.object {
                Some(object) => store_object(&mut tx, place, change, object).await?,
                None => remove(&mut tx, place, change).await?,
            }
        }
        let update = match (place.loading, page.has_more) {
            (false, _) => "UPDATE scopes SET cursor = ? WHERE id = ?",
            (true, true) => "UPDATE scopes SET loading_cursor = ? WHERE id = ?",
            (true, false) => {
                "UPDATE scopes SET cursor = ?, shown = loading, loading = NULL, loading_cursor = NULL WHERE id = ?"
            }
        };
        sqlx::query(update).bind(&page.cursor).bind(place.scope).execute(&mut *tx).await?;
        if place.loading && !page.has_more {
            let delete = "DELETE FROM objects WHERE scope_id = ? AND copy <> ?";
            sqlx::query(delete).bind(place.scope).bind(place.copy).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// The cursor is invalid: a full load begins, beside the copy that is still shown. The queue is not touched.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn begin_anew(&self, place: &Place) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        let delete = "DELETE FROM objects WHERE scope_id = ? AND copy <> (SELECT shown FROM scopes WHERE id = ?)";
        sqlx::query(delete).bind(place.scope).bind(place.scope).execute(&mut *tx).await?;
        let update =
            "UPDATE scopes SET loading = max(shown, coalesce(loading, 0)) + 1, loading_cursor = NULL WHERE id = ?";
        sqlx::query(update).bind(place.scope).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// The person has no role in the project any more: the copy is deleted at once. The queue stays.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn drop_copy(&self, place: &Place) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM objects WHERE scope_id = ?").bind(place.scope).execute(&mut *tx).await?;
        let update = "UPDATE scopes SET cursor = NULL, loading = shown + 1, loading_cursor = NULL WHERE id = ?";
        sqlx::query(update).bind(place.scope).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Sets the buildings or units of the copy. The next page answers `SCOPE_CHANGED`, and a full load follows.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn narrow(&self, person_id: Uuid, project_id: Uuid, filter: Option<&Value>) -> sqlx::Result<()> {
        let place = self.place(person_id, project_id).await?;
        let update = "UPDATE scopes SET filter = ? WHERE id = ?";
        sqlx::query(update).bind(filter.map(Value::to_string)).bind(place.scope).execute(&self.pool).await?;
        Ok(())
    }

    /// The cursor of the shown copy.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn shown_cursor(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<Option<String>> {
        let select = "SELECT cursor FROM scopes WHERE person_id = ? AND project_id = ?";
        let query = sqlx::query_scalar(select).bind(person_id.to_string()).bind(project_id.to_string());
        Ok(query.fetch_optional(&self.pool).await?.flatten())
    }

    /// The shown copy, by kind and id.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn copy(&self, person_id: Uuid, project_id: Uuid) -> sqlx::Result<Vec<Held>> {
        let select =
            "SELECT kind, objects.id, seq, content FROM objects JOIN scopes ON scopes.id = scope_id AND copy = shown
            WHERE person_id = ? AND project_id = ? ORDER BY kind, objects.id";
        let query = sqlx::query(select).bind(person_id.to_string()).bind(project_id.to_string());
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(held_from_row).collect()
    }

    /// The version of an object in the shown copy.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn version_of(&self, person_id: Uuid, project_id: Uuid, id: Uuid) -> sqlx::Result<Option<i64>> {
        let select = "SELECT content ->> '$.version' FROM objects JOIN scopes ON scopes.id = scope_id AND copy = shown
            WHERE person_id = ? AND project_id = ? AND objects.id = ?";
        let query = sqlx::query_scalar(select).bind(person_id.to_string()).bind(project_id.to_string());
        Ok(query.bind(id.to_string()).fetch_optional(&self.pool).await?.flatten())
    }
}

async fn store_object(tx: &mut SqliteConnection, place: &Place, change: &Change, object: &Value) -> sqlx::Result<()> {
    let upsert = "INSERT INTO objects (scope_id, copy, kind, id, seq, unit_id, defect_id, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (scope_id, copy, kind, id) DO UPDATE SET seq = excluded.seq, unit_id = excluded.unit_id,
            defect_id = excluded.defect_id, content = excluded.content";
    let query = sqlx::query(upsert).bind(place.scope).bind(place.copy).bind(&change.kind).bind(&change.id);
    let query = query.bind(change.seq).bind(&change.unit_id).bind(&change.defect_id).bind(object.to_string());
    query.execute(tx).await?;
    Ok(())
}

/// A removed defect is deleted with all its objects. If it comes back, the server sends all of them again.
async fn remove(tx: &mut SqliteConnection, place: &Place, change: &Change) -> sqlx::Result<()> {
    let delete = "DELETE FROM objects WHERE scope_id = ? AND copy = ? AND kind = ? AND id = ?";
    let query = sqlx::query(delete).bind(place.scope).bind(place.copy);
    query.bind(&change.kind).bind(&change.id).execute(&mut *tx).await?;
    if change.kind == "DEFECT" {
        let delete = "DELETE FROM objects WHERE scope_id = ? AND copy = ? AND defect_id = ?";
        sqlx::query(delete).bind(place.scope).bind(place.copy).bind(&change.id).execute(&mut *tx).await?;
    }
    Ok(())
}

fn held_from_row(row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<Held> {
    let content = serde_json::from_str(row.try_get("content")?);
    Ok(Held {
        kind: row.try_get("kind")?,
        id: row.try_get("id")?,
        seq: row.try_get("seq")?,
        content: content.map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
    })
}
