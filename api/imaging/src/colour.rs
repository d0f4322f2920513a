//! Colour profiles: conversion of a device's colours to sRGB, which every browser assumes.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// The transformation to sRGB for pixels with this many channels; `None` if the profile is of another colour space, is
/// broken, or is sRGB itself.
pub(crate) fn to_srgb(profile: Option<&[u8]>, channels: usize) -> Option<impl Fn(&[u8]) -> Option<Vec<u8>>> {
    let profile = ColorProfile::new_from_slice(profile?).ok()?;
    let layout = match (profile.color_space, channels) {
        (DataColorSpace::Gray, 1) => Layout::Gray,
        (DataColorSpace::Rgb, 3) => Layout::Rgb,
        // Four bytes of any meaning.
        (DataColorSpace::Cmyk, 4) => Layout::Rgba,
        _ => return None,
    };
    let options = TransformOptions::default();
    let transform = profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, options).ok()?;
    let convert = move |pixels: &[u8]| {
        let mut converted = vec![0; pixels.len() / channels * 3];
        transform.transform(pixels, &mut converted).ok()?;
        Some(converted)
    };
    let (samples, same) = samples(channels);
    let converted = convert(&samples)?;
    // Two roundings may change a colour by one.
    let is_same = channels != 4 && same.iter().zip(&converted).all(|(&one, &other)| one.abs_diff(other) <= 1);
    if is_same { None } else { Some(convert) }
}

/// Colours of the whole space, and the expected result in red, green and blue.
fn samples(channels: usize) -> (Vec<u8>, Vec<u8>) {
    let levels = || (0..=255).step_by(51);
    match channels {
        1 => (levels().collect(), levels().flat_map(|level| [level; 3]).collect()),
        3 => {
            let all: Vec<u8> = levels()
                .flat_map(|red| levels().flat_map(move |green| levels().flat_map(move |blue| [red, green, blue])))
                .collect();
            (all.clone(), all)
        }
        _ => (vec![0; channels], Vec::new()),
    }
}

/// The reflection of white paper under inks, without a profile.
pub(crate) fn of_inks(inks: &[u8]) -> Vec<u8> {
    let left = |ink: u8, black: u8| {
        let product = u16::from(255 - ink) * u16::from(255 - black);
        u8::try_from((product + 127) / 255).unwrap_or(u8::MAX)
    };
    let pixels = inks.as_chunks::<4>().0.iter();
    pixels.flat_map(|&[cyan, magenta, yellow, black]| [cyan, magenta, yellow].map(|ink| left(ink, black))).collect()
}
