//! Floor plans that come with an import: taken out of the file or from beside it, and looked at before anything is
//! written.

use std::io::Cursor;
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::import::{ImportDocument, PlanEntry, Problem, phrases};
use domain::photo::PhotoType;
use domain::words::Bilingual;
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
    pub(super) content_type: PhotoType,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A picture whose bytes are in the object store.
pub(super) struct StoredPicture {
    pub(super) picture: Picture,
    pub(super) key: String,
}

/// The pictures of a file; `folder` is where files beside it are, none when they cannot be read.
pub(super) fn read_pictures(document: &ImportDocument, folder: Option<&Path>) -> Result<Vec<Picture>, Vec<Problem>> {
    let mut pictures = Vec::new();
    let mut problems = Vec::new();
    for (index, entry) in document.unit_types.iter().enumerate() {
        let Some(plan) = &entry.plan else { continue };
        let field = if plan.file.is_some() { "file" } else { "base64" };
        match bytes_of(plan, folder).and_then(|bytes| picture(index, bytes)) {
            Ok(picture) => pictures.push(picture),
            Err(message) => problems.push(Problem::new(format!("unitTypes[{index}].plan.{field}"), message)),
        }
    }
    if problems.is_empty() { Ok(pictures) } else { Err(problems) }
}

fn bytes_of(plan: &PlanEntry, folder: Option<&Path>) -> Result<Vec<u8>, Bilingual> {
    if let Some(text) = &plan.base64 {
        // Long texts are folded in YAML.
        let text: String = text.split_whitespace().collect();
        return STANDARD
            .decode(text)
            .map_err(|error| Bilingual::from((format!("is no base64: {error}"), "不是有效的 base64 文本")));
    }
    let Some(folder) = folder else {
        let en = "files beside the import file are read by the command line only; give base64 instead";
        return Err((en, "只有命令行可以读取导入文件旁的文件；请改用 base64").into());
    };
    let name = plan.file.as_deref().unwrap_or_default();
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        let en = "must be a file beside the import file or in a folder under it";
        return Err((en, "应为导入文件所在文件夹或其子文件夹中的文件").into());
    }
    let path = folder.join(name);
    let length = std::fs::metadata(&path).map_err(unreadable)?.len();
    if length > BYTES as u64 {
        return Err(phrases::PICTURE_TOO_LARGE.into());
    }
    std::fs::read(&path).map_err(unreadable)
}

fn unreadable(error: std::io::Error) -> Bilingual {
    use std::io::ErrorKind;
    let zh = match error.kind() {
        ErrorKind::NotFound => "找不到此文件",
        ErrorKind::PermissionDenied => "没有读取此文件的权限",
        ErrorKind::IsADirectory => "这是文件夹，不是文件",
        _ => "无法读取此文件",
    };
    (format!("cannot be read: {error}"), zh).into()
}

/// Only the header is decoded: what it promises decides whether anyone ever decodes the rest.
fn picture(unit_type: usize, bytes: Vec<u8>) -> Result<Picture, Bilingual> {
    let reader = ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
    let reader = reader.map_err(|error| Bilingual::from((error.to_string(), "无法读取此图片")))?;
    let content_type = match reader.format() {
        Some(ImageFormat::Png) => PhotoType::Png,
        Some(ImageFormat::Jpeg) => PhotoType::Jpeg,
        _ => return Err(("is neither PNG nor JPEG", "既不是 PNG 也不是 JPEG").into()),
    };
    let (width, height) = reader
        .into_dimensions()
        .map_err(|error| Bilingual::from((format!("the picture is broken: {error}"), "图片已损坏")))?;
    if u64::from(width) * u64::from(height) > PIXELS {
        let en = format!("has {width}×{height} pixels; at most {PIXELS} in all are possible");
        return Err((en, format!("有 {width}×{height} 像素；总数最多 {PIXELS}")).into());
    }
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Picture { unit_type, bytes: bytes.into(), sha256, content_type, width, height })
}
