//! Decoded pictures equal the encoded ones, for every kind of JPEG and at every size.

use fast_image_resize::Resizer;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};

use super::{Channels, read};
use crate::picture::Picture;

const WIDTH: usize = 523;
const HEIGHT: usize = 389;

/// Soft light, so that the loss of compression is small.
fn light(channels: usize) -> Vec<u8> {
    let level = |x: usize, y: usize, channel: usize| {
        let wave = (x as f32 / (37.0 + 11.0 * channel as f32)).sin() + (y as f32 / (29.0 + 7.0 * channel as f32)).cos();
        (128.0 + 50.0 * wave) as u8
    };
    let pixels = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    pixels.flat_map(|(x, y)| (0..channels).map(move |channel| level(x, y, channel))).collect()
}

/// The encoded pixels. One type for all kinds, because the encoder is compiled again for each type.
struct Light(JpegColorType, Vec<u8>);

impl ImageBuffer for Light {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        self.0
    }

    fn width(&self) -> u16 {
        WIDTH as u16
    }

    fn height(&self) -> u16 {
        HEIGHT as u16
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let channels = channels(self.0);
        for pixel in self.1.chunks_exact(channels).skip(usize::from(y) * WIDTH).take(WIDTH) {
            let values = match *pixel {
                [red, green, blue] => {
                    let (luma, blue, red) = rgb_to_ycbcr(red, green, blue);
                    vec![luma, blue, red]
                }
                _ => pixel.to_vec(),
            };
            values.iter().zip(&mut *buffers).for_each(|(&value, to)| to.push(value));
        }
    }
}

fn channels(kind: JpegColorType) -> usize {
    match kind {
        JpegColorType::Luma => 1,
        JpegColorType::Ycbcr => 3,
        JpegColorType::Cmyk | JpegColorType::Ycck => 4,
    }
}

fn written(kind: JpegColorType, change: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    change(&mut encoder);
    encoder.encode_image(Light(kind, light(channels(kind)))).expect("a JPEG");
    bytes
}

/// The mean difference of the encoded and the decoded picture, which has one pixel for each square of `by` × `by`.
fn difference(bytes: &[u8], by: usize) -> f32 {
    let jpeg = read(bytes, (WIDTH / by) as u32).expect("good");
    let (width, height) = (WIDTH / by, HEIGHT / by);
    // The last columns and rows, which are incomplete squares, are left out.
    let mut resizer = Resizer::new();
    let seen = match jpeg.planes.as_slice() {
        [only] => vec![only.clone()],
        planes => {
            let whole = |plane: &crate::plane::Plane| {
                let (up_to_x, up_to_y) = (WIDTH.div_ceil(by), HEIGHT.div_ceil(by));
                plane.fitted(&mut resizer, up_to_x, up_to_y)
            };
            planes.iter().map(whole).collect()
        }
    };
    let original = light(seen.len());
    let (mut sum, mut count) = (0.0, 0.0);
    for y in 0..height {
        for x in 0..width {
            let pixel: Vec<f32> = seen.iter().map(|plane| f32::from(plane.pixels[y * plane.stride + x])).collect();
            let pixel = if jpeg.channels == Channels::Luma && seen.len() == 3 { colours(&pixel) } else { pixel };
            for (channel, value) in pixel.iter().enumerate() {
                let square = (0..by * by).map(|at| {
                    let place = (y * by + at / by) * WIDTH + x * by + at % by;
                    f32::from(original[place * seen.len() + channel])
                });
                sum += (square.sum::<f32>() / (by * by) as f32 - value).abs();
                count += 1.0;
            }
        }
    }
    sum / count
}

fn colours(pixel: &[f32]) -> Vec<f32> {
    let (level, blue, red) = (pixel[0], pixel[1] - 128.0, pixel[2] - 128.0);
    vec![level + 1.402 * red, level - 0.344_14 * blue - 0.714_14 * red, level + 1.772 * blue]
}

#[test]
fn every_kind_is_decoded_at_every_size() {
    let samplings = [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
    ];
    for by in [1, 2, 4, 8] {
        for sampling in samplings {
            for (progressive, optimised, restart) in
                [(false, false, 0), (false, true, 0), (false, false, 5), (true, false, 0), (true, true, 0)]
            {
                let bytes = written(JpegColorType::Ycbcr, |encoder| {
                    encoder.set_sampling_factor(sampling);
                    encoder.set_progressive(progressive);
                    encoder.set_optimized_huffman_tables(optimised);
                    encoder.set_restart_interval(restart);
                });
                let difference = difference(&bytes, by);
                // The difference is a fraction of a pixel at most.
                assert!(
                    difference < 1.5 + by as f32 / 4.0,
                    "{difference} off: 1/{by}, {sampling:?}, progressive {progressive}, optimised {optimised}, {restart}"
                );
            }
        }
        let grey = difference(&written(JpegColorType::Luma, |_| {}), by);
        assert!(grey < 1.0, "{grey} off: 1/{by}, grey");
    }
}

#[test]
fn colour_space_is_that_of_the_file() {
    let of = |kind, change: fn(&mut Encoder<&mut Vec<u8>>)| read(&written(kind, change), 1_600).expect("good").channels;
    assert_eq!(of(JpegColorType::Luma, |_| {}), Channels::Luma);
    assert_eq!(of(JpegColorType::Ycbcr, |_| {}), Channels::Luma);
    assert_eq!(of(JpegColorType::Cmyk, |_| {}), Channels::InksLeft);
    assert_eq!(of(JpegColorType::Ycck, |_| {}), Channels::LumaOfInks);
    let plain = |encoder: &mut Encoder<&mut Vec<u8>>| {
        encoder.add_app_segment(14, b"Adobe\0\x64\0\0\0\0\0".to_vec()).expect("short");
    };
    // JFIF has precedence over Adobe's segment.
    assert_eq!(of(JpegColorType::Ycbcr, plain), Channels::Luma);
    let mut bytes = written(JpegColorType::Ycbcr, plain);
    bytes.drain(2..20);
    assert_eq!(read(&bytes, 1_600).expect("good").channels, Channels::Colours);
}

#[test]
fn colours_survive_the_conversion_to_luma_and_back() {
    let rgb = light(3);
    let back = Picture::from_rgb(&rgb, WIDTH).rgb();
    let off: u64 = rgb.iter().zip(&back).map(|(&one, &other)| u64::from(one.abs_diff(other))).sum();
    assert_eq!(rgb.len(), back.len());
    assert!(off < 2 * rgb.len() as u64, "{off}");
}

#[test]
fn refinement_scans_of_libjpeg_are_decoded() {
    // Refinement scans as libjpeg writes them, and the same picture without them.
    let refined = include_bytes!("../../tests/files/refined.jpg");
    let plain = include_bytes!("../../tests/files/plain.jpg");
    for edge in [400, 100, 50, 25] {
        let [refined, plain] = [refined.as_slice(), plain].map(|bytes| read(bytes, edge).expect("good"));
        assert_eq!(refined.planes, plain.planes, "{edge}");
    }
}
