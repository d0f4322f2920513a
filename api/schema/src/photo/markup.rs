//! The drawings on photos.

mod plan;

use app::command::{Command, CommandResult};
use app::photo::PhotoRow;
use app::photo::annotate::AnnotatePhoto;
use app::photo::markup::parse_markup;
use async_graphql::{Context, Description, InputObject, Object, OneofObject, SimpleObject};
use domain::Timestamp;
use domain::id::{PersonId, PhotoId};
use domain::photo::markup::{
    Form, Part, PhotoShapeColour, PhotoShapeKind, PhotoStrokeWidth, PhotoTextSize, Shape, Spot,
};
use store::partial::Partial;

use super::types::Photo;
use crate::command::{into_command, run};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::payload;
use crate::plan::ToOne;
use crate::project::types::Person;
use crate::scalars::{DateTime, Uid};

/// Drawing on photos.
#[derive(Default)]
pub struct PhotoMarkupMutation;

/// A place on a photo as it stands upright.
#[derive(InputObject, Clone)]
pub struct PhotoSpotInput {
    /// From the left, 0 to 1. Kept to five digits.
    pub x: f64,
    /// From the top, 0 to 1. Kept to five digits.
    pub y: f64,
}

/// An arrow.
#[derive(InputObject, Clone)]
pub struct PhotoArrowInput {
    /// Its tail.
    pub from: PhotoSpotInput,
    /// Its head: what it points at.
    pub to: PhotoSpotInput,
    /// Its colour.
    #[graphql(default_with = "PhotoShapeColour::Red")]
    pub colour: PhotoShapeColour,
    /// How wide its line is.
    #[graphql(default_with = "PhotoStrokeWidth::Medium")]
    pub width: PhotoStrokeWidth,
}

/// A circle or ellipse. On a photo that is not square a circle has two different radii.
#[derive(InputObject, Clone)]
pub struct PhotoCircleInput {
    /// Its middle.
    pub centre: PhotoSpotInput,
    /// Half its width as a part of the photo's width: more than 0, at most 1.
    pub radius_x: f64,
    /// Half its height as a part of the photo's height: more than 0, at most 1.
    pub radius_y: f64,
    /// Its colour.
    #[graphql(default_with = "PhotoShapeColour::Red")]
    pub colour: PhotoShapeColour,
    /// How wide its line is.
    #[graphql(default_with = "PhotoStrokeWidth::Medium")]
    pub width: PhotoStrokeWidth,
}

/// A stroke of the finger or pen.
#[derive(InputObject, Clone)]
pub struct PhotoFreehandInput {
    /// Where it goes: 1 to 2,000 points, 10,000 in all strokes of a photo.
    pub points: Vec<PhotoSpotInput>,
    /// Its colour.
    #[graphql(default_with = "PhotoShapeColour::Red")]
    pub colour: PhotoShapeColour,
    /// How wide its line is.
    #[graphql(default_with = "PhotoStrokeWidth::Medium")]
    pub width: PhotoStrokeWidth,
}

/// Words on a photo.
#[derive(InputObject, Clone)]
pub struct PhotoTextInput {
    /// The top left corner of the first character. Words that would not fit are broken into lines and moved.
    pub at: PhotoSpotInput,
    /// The words, on one line: at most 200 characters, 2,000 in all words of a photo.
    pub text: String,
    /// How large they are.
    #[graphql(default_with = "PhotoTextSize::Medium")]
    pub size: PhotoTextSize,
    /// Their colour.
    #[graphql(default_with = "PhotoShapeColour::Red")]
    pub colour: PhotoShapeColour,
}

/// A line between two places with the measurement between them.
#[derive(InputObject, Clone)]
pub struct PhotoMeasureInput {
    /// One end.
    pub from: PhotoSpotInput,
    /// The other end.
    pub to: PhotoSpotInput,
    /// The measurement, like `12 mm`: at most 40 characters. It is drawn beside the line.
    pub label: String,
    /// Its colour.
    #[graphql(default_with = "PhotoShapeColour::Red")]
    pub colour: PhotoShapeColour,
    /// How wide its line is, and with it how large the label.
    #[graphql(default_with = "PhotoStrokeWidth::Medium")]
    pub width: PhotoStrokeWidth,
}

/// A shape to be drawn on a photo: one of these.
#[derive(OneofObject, Clone)]
pub enum PhotoShapeInput {
    /// An arrow.
    Arrow(PhotoArrowInput),
    /// A circle or ellipse.
    Circle(PhotoCircleInput),
    /// A stroke.
    Freehand(PhotoFreehandInput),
    /// Words.
    Text(PhotoTextInput),
    /// A measured line.
    Measure(PhotoMeasureInput),
}

/// All that is drawn on a photo from now on.
#[derive(InputObject, Clone)]
pub struct PhotoMarkInput {
    /// The photo, one of a defect, `READY`.
    pub photo_id: Uid<PhotoId>,
    /// The shapes in the order in which they are drawn: at most 100, in place of all that were there. None takes the
    /// markup off.
    pub shapes: Vec<PhotoShapeInput>,
    /// The photo's version that the viewer saw: refused with `STALE_VERSION` when another person has drawn meanwhile;
    /// left out = the present drawing is replaced.
    pub expected_version: Option<i32>,
    /// When it was drawn, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
}

payload! {
    /// The photo with its drawing.
    PhotoMarkPayload {
        /// The photo.
        photo: Photo
    }
}

#[Object]
impl PhotoMarkupMutation {
    /// Draws on a photo: arrows, circles, strokes, words and measured lines, kept as data beside it; the photo itself
    /// never changes. They replace the earlier drawing, which its event keeps. Soon a picture with the markup drawn in
    /// is there: `url(marked: true)`. The same again changes nothing.
    ///
    /// Developer, supervisor and property service draw on all photos of defects, contractors on those of their company,
    /// owners on their own of their own findings.
    async fn photo_mark(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and the shapes of its markup.")] input: PhotoMarkInput,
    ) -> ApiResult<PhotoMarkPayload> {
        let answer = run(ctx, input).await?.and_then(CommandResult::into_photo);
        PhotoMarkPayload::from_result(answer, ctx.language())
    }
}

into_command! {
    PhotoMarkInput => |input| Command::PhotoMark(input.into());
}

impl From<PhotoMarkInput> for AnnotatePhoto {
    fn from(input: PhotoMarkInput) -> Self {
        Self {
            photo_id: input.photo_id.0,
            shapes: input.shapes.into_iter().map(Into::into).collect(),
            expected_version: input.expected_version,
            occurred_at: input.occurred_at.map(|moment| moment.0),
        }
    }
}

impl From<PhotoSpotInput> for Spot<f64> {
    fn from(input: PhotoSpotInput) -> Self {
        Self { x: input.x, y: input.y }
    }
}

impl From<PhotoShapeInput> for Shape<f64> {
    fn from(input: PhotoShapeInput) -> Self {
        let (colour, form) = match input {
            PhotoShapeInput::Arrow(PhotoArrowInput { from, to, colour, width }) => {
                (colour, Form::Arrow { from: from.into(), to: to.into(), width })
            }
            PhotoShapeInput::Circle(PhotoCircleInput { centre, radius_x, radius_y, colour, width }) => {
                (colour, Form::Circle { centre: centre.into(), radius_x, radius_y, width })
            }
            PhotoShapeInput::Freehand(PhotoFreehandInput { points, colour, width }) => {
                (colour, Form::Freehand { points: points.into_iter().map(Into::into).collect(), width })
            }
            PhotoShapeInput::Text(PhotoTextInput { at, text, size, colour }) => {
                (colour, Form::Text { at: at.into(), text, size })
            }
            PhotoShapeInput::Measure(PhotoMeasureInput { from, to, label, colour, width }) => {
                (colour, Form::Measure { from: from.into(), to: to.into(), label, width })
            }
        };
        Self { colour, form }
    }
}

/// A place on a photo as it stands upright.
#[derive(SimpleObject, Clone)]
pub struct PhotoSpot {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
}

impl From<Spot> for PhotoSpot {
    fn from(spot: Spot) -> Self {
        Self { x: spot.x.into(), y: spot.y.into() }
    }
}

/// A shape on a photo. Which fields hold something follows from its kind.
#[derive(Description, Clone)]
pub struct PhotoShape(Shape);

#[Object(use_type_description)]
impl PhotoShape {
    /// The kind of the shape.
    fn kind(&self) -> PhotoShapeKind {
        self.0.kind()
    }

    /// Its colour.
    fn colour(&self) -> PhotoShapeColour {
        self.0.colour
    }

    /// How wide its line is; null for `TEXT`.
    fn width(&self) -> Option<PhotoStrokeWidth> {
        self.0.width()
    }

    /// Where it begins; of `ARROW` and `MEASURE`.
    fn from(&self) -> Option<PhotoSpot> {
        self.ends().map(|(from, _)| from.into())
    }

    /// Where it leads to; of `ARROW` and `MEASURE`.
    fn to(&self) -> Option<PhotoSpot> {
        self.ends().map(|(_, to)| to.into())
    }

    /// The middle of a `CIRCLE`.
    fn centre(&self) -> Option<PhotoSpot> {
        match self.0.form {
            Form::Circle { centre, .. } => Some(centre.into()),
            _ => None,
        }
    }

    /// Half the width of a `CIRCLE` as a part of the photo's width.
    fn radius_x(&self) -> Option<f64> {
        self.radii().map(|(across, _)| across.into())
    }

    /// Half the height of a `CIRCLE` as a part of the photo's height.
    fn radius_y(&self) -> Option<f64> {
        self.radii().map(|(_, down)| down.into())
    }

    /// Where a `FREEHAND` stroke goes; null for the others.
    fn points(&self) -> Option<Vec<PhotoSpot>> {
        match &self.0.form {
            Form::Freehand { points, .. } => Some(points.iter().map(|point| (*point).into()).collect()),
            _ => None,
        }
    }

    /// The top left corner of a `TEXT`.
    fn at(&self) -> Option<PhotoSpot> {
        match self.0.form {
            Form::Text { at, .. } => Some(at.into()),
            _ => None,
        }
    }

    /// The words of a `TEXT`.
    fn text(&self) -> Option<&str> {
        match &self.0.form {
            Form::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// How large the words of a `TEXT` are.
    fn size(&self) -> Option<PhotoTextSize> {
        match self.0.form {
            Form::Text { size, .. } => Some(size),
            _ => None,
        }
    }

    /// The measurement, of a `MEASURE`.
    fn label(&self) -> Option<&str> {
        match &self.0.form {
            Form::Measure { label, .. } => Some(label),
            _ => None,
        }
    }
}

impl PhotoShape {
    const fn ends(&self) -> Option<(Spot, Spot)> {
        match self.0.form {
            Form::Arrow { from, to, .. } | Form::Measure { from, to, .. } => Some((from, to)),
            _ => None,
        }
    }

    const fn radii(&self) -> Option<(Part, Part)> {
        match self.0.form {
            Form::Circle { radius_x, radius_y, .. } => Some((radius_x, radius_y)),
            _ => None,
        }
    }
}

/// The drawing on a photo, as data.
#[derive(Description, Clone)]
pub struct PhotoMarkup {
    shapes: Vec<Shape>,
    by: Option<PersonId>,
    at: Timestamp,
}

impl PhotoMarkup {
    /// The drawing on a photo as the viewer may see it; none without a drawing.
    ///
    /// # Errors
    /// When the stored drawing is not of this program, or a needed column was not read.
    pub fn of(photo: &Partial<PhotoRow>) -> ApiResult<Option<Self>> {
        let Some((markup, at)) = parse_markup(photo.markup()?.as_ref())?.zip(photo.markup_at()?) else {
            return Ok(None);
        };
        Ok(Some(Self { shapes: markup.into_shapes(), by: photo.markup_by()?, at: Timestamp(at) }))
    }
}

#[Object(use_type_description)]
impl PhotoMarkup {
    /// The shapes in the order in which they are drawn, 100 at most.
    fn shapes(&self) -> Vec<PhotoShape> {
        self.shapes.iter().cloned().map(PhotoShape).collect()
    }

    /// Who drew it; for owners only themselves.
    fn marked_by(&self) -> ToOne<Person> {
        ToOne::by(self.by)
    }

    /// When it was drawn, by the server's clock.
    fn marked_at(&self) -> DateTime {
        DateTime(self.at)
    }
}
