//! Documents for people: data in, PDF out. No database, no network, no clock; the same data gives the same bytes.
//!
//! | document | function |
//! | --- | --- |
//! | the signed inspection record of a unit 分户验收记录 | [`inspection_record`] |
//! | a list of defects | [`defect_list`] |
//!
//! Texts come in as they are to be read, in one language; the words around them are in `words`. Nothing is cut: long
//! names wrap, long rows go on on the next page. A character that no font of the program has is drawn as 〓, and stays
//! itself for search and copy. Files are PDF/A-3a and PDF/UA-1: fonts are embedded, and tags say what is a heading, a
//! table or a picture.
//!
//! The way of a document: `record` and `list` put stacks of lines and pictures into rows (`sheet`, `cards`, `pins`),
//! rows flow over pages (`layout`), and the draft is written with `krilla` (`pdf`).

mod cards;
mod error;
mod fonts;
mod layout;
mod list;
mod model;
mod pdf;
mod picture;
mod pins;
mod record;
mod sheet;
mod text;
mod words;

pub use error::DocumentError;
pub use list::{DefectGroup, DefectList, defect_list};
pub use model::{About, Defect, Photo, Picture, Pin, Plan, Status, Tone};
pub use picture::MAX_PIXELS;
pub use record::{
    CheckResult, InspectionRecord, Measurement, Participant, Room, Signature, SignedContent, inspection_record,
};
