//! What looks different in a project since a number: pages of changes, in the order of their commits.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Caller;
use domain::object_kind::ObjectKind;
use uuid::Uuid;

use crate::App;
use crate::error::Result;

/// Most changes on a page.
pub const MOST: u64 = 500;

/// The form of cursors; one of another form makes the client begin again.
const FORM: &str = "1";

/// An object that looks different now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The number of its newest change.
    pub seq: i64,
    /// What it is.
    pub kind: ObjectKind,
    /// Which one.
    pub id: Uuid,
    /// It is no more.
    pub deleted: bool,
}

/// A page of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The changes, oldest first, each object once. Whether the caller may see an object is for its finder to say.
    pub changes: Vec<Change>,
    /// Where the next page begins; none when the client must begin again.
    pub cursor: Option<String>,
    /// There are more already.
    pub has_more: bool,
}

/// Where a reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    epoch: Uuid,
    seq: i64,
}

impl Cursor {
    fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{FORM}|{}|{}", self.epoch, self.seq))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (form, rest) = plain.split_once('|')?;
        let (epoch, seq) = rest.split_once('|')?;
        if form != FORM {
            return None;
        }
        Some(Self { epoch: Uuid::try_parse(epoch).ok()?, seq: seq.parse().ok()? })
    }
}

/// A page of the changes after a cursor; none at all for whoever has no standing in the project. A page without a
/// cursor says that the client must begin again: the given one is of another life of the project.
///
/// # Errors
/// When the database fails.
pub async fn page(
    app: &App,
    caller: &Caller,
    project_id: Uuid,
    cursor: Option<&str>,
    first: u64,
) -> Result<Option<Page>> {
    let (conn, sight, limit) = (app.db.read(), caller.sight(), first.clamp(1, MOST));
    let Some(newest) = store::changes::newest(conn, &sight, project_id).await? else { return Ok(None) };
    let after = match cursor {
        None => 0,
        Some(text) => match Cursor::decode(text) {
            Some(cursor) if cursor.epoch == newest.epoch && (0..=newest.seq).contains(&cursor.seq) => cursor.seq,
            _ => return Ok(Some(Page::default())),
        },
    };
    // Only up to the number that was newest a moment ago: what is committed meanwhile is for the next page, and a
    // page that ends there has missed nothing.
    let mut rows = store::changes::between(conn, &sight, project_id, after, newest.seq, limit + 1).await?;
    let has_more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let reached = rows.last().filter(|_| has_more).map_or(newest.seq, |row| row.seq);
    let changes = rows.into_iter().map(change).collect::<Result<_>>()?;
    let cursor = Cursor { epoch: newest.epoch, seq: reached };
    Ok(Some(Page { changes, cursor: Some(cursor.encode()), has_more }))
}

fn change(row: store::entity::changes::Model) -> Result<Change> {
    Ok(Change { seq: row.seq, kind: row.object_kind.parse()?, id: row.object_id, deleted: row.deleted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_there_and_back_and_nonsense_does_not() {
        let cursor = Cursor { epoch: Uuid::from_u128(7), seq: 42 };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        let other_form = URL_SAFE_NO_PAD.encode(format!("2|{}|42", Uuid::nil()));
        let negative_text = URL_SAFE_NO_PAD.encode(format!("1|{}|4x", Uuid::nil()));
        for text in ["", "nonsense", "////", &other_form, &negative_text] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
