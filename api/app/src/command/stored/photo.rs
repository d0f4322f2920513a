//! Stored inputs of commands on photos.

use domain::id::{DefectId, DeviceId, PhotoId, ProjectId};
use domain::photo::PhotoStage;
use domain::photo::markup::{Form, PhotoShapeColour, PhotoStrokeWidth, PhotoTextSize, Spot};
use serde::Deserialize;

use super::{List, Moment, time};
use crate::input::{CommandHeader, ReasonedCommand};
use crate::photo::{annotate, corrections, declare};

/// `PhotoUploadCreateInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Declare {
    #[serde(rename = "photoId")]
    photo_id: PhotoId,
    #[serde(rename = "sha256")]
    sha256: String,
    #[serde(rename = "byteSize")]
    byte_size: i64,
    #[serde(rename = "contentType")]
    content_type: String,
    #[serde(rename = "width")]
    width: Option<i32>,
    #[serde(rename = "height")]
    height: Option<i32>,
    #[serde(rename = "subject")]
    subject: Subject,
    #[serde(rename = "stage")]
    stage: PhotoStage,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
    #[serde(rename = "deviceId")]
    device_id: Option<DeviceId>,
}

/// `PhotoSubjectInput`.
#[derive(Deserialize)]
enum Subject {
    #[serde(rename = "defectId")]
    Defect(DefectId),
    #[serde(rename = "signature")]
    Signature(Signature),
}

/// `PhotoSignatureInput`.
#[derive(Deserialize)]
struct Signature {
    #[serde(rename = "projectId")]
    project_id: ProjectId,
}

impl From<Declare> for declare::DeclarePhoto {
    fn from(stored: Declare) -> Self {
        Self {
            photo_id: stored.photo_id,
            sha256: stored.sha256,
            byte_size: stored.byte_size,
            content_type: stored.content_type,
            width: stored.width,
            height: stored.height,
            subject: match stored.subject {
                Subject::Defect(id) => declare::PhotoSubject::Defect(id),
                Subject::Signature(signature) => declare::PhotoSubject::Signature { project_id: signature.project_id },
            },
            stage: stored.stage,
            occurred_at: time(stored.occurred_at),
            device_id: stored.device_id,
        }
    }
}

/// `PhotoWithdrawInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Withdraw {
    #[serde(rename = "photoId")]
    photo_id: PhotoId,
    #[serde(rename = "reason")]
    reason: String,
    #[serde(rename = "expectedVersion")]
    expected_version: Option<i32>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Withdraw> for ReasonedCommand<PhotoId> {
    fn from(stored: Withdraw) -> Self {
        Self {
            header: CommandHeader {
                target: stored.photo_id,
                expected_version: stored.expected_version,
                occurred_at: time(stored.occurred_at),
            },
            reason: stored.reason,
        }
    }
}

/// `PhotoUpdateInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Update {
    #[serde(rename = "photoId")]
    photo_id: PhotoId,
    #[serde(rename = "defectId")]
    defect_id: Option<DefectId>,
    #[serde(rename = "stage")]
    stage: Option<PhotoStage>,
    #[serde(rename = "expectedVersion")]
    expected_version: Option<i32>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Update> for corrections::UpdatePhoto {
    fn from(stored: Update) -> Self {
        Self {
            header: CommandHeader {
                target: stored.photo_id,
                expected_version: stored.expected_version,
                occurred_at: time(stored.occurred_at),
            },
            defect_id: stored.defect_id,
            stage: stored.stage,
        }
    }
}

/// `PhotoMarkInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Mark {
    #[serde(rename = "photoId")]
    photo_id: PhotoId,
    #[serde(rename = "shapes")]
    shapes: List<Shape>,
    #[serde(rename = "expectedVersion")]
    expected_version: Option<i32>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Mark> for annotate::AnnotatePhoto {
    fn from(stored: Mark) -> Self {
        Self {
            photo_id: stored.photo_id,
            shapes: stored.shapes.map(Into::into),
            expected_version: stored.expected_version,
            occurred_at: time(stored.occurred_at),
        }
    }
}

/// `PhotoShapeInput`.
#[derive(Deserialize)]
enum Shape {
    #[serde(rename = "arrow")]
    Arrow(Arrow),
    #[serde(rename = "circle")]
    Circle(Circle),
    #[serde(rename = "freehand")]
    Freehand(Freehand),
    #[serde(rename = "text")]
    Text(Text),
    #[serde(rename = "measure")]
    Measure(Measure),
}

/// `PhotoSpotInput`.
#[derive(Deserialize)]
struct StoredSpot {
    #[serde(rename = "x")]
    x: f64,
    #[serde(rename = "y")]
    y: f64,
}

impl From<StoredSpot> for Spot<f64> {
    fn from(stored: StoredSpot) -> Self {
        Self { x: stored.x, y: stored.y }
    }
}

/// The colour and the width of lines, where the drawing names none.
const fn red() -> PhotoShapeColour {
    PhotoShapeColour::Red
}

const fn medium_width() -> PhotoStrokeWidth {
    PhotoStrokeWidth::Medium
}

const fn medium_size() -> PhotoTextSize {
    PhotoTextSize::Medium
}

/// `PhotoArrowInput`.
#[derive(Deserialize)]
struct Arrow {
    #[serde(rename = "from")]
    from: StoredSpot,
    #[serde(rename = "to")]
    to: StoredSpot,
    #[serde(rename = "colour", default = "red")]
    colour: PhotoShapeColour,
    #[serde(rename = "width", default = "medium_width")]
    width: PhotoStrokeWidth,
}

/// `PhotoCircleInput`.
#[derive(Deserialize)]
struct Circle {
    #[serde(rename = "centre")]
    centre: StoredSpot,
    #[serde(rename = "radiusX")]
    radius_x: f64,
    #[serde(rename = "radiusY")]
    radius_y: f64,
    #[serde(rename = "colour", default = "red")]
    colour: PhotoShapeColour,
    #[serde(rename = "width", default = "medium_width")]
    width: PhotoStrokeWidth,
}

/// `PhotoFreehandInput`.
#[derive(Deserialize)]
struct Freehand {
    #[serde(rename = "points")]
    points: List<StoredSpot>,
    #[serde(rename = "colour", default = "red")]
    colour: PhotoShapeColour,
    #[serde(rename = "width", default = "medium_width")]
    width: PhotoStrokeWidth,
}

/// `PhotoTextInput`.
#[derive(Deserialize)]
struct Text {
    #[serde(rename = "at")]
    at: StoredSpot,
    #[serde(rename = "text")]
    text: String,
    #[serde(rename = "size", default = "medium_size")]
    size: PhotoTextSize,
    #[serde(rename = "colour", default = "red")]
    colour: PhotoShapeColour,
}

/// `PhotoMeasureInput`.
#[derive(Deserialize)]
struct Measure {
    #[serde(rename = "from")]
    from: StoredSpot,
    #[serde(rename = "to")]
    to: StoredSpot,
    #[serde(rename = "label")]
    label: String,
    #[serde(rename = "colour", default = "red")]
    colour: PhotoShapeColour,
    #[serde(rename = "width", default = "medium_width")]
    width: PhotoStrokeWidth,
}

impl From<Shape> for domain::photo::markup::Shape<f64> {
    fn from(stored: Shape) -> Self {
        let (colour, form) = match stored {
            Shape::Arrow(Arrow { from, to, colour, width }) => {
                (colour, Form::Arrow { from: from.into(), to: to.into(), width })
            }
            Shape::Circle(Circle { centre, radius_x, radius_y, colour, width }) => {
                (colour, Form::Circle { centre: centre.into(), radius_x, radius_y, width })
            }
            Shape::Freehand(Freehand { points, colour, width }) => {
                (colour, Form::Freehand { points: points.map(Into::into), width })
            }
            Shape::Text(Text { at, text, size, colour }) => (colour, Form::Text { at: at.into(), text, size }),
            Shape::Measure(Measure { from, to, label, colour, width }) => {
                (colour, Form::Measure { from: from.into(), to: to.into(), label, width })
            }
        };
        Self { colour, form }
    }
}
