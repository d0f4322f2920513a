//! Writes sample documents to look at: `cargo run -p documents --example samples FOLDER`.

mod data;
mod words;

use std::path::Path;
use std::time::Instant;

use domain::Language::{En, Zh};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("the folder as the first argument");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let write = |name: String, make: &dyn Fn() -> Result<Vec<u8>, documents::DocumentError>| {
        let start = Instant::now();
        let pdf = make().unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("{name}: {} kB in {} ms", pdf.len() / 1000, start.elapsed().as_millis());
        std::fs::write(folder.join(name), pdf)
    };
    for (language, code) in [(En, "en"), (Zh, "zh")] {
        for (long, kind) in [(false, ""), (true, "-long")] {
            for count in [0, 1, 9, 80] {
                let record = data::record(language, long, count);
                write(format!("record-{code}{kind}-{count}.pdf"), &|| documents::inspection_record(&record))?;
                let list = data::list(language, long, count);
                write(format!("list-{code}{kind}-{count}.pdf"), &|| documents::defect_list(&list))?;
            }
        }
    }
    Ok(())
}
