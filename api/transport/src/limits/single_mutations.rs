//! Limits expensive mutations that need no sign-in to a single one in a document.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::Violation;

/// Refuses a document with more than one of the listed mutations, under any aliases and in any fragments. Spreads must
/// not be cyclic.
pub(super) fn check(listed: &[&str], document: &ExecutableDocument, operation: Option<&str>) -> Option<Violation> {
    let fragments = Fragments::of(listed, document);
    let chosen = document.operations.iter().filter(|(name, _)| match operation {
        Some(operation) => name.is_some_and(|name| name.as_str() == operation),
        None => true,
    });
    let roots = chosen.map(|(_, found)| fragments.expand(&Root::of(listed, &found.node.selection_set.node)));
    (roots.max().unwrap_or(0) > 1).then(|| {
        let names = listed.join(", ");
        let message = format!("of {names} one may stand in a document, once: send the others in requests of their own");
        Violation::new("FIELD_REPEATED", message)
    })
}

/// The outermost level of a selection: how many mutations of the list stand in it, and which fragments it spreads.
struct Root<'a> {
    listed: u64,
    spreads: Vec<&'a Name>,
}

impl<'a> Root<'a> {
    fn of(listed: &[&str], set: &'a SelectionSet) -> Self {
        let mut root = Self { listed: 0, spreads: Vec::new() };
        let mut sets = vec![set];
        while let Some(set) = sets.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        root.listed += u64::from(listed.contains(&field.node.name.node.as_str()));
                    }
                    Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                    Selection::FragmentSpread(spread) => root.spreads.push(&spread.node.fragment_name.node),
                }
            }
        }
        root
    }
}

/// How many mutations of the list stand at the root of each fragment, what it spreads included.
struct Fragments<'a>(HashMap<&'a Name, u64>);

impl<'a> Fragments<'a> {
    /// Counts each fragment once, after those that it spreads, without recursion from fragment to fragment: a chain of
    /// a hundred of them would exhaust the stack.
    fn of(listed: &[&str], document: &'a ExecutableDocument) -> Self {
        let roots: HashMap<&Name, Root<'a>> = document
            .fragments
            .iter()
            .map(|(name, found)| (name, Root::of(listed, &found.node.selection_set.node)))
            .collect();
        let mut counted = Self(HashMap::with_capacity(roots.len()));
        for name in document.fragments.keys() {
            // A fragment, and which of its spreads comes next.
            let mut open = vec![(name, 0_usize)];
            while let Some((name, next)) = open.pop() {
                let Some(root) = roots.get(name).filter(|_| !counted.0.contains_key(name)) else { continue };
                match root.spreads.get(next) {
                    Some(spread) => open.extend([(name, next + 1), (*spread, 0)]),
                    None => {
                        let count = counted.expand(root);
                        counted.0.insert(name, count);
                    }
                }
            }
        }
        counted
    }

    /// The count of a root, with those of the fragments that it spreads. An unknown fragment is for the validation to
    /// name.
    fn expand(&self, root: &Root<'_>) -> u64 {
        let spread = root.spreads.iter().map(|name| self.0.get(name).copied().unwrap_or(0));
        spread.fold(root.listed, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const ONCE: [&str; 2] = ["sessionCreate", "passwordReset"];

    fn refused(document: &str, operation: Option<&str>) -> bool {
        check(&ONCE, &parse_query(document).expect("a document"), operation).is_some()
    }

    #[test]
    fn hashing_mutation_stands_once_however_it_is_spelled() {
        let one = "sessionCreate(input: {}) { userErrors { code } }";
        assert!(!refused(&format!("mutation {{ {one} sessionRevoke(input: {{}}) {{ revoked }} }}"), None));
        assert!(refused(&format!("mutation {{ a: {one} b: {one} }}"), None));
        assert!(refused(&format!("mutation {{ {one} {one} }}"), None));
        assert!(refused(&format!("mutation {{ {one} passwordReset {{ id }} }}"), None));
        assert!(refused(&format!("mutation {{ ... {{ {one} }} ... on Mutation {{ b: {one} }} }}"), None));
        assert!(refused(&format!("mutation {{ ...A a: {one} }} fragment A on Mutation {{ {one} }}"), None));
        assert!(refused(
            &format!("mutation {{ ...A ...A }} fragment A on Mutation {{ ...B }} fragment B on Mutation {{ {one} }}"),
            None
        ));
    }

    #[test]
    fn operations_that_do_not_run_do_not_count() {
        let one = "sessionCreate(input: {}) { userErrors { code } }";
        let document = format!("mutation Once {{ {one} }} mutation Twice {{ {one} b: {one} }}");
        assert!(!refused(&document, Some("Once")));
        assert!(refused(&document, Some("Twice")));
    }

    #[test]
    fn each_fragment_is_counted_once() {
        let mut document = "mutation { ...F0 }".to_owned();
        for n in 0..99 {
            document.push_str(&format!(" fragment F{n} on Mutation {{ ...F{0} ...F{0} }}", n + 1));
        }
        document.push_str(" fragment F99 on Mutation { sessionCreate(input: {}) { userErrors { code } } }");
        assert!(refused(&document, None));
    }
}
