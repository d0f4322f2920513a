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

use super::parsed::{Hash, ParsedDocuments};
use super::unique::twice_given;

/// Levels of brackets that the second parser follows. A document is refused by its nesting before it comes here.
const RECURSION: usize = 200;
/// Documents that are known to be valid, by the hashes of their texts: an app sends the same ones again and again.
const KNOWN: NonZeroUsize = NonZeroUsize::new(1_000).expect("a number above 0");

/// The schema, and which documents fit it.
pub(crate) struct Rules {
    schema: Valid<Schema>,
    known: Mutex<LruCache<Hash, ()>>,
    parsed: Mutex<ParsedDocuments>,
}

/// A document that was parsed, and may still break the rules.
pub(crate) struct Parsed<'t> {
    text: &'t str,
    hash: Hash,
    pub(crate) document: Arc<ExecutableDocument>,
}

impl Rules {
    /// Reads the schema's text. Fails with the faults of the schema.
    pub(crate) fn new(sdl: &str) -> Result<Self, String> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").map_err(|invalid| invalid.errors.to_string())?;
        Ok(Self { schema, known: Mutex::new(LruCache::new(KNOWN)), parsed: Mutex::new(ParsedDocuments::new()) })
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Parses a document, or finds a valid one as it was parsed before.
    pub(crate) fn parse<'t>(&self, text: &'t str) -> Result<Parsed<'t>, ParseError> {
        let hash = Sha256::digest(text).into();
        let found = lock(&self.parsed).get(&hash);
        let document = match found {
            Some(document) => document,
            None => Arc::new(parse_query(text)?),
        };
        Ok(Parsed { text, hash, document })
    }

    /// Checks a document by every rule of the specification. Fails with its faults, each with its place. Only a valid
    /// document is kept as it was parsed.
    pub(crate) fn check(&self, parsed: &Parsed<'_>) -> Result<(), Vec<ServerError>> {
        if lock(&self.known).get(&parsed.hash).is_none() {
            self.validate(parsed.text)?;
            lock(&self.known).put(parsed.hash, ());
        }
        lock(&self.parsed).keep(parsed.hash, parsed.text, &parsed.document);
        Ok(())
    }

    fn validate(&self, text: &str) -> Result<(), Vec<ServerError>> {
        let mut parser = Parser::new().recursion_limit(RECURSION);
        let parsed = parser.parse_ast(text, "document").map_err(|invalid| errors(&invalid.errors))?;
        parsed.to_executable_validate(&self.schema).map_err(|invalid| errors(&invalid.errors))?;
        let twice = twice_given(&parsed);
        if twice.is_empty() { Ok(()) } else { Err(twice) }
    }
}

/// No panic can leave a cache half-changed.
fn lock<T>(cache: &Mutex<T>) -> MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
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
    use super::super::parsed::MAX_BYTES;
    use super::*;

    const SDL: &str = "type Query { home(id: ID!): Home homes(of: Of): Int } input Of { floor: Int } type Home { name: String rooms(first: Int): [Room!]! }
        type Room { name: String }";

    fn check(rules: &Rules, text: &str) -> Result<(), Vec<ServerError>> {
        rules.check(&rules.parse(text).expect("a document"))
    }

    #[test]
    fn a_short_valid_document_is_parsed_once() {
        let rules = Rules::new(SDL).expect("a schema");
        let parsed = |text: &str| rules.parse(text).expect("a document").document;
        let (short, invalid, long) = ("{ homes }", "{ rooms }", format!("{{ {} }}", "homes ".repeat(MAX_BYTES / 6)));
        for text in [short, invalid, &long] {
            assert!(!Arc::ptr_eq(&parsed(text), &parsed(text)), "before it is known to be valid");
            assert_eq!(check(&rules, text).is_ok(), text != invalid);
            assert_eq!(Arc::ptr_eq(&parsed(text), &parsed(text)), text == short, "{text}");
        }
        assert!(!Arc::ptr_eq(&parsed(short), &parsed("{ homes homes }")));
        assert!(rules.parse("{").is_err());
    }

    #[test]
    fn valid_documents_are_known_and_invalid_ones_are_refused_with_their_place() {
        let rules = Rules::new(SDL).expect("a schema");
        let valid = "query($id: ID!, $some: Boolean!) { home(id: $id) { __typename @skip(if: $some) name } }";
        assert!(check(&rules, valid).is_ok() && check(&rules, valid).is_ok());
        assert_eq!(lock(&rules.known).len(), 1);
        let invalid = [
            "query($id: ID) { home(id: $id) { name } }",
            "{ home(id: 1) { rooms(first: 1) { name } ...more } } fragment more on Home { rooms(first: 2) { name } }",
            "{ home(id: 1) { __typename(filter: null) } }",
            "{ home(id: 1) { rooms(first: 3000000000) { name } } }",
            "{ homes(of: { floor: 1, floor: 2 }) }",
        ];
        for document in invalid {
            let errors = check(&rules, document).expect_err(document);
            assert!(errors.iter().all(|error| !error.locations.is_empty()), "{document}: {errors:?}");
        }
        assert_eq!(lock(&rules.known).len(), 1);
    }
}
