//! Any bytes: renditions or a rejection, never a panic; and what was made can be read again.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(made) = pictures::renditions(bytes) else { return };
    assert!(made.placeholder.len() <= 40);
    for rendition in [&made.large, &made.thumb] {
        let again = pictures::renditions(rendition).expect("a rendition is a photo");
        assert_eq!(again.camera, pictures::Camera::default());
    }
});
