//! Generated photos of 12 megapixels with the file structure of phones, so that the repository holds no large files.

use std::path::{Path, PathBuf};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Width and height in stored orientation, in pixels.
const SIZE: (u16, u16) = (4_032, 3_024);

/// Writes this many photos; returns their paths.
pub(crate) fn write(folder: &Path, count: u32) -> std::io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    (0..count)
        .map(|index| {
            let path = folder.join(format!("photo-{index}.jpg"));
            if !path.exists() {
                std::fs::write(&path, photo(index))?;
            }
            Ok(path)
        })
        .collect()
}

/// A photo with soft light on walls, edges of panes, tiles and cracks, and sensor noise. Quality 90, orientation 6,
/// with a GPS position.
fn photo(seed: u32) -> Vec<u8> {
    let (width, height) = SIZE;
    let mut pixels = Vec::with_capacity(3 * usize::from(width) * usize::from(height));
    let mut grain = Grain(seed.wrapping_mul(0x9E37_79B9) | 1);
    let scene = Scene { seed };
    for y in 0..height {
        for x in 0..width {
            let (x, y) = (f32::from(x), f32::from(y));
            let noise = grain.next() * 16.0;
            pixels.extend(scene.at(x, y).map(|level| (level + noise + grain.next() * 8.0).clamp(0.0, 255.0) as u8));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.add_exif_metadata(&notes()).expect("short notes");
    encoder.encode(&pixels, width, height, ColorType::Rgb).expect("a photo");
    bytes
}

/// The colour of a pixel.
struct Scene {
    seed: u32,
}

impl Scene {
    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let light = 60.0 * smooth(self.seed, x / 900.0, y / 900.0) + 30.0 * smooth(self.seed ^ 7, x / 150.0, y / 150.0);
        let surface =
            24.0 * smooth(self.seed ^ 99, x / 23.0, y / 23.0) + 14.0 * smooth(self.seed ^ 77, x / 6.0, y / 6.0);
        let tile = f32::from(x.rem_euclid(403.0) < 7.0 || y.rem_euclid(397.0) < 7.0) * -55.0;
        let crack = f32::from((x * 0.7 + 90.0 * smooth(self.seed ^ 3, y / 60.0, 1.0) - y).abs() < 4.0) * -70.0;
        let pane = if x > 2_300.0 && y < 1_400.0 { [25.0, 35.0, 60.0] } else { [12.0, 0.0, -18.0] };
        let level = 75.0 + light + surface + tile + crack;
        pane.map(|tint| level + tint)
    }
}

/// Smooth noise from 0 to 1.
fn smooth(seed: u32, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |part: f32| part * part * (3.0 - 2.0 * part);
    let (across, down) = (ease(x - left), ease(y - top));
    let corner = |x: f32, y: f32| {
        let mixed = (x as u32).wrapping_mul(0x85EB_CA6B)
            ^ (y as u32).wrapping_mul(0xC2B2_AE35)
            ^ seed.wrapping_mul(0x27D4_EB2F);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        ((mixed ^ (mixed >> 13)) & 0xFFFF) as f32 / 65_535.0
    };
    let upper = corner(left, top) * (1.0 - across) + corner(left + 1.0, top) * across;
    let lower = corner(left, top + 1.0) * (1.0 - across) + corner(left + 1.0, top + 1.0) * across;
    upper * (1.0 - down) + lower * down
}

/// Sensor noise, about -1 to 1, mostly near 0.
struct Grain(u32);

impl Grain {
    fn next(&mut self) -> f32 {
        let mut sum = 0.0;
        for _ in 0..3 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 17;
            self.0 ^= self.0 << 5;
            sum += (self.0 & 0xFFFF) as f32 / 32_768.0 - 1.0;
        }
        sum / 3.0
    }
}

/// The EXIF metadata: orientation 6, 31° 13' 49" N.
fn notes() -> Vec<u8> {
    let mut notes = b"II*\0\x08\0\0\0\x02\0".to_vec();
    notes.extend_from_slice(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    notes.extend_from_slice(b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0");
    notes.extend_from_slice(b"\x02\0\x01\0\x02\0\x02\0\0\0N\0\0\0\x02\0\x05\0\x03\0\0\0\x44\0\0\0\0\0\0\0");
    for number in [31_u32, 1, 13, 1, 49, 1] {
        notes.extend_from_slice(&number.to_le_bytes());
    }
    notes
}
