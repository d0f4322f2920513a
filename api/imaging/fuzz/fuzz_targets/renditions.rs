//! Any bytes give renditions or a rejection, never a panic. The renditions can be decoded, and a photo with renditions
//! has a copy without metadata.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(made) = imaging::renditions(bytes) else { return };
    assert!(made.placeholder.len() <= 40);
    for rendition in [&made.large, &made.thumb] {
        let again = imaging::renditions(rendition).expect("a rendition is a photo");
        assert_eq!(again.camera, imaging::Camera::default());
    }
    // A photo with renditions has a copy without metadata, which names no camera.
    let stripped = imaging::without_metadata(bytes).expect("a photo is a photo without metadata");
    let again = imaging::renditions(&stripped).expect("a photo without metadata is a photo");
    assert_eq!((again.camera.device, again.camera.taken_local), (None, None));
});
