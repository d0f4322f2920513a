//! Draws the pictures of the demo project and writes them to `api/demo/assets`, from where they are embedded in the
//! server: floor plans (PNG), photos of defects before and after their repair (JPEG), overviews of rooms (JPEG),
//! signatures (PNG).
//!
//! ```sh
//! cargo run --release -p demo --example demo_pictures
//! ```
//!
//! Run it after a change to a plan in `api/demo/src/plans` or to a motif in `photo/`, look at the pictures, and commit
//! them. All of them together stay below 3 MB. The same sources give the same pictures.
//!
//! A new kind of defect for the demo: add a motif with its name to `photo/motifs`, run this program, then add the finding
//! to `api/demo/src/findings.rs`. The server does not compile while one of the two pictures of a finding is missing.

mod canvas;
mod dice;
mod letters;
mod photo;
mod plan;
mod signature;

use std::fs;
use std::path::Path;

use demo::plans::unit_type_plans;

use photo::{MOTIFS, ROOMS, Stage, draw_photo, draw_room};
use signature::draw_signature;

/// The people of the demo who sign, by the names of their files.
const SIGNERS: [&str; 8] =
    ["daniel.hartmann", "huang.li", "sofia.rossi", "sun.lihua", "tom.becker", "wang.lei", "yang.lin", "zhang.wei"];

/// The bytes of a picture, or the encoder's error.
type Picture = Result<Vec<u8>, Box<dyn std::error::Error>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut total = 0;
    for folder in ["plans", "photos", "rooms", "signatures"] {
        fs::create_dir_all(root.join(folder))?;
    }
    let mut write = |name: String, bytes: Vec<u8>| {
        total += bytes.len();
        println!("{:>7}  {name}", bytes.len());
        fs::write(root.join(name), bytes)
    };
    for spec in unit_type_plans() {
        let plan = plan::furnish(spec);
        plan.check_doors();
        write(format!("plans/{}.png", plan.spec.code), plan::draw_plan(&plan)?)?;
    }
    for motif in MOTIFS {
        for stage in [Stage::Before, Stage::After] {
            write(format!("photos/{}.{}.jpg", motif.name, stage.name()), draw_photo(motif, stage)?)?;
        }
    }
    for room in ROOMS {
        write(format!("rooms/{}.jpg", room.name), draw_room(room)?)?;
    }
    for (seed, signer) in (1..).zip(SIGNERS) {
        write(format!("signatures/{signer}.png"), draw_signature(seed)?)?;
    }
    println!("{total:>7}  in all");
    Ok(())
}
