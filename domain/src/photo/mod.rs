//! Photos: their states, their limits, and who may do what with them.

mod commands;
mod corrections;
mod declaration;
pub mod markup;
mod pairs;
mod rights;

pub use commands::PhotoCommand;
pub use corrections::{CorrectedPhoto, permit_target, permit_update, permit_withdraw};
pub use declaration::{Declared, check_declaration};
pub use markup::{AnnotatedPhoto, Markup, permit_annotate};
pub use pairs::{Pair, Taken, pairs};
pub use rights::{PhotographedDefect, has_original, permit_declare};

/// Largest picture in bytes: 30 MB.
pub const MAX_BYTES: u64 = 30_000_000;
/// Largest video clip in bytes: 100 MB.
pub const MAX_VIDEO_BYTES: u64 = 100_000_000;
/// Longest video clip in seconds, as refusals name it.
pub const MAX_VIDEO_SECONDS: u64 = 60;
/// Longest video clip in milliseconds: a minute, and what recorders that stop at a minute need to stop.
pub const MAX_VIDEO_MS: u64 = 1_000 * MAX_VIDEO_SECONDS + 1_000;
/// Larger files can be uploaded in parts of this size, the last one smaller: 8 MB.
pub const PART_BYTES: u64 = 8_000_000;
/// Most pixels of a JPEG or PNG, width times height: phones take 200 megapixels.
pub const MAX_PIXELS: u64 = 250_000_000;
/// Most pixels of a WebP, which has to be in memory as a whole.
pub const MAX_WEBP_PIXELS: u64 = 80_000_000;

string_enum! {
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
        /// Its bytes are here and are kept as they are: of their format the server makes no renditions.
        Kept = "KEPT",
        /// It never came, and somebody with the right has said why nobody waits for it any more. Should it come after
        /// all, it is taken.
        WrittenOff = "WRITTEN_OFF",
        /// It was a slip, and was withdrawn with a reason. It is not shown any more; its bytes stay for the record.
        Withdrawn = "WITHDRAWN",
        /// Its bytes were here and were removed by the project's policy.
        Removed = "REMOVED",
    }
}

string_enum! {
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

string_enum! {
    /// What a photo belongs to.
    pub enum PhotoSubjectKind {
        /// A defect, or one of its repair attempts.
        Defect = "DEFECT",
        /// A signature under a unit inspection or a review.
        Signature = "SIGNATURE",
    }
}

string_enum! {
    /// How large a picture is wanted.
    pub enum PhotoSize {
        /// At most 320 pixels on the long edge, upright, without metadata.
        Thumb = "THUMB",
        /// At most 1,600 pixels on the long edge, upright, without metadata.
        Large = "LARGE",
        /// As it was uploaded, with the place and the camera in it, for who took it and the own company; other staff
        /// gets the same pixels without metadata (JPEG, PNG and WebP only). Of others' photos nothing for owners.
        Original = "ORIGINAL",
    }
}

string_enum! {
    /// Why a photo was rejected.
    pub enum PhotoRejection {
        /// The bytes are of no format that is taken, or not of the declared one.
        NotAnImage = "NOT_AN_IMAGE",
        /// More bytes than the limit.
        TooLarge = "TOO_LARGE",
        /// The image is damaged or ends too early.
        Broken = "BROKEN",
        /// More pixels than the limit.
        TooManyPixels = "TOO_MANY_PIXELS",
        /// A video clip that is longer than the limit.
        TooLong = "TOO_LONG",
    }
}

string_enum! {
    /// The media types of photos. In GraphQL they are plain text: a slash is no name there.
    pub enum PhotoType {
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// WebP.
        Webp = "image/webp",
        /// HEIC, as phones take it.
        Heic = "image/heic",
        /// HEIF, the family that HEIC is of.
        Heif = "image/heif",
        /// A video clip as MP4.
        Mp4 = "video/mp4",
        /// A video clip as QuickTime.
        QuickTime = "video/quicktime",
    }
}

string_enum! {
    /// The formats of renditions.
    pub enum PhotoFormat {
        /// JPEG, which everything shows.
        Jpeg = "JPEG",
        /// WebP, which is smaller.
        Webp = "WEBP",
    }
}

impl PhotoState {
    /// Whether its bytes may still come.
    #[must_use]
    pub const fn awaits_bytes(self) -> bool {
        matches!(self, Self::Declared | Self::WrittenOff)
    }
}

impl PhotoType {
    /// Whether the server makes renditions of it; other files are kept as received.
    #[must_use]
    pub const fn has_renditions(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => true,
            Self::Heic | Self::Heif | Self::Mp4 | Self::QuickTime => false,
        }
    }

    /// Whether it is a video clip.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::QuickTime)
    }

    /// The most pixels of this type, width times height; no limit for files that are not decoded.
    #[must_use]
    pub const fn max_pixels(self) -> Option<u64> {
        match self {
            Self::Jpeg | Self::Png => Some(MAX_PIXELS),
            Self::Webp => Some(MAX_WEBP_PIXELS),
            Self::Heic | Self::Heif | Self::Mp4 | Self::QuickTime => None,
        }
    }

    /// The type of a media type as clients write it: in any letters, with parameters, or by another name that is in
    /// use.
    #[must_use]
    pub fn of_media_type(written: &str) -> Option<Self> {
        let essence = written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "image/jpg"
            | "image/pjpeg"
            | "image/jfif"
            | "image/pjp"
            | "image/x-jpeg"
            | "image/x-jpg"
            | "image/x-citrix-jpeg" => Some(Self::Jpeg),
            "image/x-png" | "image/x-citrix-png" | "image/apng" | "image/vnd.mozilla.apng" => Some(Self::Png),
            "image/x-webp" => Some(Self::Webp),
            "image/heic-sequence" | "image/x-heic" => Some(Self::Heic),
            "image/heif-sequence" | "image/x-heif" => Some(Self::Heif),
            "video/x-m4v" | "video/m4v" | "video/x-mp4" | "video/mpeg4" => Some(Self::Mp4),
            "video/x-quicktime" | "video/mov" | "video/x-mov" => Some(Self::QuickTime),
            essence => essence.parse().ok(),
        }
    }

    /// The type as which bytes are kept that are of type `seen` and were declared as this one. The families of HEIF and
    /// of films name their members loosely: the declared type stays.
    #[must_use]
    pub const fn corrected(self, seen: Self) -> Self {
        let is_still = matches!((self, seen), (Self::Heic | Self::Heif, Self::Heic | Self::Heif));
        if is_still || (self.is_video() && seen.is_video()) { self } else { seen }
    }

    /// The most bytes of this type.
    #[must_use]
    pub const fn max_bytes(self) -> u64 {
        if self.is_video() { MAX_VIDEO_BYTES } else { MAX_BYTES }
    }
}
