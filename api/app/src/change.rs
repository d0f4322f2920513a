//! What looks different in a project since a number: pages of changes, in the order of their commits.

mod cursor;
mod weight;

use std::collections::HashSet;

use domain::id::{ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::sync::ResetReason;
use domain::{Caller, VisibilityScope};
use store::boxed;
use store::changes::{ChangeRow, Newest};
use store::live::ProjectPosition;
use uuid::Uuid;

use crate::App;
use crate::error::Result;
use cursor::{Cursor, Fault, Scope};

pub use store::changes::PlaceFilter;

/// Most changes on a page.
pub const MOST: u64 = 500;

/// Change numbers that one statement scans.
const RANGE: i64 = 10_000;
/// Ranges that one page scans, so that its cost is bounded, however little of it the caller may see.
const RANGES: usize = 10;

/// An object that looks different now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The number of its newest change.
    pub seq: i64,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// Which one.
    pub id: Uuid,
    /// The unit that it belongs to.
    pub unit_id: Option<UnitId>,
    /// It is no more.
    pub deleted: bool,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Changes, oldest first, each object once. Whether the caller may see an object is for its finder to say.
    Changes {
        /// The changes.
        changes: Vec<Change>,
        /// The number after which they begin; 0 for the full load.
        after: i64,
        /// Where the next page begins.
        cursor: String,
        /// There are more already.
        has_more: bool,
    },
    /// The client must begin again without a cursor.
    Reset(ResetReason),
}

/// How far the changes of a follower were scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Followed {
    newest: ProjectPosition,
    /// The number of the newest change that concerns the person.
    seen: i64,
}

impl Followed {
    /// Whether everything up to this position was scanned.
    pub(crate) fn is_at(self, newest: ProjectPosition) -> bool {
        self.newest == newest
    }
}

/// Scans the newer changes of the project for the caller's newest one, by the same condition as [`page`]. Changes that
/// were scanned before are not scanned again, and never more than one range is scanned.
///
/// # Errors
/// When the database fails.
pub(crate) async fn followed(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    before: Option<Followed>,
    newest: ProjectPosition,
) -> Result<Followed> {
    // A restored backup has another epoch, with other changes under the same numbers.
    let before = before.filter(|before| before.newest.epoch == newest.epoch && before.newest.seq <= newest.seq);
    let (looked, seen) = before.map_or((0, 0), |before| (before.newest.seq, before.seen));
    let range = (looked.max(begin_of_range(newest.seq)), newest.seq);
    let last = store::changes::last_between(app.db.read(), &caller.visibility(), project_id, range).await?;
    Ok(Followed { newest, seen: last.unwrap_or_else(|| Reading::end(seen, newest.seq)) })
}

/// How far a project has come for a person, as a text to compare: a different text means that there is something newer.
/// It is no cursor to read changes with, and does not reveal how much others do.
pub(crate) fn comparing(caller: &Caller, project_id: ProjectId, followed: Followed) -> String {
    Scope::of(caller, project_id, &PlaceFilter::default()).comparing(followed.newest.epoch, followed.seen)
}

/// A page of the changes after a cursor; `None` for a person without a role in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    cursor: Option<&str>,
    filter: &PlaceFilter,
    first: u64,
) -> Result<Option<Page>> {
    let (conn, scope, limit) = (app.db.read(), caller.visibility(), first.clamp(1, MOST));
    let Some(newest) = store::changes::newest(conn, &scope, project_id).await? else { return Ok(None) };
    let cursor_scope = Scope::of(caller, project_id, filter);
    let after = match cursor {
        None => 0,
        Some(text) => match read(app, &cursor_scope, newest, text).await? {
            Ok(seq) => seq,
            Err(reason) => return Ok(Some(Page::Reset(reason))),
        },
    };
    let reading = Reading { app, scope: &scope, project_id, filter };
    // Only up to the number that was the newest a moment ago: changes committed meanwhile belong to the next page, so a
    // page that ends there has missed nothing.
    let mut filled = reading.fill((after, newest.seq), limit).await?;
    filled.cut(weight::fitting(app, &filled.rows).await?);
    let Filled { rows, reached, has_more } = filled;
    let changes = rows.into_iter().map(change).collect::<Result<_>>()?;
    let stamp = store::changes::stamp(conn, project_id, reached).await?;
    let cursor = Cursor { epoch: newest.epoch, seq: reached, stamp }.encode(&cursor_scope);
    Ok(Some(Page::Changes { changes, after, cursor, has_more }))
}

/// Whose changes are read, and of what.
struct Reading<'a> {
    app: &'a App,
    scope: &'a VisibilityScope,
    project_id: ProjectId,
    filter: &'a PlaceFilter,
}

/// What a page holds.
struct Filled {
    rows: Vec<ChangeRow>,
    /// The number up to which nothing is missing.
    reached: i64,
    /// There is more to look through.
    has_more: bool,
}

impl Filled {
    /// Ends the page after so many rows.
    fn cut(&mut self, count: usize) {
        if count < self.rows.len() {
            self.rows.truncate(count);
            self.reached = last_of(&self.rows);
            self.has_more = true;
        }
    }
}

impl Reading<'_> {
    /// Reads range after range until the page is full, the changes end, or the page has looked through enough.
    async fn fill(&self, (after, up_to): (i64, i64), limit: u64) -> Result<Filled> {
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut rows, mut at) = (Vec::new(), after);
        for _ in 0..RANGES {
            let range = (at, up_to.min(next_range(at)));
            let (conn, Self { scope, project_id, filter, .. }) = (self.app.db.read(), self);
            // One more than the page takes tells whether the page ends before the range does.
            let wanted = (full - rows.len()) as u64 + 1;
            rows.extend(store::changes::between(conn, scope, *project_id, range, filter, wanted).await?);
            if rows.len() > full {
                rows.truncate(full);
                let reached = rows.last().map_or(after, |row| row.seq);
                return Ok(Filled { rows, reached, has_more: true });
            }
            at = range.1;
            if at >= up_to {
                break;
            }
        }
        let has_more = at < up_to;
        let reached = if has_more { at } else { Self::end(after.max(last_of(&rows)), up_to) };
        Ok(Filled { rows, reached, has_more })
    }

    /// Where a reader of all changes stands. The newest number of the project would tell of work that is none of the
    /// reader's business, such as a comment inside of another company, so a cursor stands still, but for the beginning
    /// of the newest range: never more than one range is looked through again.
    const fn end(last: i64, up_to: i64) -> i64 {
        let begin = begin_of_range(up_to);
        if last > begin { last } else { begin }
    }
}

/// The beginning of the range of a number.
const fn begin_of_range(at: i64) -> i64 {
    at - at.rem_euclid(RANGE)
}

/// The end of the range that begins behind a number. Ranges lie on a grid that is the same for everybody.
const fn next_range(at: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(RANGE)).saturating_add(RANGE)
}

fn last_of(rows: &[ChangeRow]) -> i64 {
    rows.last().map_or(0, |row| row.seq)
}

/// Where a cursor stands, or why it is good for nothing.
async fn read(app: &App, cursor_scope: &Scope, newest: Newest, text: &str) -> Result<Result<i64, ResetReason>> {
    let cursor = match Cursor::decode(text, cursor_scope) {
        Ok(cursor) => cursor,
        Err(Fault::Unknown) => return Ok(Err(ResetReason::OtherCursor)),
        Err(Fault::Scope) => return Ok(Err(ResetReason::ScopeChanged)),
    };
    if cursor.epoch != newest.epoch || cursor.seq > newest.seq || cursor.seq < 0 {
        return Ok(Err(ResetReason::Restored));
    }
    // A backup that was restored and has come as far as the cursor again is another life all the same.
    if store::changes::stamp(app.db.read(), cursor_scope.project_id, cursor.seq).await? != cursor.stamp {
        return Ok(Err(ResetReason::Restored));
    }
    Ok(Ok(cursor.seq))
}

/// The number up to which a reader with this cursor has everything that concerns the caller, whatever the cursor's
/// filter; none for a cursor of anything else.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn position(app: &App, caller: &Caller, project_id: ProjectId, cursor: &str) -> Result<Option<i64>> {
    let (conn, scope) = (app.db.read(), caller.visibility());
    let newest = store::changes::newest(conn, &scope, project_id).await?;
    let read = Cursor::decode_any_scope(cursor, project_id, caller.person_id);
    let Some((newest, read)) = newest.zip(read).filter(|(newest, read)| read.epoch == newest.epoch) else {
        return Ok(None);
    };
    if next_range(read.seq) <= newest.seq {
        return Ok(Some(read.seq.min(newest.seq)));
    }
    // The cursor stands still while nothing happens that concerns its reader.
    let range = (read.seq, newest.seq);
    let news = store::changes::between(conn, &scope, project_id, range, &PlaceFilter::default(), 1).await?;
    Ok(Some(if news.is_empty() { newest.seq } else { read.seq.min(newest.seq) }))
}

/// Those of the objects that the caller could see at a number and cannot see any more: they are to be removed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn objects_no_longer_visible(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    after: i64,
    changes: &[Change],
) -> Result<HashSet<Uuid>> {
    let kinds = [ObjectKind::Defect, ObjectKind::Photo];
    let ids: Vec<Uuid> = changes.iter().filter(|one| kinds.contains(&one.kind)).map(|one| one.id).collect();
    if after == 0 || ids.is_empty() {
        return Ok(HashSet::new());
    }
    let by_staff = caller.is_staff_of(project_id);
    Ok(store::changes::visible_before(app.db.read(), &ids, after, by_staff).await?.into_iter().collect())
}

fn change(row: ChangeRow) -> Result<Change> {
    Ok(Change {
        seq: row.seq,
        kind: row.object_kind.parse()?,
        id: row.object_id,
        unit_id: row.unit_id,
        deleted: row.deleted,
    })
}
