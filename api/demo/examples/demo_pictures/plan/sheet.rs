//! The sheet that a floor plan is drawn on: floors, walls, openings, labels, dimensions, title.

use demo::plans::{PLAN_HEIGHT, PLAN_WIDTH, PlanRoom};

use super::super::Picture;
use super::super::canvas::{Canvas, Ink, Spot, ink};
use super::super::letters::{Run, write, write_centred};
use super::inks::{BLACK, GREY};
use super::walls::{Pixel, Wall, WallKind, pixel, wall_at, walls};
use super::{Door, DoorKind, FurnishedPlan, fittings, labels};

const PAPER: Ink = ink(253, 253, 251);
const DIMENSION: Ink = ink(70, 90, 130);

/// Draws a unit type's floor plan (PNG, 1600×1200).
pub(crate) fn draw_plan(plan: &FurnishedPlan) -> Picture {
    let mut canvas = Canvas::new(PLAN_WIDTH, PLAN_HEIGHT, PAPER);
    let walls = walls(&plan.spec.rooms);
    let metre = plan.spec.scale.pixels;
    plan.spec.rooms.iter().for_each(|room| floor(&mut canvas, room));
    walls.iter().for_each(|wall| build(&mut canvas, wall, metre));
    plan.doors.iter().for_each(|door| draw_door(&mut canvas, &walls, door, metre));
    for window in &plan.windows {
        draw_window(&mut canvas, &walls, (pixel(window.from), pixel(window.to)), metre);
    }
    plan.furniture.iter().for_each(|piece| fittings::draw(&mut canvas, piece));
    labels::draw(&mut canvas, plan);
    dimensions(&mut canvas, plan, metre);
    title(&mut canvas, plan);
    scale_bar(&mut canvas, metre as f32);
    north_arrow(&mut canvas, (1500.0, 110.0));
    canvas.into_png()
}

fn spot((x, y): Pixel) -> Spot {
    (x as f32, y as f32)
}

/// The look of a room's floor: its colour, and the grid of its tiles or boards (across, along).
fn flooring(room_type: &str) -> (Ink, (i32, i32)) {
    match room_type {
        "MASTER_BEDROOM" | "BEDROOM" | "STUDY" | "CLOAKROOM" => (ink(250, 240, 222), (14, 0)),
        "LIVING" | "DINING" | "FOYER" | "CORRIDOR" => (ink(248, 246, 238), (74, 74)),
        "KITCHEN" => (ink(246, 243, 226), (28, 28)),
        "MASTER_BATH" | "BATHROOM" | "UTILITY" => (ink(226, 239, 246), (28, 28)),
        _ => (ink(232, 240, 230), (37, 37)),
    }
}

fn floor(canvas: &mut Canvas, room: &PlanRoom) {
    let outline: Vec<Spot> = room.outline.iter().map(|&p| spot(pixel(p))).collect();
    let (fill, (rows, columns)) = flooring(room.room_type);
    canvas.polygon_by(&outline, |x, y| {
        let joint = (rows > 0 && y % rows == 0) || (columns > 0 && x % columns == 0);
        if joint { fill.lit(0.955) } else { fill }
    });
}

/// The rectangle of a stretch of wall, made longer by `extra` pixels at both ends.
fn slab((from, to): (Pixel, Pixel), thick: f32, extra: f32) -> (Spot, Spot) {
    let (a, b) = (spot((from.0.min(to.0), from.1.min(to.1))), spot((from.0.max(to.0), from.1.max(to.1))));
    let half = (thick / 2.0).round();
    if from.0 == to.0 {
        ((a.0 - half, a.1 - extra), (b.0 + half, b.1 + extra))
    } else {
        ((a.0 - extra, a.1 - half), (b.0 + extra, b.1 + half))
    }
}

fn build(canvas: &mut Canvas, wall: &Wall, metre: f64) {
    let thick = (wall.kind.metres() * metre) as f32;
    let extra = (thick / 2.0).round();
    let (a, b) = slab((wall.from, wall.to), thick, extra);
    canvas.rect(a, b, BLACK);
    if wall.kind == WallKind::Parapet {
        canvas.rect((a.0 + 2.0, a.1 + 2.0), (b.0 - 2.0, b.1 - 2.0), PAPER);
    }
}

/// The thickness in pixels of the wall in the middle between two positions.
fn thickness(walls: &[Wall], (a, b): (Pixel, Pixel), metre: f64) -> f32 {
    let kind = wall_at(walls, ((a.0 + b.0) / 2, (a.1 + b.1) / 2)).unwrap_or(WallKind::Partition);
    (kind.metres() * metre) as f32
}

/// Double lines in a gap of the wall.
fn draw_window(canvas: &mut Canvas, walls: &[Wall], ends: (Pixel, Pixel), metre: f64) {
    let thick = thickness(walls, ends, metre);
    let (a, b) = slab(ends, thick, 0.0);
    canvas.rect(a, b, ink(255, 255, 255));
    canvas.stroke(&[a, (b.0, a.1), b, (a.0, b.1), a], 2.0, BLACK);
    let upright = ends.0.0 == ends.1.0;
    for share in [0.36, 0.64] {
        let line = if upright {
            let x = a.0 + (b.0 - a.0) * share;
            [(x, a.1), (x, b.1)]
        } else {
            let y = a.1 + (b.1 - a.1) * share;
            [(a.0, y), (b.0, y)]
        };
        canvas.stroke(&line, 1.8, BLACK);
    }
}

fn draw_door(canvas: &mut Canvas, walls: &[Wall], door: &Door, metre: f64) {
    let ends = (pixel(door.hinge), pixel(door.lock));
    let thick = thickness(walls, ends, metre);
    let (a, b) = slab(ends, thick + 2.0, 0.0);
    canvas.rect(a, b, ink(248, 246, 238));
    let (hinge, lock) = (spot(ends.0), spot(ends.1));
    match door.kind {
        DoorKind::Open => {
            let dashes = ink(170, 172, 176);
            let middle = |t: f32| (hinge.0 + (lock.0 - hinge.0) * t, hinge.1 + (lock.1 - hinge.1) * t);
            (0..12).for_each(|i| {
                let t = (i as f32 + 0.25) / 12.0;
                canvas.stroke(&[middle(t), middle(t + 0.04)], 1.6, dashes);
            });
        }
        DoorKind::Sliding => sliding(canvas, (hinge, lock), thick),
        DoorKind::SwingClockwise => swing(canvas, (hinge, lock), 1.0),
        DoorKind::SwingCounter => swing(canvas, (hinge, lock), -1.0),
    }
}

/// A leaf at a right angle to the wall and the arc of its lock.
fn swing(canvas: &mut Canvas, (hinge, lock): (Spot, Spot), turn: f32) {
    let (dx, dy) = (lock.0 - hinge.0, lock.1 - hinge.1);
    let (radius, closed) = (dx.hypot(dy), dy.atan2(dx));
    let open = closed + turn * std::f32::consts::FRAC_PI_2;
    canvas.arc(hinge, radius, (closed, open), 1.6, GREY);
    let tip = (hinge.0 + radius * open.cos(), hinge.1 + radius * open.sin());
    canvas.stroke(&[hinge, tip], 6.0, BLACK);
    canvas.stroke(&[hinge, tip], 3.0, PAPER);
}

/// Two leaves that pass each other.
fn sliding(canvas: &mut Canvas, (from, to): (Spot, Spot), thick: f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let off = (-dy / length * thick * 0.16, dx / length * thick * 0.16);
    for (start, end, side) in [(0.0, 0.55, 1.0), (0.45, 1.0, -1.0)] {
        let at = |t: f32| (from.0 + dx * t + off.0 * side, from.1 + dy * t + off.1 * side);
        canvas.stroke(&[at(start), at(end)], 4.0, BLACK);
        canvas.stroke(&[at(start), at(end)], 1.6, PAPER);
    }
}

/// Chains of dimensions above and to the left, and the overall sizes outside of them.
fn dimensions(canvas: &mut Canvas, plan: &FurnishedPlan, metre: f64) {
    let corners: Vec<Pixel> = plan.spec.rooms.iter().flat_map(|r| r.outline.iter().map(|&p| pixel(p))).collect();
    let least = |f: fn(&Pixel) -> i32| corners.iter().map(f).min().unwrap_or(0);
    let (left, top) = (least(|p| p.0), least(|p| p.1));
    let mut across: Vec<i32> = corners.iter().filter(|p| p.1 == top).map(|p| p.0).collect();
    let mut along: Vec<i32> = corners.iter().filter(|p| p.0 == left).map(|p| p.1).collect();
    for chain in [&mut across, &mut along] {
        chain.sort_unstable();
        chain.dedup();
    }
    let whole = |chain: &[i32]| [chain[0], chain[chain.len() - 1]];
    let (outer_x, outer_y) = (whole(&across), whole(&along));
    for (chain, line) in [(across.as_slice(), top - 46), (&outer_x, top - 84)] {
        chain_of(canvas, chain, Run::Across, (line, top), metre);
    }
    for (chain, line) in [(along.as_slice(), left - 46), (&outer_y, left - 84)] {
        chain_of(canvas, chain, Run::Up, (line, left), metre);
    }
}

/// One line of dimensions in millimetres, with ticks and helping lines down to the wall.
fn chain_of(canvas: &mut Canvas, chain: &[i32], run: Run, (line, wall): (i32, i32), metre: f64) {
    let place = |along: i32, off: i32| match run {
        Run::Across => spot((along, off)),
        Run::Up => spot((off, along)),
    };
    for &stop in chain {
        canvas.stroke(&[place(stop, line - 8), place(stop, wall - 22)], 1.2, DIMENSION.thin(0.6));
        canvas.stroke(&[place(stop - 6, line + 6), place(stop + 6, line - 6)], 2.4, DIMENSION);
    }
    for pair in chain.windows(2) {
        canvas.stroke(&[place(pair[0], line), place(pair[1], line)], 1.4, DIMENSION);
        let millimetres = (f64::from(pair[1] - pair[0]) / metre * 20.0).round() * 50.0;
        let middle = place((pair[0] + pair[1]) / 2, line - 12);
        write_centred(canvas, &format!("{millimetres:.0}"), middle, 1.6, run, DIMENSION);
    }
}

fn title(canvas: &mut Canvas, plan: &FurnishedPlan) {
    let name = format!("UNIT TYPE {}", plan.spec.name_en.to_uppercase());
    write(canvas, &name, (70.0, 36.0), 3.6, Run::Across, BLACK);
    let facts = format!("Area {:.0} m\u{b2}   Ceiling height 2900   Dimensions in mm", plan.spec.area_m2);
    write(canvas, &facts, (70.0, 80.0), 2.0, Run::Across, GREY);
}

fn scale_bar(canvas: &mut Canvas, metre: f32) {
    let (x, y) = (70.0, PLAN_HEIGHT as f32 - 44.0);
    for step in 0..5 {
        let (from, to) = (x + metre * step as f32, x + metre * (step + 1) as f32);
        let fill = if step % 2 == 0 { BLACK } else { PAPER };
        canvas.rect((from, y), (to, y + 12.0), fill);
        write_centred(canvas, &step.to_string(), (from, y - 14.0), 1.8, Run::Across, BLACK);
    }
    let end = x + metre * 5.0;
    canvas.stroke(&[(x, y), (end, y), (end, y + 12.0), (x, y + 12.0), (x, y)], 1.6, BLACK);
    write_centred(canvas, "5 m", (end + 10.0, y - 14.0), 1.8, Run::Across, BLACK);
}

fn north_arrow(canvas: &mut Canvas, (x, y): Spot) {
    canvas.arc((x, y), 38.0, (0.0, std::f32::consts::TAU), 2.0, BLACK);
    canvas.polygon(&[(x, y - 34.0), (x - 14.0, y + 24.0), (x, y + 14.0)], BLACK);
    canvas.polygon(&[(x, y - 34.0), (x + 14.0, y + 24.0), (x, y + 14.0)], GREY.thin(0.4));
    write_centred(canvas, "N", (x, y - 54.0), 2.4, Run::Across, BLACK);
}
