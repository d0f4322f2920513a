//! Photos: their states and limits, and the check of what a tablet declares before it uploads.

use uuid::Uuid;

use crate::actor::Actor;
use crate::party::{Party, Role};
use crate::refusal::{Refusal, RefusalCode};

/// Largest photo in bytes: 30 MB.
pub const MAX_BYTES: u64 = 30_000_000;
/// Most pixels of a photo, width times height: 80 megapixels.
pub const MAX_PIXELS: u64 = 80_000_000;

codes! {
    /// How far a photo has come.
    pub enum PhotoState {
        /// Announced; its bytes have not arrived. Shown as missing.
        Declared = "DECLARED",
        /// Its bytes are here and are what was declared.
        Received = "RECEIVED",
        /// Smaller renditions are made.
        Ready = "READY",
        /// Its bytes cannot be used.
        Rejected = "REJECTED",
    }
}

codes! {
    /// What a photo shows.
    pub enum PhotoStage {
        /// The defect as found.
        Before = "BEFORE",
        /// The place after a repair attempt.
        After = "AFTER",
        /// A signature.
        Signature = "SIGNATURE",
        /// The floor plan of a unit type.
        Plan = "PLAN",
    }
}

codes! {
    /// What a photo belongs to.
    pub enum PhotoSubjectKind {
        /// A defect, or one of its repair attempts.
        Defect = "DEFECT",
        /// A signature under a unit inspection or a review.
        Signature = "SIGNATURE",
    }
}

codes! {
    /// How large a picture is wanted.
    pub enum PhotoSize {
        /// At most 320 pixels on the long edge, upright, without metadata.
        Thumb = "THUMB",
        /// At most 1,600 pixels on the long edge, upright, without metadata.
        Large = "LARGE",
        /// As it was uploaded, with all that the camera wrote into it. Staff only.
        Original = "ORIGINAL",
    }
}

codes! {
    /// Why a photo was rejected.
    pub enum PhotoRejection {
        /// The bytes are no JPEG, PNG or WebP.
        NotAnImage = "NOT_AN_IMAGE",
        /// More bytes than the limit.
        TooLarge = "TOO_LARGE",
        /// The image is damaged or ends too early.
        Broken = "BROKEN",
        /// More pixels than the limit.
        TooManyPixels = "TOO_MANY_PIXELS",
    }
}

codes! {
    /// The media types of photos. In GraphQL they are plain text: a slash is no name there.
    pub enum PhotoType {
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// WebP.
        Webp = "image/webp",
    }
}

/// A declaration that passed the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Their number.
    pub byte_size: u64,
    /// Their media type.
    pub content_type: PhotoType,
}

/// Checks what a tablet says of the photo that it is about to upload.
///
/// # Errors
/// All faults, each at its field (`sha256`, `byteSize`, `contentType`).
pub fn check_declaration(sha256: &str, byte_size: i64, content_type: &str) -> Result<Declared, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut hash = [0; 32];
    if hex::decode_to_slice(sha256, &mut hash).is_err() {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "sha256");
        refusals.push(wrong.because("64 hexadecimal digits are needed", "须为 64 位十六进制数"));
    }
    let bytes = u64::try_from(byte_size).unwrap_or(0);
    if bytes == 0 {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "byteSize");
        refusals.push(wrong.because("a photo has at least 1 byte", "照片至少 1 字节"));
    }
    if bytes > MAX_BYTES {
        refusals.push(Refusal::at(RefusalCode::PhotoTooLarge, "byteSize").with("limit", MAX_BYTES));
    }
    match content_type.parse() {
        Ok(content_type) if refusals.is_empty() => Ok(Declared { sha256: hash, byte_size: bytes, content_type }),
        Ok(_) => Err(refusals),
        Err(_) => {
            refusals.push(Refusal::at(RefusalCode::PhotoTypeUnsupported, "contentType"));
            Err(refusals)
        }
    }
}

/// What the right to photograph a defect depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotographedDefect {
    /// Its unit.
    pub unit_id: Uuid,
    /// Who found it.
    pub raised_by: Uuid,
    /// Who has to repair it.
    pub responsible_company_id: Option<Uuid>,
}

/// Whether the actor may add a photo of this stage: to a defect that the actor sees, or, without one, a signature of
/// the own hand.
///
/// # Errors
/// The reason why not.
pub fn permit_declare(actor: &Actor, stage: PhotoStage, defect: Option<&PhotographedDefect>) -> Result<(), Refusal> {
    match (stage, defect) {
        (PhotoStage::Before, Some(defect)) if actor.role() == Role::Owner => {
            if !actor.owns(defect.unit_id) {
                return Err(Refusal::at(RefusalCode::NotFound, "subject.defectId"));
            }
            let own = defect.raised_by == actor.person_id;
            if own { Ok(()) } else { Err(RefusalCode::NotYourFinding.into()) }
        }
        (PhotoStage::Before, Some(_)) | (PhotoStage::Signature, None) => Ok(()),
        (PhotoStage::After, Some(_)) if actor.party() != Party::Contractor => Err(RefusalCode::RoleNotAllowed.into()),
        (PhotoStage::After, Some(defect)) if actor.company_id() == defect.responsible_company_id => Ok(()),
        (PhotoStage::After, Some(_)) => Err(RefusalCode::NotResponsible.into()),
        (PhotoStage::Before | PhotoStage::After, None) | (PhotoStage::Signature, Some(_)) | (PhotoStage::Plan, _) => {
            let wrong = Refusal::at(RefusalCode::InvalidValue, "stage");
            Err(wrong.because(
                "a defect takes BEFORE and AFTER, a signature SIGNATURE",
                "问题照片为 BEFORE 或 AFTER，签名照片为 SIGNATURE",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Standing;

    fn staff(company: u128, role: Role) -> Actor {
        let standing = Standing::Staff { company_id: Uuid::from_u128(company), role };
        Actor { person_id: Uuid::from_u128(1), project_id: Uuid::from_u128(2), standing }
    }

    #[test]
    fn who_may_photograph_what() {
        let defect = |own| PhotographedDefect {
            unit_id: Uuid::from_u128(5),
            raised_by: Uuid::from_u128(if own { 1 } else { 3 }),
            responsible_company_id: Some(Uuid::from_u128(7)),
        };
        let owner_of = |unit| Actor {
            standing: Standing::Owner { unit_ids: vec![Uuid::from_u128(unit)] },
            ..staff(0, Role::Owner)
        };
        let ask = |actor: &Actor, stage, defect: Option<PhotographedDefect>| {
            permit_declare(actor, stage, defect.as_ref()).err().map(|refusal| refusal.code)
        };
        use PhotoStage::{After, Before, Plan, Signature};
        for &role in Role::ALL.iter().filter(|&&role| role != Role::Owner) {
            assert_eq!(ask(&staff(9, role), Before, Some(defect(false))), None, "{role}");
            let contractor = role.party() == Party::Contractor;
            let refused = if contractor { RefusalCode::NotResponsible } else { RefusalCode::RoleNotAllowed };
            assert_eq!(ask(&staff(9, role), After, Some(defect(false))), Some(refused), "{role}");
            let own = ask(&staff(7, role), After, Some(defect(false)));
            assert_eq!(own, (!contractor).then_some(RefusalCode::RoleNotAllowed), "{role}");
        }
        assert_eq!(ask(&owner_of(5), Before, Some(defect(true))), None);
        assert_eq!(ask(&owner_of(5), Before, Some(defect(false))), Some(RefusalCode::NotYourFinding));
        assert_eq!(ask(&owner_of(6), Before, Some(defect(true))), Some(RefusalCode::NotFound));
        assert_eq!(ask(&owner_of(5), After, Some(defect(true))), Some(RefusalCode::RoleNotAllowed));
        assert_eq!(ask(&owner_of(5), Signature, None), None);
        for (stage, defect) in
            [(Signature, Some(defect(true))), (Before, None), (After, None), (Plan, None), (Plan, Some(defect(true)))]
        {
            assert_eq!(ask(&staff(7, Role::Worker), stage, defect), Some(RefusalCode::InvalidValue), "{stage}");
        }
    }

    #[test]
    fn declarations_at_and_beyond_their_limits() {
        use RefusalCode::{InvalidValue, PhotoTooLarge, PhotoTypeUnsupported};
        let hash = "aB".repeat(32);
        let codes = |sha256: &str, size, media: &str| -> Vec<RefusalCode> {
            check_declaration(sha256, size, media).err().into_iter().flatten().map(|refusal| refusal.code).collect()
        };
        for media in ["image/jpeg", "image/png", "image/webp"] {
            assert_eq!(codes(&hash, 1, media), []);
            assert_eq!(codes(&hash, 30_000_000, media), []);
        }
        assert_eq!(codes(&hash, 30_000_001, "image/jpeg"), [PhotoTooLarge]);
        assert_eq!(codes(&hash, 0, "image/jpeg"), [InvalidValue]);
        assert_eq!(codes(&hash, i64::MIN, "image/jpeg"), [InvalidValue]);
        for media in ["image/gif", "image/svg+xml", "IMAGE/JPEG", "image/jpeg; q=1", ""] {
            assert_eq!(codes(&hash, 1, media), [PhotoTypeUnsupported], "{media}");
        }
        for short in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(66)] {
            assert_eq!(codes(short, 1, "image/png"), [InvalidValue], "{short}");
        }
        assert_eq!(codes("", 0, ""), [InvalidValue, InvalidValue, PhotoTypeUnsupported], "all faults at once");
        let declared = check_declaration(&hash, 7, "image/png").expect("good");
        assert_eq!((declared.sha256, declared.byte_size, declared.content_type), ([0xab; 32], 7, PhotoType::Png));
    }
}
