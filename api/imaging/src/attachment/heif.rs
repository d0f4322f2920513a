//! Pictures of the HEIF family (ISO/IEC 23008-12): the position of the EXIF item.

use super::boxes::{Numbers, boxes, find};
use crate::camera::{Camera, MAX_NOTES};

/// The camera's metadata of a picture of the HEIF family; unreadable metadata is ignored.
#[must_use]
pub fn heif(bytes: &[u8]) -> Camera {
    let item = find(bytes, b"meta").and_then(|meta| exif_item(bytes, meta));
    Camera::read(item.as_deref().and_then(tiff))
}

/// The bytes of the EXIF item.
fn exif_item(file: &[u8], meta: &[u8]) -> Option<Vec<u8>> {
    let parts = Numbers::full(meta)?.rest();
    let id = exif_id(find(parts, b"iinf")?)?;
    let own = find(parts, b"idat").unwrap_or_default();
    extents(find(parts, b"iloc")?, id).map(|(is_own, spans)| {
        let source = if is_own { own } else { file };
        let span = |&(offset, length): &(u64, u64)| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX).min(source.len());
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(source.len() - start);
            // Zero means up to the end.
            &source[start..][..if length == 0 { source.len() - start } else { length }]
        };
        spans.iter().flat_map(|found| span(found).iter().copied()).take(MAX_NOTES).collect()
    })
}

/// The id of the EXIF item.
fn exif_id(iinf: &[u8]) -> Option<u64> {
    let mut list = Numbers::full(iinf)?;
    list.take(if list.version == 0 { 2 } else { 4 })?;
    boxes(list.rest()).filter(|entry| entry.kind == *b"infe").find_map(|entry| {
        let mut item = Numbers::full(entry.body)?;
        let id = item.take(if item.version < 3 { 2 } else { 4 })?;
        item.take(2)?;
        (item.version >= 2 && item.rest().starts_with(b"Exif")).then_some(id)
    })
}

/// The location of an item: whether it is in the `idat` box instead of the file, and its extents.
fn extents(iloc: &[u8], wanted: u64) -> Option<(bool, Vec<(u64, u64)>)> {
    let mut list = Numbers::full(iloc)?;
    let sizes = list.take(2)?;
    let size = |shift: u32| usize::try_from((sizes >> shift) & 0xF).unwrap_or(0);
    let (offset_size, length_size, base_size, index_size) = (size(12), size(8), size(4), size(0));
    let (has_method, wide) = (list.version > 0, if list.version < 2 { 2 } else { 4 });
    for _ in 0..list.take(wide)? {
        let id = list.take(wide)?;
        let method = if has_method { list.take(2)? & 0xF } else { 0 };
        list.take(2)?;
        let base = list.take(base_size)?;
        let mut spans = Vec::new();
        for _ in 0..list.take(2)? {
            list.take(if has_method { index_size } else { 0 })?;
            spans.push((base.saturating_add(list.take(offset_size)?), list.take(length_size)?));
        }
        if id == wanted {
            return (method < 2).then_some((method == 1, spans));
        }
    }
    None
}

/// The EXIF data of an item: after an offset that gives the length of a prefix, mostly "Exif" and two zeros.
fn tiff(item: &[u8]) -> Option<&[u8]> {
    let is_tiff = |bytes: &&[u8]| bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*");
    let (between, rest) = item.split_first_chunk::<4>()?;
    let said = rest.get(usize::try_from(u32::from_be_bytes(*between)).ok()?..);
    // Some files count the offset differently, so the TIFF header is searched near the start.
    said.filter(is_tiff).or_else(|| (0..32).filter_map(|start| item.get(start..)).find(is_tiff))
}
