//! Floor plans that come with an import: taken out of the file or from beside it, and looked at before anything is
//! written.

use std::io::Cursor;
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::import::{ImportDocument, PlanEntry, Problem};
use image::{ImageFormat, ImageReader};
use sha2::{Digest, Sha256};

/// Largest picture: 10 MiB.
const BYTES: usize = 10 * 1024 * 1024;
/// Most pixels, as for photos.
const PIXELS: u64 = 80_000_000;

/// A floor plan's picture.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    /// The unit type's place in the file.
    pub(super) unit_type: usize,
    pub(super) bytes: Bytes,
    pub(super) sha256: [u8; 32],
    pub(super) content_type: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The pictures of a file; `folder` is where files beside it are, none when they cannot be read.
pub(super) fn take(document: &ImportDocument, folder: Option<&Path>) -> Result<Vec<Picture>, Vec<Problem>> {
    let mut pictures = Vec::new();
    let mut problems = Vec::new();
    for (index, entry) in document.unit_types.iter().enumerate() {
        let Some(plan) = &entry.plan else { continue };
        let field = if plan.file.is_some() { "file" } else { "base64" };
        match bytes_of(plan, folder).and_then(|bytes| picture(index, bytes)) {
            Ok(picture) => pictures.push(picture),
            Err(message) => problems.push(Problem { path: format!("unitTypes[{index}].plan.{field}"), message }),
        }
    }
    if problems.is_empty() { Ok(pictures) } else { Err(problems) }
}

fn bytes_of(plan: &PlanEntry, folder: Option<&Path>) -> Result<Vec<u8>, String> {
    if let Some(text) = &plan.base64 {
        // Long texts are folded in YAML.
        let text: String = text.split_whitespace().collect();
        return STANDARD.decode(text).map_err(|error| format!("is no base64: {error}"));
    }
    let Some(folder) = folder else {
        return Err("files beside the import file are read by the command line only; give base64 instead".to_owned());
    };
    let name = plan.file.as_deref().unwrap_or_default();
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err("must be a file beside the import file or in a folder under it".to_owned());
    }
    let path = folder.join(name);
    let length = std::fs::metadata(&path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if length > BYTES as u64 {
        return Err("the picture is too large; at most 10 MiB are possible".to_owned());
    }
    std::fs::read(&path).map_err(|error| format!("cannot be read: {error}"))
}

/// Only the header is decoded: what it promises decides whether anyone ever decodes the rest.
fn picture(unit_type: usize, bytes: Vec<u8>) -> Result<Picture, String> {
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let content_type = match reader.format() {
        Some(ImageFormat::Png) => "image/png",
        Some(ImageFormat::Jpeg) => "image/jpeg",
        _ => return Err("is neither PNG nor JPEG".to_owned()),
    };
    let (width, height) = reader.into_dimensions().map_err(|error| format!("the picture is broken: {error}"))?;
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(format!("has {width}×{height} pixels; at most {PIXELS} in all are possible"));
    }
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Picture { unit_type, bytes: bytes.into(), sha256, content_type, width, height })
}
