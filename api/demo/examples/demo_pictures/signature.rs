//! A signature as a tablet records it: one pen's scribble on white.

use super::canvas::{Canvas, Spot, ink};
use super::dice::Dice;
use super::{Picture, canvas};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 240;

/// Draws a signature (PNG, 640×240); another seed is another hand.
pub(crate) fn draw_signature(seed: u64) -> Picture {
    let mut dice = Dice::new(seed, 0x5167);
    let mut canvas = Canvas::new(WIDTH, HEIGHT, ink(255, 255, 255));
    let pen = dice.pick([ink(18, 24, 70), ink(12, 12, 16), ink(22, 40, 120)]);
    scribble(&mut canvas, &mut dice, pen);
    flourish(&mut canvas, &mut dice, pen);
    canvas.into_png()
}

/// Loops from left to right: a circling pen that moves on while the size of its circles changes.
fn scribble(canvas: &mut Canvas, dice: &mut Dice, pen: canvas::Ink) {
    let turns = dice.range(5.0, 9.0);
    let (slant, lift) = (dice.range(0.15, 0.5), dice.range(0.6, 1.3));
    let phases: [f32; 4] = std::array::from_fn(|_| dice.range(0.0, std::f32::consts::TAU));
    let left = dice.range(60.0, 110.0);
    let reach = dice.range(360.0, 440.0);
    let point = |t: f32| -> Spot {
        let turn = t * turns * std::f32::consts::TAU;
        let size = 26.0 + 34.0 * (t * 7.0 + phases[0]).sin().abs() * (1.2 - t);
        let y = 125.0 - size * lift * turn.sin() - 14.0 * (t * 11.0 + phases[1]).sin();
        let x = left + reach * t + size * 0.55 * (turn + phases[2] * 0.2).cos();
        (x - slant * (y - 125.0), y)
    };
    let speed = |t: f32| 2.2 + 2.4 * (0.5 + 0.5 * (t * turns * 12.0 + phases[3]).sin());
    const STEPS: usize = 420;
    for step in 0..STEPS {
        let (a, b) = (step as f32 / STEPS as f32, (step + 1) as f32 / STEPS as f32);
        canvas.tapered(point(a), point(b), (speed(a), speed(b)), pen);
    }
}

/// The line under the name.
fn flourish(canvas: &mut Canvas, dice: &mut Dice, pen: canvas::Ink) {
    let (from, to) = (dice.range(120.0, 200.0), dice.range(430.0, 560.0));
    let (height, bend) = (dice.range(178.0, 198.0), dice.jitter(16.0));
    let point = |t: f32| -> Spot {
        (to + (from - to) * t, height + bend * (t * std::f32::consts::PI).sin() - 14.0 * (1.0 - t))
    };
    for step in 0..16 {
        let (a, b) = (step as f32 / 16.0, (step + 1) as f32 / 16.0);
        canvas.tapered(point(a), point(b), (4.5 - 2.5 * a, 4.5 - 2.5 * b), pen);
    }
}
