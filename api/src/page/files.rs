//! The files of the page, embedded in the binary, with their media types and entity tags.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use http::HeaderValue;

use super::examples;

/// A file to serve.
pub(super) struct File {
    pub(super) content_type: &'static str,
    /// The entity tag, which changes with the content.
    pub(super) tag: HeaderValue,
    pub(super) bytes: Bytes,
}

impl File {
    pub(super) fn new(content_type: &'static str, bytes: &'static [u8]) -> Self {
        let bytes = Bytes::from_static(bytes);
        Self { content_type, tag: tag(&bytes), bytes }
    }
}

/// All files by name.
pub(super) struct Shelf(HashMap<&'static str, File>);

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const CSS: &str = "text/css; charset=utf-8";
pub(super) const JS: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// A file of `api/assets`.
macro_rules! held {
    ($name:literal, $type:expr) => {
        ($name, $type, include_bytes!(concat!("../../assets/", $name)).as_slice())
    };
}

const FILES: [(&str, &str, &[u8]); 10] = [
    held!("index.html", HTML),
    held!("page.css", CSS),
    held!("fill.js", JS),
    held!("page.js", JS),
    held!("icon.svg", "image/svg+xml"),
    held!("graphiql.min.js", JS),
    held!("graphiql.min.css", CSS),
    held!("react.production.min.js", JS),
    held!("react-dom.production.min.js", JS),
    held!("LICENSES.txt", TEXT),
];

impl Shelf {
    pub(super) fn new() -> Self {
        let files = FILES.map(|(name, content_type, bytes)| (name, content_type, Bytes::from_static(bytes)));
        let examples = ("examples.json", "application/json", Bytes::from(examples::as_json()));
        let shelved = files.into_iter().chain([examples]).map(|(name, content_type, bytes)| {
            let tag = tag(&bytes);
            (name, File { content_type, tag, bytes })
        });
        Self(shelved.collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&File> {
        self.0.get(name)
    }
}

/// An entity tag; it only has to differ between versions of one file.
fn tag(bytes: &Bytes) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish())).unwrap_or(HeaderValue::from_static("\"0\""))
}
