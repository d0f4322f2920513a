//! A draft as PDF/A-3a with PDF/UA-1: pages, tags, outline, metadata, attachment.

mod paint;
mod tags;

use bytes::Bytes;
use domain::{Language, Timestamp};
use jiff::tz::TimeZone;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};

use crate::error::DocumentError;
use crate::fonts::Fonts;
use crate::layout::draft::{Draft, Entry};
use crate::layout::style::{MARGIN, PAGE_HEIGHT, PAGE_WIDTH};
use paint::paint;

/// What a PDF says of itself.
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) language: Language,
    pub(crate) made_at: Timestamp,
    /// From which data it is made: the same for the same data.
    pub(crate) id: String,
    pub(crate) attachment: Option<Attachment>,
}

/// A file in the PDF.
pub(crate) struct Attachment {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) description: &'static str,
    pub(crate) bytes: Bytes,
}

/// Writes a document.
///
/// # Errors
/// `Invalid` if it would break the standard.
pub(crate) fn write(draft: Draft, info: Info, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let mut document = Document::new_with(settings()?);
    let invalid = |what: &str| DocumentError::Invalid(what.to_owned());
    let mut drawn = Vec::with_capacity(draft.pages.len());
    for page in &draft.pages {
        let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or_else(|| invalid("the size of a page"))?;
        let mut sheet = document.start_page_with(size);
        drawn.push(paint(page, fonts, &mut sheet.surface()));
        sheet.finish();
    }
    document.set_tag_tree(tags::tree(&draft.tree, &drawn));
    document.set_outline(outline(&draft.outline));
    let made_at = date_time(info.made_at);
    document.set_metadata(metadata(&info, made_at));
    if let Some(file) = info.attachment {
        document.embed_file(embedded(file, made_at)).ok_or_else(|| invalid("two files of one name"))?;
    }
    document.finish().map_err(|error| DocumentError::Invalid(format!("{error:?}")))
}

fn settings() -> Result<SerializeSettings, DocumentError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| DocumentError::Invalid(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn metadata(info: &Info, made_at: DateTime) -> Metadata {
    let language = match info.language {
        Language::En => "en",
        Language::Zh => "zh-CN",
    };
    Metadata::new()
        .title(info.title.clone())
        .language(language.to_owned())
        .creator("Handover".to_owned())
        .producer("Handover".to_owned())
        .creation_date(made_at)
        .document_id(info.id.clone())
}

fn embedded(file: Attachment, made_at: DateTime) -> EmbeddedFile {
    EmbeddedFile {
        path: file.name.to_owned(),
        mime_type: MimeType::new(file.media_type),
        description: Some(file.description.to_owned()),
        association_kind: AssociationKind::Source,
        data: file.bytes.to_vec().into(),
        modification_date: Some(made_at),
        compress: Some(true),
        location: None,
    }
}

/// A moment in UTC.
fn date_time(moment: Timestamp) -> DateTime {
    let Some(moment) = moment.in_zone(&TimeZone::UTC) else { return DateTime::new(9999) };
    let (date, time) = (moment.date(), moment.time());
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(date.year()).unwrap_or(0))
        .month(small(date.month()))
        .day(small(date.day()))
        .hour(small(time.hour()))
        .minute(small(time.minute()))
        .second(small(time.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The headings as the outline; each below the last one of a higher level.
fn outline(entries: &[Entry]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(u16, OutlineNode)> = Vec::new();
    for entry in entries {
        close(&mut open, entry.level, &mut outline);
        let place = XyzDestination::new(entry.page, Point::from_xy(MARGIN, entry.y));
        open.push((entry.level, OutlineNode::new(entry.title.clone(), place).with_open(entry.level < 2)));
    }
    close(&mut open, 0, &mut outline);
    outline
}

/// Puts the open nodes from a level on into those above them.
fn close(open: &mut Vec<(u16, OutlineNode)>, level: u16, outline: &mut Outline) {
    while open.last().is_some_and(|(open, _)| *open >= level) {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => parent.push_child(node),
            None => outline.push_child(node),
        }
    }
}
