//! The inks of a plan's lines and letters.

use super::super::canvas::{Ink, ink};

pub(super) const BLACK: Ink = ink(28, 28, 32);
pub(super) const GREY: Ink = ink(110, 114, 120);
