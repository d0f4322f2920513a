//! The camera's metadata, and implausible values in it.

use imaging::{Camera, renditions};

use super::files::Note::{self, Short, Text};
use super::files::{jpeg, notes, with_notes};

const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const ORIENTATION: u16 = 0x0112;
const TAKEN: u16 = 0x9003;
const OFFSET: u16 = 0x9011;

fn camera(main: &[(u16, Note)], own: &[(u16, Note)]) -> Camera {
    renditions(&with_notes(&jpeg(32, 24), &notes(main, own))).expect("good").camera
}

#[test]
fn metadata_of_a_phone_is_read() {
    let seen = camera(
        &[(MAKE, Text("Apple")), (MODEL, Text("iPhone 15 Pro")), (ORIENTATION, Short(6))],
        &[(TAKEN, Text("2026:03:04 10:11:12")), (OFFSET, Text("+08:00"))],
    );
    let expected = Camera {
        taken_local: Some("2026-03-04T10:11:12".to_owned()),
        utc_offset_minutes: Some(480),
        device: Some("Apple iPhone 15 Pro".to_owned()),
        orientation: Some(6),
    };
    assert_eq!(seen, expected);
    assert_eq!(renditions(&jpeg(32, 24)).expect("good").camera, Camera::default());
}

#[test]
fn invalid_capture_times_are_ignored() {
    for (said, taken) in [
        ("2024:02:29 23:59:59", Some("2024-02-29T23:59:59")),
        ("2026:02:29 10:00:00", None),
        ("2100:02:29 10:00:00", None),
        ("2026:04:31 10:00:00", None),
        ("2026:13:01 10:00:00", None),
        ("2026:03:00 10:00:00", None),
        ("2026:03:04 24:00:00", None),
        ("2026:03:04 10:60:00", None),
        ("0000:00:00 00:00:00", None),
        ("1970:01:01 00:00:00", None),
        ("2569:03:04 10:11:12", None),
        ("0008:03:04 10:11:12", None),
        ("    :  :     :  :  ", None),
        ("2026-03-04T10:11:12", Some("2026-03-04T10:11:12")),
        ("2026:03:04 10:11:12.50\0", Some("2026-03-04T10:11:12")),
        ("2026/03/04 10:11:12", Some("2026-03-04T10:11:12")),
        ("2026:03:04", None),
        ("2026:03:04 10:11:1２", None),
    ] {
        let camera = camera(&[], &[(TAKEN, Text(said))]);
        assert_eq!((camera.taken_local.as_deref(), camera.utc_offset_minutes), (taken, None), "{said}");
    }
}

#[test]
fn best_of_three_capture_times_is_used() {
    const DIGITISED: u16 = 0x9004;
    const CHANGED: u16 = 0x0132;
    let [first, second, third] = ["2026:03:04 10:11:12", "2026:03:05 10:11:12", "2026:03:06 10:11:12"].map(Text);
    let taken = |main: &[(u16, Note)], own: &[(u16, Note)]| camera(main, own).taken_local.unwrap_or_default();
    assert_eq!(taken(&[(CHANGED, third)], &[(TAKEN, first), (DIGITISED, second)]), "2026-03-04T10:11:12");
    assert_eq!(
        taken(&[(CHANGED, third)], &[(TAKEN, Text("0000:00:00 00:00:00")), (DIGITISED, second)]),
        "2026-03-05T10:11:12"
    );
    let seen = camera(&[(CHANGED, third)], &[(0x9010, Text("+08:00")), (OFFSET, Text("+01:00"))]);
    assert_eq!((seen.taken_local.as_deref(), seen.utc_offset_minutes), (Some("2026-03-06T10:11:12"), Some(480)));
}

#[test]
fn only_valid_offsets_with_a_capture_time_are_used() {
    let taken = (TAKEN, Text("2026:03:04 10:11:12"));
    for (said, minutes) in [
        ("+08:00", Some(480)),
        ("-03:30", Some(-210)),
        ("+05:45", Some(345)),
        ("Z", Some(0)),
        ("+14:00", Some(840)),
        ("+14:01", None),
        ("-12:01", None),
        ("+99:00", None),
        ("+08:60", None),
        ("08:00", None),
        ("+0800", None),
        ("   :  ", None),
    ] {
        assert_eq!(camera(&[], &[taken, (OFFSET, Text(said))]).utc_offset_minutes, minutes, "{said}");
    }
    assert_eq!(camera(&[], &[(OFFSET, Text("+08:00"))]), Camera::default());
}

#[test]
fn device_name_is_one_line_without_control_characters() {
    let long: &str = "x".repeat(300).leak();
    let cut = Some("x".repeat(100));
    for (make, model, device) in [
        ("Canon", "Canon EOS R5", Some("Canon EOS R5".to_owned())),
        ("  HUAWEI \0", " P60\r\n", Some("HUAWEI P60".to_owned())),
        ("\u{1b}[31mred", "a\u{202e}b\tc", Some("[31mred ab c".to_owned())),
        ("", "Pixel 9", Some("Pixel 9".to_owned())),
        ("Sony", "", Some("Sony".to_owned())),
        ("", " ", None),
        (long, "y", cut.clone()),
        ("", long, cut),
    ] {
        assert_eq!(camera(&[(MAKE, Text(make)), (MODEL, Text(model))], &[]).device, device, "{make:?} {model:?}");
    }
}

#[test]
fn orientation_is_1_to_8() {
    for said in 0..=10 {
        let expected = (1..=8).contains(&said).then_some(said as u8);
        assert_eq!(camera(&[(ORIENTATION, Short(said))], &[]).orientation, expected, "{said}");
    }
}

#[test]
fn damaged_exif_is_ignored() {
    let whole = notes(&[(MAKE, Text("Apple")), (ORIENTATION, Short(6))], &[(TAKEN, Text("2026:03:04 10:11:12"))]);
    for end in 0..whole.len() {
        renditions(&with_notes(&jpeg(32, 24), &whole[..end])).expect("good");
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            renditions(&with_notes(&jpeg(32, 24), &damaged)).expect("good");
        }
    }
}
