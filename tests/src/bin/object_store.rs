//! The embedded object store as a separate process for tests that kill it.
//!
//! `object_store FOLDER ACCESS_KEY SECRET_KEY BUCKET` prints its address as one line and serves until it is killed.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, access_key, secret_key, bucket] = arguments.as_slice() else {
        eprintln!("usage: object_store FOLDER ACCESS_KEY SECRET_KEY BUCKET");
        return ExitCode::FAILURE;
    };
    let config = embedded_s3::StoreConfig {
        folder: folder.into(),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: access_key.clone(),
        secret_key: secret_key.clone(),
        bucket: bucket.clone(),
        region: "local".into(),
        limits: embedded_s3::connection_limits(),
        clock: embedded_s3::StoreClock::default(),
    };
    match embedded_s3::EmbeddedStore::start(config).await {
        Ok(store) => {
            println!("{}", store.addr());
            std::future::pending().await
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
