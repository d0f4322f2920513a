//! Floor plans with the places of defects.

use std::cell::OnceCell;

use crate::layout::draft::{Area, Item};
use crate::layout::stack::Stack;
use crate::layout::style::{BAD, RULE};
use crate::model::{Picture, Plan};
use crate::picture::Loaded;

/// The radius of a pin with a number in points.
const RADIUS: f32 = 7.0;
/// The radius of a pin without a number, and of the place of a moved pin.
const DOT: f32 = 3.2;
/// The size of the numbers in pins.
const NUMBER_SIZE: f32 = 7.0;
/// Rings around the place of a pin on which it may stand if another is there, a radius apart.
const RINGS: u16 = 40;

/// A plan that is drawn several times, or never: its picture is read when it is first needed.
pub(crate) struct Drawing<'a> {
    plan: &'a Plan,
    /// Stands in place of a picture that cannot be read.
    unreadable: &'a str,
    picture: OnceCell<Option<Loaded>>,
}

impl<'a> Drawing<'a> {
    pub(crate) const fn new(plan: &'a Plan, unreadable: &'a str) -> Self {
        Self { plan, unreadable, picture: OnceCell::new() }
    }

    /// What the plan is called.
    pub(crate) fn name(&self) -> &str {
        &self.plan.name
    }

    /// The picture, or why there is none.
    fn picture(&self) -> Result<&Loaded, &str> {
        match &self.plan.picture {
            Picture::File(bytes) => self.picture.get_or_init(|| Loaded::read(bytes)).as_ref().ok_or(self.unreadable),
            Picture::Absent(why) => Err(why),
        }
    }
}

/// A pin with a number, at a place from 0 to 1.
pub(crate) struct Numbered {
    pub(crate) number: usize,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Adds a plan with one pin, at most this high.
pub(crate) fn with_pin<'f>(stack: Stack<'f>, plan: &Drawing<'_>, at: (f64, f64), most: f32, shows: &str) -> Stack<'f> {
    let picture = match plan.picture() {
        Ok(picture) => picture,
        Err(why) => return stack.absent(why, 0.0),
    };
    let area = picture.fit(stack.width, most);
    let (x, y) = place(area, at.0, at.1);
    let pin = Item::Disc { x, y, radius: DOT, color: BAD };
    stack.figure(area.height, vec![image(picture, area), frame(area), pin], shows)
}

/// Adds a plan with all its pins, at most this high. Pins that would cover each other are moved, with a line to their
/// place.
pub(crate) fn with_pins<'f>(
    stack: Stack<'f>,
    plan: &Drawing<'_>,
    pins: &[Numbered],
    most: f32,
    shows: &str,
) -> Stack<'f> {
    let picture = match plan.picture() {
        Ok(picture) => picture,
        Err(why) => return stack.absent(why, 0.0),
    };
    let area = picture.fit(stack.width, most);
    let mut items = vec![image(picture, area), frame(area)];
    let (mut discs, mut taken) = (Vec::new(), Vec::new());
    for pin in pins {
        let place = place(area, pin.x, pin.y);
        let at = free(place, &taken, area);
        if at != place {
            items.push(Item::Stroke { from: place, to: at, color: BAD });
            items.push(Item::Disc { x: place.0, y: place.1, radius: DOT / 2.0, color: BAD });
        }
        taken.push(at);
        discs.push(Item::Disc { x: at.0, y: at.1, radius: RADIUS, color: BAD });
        discs.push(stack.label(&pin.number.to_string(), NUMBER_SIZE, at.0, at.1));
    }
    items.append(&mut discs);
    stack.figure(area.height, items, shows)
}

fn image(picture: &Loaded, area: Area) -> Item {
    Item::Image { area, image: picture.image.clone() }
}

const fn frame(area: Area) -> Item {
    Item::Frame { area, color: RULE }
}

/// The place of a pin in points; a place outside the plan is moved to its edge.
#[allow(clippy::cast_possible_truncation)]
fn place(area: Area, x: f64, y: f64) -> (f32, f32) {
    let inside = |part: f64| if part.is_finite() { part.clamp(0.0, 1.0) as f32 } else { 0.0 };
    (inside(x).mul_add(area.width, area.x), inside(y).mul_add(area.height, area.y))
}

/// The nearest place at which a pin covers no other; its own if there is none on the plan.
fn free(place: (f32, f32), taken: &[(f32, f32)], area: Area) -> (f32, f32) {
    let is_free = |at: &(f32, f32)| {
        taken.iter().all(|other| (at.0 - other.0).hypot(at.1 - other.1) >= 2.0 * RADIUS)
            && (area.x + RADIUS..=area.x + area.width - RADIUS).contains(&at.0)
            && (area.y + RADIUS..=area.y + area.height - RADIUS).contains(&at.1)
    };
    let covers = |other: &(f32, f32)| (place.0 - other.0).hypot(place.1 - other.1) < 2.0 * RADIUS;
    if !taken.iter().any(covers) {
        return place;
    }
    let mut candidates = (1..=RINGS).flat_map(|ring| {
        let (distance, steps) = (RADIUS * f32::from(ring), 6 * ring);
        (0..steps).map(move |step| {
            let angle = std::f32::consts::TAU * f32::from(step) / f32::from(steps);
            (distance.mul_add(angle.cos(), place.0), distance.mul_add(angle.sin(), place.1))
        })
    });
    candidates.find(is_free).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_at_one_place_are_moved_apart() {
        let area = Area::new(0.0, 0.0, 400.0, 300.0);
        let mut taken = Vec::new();
        for _ in 0..40 {
            let at = free((395.0, 4.0), &taken, area);
            let covers = |other: &(f32, f32)| (at.0 - other.0).hypot(at.1 - other.1) < 1.99 * RADIUS;
            assert!(!taken.iter().any(covers), "{taken:?} {at:?}");
            taken.push(at);
        }
    }

    #[test]
    fn places_outside_the_plan_are_moved_to_its_edge() {
        let area = Area::new(10.0, 20.0, 100.0, 50.0);
        assert_eq!(place(area, 2.0, f64::NAN), (110.0, 20.0));
        assert_eq!(place(area, 0.5, -1.0), (60.0, 20.0));
    }
}
