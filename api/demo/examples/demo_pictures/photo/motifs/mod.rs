//! The motifs: each function draws its place, with the flaw or repaired, and returns the position of the flaw.

mod appliances;
mod doors;
mod electric;
mod floors;
mod railings;
mod rooms;
mod walls;
mod water;
mod windows;

use super::super::canvas::{Ink, Spot, ink};
use super::super::dice::noise;
use super::Camera::{Ahead, Down};
use super::Motif;
use super::shot::Shot;

const fn motif(name: &'static str, caption: &'static str, camera: super::Camera, draw: fn(&mut Shot) -> Spot) -> Motif {
    Motif { name, caption, camera, draw }
}

/// One motif for each finding of the demo.
pub(crate) const MOTIFS: &[Motif] = &[
    motif("AC.CONDENSATE", "condensate pipe of the outdoor unit", Ahead, appliances::condensate_pipe),
    motif("APPL.NOT_WORKING", "cooker hood, switched on", Ahead, appliances::hood),
    motif("CAB.DOOR", "kitchen cabinet doors", Ahead, doors::cabinet_doors),
    motif("CAB.WORKTOP", "worktop, inner corner", Ahead, appliances::worktop),
    motif("CEIL.CRACK", "ceiling, skim coat", Ahead, walls::ceiling_cracks),
    motif("CEIL.GYP_CRACK", "ceiling, plasterboard joint", Ahead, walls::joint_crack),
    motif("CLEAN.DUST", "window sill", Ahead, windows::sill),
    motif("CLEAN.GLASS", "window pane and track", Ahead, windows::film),
    motif("DRAIN.SMELL", "floor drain", Down, water::smelling_drain),
    motif("EDOOR.DENT", "entrance door, lower edge", Ahead, doors::dent),
    motif("EDOOR.LOCK", "entrance door, smart lock", Ahead, doors::smart_lock),
    motif("ELEC.NO_POWER", "bedside socket with tester", Ahead, electric::dead_socket),
    motif("ELEC.PANEL", "socket plates", Ahead, electric::crooked_socket),
    motif("FLOOR.SLOPE", "floor drain after water test", Down, water::puddle),
    motif("FLOOR.TILE_LIP", "floor tiles, straightedge", Down, floors::lippage),
    motif("FLOOR.WOOD_GAP", "floor boards at the door", Down, floors::board_gap),
    motif("FLOOR.WOOD_SCRATCH", "floor boards by the window", Down, floors::scratches),
    motif("IDOOR.OPEN", "bedroom door, upper hinge", Ahead, doors::hinge),
    motif("IDOOR.SCRATCH", "door lining", Ahead, doors::lining),
    motif("LIGHT.OFF", "hall light, somebody below it", Ahead, electric::hall_light),
    motif("PUB.FINISH", "lobby floor", Down, floors::broken_tile),
    motif("PUB.FIRE", "fire door, let go", Ahead, doors::fire_door),
    motif("PUB.LIGHT", "emergency light, mains off", Ahead, electric::emergency_light),
    motif("PUB.STAIR", "stair treads", Ahead, floors::stair),
    motif("RAIL.LOOSE", "foot of a railing post", Ahead, railings::loose_post),
    motif("RAIL.RUST", "railing, welds", Ahead, railings::rust),
    motif("SANI.FAUCET", "shower head, turned off", Ahead, water::shower),
    motif("SANI.SEALANT", "sealant at the basin", Ahead, water::sealant),
    motif("SANI.TOILET_LEAK", "foot of the toilet", Down, water::toilet),
    motif("SKIRT.LOOSE", "skirting board", Ahead, floors::skirting_gap),
    motif("WALL.CORNER", "room corner and cupboard", Ahead, walls::crooked_corner),
    motif("WALL.CRACK", "wall below the window corner", Ahead, walls::corner_crack),
    motif("WALL.DAMP", "foot of the balcony wall", Ahead, walls::damp_foot),
    motif("WALL.PAINT", "wall behind the TV", Ahead, walls::brush_marks),
    motif("WALL.STAIN", "hall wall beside the switch", Ahead, walls::scuffs),
    motif("WALL.TILE_HOLLOW", "wall tiles, tapped", Ahead, floors::hollow_tiles),
    motif("WARD.DOOR", "sliding wardrobe door", Ahead, doors::wardrobe),
    motif("WATER.POINT", "valves below the basin", Ahead, water::swapped_hoses),
    motif("WIN.LIMITER", "opening limiter of the sash", Ahead, windows::limiter),
    motif("WIN.OPEN", "sliding window, pushed shut", Ahead, windows::loose_sash),
    motif("WIN.OPEN.SCREEN", "insect screens", Ahead, windows::screens),
    motif("WIN.SCRATCH", "window pane", Ahead, windows::scratched_glass),
    motif("WP.BATH_LEAK", "ceiling below the bathroom", Ahead, walls::ceiling_leak),
];

/// One overview for each sort of room: a second photo of some defects.
pub(crate) const ROOMS: &[Motif] = &[
    motif("balcony", "balcony, overview", Ahead, rooms::balcony),
    motif("bath", "bathroom, overview", Ahead, rooms::bath),
    motif("bedroom", "bedroom, overview", Ahead, rooms::bedroom),
    motif("hall", "hall, overview", Ahead, rooms::hall),
    motif("kitchen", "kitchen, overview", Ahead, rooms::kitchen),
    motif("living", "living room, overview", Ahead, rooms::living),
    motif("lobby", "lobby, overview", Ahead, rooms::lobby),
    motif("stairwell", "stairwell, overview", Ahead, rooms::stairwell),
];

/// A jagged path of steps.
fn walk(shot: &mut Shot, start: Spot, heading: f32, steps: usize, length: f32) -> Vec<Spot> {
    let mut path = vec![start];
    let (mut at, mut angle) = (start, heading);
    for _ in 0..steps {
        angle += (heading - angle) * 0.35 + shot.flaw.jitter(0.75);
        let step = length * shot.flaw.range(0.4, 1.6);
        at = (at.0 + angle.cos() * step, at.1 + angle.sin() * step);
        path.push(at);
    }
    path
}

/// A crack along a path: dark, thinner towards its end, with a bright lower lip.
fn tear(shot: &mut Shot, path: &[Spot], width: f32) {
    let last = path.len() as f32;
    let width_at = |i: usize| (width * (1.0 - i as f32 / last).powf(0.6)).max(0.9);
    for (i, pair) in path.windows(2).enumerate() {
        let lip = pair.iter().map(|p| (p.0 + 2.6, p.1 + 1.6)).collect::<Vec<_>>();
        let widths = (width_at(i), width_at(i + 1));
        shot.taper(lip[0], lip[1], widths, ink(255, 255, 252).thin(0.45));
        shot.taper(pair[0], pair[1], widths, ink(52, 46, 42).thin(0.88));
    }
}

/// Fresh paint that is not quite the old tone, with soft edges.
fn repaint(shot: &mut Shot, centre: Spot, radius: Spot, paint: Ink) {
    let seed = shot.noise_seed();
    shot.patch(centre, radius, paint.lit(1.022), |u, v| {
        let edge = 1.0 - (u.abs().max(v.abs()) + (noise(u * 5.0, v * 5.0, seed) - 0.5) * 0.25);
        edge * 5.0
    });
}

/// A patch with an irregular edge, for stains and damp.
fn blot(shot: &mut Shot, centre: Spot, radius: Spot, ink: Ink) {
    let seed = shot.noise_seed();
    shot.patch(centre, radius, ink, |u, v| {
        let rough = noise(u * 3.0 + 5.0, v * 3.0, seed) + 0.4 * noise(u * 9.0, v * 9.0, seed + 3) - 0.7;
        (0.8 - (u * u + v * v).sqrt() + rough * 0.5) * 4.0
    });
}

/// Standing water on a floor: darker than the floor, with a bright edge and the reflection of the lamp.
fn water(shot: &mut Shot, centre: Spot, radius: Spot) {
    blot(shot, (centre.0 + 4.0, centre.1 + 6.0), (radius.0 * 1.03, radius.1 * 1.05), ink(60, 66, 74).thin(0.35));
    blot(shot, centre, radius, ink(150, 176, 196).thin(0.55));
    shot.ellipse(
        (centre.0 - radius.0 * 0.2, centre.1 - radius.1 * 0.2),
        (radius.0 * 0.22, radius.1 * 0.1),
        WHITE.thin(0.7),
    );
    shot.ellipse(
        (centre.0 + radius.0 * 0.25, centre.1 + radius.1 * 0.1),
        (radius.0 * 0.1, radius.1 * 0.05),
        WHITE.thin(0.6),
    );
}

/// Grains, crumbs and lumps around a spot.
fn crumbs(shot: &mut Shot, centre: Spot, spread: Spot, (count, size): (usize, f32), ink: Ink) {
    for _ in 0..count {
        let spot = (centre.0 + shot.flaw.jitter(spread.0), centre.1 + shot.flaw.jitter(spread.1));
        let grain = shot.flaw.range(size * 0.3, size);
        let tone = shot.flaw.range(0.85, 1.1);
        shot.dot((spot.0 + 1.5, spot.1 + 2.0), grain, BLACK.thin(0.3));
        shot.dot(spot, grain, ink.lit(tone));
    }
}

/// A screw's head.
fn screw(shot: &mut Shot, at: Spot) {
    shot.dot((at.0 + 2.0, at.1 + 3.0), 13.0, BLACK.thin(0.3));
    shot.dot(at, 12.0, ink(176, 178, 182));
    shot.line(&[(at.0 - 6.0, at.1 - 4.0), (at.0 + 6.0, at.1 + 4.0)], 3.5, ink(70, 72, 76));
}

/// Light around a lamp.
fn glow(shot: &mut Shot, at: Spot, radius: f32, ink: Ink) {
    shot.patch(at, (radius, radius), ink, |u, v| 0.85 * (1.0 - (u * u + v * v).sqrt()).max(0.0).powi(2));
}

const WHITE: Ink = ink(250, 250, 247);
const BLACK: Ink = ink(22, 20, 19);
const STEEL: Ink = ink(184, 187, 190);
/// A corner far to the left and above, so that no tilt shows the end of the scene.
const LOW: f32 = -900.0;
/// The opposite corner, far to the right and below.
const HIGH: f32 = 2_180.0;
