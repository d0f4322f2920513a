//! Signatures, and what they are under.

use super::{InspectionRecord, Signature, SignedContent};
use crate::layout::row::{Row, columns};
use crate::layout::stack::Stack;
use crate::layout::style::{BODY, LABEL, WIDTH};
use crate::model::Picture;
use crate::picture::Loaded;
use crate::sheet::Sheet;
use crate::words;

/// The height of the picture of a signature at most, in points.
const PICTURE_HEIGHT: f32 = 62.0;
/// The height of a box in place of a picture.
const BOX_HEIGHT: f32 = 44.0;

/// Adds the hash of what was signed, and the signatures.
pub(super) fn add(sheet: &mut Sheet<'_>, record: &InspectionRecord) {
    content(sheet, record.content.as_ref());
    sheet.flow.heading(2, sheet.say(words::SIGNATURES));
    let widths = columns(WIDTH, [1.0, 1.0]);
    let cell = || Stack::new(sheet.flow.fonts, widths[0]);
    let signed = record.signatures.iter().map(|row| signature(sheet, cell(), row));
    let unsigned = record
        .unsigned
        .iter()
        .map(|party| cell().absent(sheet.say(words::NOT_SIGNED), BOX_HEIGHT).gap(3.0).text(party, BODY.bold()));
    let cells: Vec<Stack<'_>> = signed.chain(unsigned).collect();
    if cells.is_empty() {
        sheet.flow.paragraph(sheet.say(words::NO_SIGNATURES), BODY);
    }
    for pair in cells.chunks(2) {
        sheet.flow.group(vec![Row::new(pair.to_vec()).padded(6.0, 8.0).ruled()]);
    }
}

fn signature<'f>(sheet: &Sheet<'f>, stack: Stack<'f>, signature: &Signature) -> Stack<'f> {
    let picture = match &signature.picture {
        Some(Picture::File(bytes)) => Loaded::read(bytes).ok_or_else(|| sheet.say(words::UNREADABLE)),
        Some(Picture::Absent(why)) => Err(why.as_str()),
        None => Err(sheet.say(words::NO_PICTURE)),
    };
    let shows = words::signature_of(sheet.about.language, &signature.name);
    let stack = match picture {
        Ok(picture) => stack.picture(&picture, PICTURE_HEIGHT, &shows),
        Err(why) => stack.absent(why, BOX_HEIGHT),
    };
    let place = [Some(&signature.role), Some(&signature.party), signature.company.as_ref()];
    let place = place.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ");
    stack
        .gap(3.0)
        .text(&signature.name, BODY.bold())
        .text(&place, LABEL)
        .text(&sheet.labelled(words::SIGNED_AT, &sheet.time(signature.signed_at)), LABEL)
        .text(&sheet.labelled(words::RECEIVED_AT, &sheet.time(signature.recorded_at)), LABEL)
}

fn content(sheet: &mut Sheet<'_>, content: Option<&SignedContent>) {
    sheet.flow.heading(2, sheet.say(words::CONTENT));
    let Some(content) = content else {
        return sheet.flow.paragraph(sheet.say(words::NOT_SUBMITTED), BODY);
    };
    let stack = sheet.flow.stack().text(sheet.say(words::CONTENT_HASH), BODY).gap(2.0).text(&content.hash, BODY.bold());
    let stack = match &content.text {
        Some(_) => stack.gap(2.0).text(sheet.say(words::CONTENT_ATTACHED), BODY),
        None => stack,
    };
    sheet.flow.add(Row::new(vec![stack]));
}
