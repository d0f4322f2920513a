//! The size of defects on the network, in the encodings that the client accepts.

use super::client::Client;
use crate::Fault;

/// The number of pages: 10,000 changes after those of the import.
const PAGES: usize = 20;

/// Prints the bytes of 10,000 defects for each encoding.
pub(crate) async fn measure(client: &Client) -> Result<(), Fault> {
    let cursors = client.load(|_| Ok(())).await?.cursors;
    // The newest changes are all of defects; the last page is incomplete.
    let full = &cursors[..cursors.len().saturating_sub(2)];
    let begins = &full[full.len().saturating_sub(PAGES)..];
    for accept in ["identity", "gzip", "zstd"] {
        let (mut bytes, mut encoding) = (0, String::new());
        for cursor in begins {
            let body = client.page(Some(cursor), 500, Some(accept)).await?;
            bytes += body.bytes.len();
            encoding = body.encoding;
        }
        let defects = begins.len() * 500;
        let of_ten_thousand = bytes as f64 * 10_000.0 / defects as f64;
        println!("10,000 defects, {accept} accepted: {:.2} MB as {encoding}", of_ten_thousand / 1e6);
    }
    Ok(())
}
