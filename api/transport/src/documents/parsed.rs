//! Documents as they were parsed: an app sends the same ones again and again.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use lru::LruCache;

/// The hash of a document's text.
pub(super) type Hash = [u8; 32];

/// The longest text of a document that is kept, in bytes.
pub(super) const MAX_BYTES: usize = 2 * 1024;
/// The texts of all documents that are kept, in bytes. A parsed document takes up to two hundred times the memory of
/// its text.
const ALL_BYTES: usize = 40 * 1024;

/// Parsed documents of short texts; those that were used last, as many as have room.
pub(super) struct ParsedDocuments {
    /// By hash, each with the length of its text.
    kept: LruCache<Hash, (usize, Arc<ExecutableDocument>)>,
    bytes: usize,
}

impl ParsedDocuments {
    pub(super) fn new() -> Self {
        Self { kept: LruCache::unbounded(), bytes: 0 }
    }

    pub(super) fn get(&mut self, hash: &Hash) -> Option<Arc<ExecutableDocument>> {
        self.kept.get(hash).map(|(_, document)| Arc::clone(document))
    }

    /// Keeps a document, in the place of those that were used least.
    pub(super) fn keep(&mut self, hash: Hash, text: &str, document: &Arc<ExecutableDocument>) {
        if text.len() > MAX_BYTES {
            return;
        }
        let before = self.kept.put(hash, (text.len(), Arc::clone(document)));
        self.bytes = self.bytes + text.len() - before.map_or(0, |(bytes, _)| bytes);
        while self.bytes > ALL_BYTES
            && let Some((_, (bytes, _))) = self.kept.pop_lru()
        {
            self.bytes -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn keep(documents: &mut ParsedDocuments, number: u8, length: usize) {
        let text = format!("{{ homes }}{}", " ".repeat(length - 9));
        let parsed = parse_query(&text).expect("a document");
        documents.keep([number; 32], &text, &Arc::new(parsed));
    }

    #[test]
    fn the_documents_that_were_used_last_are_kept_while_their_texts_have_room() {
        let mut documents = ParsedDocuments::new();
        for number in 0..100 {
            keep(&mut documents, number, MAX_BYTES);
            assert!(documents.get(&[0; 32]).is_some(), "used each time");
            assert!(documents.bytes <= ALL_BYTES);
        }
        assert_eq!(documents.kept.len() * MAX_BYTES, documents.bytes);
        assert_eq!(documents.bytes, ALL_BYTES);
        assert!(documents.get(&[1; 32]).is_none() && documents.get(&[99; 32]).is_some());
    }

    #[test]
    fn a_document_counts_once_and_a_long_one_is_not_kept() {
        let mut documents = ParsedDocuments::new();
        keep(&mut documents, 1, 100);
        keep(&mut documents, 1, 100);
        assert_eq!((documents.kept.len(), documents.bytes), (1, 100));
        keep(&mut documents, 2, MAX_BYTES + 1);
        assert_eq!((documents.kept.len(), documents.bytes), (1, 100));
    }
}
