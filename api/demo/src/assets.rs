//! The demo's photos and signatures: the files of `api/demo/assets`, embedded in the binary.
//!
//! The example `demo_pictures` draws them.

/// A pair of photos of a place, with the defect and after its repair, both JPEG.
pub(super) struct PhotoPair {
    /// The motif of a [`Finding`](super::findings::Finding).
    motif: &'static str,
    pub(super) before: &'static [u8],
    pub(super) after: &'static [u8],
}

macro_rules! photo_pairs {
    ($($motif:literal),* $(,)?) => {
        &[$(PhotoPair {
            motif: $motif,
            before: include_bytes!(concat!("../assets/photos/", $motif, ".before.jpg")),
            after: include_bytes!(concat!("../assets/photos/", $motif, ".after.jpg")),
        }),*]
    };
}

macro_rules! files {
    ($folder:literal, $extension:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../assets/", $folder, "/", $name, ".", $extension)))),*]
    };
}

const PHOTO_PAIRS: &[PhotoPair] = photo_pairs![
    "AC.CONDENSATE",
    "APPL.NOT_WORKING",
    "CAB.DOOR",
    "CAB.WORKTOP",
    "CEIL.CRACK",
    "CEIL.GYP_CRACK",
    "CLEAN.DUST",
    "CLEAN.GLASS",
    "DRAIN.SMELL",
    "EDOOR.DENT",
    "EDOOR.LOCK",
    "ELEC.NO_POWER",
    "ELEC.PANEL",
    "FLOOR.SLOPE",
    "FLOOR.TILE_LIP",
    "FLOOR.WOOD_GAP",
    "FLOOR.WOOD_SCRATCH",
    "IDOOR.OPEN",
    "IDOOR.SCRATCH",
    "LIGHT.OFF",
    "PUB.FINISH",
    "PUB.FIRE",
    "PUB.LIGHT",
    "PUB.STAIR",
    "RAIL.LOOSE",
    "RAIL.RUST",
    "SANI.FAUCET",
    "SANI.SEALANT",
    "SANI.TOILET_LEAK",
    "SKIRT.LOOSE",
    "WALL.CORNER",
    "WALL.CRACK",
    "WALL.DAMP",
    "WALL.PAINT",
    "WALL.STAIN",
    "WALL.TILE_HOLLOW",
    "WARD.DOOR",
    "WATER.POINT",
    "WIN.LIMITER",
    "WIN.OPEN",
    "WIN.OPEN.SCREEN",
    "WIN.SCRATCH",
    "WP.BATH_LEAK",
];

const ROOMS: &[(&str, &[u8])] =
    files!["rooms", "jpg": "balcony", "bath", "bedroom", "hall", "kitchen", "living", "lobby", "stairwell"];

const SIGNATURES: &[(&str, &[u8])] = files![
    "signatures", "png":
    "daniel.hartmann", "huang.li", "sofia.rossi", "sun.lihua", "tom.becker", "wang.lei", "yang.lin", "zhang.wei",
];

/// The photos of a motif.
pub(super) fn photo_pair(motif: &str) -> Option<&'static PhotoPair> {
    PHOTO_PAIRS.iter().find(|pair| pair.motif == motif)
}

/// A photo of a whole room (JPEG), by the room type.
pub(super) fn room(room_type: &str) -> Option<&'static [u8]> {
    let name = match room_type {
        "BALCONY" | "EQUIPMENT" => "balcony",
        "BATHROOM" | "MASTER_BATH" => "bath",
        "BEDROOM" | "MASTER_BEDROOM" | "STUDY" => "bedroom",
        "CLOAKROOM" | "CORRIDOR" | "FOYER" => "hall",
        "KITCHEN" | "UTILITY" => "kitchen",
        "DINING" | "LIVING" => "living",
        "LOBBY" => "lobby",
        "STAIRWELL" => "stairwell",
        _ => return None,
    };
    find(ROOMS, name)
}

/// The signature (PNG) of a person of the demo.
pub(super) fn signature(nick: &str) -> Option<&'static [u8]> {
    find(SIGNATURES, nick)
}

fn find(files: &'static [(&'static str, &'static [u8])], name: &str) -> Option<&'static [u8]> {
    files.iter().find(|(other, _)| *other == name).map(|(_, bytes)| *bytes)
}

/// The photo with an added comment. The comment makes photos of one motif differ, because verifiers are warned of
/// photos with equal bytes.
pub(super) fn with_comment(jpeg: &[u8], comment: &str) -> Vec<u8> {
    /// The start marker and the JFIF segment, which must come first.
    const HEAD: usize = 20;
    let (head, rest) = jpeg.split_at_checked(HEAD).unwrap_or((jpeg, &[]));
    let length = u16::try_from(comment.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
    [head, &[0xFF, 0xFE], &length, comment.as_bytes(), rest].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::photo::PhotoType;

    use super::*;
    use crate::findings::{COMMON, OWN, ROUTED, UNROUTED};
    use crate::plans::unit_type_plans;

    fn photos() -> impl Iterator<Item = (&'static str, &'static [u8])> {
        let pairs = PHOTO_PAIRS.iter().flat_map(|pair| [(pair.motif, pair.before), (pair.motif, pair.after)]);
        pairs.chain(ROOMS.iter().copied())
    }

    #[test]
    fn each_finding_has_its_own_photos_and_no_photo_is_unused() {
        let findings = [ROUTED, UNROUTED, COMMON, OWN].concat();
        let motifs: HashSet<&str> = findings.iter().map(|finding| finding.motif).collect();
        assert_eq!(motifs.len(), findings.len(), "two findings share a motif");
        let drawn: HashSet<&str> = PHOTO_PAIRS.iter().map(|pair| pair.motif).collect();
        assert_eq!(motifs, drawn);
        for finding in findings {
            assert!(finding.motif.starts_with(finding.kind), "{} shows another kind of defect", finding.motif);
            assert!(finding.rooms.iter().all(|room_type| room(room_type).is_some()), "{}", finding.kind);
        }
    }

    #[test]
    fn each_photo_is_a_unique_valid_jpeg_with_unchanged_pixels() {
        let mut seen = HashSet::new();
        for (name, bytes) in photos() {
            assert!(seen.insert(bytes), "{name} twice");
            assert_eq!(&bytes[..11], b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00", "{name}");
            let plain = imaging::renditions(bytes).expect("a photo");
            assert!(!plain.is_damaged && plain.width == 800 && plain.height == 600, "{name}");
            let noted = with_comment(bytes, "one");
            assert_ne!(noted, with_comment(bytes, "another"));
            assert_eq!(imaging::renditions(&noted).expect("a photo"), plain, "{name}");
        }
    }

    #[test]
    fn each_signature_is_a_unique_png() {
        let mut seen = HashSet::new();
        for (name, bytes) in SIGNATURES {
            assert!(seen.insert(*bytes), "{name} has the same signature as another person");
            assert_eq!(imaging::kind(bytes), Some(PhotoType::Png), "{name}");
            imaging::renditions(bytes).expect("a picture");
        }
    }

    #[test]
    fn all_files_together_have_at_most_3_megabytes() {
        let plans: usize = unit_type_plans().iter().map(|plan| plan.picture.len()).sum();
        let signatures: usize = SIGNATURES.iter().map(|(_, bytes)| bytes.len()).sum();
        let total = plans + signatures + photos().map(|(_, bytes)| bytes.len()).sum::<usize>();
        assert!(total <= 3_000_000, "{total} bytes");
    }
}
