//! The program, or the embedded object store, as a separate process for tests that kill it.
//!
//! `killable object-store FOLDER ADDRESS` is the store: it prints its address as one line and serves until it is
//! killed. `killable standing-server MOMENT` is a server whose clock stands (`tests::standing_server`). Other arguments are
//! the command line of the program `handover`.

use std::net::SocketAddr;
use std::process::ExitCode;

use embedded_s3::{EmbeddedStore, StoreClock, StoreConfig};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["object-store", folder, address] => run_object_store(folder, address),
        ["standing-server", moment] => tests::standing_server::main(moment),
        _ => api::program::main(),
    }
}

fn run_object_store(folder: &str, address: &str) -> ExitCode {
    match serve(folder, address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("object store: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(folder: &str, address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let listen: SocketAddr = address.parse()?;
    let config = StoreConfig {
        folder: folder.into(),
        listen,
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits: embedded_s3::connection_limits(),
        clock: StoreClock::default(),
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let store = EmbeddedStore::start(config).await?;
        println!("http://{}", store.addr());
        std::future::pending().await
    })
}
