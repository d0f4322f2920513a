//! The names and areas of rooms on a plan, each where it covers the least.

use demo::plans::{PLAN_HEIGHT, PLAN_WIDTH, PlanRoom, PlanSpec};

use super::super::canvas::Canvas;
use super::super::letters::{Run, text_width, write_centred};
use super::inks::{BLACK, GREY};
use super::walls::{Pixel, is_outdoor, pixel};
use super::{DoorKind, FurnishedPlan};

/// A rectangle in pixels: left, top, right, low.
type Box4 = (i32, i32, i32, i32);
/// An area that a label should not cover, and the penalty for covering it.
type Obstacle = (Box4, f64);

/// Writes all labels.
pub(super) fn draw(canvas: &mut Canvas, plan: &FurnishedPlan) {
    let obstacles = obstacles(plan);
    for room in &plan.spec.rooms {
        let label = Label::new(&plan.spec, room);
        label.write(canvas, label.place(room, &obstacles));
    }
}

/// Furniture, and with a lower penalty the swing areas of doors.
fn obstacles(plan: &FurnishedPlan) -> Vec<Obstacle> {
    let furniture = plan.furniture.iter().map(|piece| {
        let (from, to) = (pixel(piece.from), pixel(piece.to));
        ((from.0, from.1, to.0, to.1), 1.0)
    });
    let swings =
        plan.doors.iter().filter(|door| matches!(door.kind, DoorKind::SwingClockwise | DoorKind::SwingCounter));
    let swept = swings.map(|door| {
        let (hinge, lock) = (pixel(door.hinge), pixel(door.lock));
        let turn = if door.kind == DoorKind::SwingClockwise { 1 } else { -1 };
        let tip = (hinge.0 - turn * (lock.1 - hinge.1), hinge.1 + turn * (lock.0 - hinge.0));
        let (xs, ys) = ([hinge.0, lock.0, tip.0], [hinge.1, lock.1, tip.1]);
        let low = |list: [i32; 3]| list.into_iter().fold(i32::MAX, i32::min);
        let high = |list: [i32; 3]| list.into_iter().fold(i32::MIN, i32::max);
        ((low(xs), low(ys), high(xs), high(ys)), 0.1)
    });
    furniture.chain(swept).collect()
}

/// A room's name, on two lines where the room is narrow, and its area.
struct Label {
    lines: Vec<(String, f32)>,
    size: Pixel,
}

impl Label {
    fn new(plan: &PlanSpec, room: &PlanRoom) -> Self {
        let (low, high) = room.bounds();
        let room_width = ((high.0 - low.0) * f64::from(PLAN_WIDTH)) as f32 - 30.0;
        let small = is_outdoor(room) || plan.room_area_m2(room) < 5.2;
        let scale = if small { 1.6 } else { 2.0 };
        let names: Vec<&str> = if text_width(room.name_en, scale) > room_width * 0.8 {
            room.name_en.split(' ').collect()
        } else {
            vec![room.name_en]
        };
        let mut lines: Vec<(String, f32)> = names.into_iter().map(|name| (name.to_owned(), scale)).collect();
        if room.room_type != "EQUIPMENT" {
            lines.push((format!("{:.1} m\u{b2}", plan.room_area_m2(room)), scale * 0.8));
        }
        let width = lines.iter().map(|(text, scale)| text_width(text, *scale)).fold(0.0, f32::max);
        let height = lines.iter().map(|(_, scale)| pitch(*scale)).sum::<f32>();
        Self { lines, size: (width as i32 + 14, height as i32 + 10) }
    }

    /// The middle of the label: inside the room, on the least furniture, near the centre.
    fn place(&self, room: &PlanRoom, obstacles: &[Obstacle]) -> Pixel {
        const STEP: usize = 6;
        let centre = pixel(room.centre());
        let (low, high) = room.bounds();
        let (low, high) = (pixel(low), pixel(high));
        let mut best = (f64::INFINITY, centre);
        for y in (low.1..high.1).step_by(STEP) {
            for x in (low.0..high.0).step_by(STEP) {
                let area = self.around((x, y));
                if !within(room, area) {
                    continue;
                }
                let hidden: f64 = obstacles.iter().map(|(other, bad)| bad * overlap(area, *other)).sum();
                let off = f64::from(x - centre.0).hypot(f64::from(y - centre.1));
                let cost = hidden * 0.5 + off;
                if cost < best.0 {
                    best = (cost, (x, y));
                }
            }
        }
        best.1
    }

    fn around(&self, (x, y): Pixel) -> Box4 {
        let (w, h) = (self.size.0 / 2, self.size.1 / 2);
        (x - w, y - h, x + w, y + h)
    }

    fn write(&self, canvas: &mut Canvas, (x, y): Pixel) {
        let mut top = (y - self.size.1 / 2 + 5) as f32;
        for (text, scale) in &self.lines {
            let colour = if *scale == self.lines[0].1 { BLACK } else { GREY };
            write_centred(canvas, text, (x as f32, top + pitch(*scale) / 2.0), *scale, Run::Across, colour);
            top += pitch(*scale);
        }
    }
}

/// The height of a line with its gap.
fn pitch(scale: f32) -> f32 {
    8.0 * scale + 6.0
}

/// Whether a rectangle, with a margin for the walls, lies in the room.
fn within(room: &PlanRoom, (left, top, right, low): Box4) -> bool {
    const WALL: i32 = 10;
    let corners = [(left, top), (right, top), (right, low), (left, low)];
    corners.into_iter().all(|(x, y)| {
        let (x, y) = (x + (x - (left + right) / 2).signum() * WALL, y + (y - (top + low) / 2).signum() * WALL);
        room.contains((f64::from(x) / f64::from(PLAN_WIDTH), f64::from(y) / f64::from(PLAN_HEIGHT)))
    })
}

/// The number of pixels that two rectangles share.
fn overlap(a: Box4, b: Box4) -> f64 {
    let wide = (a.2.min(b.2) - a.0.max(b.0)).max(0);
    let high = (a.3.min(b.3) - a.1.max(b.1)).max(0);
    f64::from(wide * high)
}
