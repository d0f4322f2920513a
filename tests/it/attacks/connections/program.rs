//! The program itself: its settings, and its limit of open files.

use std::process::Stdio;

use embedded_s3::StoreClock;
use tests::stores::start_embedded;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::*;
use crate::server_process::program;

/// The output of `handover settings`, with a value of `trusted_proxies`.
async fn settings(trusted_proxies: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_killable"));
    command.arg("settings").env("HANDOVER_TRUSTED_PROXIES", trusted_proxies).current_dir(&folder);
    let output = command.output().await.expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text"))
}

#[tokio::test]
async fn trusted_proxies_are_networks_and_a_number_is_refused() {
    for number in ["1", "0", "[1]"] {
        let (good, said) = settings(number).await;
        assert!(!good && said.to_lowercase().contains("trusted_proxies"), "{number}: {said}");
        assert!(number == "[1]" || said.contains("[\"127.0.0.1/32\", \"10.0.0.0/8\"], not their number"), "{said}");
    }
    for wrong in ["proxy.example", "10.0.0.0/33", "[\"10.0.0.1:80\"]"] {
        let (good, said) = settings(wrong).await;
        assert!(!good && said.contains("is no network; it looks like 10.0.0.0/8"), "{wrong}: {said}");
    }
    for everybody in ["0.0.0.0/0", "[\"::/0\"]", "127.0.0.1,0.0.0.0/1"] {
        let (good, said) = settings(everybody).await;
        assert!(!good && said.contains("everybody could write an address of their own"), "{everybody}: {said}");
    }
    for right in ["[\"127.0.0.1\", \"10.0.0.0/8\"]", "127.0.0.1,10.1.2.3/8", "127.0.0.1/32, 10.0.0.0/8"] {
        let (good, said) = settings(right).await;
        assert!(good && said.contains("127.0.0.1/32") && said.contains("10.0.0.0/8"), "{right}: {said}");
    }
}

/// 200 silent connections from one address to a program that may open 300 files: other clients are served meanwhile,
/// and the log names the address.
#[tokio::test]
async fn few_open_files_do_not_stop_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = start_embedded(&folder, StoreClock::new(|| 1_772_409_600_000)).await;
    let url = format!("sqlite:{}", folder.path().join("handover.db").display());
    let plain = program(folder.path(), &url, &store.addr().to_string());
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 300; exec \"$0\" serve"]).arg(plain.as_std().get_program());
    let variables = plain.as_std().get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(variables).current_dir(folder.path()).kill_on_drop(true);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut output = BufReader::new(child.stdout.take().expect("an output")).lines();
    let mut log = BufReader::new(child.stderr.take().expect("a log")).lines();
    let address = loop {
        let line = output.next_line().await.expect("its output").expect("it starts");
        if let Some((_, address)) = line.split_once("http://") {
            break address.trim_end_matches('/').parse().expect("an address");
        }
    };
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(Raw::from([127, 0, 0, 2], address).await);
    }
    let warning = async {
        loop {
            let line = log.next_line().await.expect("its log").expect("a line");
            if line.contains("connections are refused: the limit is reached") {
                break line;
            }
        }
    };
    let warning = timeout(TIMEOUT, warning).await.expect("a warning");
    assert!(warning.contains("127.0.0.2") && warning.contains("of this address"), "{warning}");
    for _ in 0..20 {
        assert_eq!(Raw::to(address).await.ask(HEALTH).await, OK);
    }
    child.kill().await.expect("killed");
}
