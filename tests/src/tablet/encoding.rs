//! Decoding of compressed bodies.

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The accepted encodings, because compression makes a full load of a big project ten times smaller.
pub const ACCEPTED: &str = "zstd, gzip;q=0.9";

/// Decodes a body in an encoding of [`ACCEPTED`], or in none.
///
/// # Errors
/// For another encoding, and for incomplete bytes: half a body is no answer.
pub async fn decoded(encoding: Option<&str>, bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let body = bytes.as_slice();
    match encoding {
        None => Ok(bytes),
        Some("zstd") => read_all(ZstdDecoder::new(body)).await,
        Some("gzip") => read_all(GzipDecoder::new(body)).await,
        Some(other) => Err(std::io::Error::other(format!("a body in {other}"))),
    }
}

async fn read_all(mut reader: impl AsyncRead + Unpin) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    reader.read_to_end(&mut body).await?;
    Ok(body)
}
