//! What both documents are made of. Texts come in as they are to be read, in the language of the document.

use bytes::Bytes;
use domain::{Language, Timestamp};
use jiff::tz::TimeZone;

/// What every document says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// The language of its words.
    pub language: Language,
    /// The time zone of the project, in which all times are shown.
    pub zone: TimeZone,
    /// When the document is made. The same data at the same time gives the same bytes.
    pub made_at: Timestamp,
    /// The name of the project.
    pub project: String,
}

/// Whether a text is good or bad news; it is coloured by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Passed, closed.
    Good,
    /// Failed, overdue.
    Bad,
    /// Neither.
    #[default]
    Neutral,
}

/// A state or result in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The words.
    pub text: String,
    /// Whether they are good news.
    pub tone: Tone,
}

/// A picture, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// The bytes of a JPEG (grey or colour, upright, without metadata) or PNG of at most [`MAX_PIXELS`] pixels. What
    /// cannot be read is shown as a box that says so.
    ///
    /// [`MAX_PIXELS`]: crate::MAX_PIXELS
    File(Bytes),
    /// Why there is none, as it is to be read: a photo that never arrived, was withdrawn, or is of a format that is not
    /// shown.
    Absent(String),
}

/// A photo of a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The picture: some 480 pixels on the long edge are enough. It stays in memory until the document is made.
    pub picture: Picture,
    /// What it is: before or after, and when it was taken.
    pub caption: String,
    /// SHA-256 of the original in hexadecimal, as the signed content names it.
    pub sha256: Option<String>,
}

/// A floor plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is called: unit type and version.
    pub name: String,
    /// The picture.
    pub picture: Picture,
}

/// A place on a floor plan: from 0 to 1 from its left and its upper edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pin {
    /// The plan, by its place in the list of the document's plans.
    pub plan: usize,
    /// From the left edge.
    pub x: f64,
    /// From the upper edge.
    pub y: f64,
}

/// A defect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Defect {
    /// Its number for people, `D-000147`.
    pub number: String,
    /// Unit, room and the like, from the larger to the smaller; in a record of one unit the room alone.
    pub place: Vec<String>,
    /// The part of the room.
    pub part: String,
    /// Its type.
    pub kind: String,
    /// Its severity.
    pub severity: String,
    /// Its status.
    pub status: Status,
    /// What is wrong, as a person wrote it.
    pub description: String,
    /// By whom and in which round it was found.
    pub found: Option<String>,
    /// The responsible company.
    pub company: Option<String>,
    /// The person who repairs it.
    pub assignee: Option<String>,
    /// When the repair must be reported.
    pub due_at: Option<Timestamp>,
    /// Whether that time has passed.
    pub is_overdue: bool,
    /// The latest repair: when, its note, the verdicts.
    pub repair: Option<String>,
    /// Where it is.
    pub pin: Option<Pin>,
    /// Its photos, those before the repair first.
    pub photos: Vec<Photo>,
}
