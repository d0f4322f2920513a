//! The findings of round 1: twelve defects with twenty photos, ten of them of trades that are assigned to contractor A.

/// A defect as an inspector logs it.
pub(super) struct Finding {
    /// The inspector.
    pub(super) by: &'static str,
    pub(super) room: &'static str,
    pub(super) kind: &'static str,
    /// The checklist item that it explains.
    pub(super) item: Option<&'static str>,
    pub(super) photos: usize,
}

impl Finding {
    const fn new(
        by: &'static str,
        room: &'static str,
        kind: &'static str,
        item: Option<&'static str>,
        photos: usize,
    ) -> Self {
        Self { by, room, kind, item, photos }
    }
}

/// The three inspectors: of the developer, the property service and the supervisor.
pub(super) const INSPECTORS: [&str; 3] = ["ana", "ho", "sun"];

/// Four defects each.
pub(super) const FINDINGS: [Finding; 12] = [
    Finding::new("sun", "LIVING", "WALL.PLUMB", Some("LIV-PLUMB"), 2),
    Finding::new("sun", "LIVING", "WALL.HOLLOW", Some("LIV-WALL"), 2),
    Finding::new("sun", "LIVING", "WALL.CRACK", None, 1),
    Finding::new("sun", "LIVING", "CEIL.CRACK", None, 2),
    Finding::new("ana", "BED", "WALL.PAINT", None, 1),
    Finding::new("ana", "BED", "WIN.LEAK", Some("BED-WINDOW"), 2),
    Finding::new("ana", "BATH", "FLOOR.SLOPE", Some("BATH-FLOOR"), 2),
    Finding::new("ana", "BATH", "WALL.TILE_HOLLOW", None, 1),
    Finding::new("ho", "KITCHEN", "DRAIN.BLOCK", Some("KIT-DRAIN"), 2),
    Finding::new("ho", "KITCHEN", "WALL.TILE_CRACK", None, 1),
    Finding::new("ho", "KITCHEN", "ELEC.POLARITY", Some("KIT-POWER"), 2),
    Finding::new("ho", "BATH", "DRAIN.SMELL", Some("BATH-DRAIN"), 2),
];

/// These trades have no rule: a person assigns them.
pub(super) const BY_HAND: [&str; 2] = ["WIN.LEAK", "ELEC.POLARITY"];

/// These are critical or major: the unit is not ready while they are open.
pub(super) const BLOCKING: [&str; 6] =
    ["WALL.HOLLOW", "WIN.LEAK", "FLOOR.SLOPE", "WALL.TILE_HOLLOW", "DRAIN.BLOCK", "ELEC.POLARITY"];

/// The eight that contractor A repairs.
pub(super) const REPAIRED: [&str; 8] = [
    "WALL.PLUMB",
    "WALL.HOLLOW",
    "WALL.CRACK",
    "WALL.PAINT",
    "WALL.TILE_HOLLOW",
    "DRAIN.BLOCK",
    "WALL.TILE_CRACK",
    "DRAIN.SMELL",
];

/// The two of them that the supervisor fails.
pub(super) const SENT_BACK: [&str; 2] = ["WALL.HOLLOW", "DRAIN.BLOCK"];

/// Contractor A disputes the first as no defect, which is not upheld; and the second as another company's, which is.
pub(super) const UPHELD: &str = "CEIL.CRACK";
pub(super) const REASSIGNED: &str = "FLOOR.SLOPE";

/// Found in round 2, and by the owner.
pub(super) const STAIN: &str = "WALL.STAIN";
pub(super) const SINK: &str = "CAB.SINK";
pub(super) const LATER: [&str; 2] = [STAIN, SINK];
