//! The demo project's pictures, drawn by the program: floor plans, defect photos, signatures.
//!
//! Pure functions: the same arguments give the same bytes, so the demo is the same everywhere.

mod canvas;
pub(super) mod dice;
mod letters;
mod photo;
mod plan;
mod signature;

pub use photo::{Flaw, PHOTO_HEIGHT, PHOTO_WIDTH, Stage, draw_defect_photo};
pub use plan::{
    Door, DoorKind, Furniture, FurnitureKind, PLAN_HEIGHT, PLAN_WIDTH, PlanRoom, PlanSpec, Point, Side, Window,
    draw_plan, unit_type_plans,
};
pub use signature::draw_signature;

/// The bytes of a picture, or why the encoder refused.
pub type Picture = Result<Vec<u8>, image::ImageError>;
