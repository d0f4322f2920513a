//! The specification's rules of validation, as `apollo-compiler` knows them.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apollo_compiler::Schema;
use apollo_compiler::diagnostic::Diagnostic;
use apollo_compiler::parser::{LineColumn, Parser};
use apollo_compiler::validation::{DiagnosticData, DiagnosticList, Valid};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Pos, ServerError};
use lru::LruCache;
use sha2::{Digest, Sha256};

use super::unique::twice_given;

/// Levels of brackets that the second parser follows. A document is refused by its nesting before it comes here.
const RECURSION: usize = 200;
/// Documents that are known to be valid, by the hashes of their texts: an app sends the same ones again and again.
const KNOWN: NonZeroUsize = NonZeroUsize::new(1_000).expect("a number above 0");
/// Documents that are kept as they were parsed: fewer, because they take a hundred times the memory of their text.
const PARSED: NonZeroUsize = NonZeroUsize::new(64).expect("a number above 0");
/// The longest text of such a document, in bytes.
const PARSED_BYTES: usize = 2 * 1024;

/// The schema, and which documents fit it.
pub(crate) struct Rules {
    schema: Valid<Schema>,
    known: Mutex<LruCache<[u8; 32], ()>>,
    parsed: Mutex<LruCache<[u8; 32], Arc<ExecutableDocument>>>,
}

impl Rules {
    /// Reads the schema's text. Fails with the faults of the schema.
    pub(crate) fn new(sdl: &str) -> Result<Self, String> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").map_err(|invalid| invalid.errors.to_string())?;
        Ok(Self { schema, known: Mutex::new(LruCache::new(KNOWN)), parsed: Mutex::new(LruCache::new(PARSED)) })
    }

    /// Parses a document, or finds it as it was parsed before.
    pub(crate) fn parse(&self, document: &str) -> Result<Arc<ExecutableDocument>, ParseError> {
        if document.len() > PARSED_BYTES {
            return parse_query(document).map(Arc::new);
        }
        let hash = hash(document);
        if let Some(parsed) = self.parsed().get(&hash) {
            return Ok(Arc::clone(parsed));
        }
        let parsed = Arc::new(parse_query(document)?);
        self.parsed().put(hash, Arc::clone(&parsed));
        Ok(parsed)
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Checks a document by every rule of the specification. Fails with its faults, each with its place.
    pub(crate) fn check(&self, document: &str) -> Result<(), Vec<ServerError>> {
        let hash = hash(document);
        if self.known().get(&hash).is_some() {
            return Ok(());
        }
        let mut parser = Parser::new().recursion_limit(RECURSION);
        let parsed = parser.parse_ast(document, "document").map_err(|invalid| errors(&invalid.errors))?;
        parsed.to_executable_validate(&self.schema).map_err(|invalid| errors(&invalid.errors))?;
        let twice = twice_given(&parsed);
        if !twice.is_empty() {
            return Err(twice);
        }
        self.known().put(hash, ());
        Ok(())
    }

    fn parsed(&self) -> MutexGuard<'_, LruCache<[u8; 32], Arc<ExecutableDocument>>> {
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, LruCache<[u8; 32], ()>> {
        // No panic can leave the cache half-changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(document: &str) -> [u8; 32] {
    Sha256::digest(document).into()
}

fn errors(faults: &DiagnosticList) -> Vec<ServerError> {
    let error = |fault: Diagnostic<'_, DiagnosticData>| {
        ServerError::new(fault.error.to_string(), fault.line_column_range().map(beginning))
    };
    faults.iter().map(error).collect()
}

/// Where a part of the document begins.
pub(super) fn beginning(part: Range<LineColumn>) -> Pos {
    Pos { line: part.start.line, column: part.start.column }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDL: &str = "type Query { home(id: ID!): Home homes(of: Of): Int } input Of { floor: Int } type Home { name: String rooms(first: Int): [Room!]! }
        type Room { name: String }";

    #[test]
    fn short_documents_are_parsed_once() {
        let rules = Rules::new(SDL).expect("a schema");
        let parsed = |text: &str| rules.parse(text).expect("a document");
        let short = "{ homes }";
        assert!(Arc::ptr_eq(&parsed(short), &parsed(short)));
        assert!(!Arc::ptr_eq(&parsed(short), &parsed("{ homes homes }")));
        let long = format!("{{ {} }}", "homes ".repeat(PARSED_BYTES / 6));
        assert!(!Arc::ptr_eq(&parsed(&long), &parsed(&long)));
        assert!(rules.parse("{").is_err() && rules.parsed().len() == 2);
    }

    #[test]
    fn valid_documents_are_known_and_invalid_ones_are_refused_with_their_place() {
        let rules = Rules::new(SDL).expect("a schema");
        let valid = "query($id: ID!, $some: Boolean!) { home(id: $id) { __typename @skip(if: $some) name } }";
        assert!(rules.check(valid).is_ok() && rules.check(valid).is_ok());
        assert_eq!(rules.known().len(), 1);
        let invalid = [
            "query($id: ID) { home(id: $id) { name } }",
            "{ home(id: 1) { rooms(first: 1) { name } ...more } } fragment more on Home { rooms(first: 2) { name } }",
            "{ home(id: 1) { __typename(filter: null) } }",
            "{ home(id: 1) { rooms(first: 3000000000) { name } } }",
            "{ homes(of: { floor: 1, floor: 2 }) }",
        ];
        for document in invalid {
            let errors = rules.check(document).expect_err(document);
            assert!(errors.iter().all(|error| !error.locations.is_empty()), "{document}: {errors:?}");
        }
        assert_eq!(rules.known().len(), 1);
    }
}
