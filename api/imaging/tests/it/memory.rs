//! The memory that a file takes, each measured in a separate process.

use std::process::Command;

use super::files::{packed_zeros, png};
use super::hostile;

/// Runs the test below on a file; returns the peak memory of the process in megabytes.
fn megabytes(bytes: &[u8]) -> u64 {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "memory::one_file", "--ignored", "--nocapture"]).env("PICTURE", file.path());
    let said = String::from_utf8(command.output().expect("a process").stdout).expect("text");
    let peak = said.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1_024
}

#[test]
#[ignore = "run by the tests below"]
fn one_file() {
    if let Ok(path) = std::env::var("PICTURE") {
        let made = imaging::renditions(&std::fs::read(path).expect("a file"));
        std::hint::black_box(&made);
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
        // On a separate line, regardless of the test runner's output.
        println!("\n{}", status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak"));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn rejection_takes_little_memory() {
    for (name, bytes, _) in hostile::table() {
        let peak = megabytes(&bytes);
        assert!(peak < 100, "{name}: {peak} MB");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn unusual_shapes_take_little_memory() {
    let strip = png(1, 65_000, [8, 2, 0, 0, 0], &packed_zeros(4 * 65_000));
    let square = png(7_000, 7_000, [8, 2, 0, 0, 0], &packed_zeros(21_001 * 7_000));
    let deep = png(7_000, 7_000, [16, 6, 0, 0, 0], &packed_zeros(56_001 * 7_000));
    for (name, bytes, most) in [("a strip", strip, 20), ("a square", square, 90), ("a deep square", deep, 90)] {
        let peak = megabytes(&bytes);
        assert!(peak < most, "{name}: {peak} MB");
    }
}
