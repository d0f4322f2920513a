//! How the fields of the drawing on a photo are written.

use super::{PhotoMarkup, PhotoShape, PhotoSpot};
use crate::plan::planned;

planned! {
    PhotoMarkup {
        "shapes" => part(shapes);
        "markedBy" => one(marked_by);
        "markedAt" => leaf(marked_at);
    }
}

planned! {
    PhotoShape {
        "kind" => leaf(kind);
        "colour" => leaf(colour);
        "width" => leaf(width);
        "from" => part(from);
        "to" => part(to);
        "centre" => part(centre);
        "radiusX" => leaf(radius_x);
        "radiusY" => leaf(radius_y);
        "points" => asked();
        "at" => part(at);
        "text" => leaf(text);
        "size" => leaf(size);
        "label" => leaf(label);
    }
}

planned! {
    PhotoSpot {
        "x" => value(|object| object.x);
        "y" => value(|object| object.y);
    }
}
