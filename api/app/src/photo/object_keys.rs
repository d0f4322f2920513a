//! The keys of photos in the object store.
//!
//! Originals and renditions are named by their content: the same bytes are kept once in a project, and making a
//! rendition again writes the same object.

use domain::id::{PhotoId, ProjectId};
use uuid::Uuid;

/// The key of one upload, used by no other.
pub(super) fn staging(photo_id: PhotoId, ticket: Uuid) -> String {
    format!("{STAGING}{photo_id}/{ticket}")
}

/// A key to which no link leads, so that the bytes cannot change while they are checked.
pub(super) fn verification_key(photo_id: PhotoId, ticket: Uuid) -> String {
    format!("{CHECKING}{photo_id}/{ticket}")
}

/// The original.
pub(super) fn original(project_id: ProjectId, sha256: &[u8]) -> String {
    format!("{PROJECTS}{project_id}/photos/{}", hex::encode(sha256))
}

/// A rendition of an original.
pub(super) fn rendition(original: &str, edge: u32) -> String {
    format!("{original}.{edge}.jpg")
}

/// The same as WebP.
pub(super) fn webp(original: &str, edge: u32) -> String {
    format!("{original}.{edge}.webp")
}

/// A rendition of an original with a markup of this hash drawn in.
pub(super) fn annotated(original: &str, markup: &str, edge: u32) -> String {
    format!("{original}.{edge}.{markup}.jpg")
}

/// The copy of an original without metadata.
pub(super) fn stripped(original: &str) -> String {
    format!("{original}.stripped")
}

/// A key of this photo alone, because the usual key of the original is retired.
pub(super) fn dedicated_original(photo_id: PhotoId, usual: &str) -> String {
    format!("{usual}-{photo_id}")
}

/// The prefix of the keys of uploads.
pub(super) const STAGING: &str = "staging/";
/// The prefix of the keys of copies that are being checked.
pub(super) const CHECKING: &str = "checking/";
/// The prefix of the keys of projects: photos, renditions and plans.
pub(super) const PROJECTS: &str = "projects/";

/// The photo of an upload's key.
pub(super) fn photo_of_staging(key: &str) -> Option<PhotoId> {
    key.strip_prefix(STAGING)?.split('/').next()?.parse().ok()
}

/// The photo of an upload's key, or of the key of a copy of it that is being checked.
pub(super) fn photo_of_upload(key: &str) -> Option<PhotoId> {
    let copied = || key.strip_prefix(CHECKING)?.split('/').next()?.parse().ok();
    photo_of_staging(key).or_else(copied)
}

/// The original that an object is, or is a rendition of; none for what is no photo.
pub(super) fn original_key_of(key: &str) -> Option<&str> {
    let (project, name) = key.strip_prefix(PROJECTS)?.split_once("/photos/")?;
    let original = name.split('.').next()?;
    (project.parse::<ProjectId>().is_ok() && !original.is_empty())
        .then(|| &key[..key.len() - name.len() + original.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_belongs_to_an_original_or_to_no_photo() {
        let (project, photo) = (ProjectId::from_u128(1), PhotoId::from_u128(2));
        let usual = original(project, &[7; 32]);
        for original in [usual.clone(), dedicated_original(photo, &usual)] {
            assert_eq!(original_key_of(&original), Some(original.as_str()));
            let small = [rendition(&original, 320), webp(&original, 320), annotated(&original, "ab", 1_600)];
            for of_it in small.into_iter().chain([stripped(&original)]) {
                assert_eq!(original_key_of(&of_it), Some(original.as_str()));
            }
            assert_eq!(original_key_of(&annotated(&original, "ab12", 1600)), Some(original.as_str()));
        }
        let plan = format!("projects/{project}/plans/abc");
        for other in ["", "projects/", "projects/x/photos/abc", &plan, &staging(photo, photo.uuid()), "probe/1"] {
            assert_eq!(original_key_of(other), None, "{other}");
        }
        assert_eq!(photo_of_staging(&staging(photo, project.uuid())), Some(photo));
        assert_eq!(photo_of_staging(&verification_key(photo, project.uuid())), None);
        for of_upload in [staging(photo, project.uuid()), verification_key(photo, project.uuid())] {
            assert_eq!(photo_of_upload(&of_upload), Some(photo));
        }
        assert_eq!(photo_of_upload(&usual), None);
    }
}
