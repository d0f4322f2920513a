//! Compares renditions with those of npm's `sharp` (libvips, libjpeg-turbo), in the same run, in alternate turns:
//!
//! ```sh
//! (cd api/imaging/examples/sharp && npm ci)
//! cargo run --release -p imaging --example sharp
//! ```
//!
//! Each side is a separate process with one thread. CPU time is that of the work, without the start of the process;
//! memory is the peak of the process, with its start. The ratios are compared, because other programs on the machine
//! affect both sides.

mod corpus;
mod likeness;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The server's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PHOTOS: u32 = 4;
/// The number of turns of each side.
const TURNS: usize = 7;
/// The repetitions of each photo in a turn.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["worker", rounds, output, photos @ ..] => worker(rounds.parse().expect("a number"), output, photos),
        _ => compare(),
    }
}

fn compare() {
    let folder = std::env::temp_dir().join("pictures-beside-sharp");
    let photos = corpus::write(&folder, PHOTOS).expect("a corpus");
    let bytes: u64 = photos.iter().map(|path| path.metadata().expect("a photo").len()).sum();
    println!(
        "{PHOTOS} photos of 4032 × 3024, {:.1} MB each; {TURNS} turns of {ROUNDS} rounds",
        bytes as f64 / 1e6 / f64::from(PHOTOS)
    );
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        ours.push(measured(
            Command::new(std::env::current_exe().expect("this program")).arg("worker"),
            &folder,
            "ours",
            &photos,
        ));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sharp/sharp.mjs");
        theirs.push(measured(Command::new("node").arg(script), &folder, "sharp", &photos));
    }
    let ratio = median(ours.iter().zip(&theirs).map(|(ours, theirs)| theirs.0 / ours.0));
    let [our_time, their_time] = [&ours, &theirs].map(|turns| median(turns.iter().map(|turn| turn.0)));
    let [our_peak, their_peak] = [&ours, &theirs].map(|turns| median(turns.iter().map(|turn| turn.1)) / 1_024.0);
    println!("{:<34}{:>10}{:>10}{:>10}", "", "ours", "sharp", "ratio");
    println!("{:<34}{our_time:>10.1}{their_time:>10.1}{ratio:>10.2}", "CPU ms a photo (sharp / ours)");
    println!("{:<34}{our_peak:>10.0}{their_peak:>10.0}{:>10.2}", "peak MB (ours / sharp)", our_peak / their_peak);
    for (size, edge) in [("large", 1_600), ("thumb", 320)] {
        let reference = likeness::reference(&photos[0], edge);
        let [ours, theirs] =
            ["ours", "sharp"].map(|side| likeness::ssim(&reference, &folder.join(format!("{side}-{size}.jpg"))));
        println!("{:<34}{ours:>10.4}{theirs:>10.4}{:>10.4}", format!("SSIM {size} (ours - sharp)"), ours - theirs);
        let [ours, theirs] = ["ours", "sharp"].map(|side| kilobytes(&folder.join(format!("{side}-{size}.jpg"))));
        println!("{:<34}{ours:>10.1}{theirs:>10.1}{:>10.2}", format!("KB {size} (ours / sharp)"), ours / theirs);
    }
    let (by_clock, by_work) = scaling(&photos);
    println!("{:<34}{by_clock:>10.2}", "two at a time / one, by the clock");
    println!("{:<34}{by_work:>10.2}", "the same, by CPU time");
}

fn kilobytes(path: &Path) -> f64 {
    path.metadata().expect("a rendition").len() as f64 / 1_000.0
}

/// Runs one side: CPU milliseconds for each photo, and the peak memory in kB.
fn measured(command: &mut Command, folder: &Path, side: &str, photos: &[PathBuf]) -> (f64, f64) {
    let output = command.arg(ROUNDS.to_string()).arg(folder.join(side)).args(photos).output().expect("a process");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [time, peak] = numbers.as_slice() else {
        panic!("{side} failed (npm ci done?): {}", String::from_utf8_lossy(&output.stderr))
    };
    (*time, *peak)
}

/// Our side.
fn worker(rounds: usize, output: &str, photos: &[&str]) {
    let made = |path: &str| imaging::renditions(&std::fs::read(path).expect("a photo")).expect("good");
    let first = made(photos[0]);
    std::fs::write(format!("{output}-large.jpg"), first.large).expect("written");
    std::fs::write(format!("{output}-thumb.jpg"), first.thumb).expect("written");
    let before = cpu();
    for _ in 0..rounds {
        photos.iter().for_each(|path| drop(std::hint::black_box(made(path))));
    }
    let used = (cpu() - before).as_secs_f64() * 1_000.0 / (rounds * photos.len()) as f64;
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    println!("{used} {}", peak.trim().trim_end_matches(" kB"));
}

/// CPU time of this process, user and system, in hundredths of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let behind_name = stat.rsplit(')').next().expect("fields");
    let ticks = behind_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// The ratio of the work of two threads to that of one, in turns, the median. By wall clock it needs two idle cores; by
/// CPU time it shows the cost of shared caches and memory.
fn scaling(photos: &[PathBuf]) -> (f64, f64) {
    let bytes: Vec<Vec<u8>> = photos.iter().map(|path| std::fs::read(path).expect("a photo")).collect();
    let some = || bytes.iter().cycle().take(2 * bytes.len());
    let all = || some().for_each(|bytes| drop(std::hint::black_box(imaging::renditions(bytes))));
    let timed = |work: &dyn Fn()| {
        let (start, before) = (Instant::now(), cpu());
        work();
        [start.elapsed(), cpu() - before].map(|time| time.as_secs_f64())
    };
    let turns: Vec<_> = (0..TURNS)
        .map(|_| {
            let one = timed(&all);
            let two = timed(&|| std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(all)))));
            (2.0 * one[0] / two[0], 4.0 * one[1] / two[1])
        })
        .collect();
    (median(turns.iter().map(|turn| turn.0)), median(turns.iter().map(|turn| turn.1)))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
