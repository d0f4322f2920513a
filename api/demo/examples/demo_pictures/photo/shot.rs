//! A photo that is being drawn: the canvas, the camera's view of the scene, and the marks beside the flaw.

use super::super::canvas::{Canvas, Ink, Spot, ink};
use super::super::dice::Dice;
use super::{Camera, Motif, SCENE, Stage, light};

/// The view of the camera: a turn, a tilt and a distance from the middle of the scene.
struct View {
    turn: (f32, f32),
    tilt: Spot,
    zoom: f32,
    shift: Spot,
}

impl View {
    /// A hand-held view. The photo after the repair is taken from nearly the same position.
    fn new(camera: Camera, stage: Stage, seed: u64) -> Self {
        let mut dice = Dice::new(seed, 11);
        let (mut angle, mut tilt) = match camera {
            Camera::Ahead => (dice.jitter(0.035), (dice.jitter(1.6e-4), dice.jitter(1.2e-4))),
            Camera::Down => (dice.jitter(0.2), (dice.jitter(2.2e-4), dice.range(-5.2e-4, -2.6e-4))),
        };
        let mut shift = (dice.jitter(20.0), dice.jitter(14.0));
        if stage == Stage::After {
            angle += dice.jitter(0.02);
            tilt.0 += dice.jitter(4e-5);
            shift = (shift.0 + dice.jitter(22.0), shift.1 + dice.jitter(16.0));
        }
        Self { turn: (angle.cos(), angle.sin()), tilt, zoom: dice.range(1.04, 1.18), shift }
    }

    fn at(&self, (x, y): Spot) -> Spot {
        let (x, y) = ((x - 640.0) * self.zoom, (y - 480.0) * self.zoom);
        let (x, y) = (x * self.turn.0 - y * self.turn.1, x * self.turn.1 + y * self.turn.0);
        let depth = (1.0 + self.tilt.0 * x + self.tilt.1 * y).max(0.2);
        (640.0 + self.shift.0 + x / depth, 480.0 + self.shift.1 + y / depth)
    }
}

/// A photo that is being drawn. Scene positions are those of the picture without tilt. A surface that fills the picture
/// at any tilt reaches some hundred pixels beyond its edges.
pub(super) struct Shot {
    canvas: Canvas,
    view: View,
    seed: u64,
    /// Before or after the repair.
    pub(super) stage: Stage,
    /// Random numbers of the place: the same before and after.
    pub(super) scene: Dice,
    /// Random numbers of the flaw: the same before and after.
    pub(super) flaw: Dice,
}

impl Shot {
    pub(super) fn new(motif: &Motif, stage: Stage) -> Self {
        // The seed is derived from the name, so that a new motif does not change the other photos.
        let seed = motif.name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(131).wrapping_add(u64::from(byte)));
        Self {
            canvas: Canvas::new(SCENE.0, SCENE.1, ink(200, 198, 192)),
            view: View::new(motif.camera, stage, seed),
            seed,
            stage,
            scene: Dice::new(seed, 31),
            flaw: Dice::new(seed, 61),
        }
    }

    /// Whether the flaw is visible.
    pub(super) fn is_before(&self) -> bool {
        self.stage == Stage::Before
    }

    /// The seed of the noise of this place.
    pub(super) fn noise_seed(&self) -> u32 {
        self.seed as u32 ^ 0x51ED
    }

    /// A filled shape of the scene.
    pub(super) fn area(&mut self, outline: &[Spot], ink: Ink) {
        let outline: Vec<Spot> = outline.iter().map(|&p| self.view.at(p)).collect();
        self.canvas.polygon(&outline, ink);
    }

    /// A rectangle of the scene.
    pub(super) fn block(&mut self, (x0, y0): Spot, (x1, y1): Spot, ink: Ink) {
        self.area(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink);
    }

    /// A line of the scene.
    pub(super) fn line(&mut self, points: &[Spot], width: f32, ink: Ink) {
        let points: Vec<Spot> = points.iter().map(|&p| self.view.at(p)).collect();
        self.canvas.stroke(&points, width, ink);
    }

    /// A line of the scene that grows thinner or thicker.
    pub(super) fn taper(&mut self, a: Spot, b: Spot, widths: (f32, f32), ink: Ink) {
        self.canvas.tapered(self.view.at(a), self.view.at(b), widths, ink);
    }

    /// A dot of the scene.
    pub(super) fn dot(&mut self, centre: Spot, radius: f32, ink: Ink) {
        self.canvas.disc(self.view.at(centre), radius, ink);
    }

    /// A filled ellipse of the scene.
    pub(super) fn ellipse(&mut self, centre: Spot, radius: Spot, ink: Ink) {
        let outline: Vec<Spot> = ring(centre, radius).collect();
        self.area(&outline, ink);
    }

    /// The edge of an ellipse of the scene.
    pub(super) fn ring(&mut self, centre: Spot, radius: Spot, width: f32, ink: Ink) {
        let outline: Vec<Spot> = ring(centre, radius).collect();
        self.line(&outline, width, ink);
    }

    /// The edge of a rectangle of the scene.
    pub(super) fn outline(&mut self, (x0, y0): Spot, (x1, y1): Spot, width: f32, ink: Ink) {
        self.line(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], width, ink);
    }

    /// A soft patch around a spot; a function of the offset in radii gives its opacity.
    pub(super) fn patch(&mut self, centre: Spot, radius: Spot, ink: Ink, cover: impl Fn(f32, f32) -> f32) {
        let (x, y) = self.view.at(centre);
        let outline = [
            (x - radius.0, y - radius.1),
            (x + radius.0, y - radius.1),
            (x + radius.0, y + radius.1),
            (x - radius.0, y + radius.1),
        ];
        self.canvas.polygon_by(&outline, |px, py| {
            ink.thin(cover((px as f32 - x) / radius.0, (py as f32 - y) / radius.1).clamp(0.0, 1.0))
        });
    }

    /// The inspector's mark beside the place: an arrow before, a green tick after.
    pub(super) fn sticker(&mut self, focus: Spot) {
        let mut dice = Dice::new(self.seed, 91);
        let (dx, dy) = (dice.pick([-1.0, 1.0]) * dice.range(150.0, 190.0), dice.jitter(110.0));
        let dx = if !(170.0..1110.0).contains(&(focus.0 + dx)) { -dx } else { dx };
        let (x, y) = self.view.at((focus.0 + dx, focus.1 + dy));
        let (x, y) = (x.clamp(80.0, 1200.0), y.clamp(80.0, 840.0));
        if self.is_before() {
            self.arrow((x, y), self.view.at(focus));
        } else if dice.chance(0.7) {
            self.canvas.disc((x + 3.0, y + 5.0), 40.0, ink(0, 0, 0).thin(0.22));
            self.canvas.disc((x, y), 40.0, ink(46, 150, 84));
            let tick = [(x - 18.0, y + 2.0), (x - 5.0, y + 16.0), (x + 19.0, y - 15.0)];
            self.canvas.stroke(&tick, 8.0, ink(250, 250, 246));
        }
    }

    /// A red paper arrow that points from `at` towards `to`.
    fn arrow(&mut self, at: Spot, to: Spot) {
        let length = (to.0 - at.0).hypot(to.1 - at.1).max(1.0);
        let (ux, uy) = ((to.0 - at.0) / length, (to.1 - at.1) / length);
        let place = |along: f32, aside: f32, drop: f32| {
            (at.0 + ux * along - uy * aside + drop * 0.6, at.1 + uy * along + ux * aside + drop)
        };
        for (drop, colour) in [(5.0, ink(0, 0, 0).thin(0.22)), (0.0, ink(214, 44, 38))] {
            let shape =
                [(-56.0, -22.0), (24.0, -22.0), (24.0, -42.0), (70.0, 0.0), (24.0, 42.0), (24.0, 22.0), (-56.0, 22.0)];
            let outline: Vec<Spot> = shape.iter().map(|&(a, b)| place(a, b, drop)).collect();
            self.canvas.polygon(&outline, colour);
        }
    }

    /// Adds light and grain to the scene, and returns the picture.
    pub(super) fn develop(mut self) -> Canvas {
        light::shine(&mut self.canvas, self.seed, self.stage);
        self.canvas
    }
}

/// The points of an ellipse; the last equals the first.
fn ring(centre: Spot, radius: Spot) -> impl Iterator<Item = Spot> {
    const CORNERS: i32 = 48;
    (0..=CORNERS).map(move |corner| {
        let angle = corner as f32 / CORNERS as f32 * std::f32::consts::TAU;
        (centre.0 + radius.0 * angle.cos(), centre.1 + radius.1 * angle.sin())
    })
}
