//! Looks at the brackets of a document before it is parsed. The parser limits how deep selections nest, but not values
//! and types. The code that walks them afterwards is recursive: 500 lists in one another exhaust the stack, which ends
//! the process.

/// Brackets in brackets, of all kinds. The deepest honest document (introspection) has about 20.
const DEEPEST: usize = 64;
/// Opening brackets in all. The reference client's largest document has about 80; 10,000 take 20 ms to parse.
const MOST: usize = 2_000;

/// Whether the brackets are no more, and nest no deeper, than the parser can bear. Strings and comments do not count.
pub fn check_nesting(document: &str) -> bool {
    let bytes = document.as_bytes();
    let (mut depth, mut opened, mut at) = (0_usize, 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                opened += 1;
                if depth > DEEPEST || opened > MOST {
                    return false;
                }
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => at += length_until(&bytes[at..], |rest| matches!(rest[0], b'\n' | b'\r')),
            b'"' if bytes[at..].starts_with(b"\"\"\"") => {
                at = end_of_block_string(bytes, at + 3);
                continue;
            }
            b'"' => {
                at = end_of_string(bytes, at + 1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    true
}

fn length_until(bytes: &[u8], found: impl Fn(&[u8]) -> bool) -> usize {
    (0..bytes.len()).find(|at| found(&bytes[*at..])).unwrap_or(bytes.len())
}

fn end_of_block_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    at
}

/// The end of a line closes it too: the rest is then counted, and the document is invalid anyway.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b'\n' | b'\r' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_of_all_kinds() {
        assert!(check_nesting(&"{a".repeat(64)));
        assert!(!check_nesting(&"{a".repeat(65)));
        assert!(!check_nesting(&format!("{{a(x:{}", "[{x:".repeat(40))));
    }

    #[test]
    fn brackets_are_counted_in_all() {
        assert!(check_nesting(&"{a}".repeat(2_000)));
        assert!(!check_nesting(&"{a}".repeat(2_001)));
    }

    #[test]
    fn brackets_in_text_do_not_count() {
        let open = "[".repeat(200);
        assert!(check_nesting(&format!("{{ a(x: \"{open}\") }}")));
        assert!(check_nesting(&format!("{{ a(x: \"\\\"{open}\") }}")));
        assert!(check_nesting(&format!("{{ a(x: \"\"\"{open} \\\"\"\" \" {open}\"\"\") }}")));
        assert!(check_nesting(&format!("{{ a # {open}\n }}")));
    }

    #[test]
    fn brackets_after_text_do_count() {
        let open = "[".repeat(65);
        for text in ["\"\"", "\"a\"", "\"\\\\\"", "\"\"\"a\"\"\"", "# \"\n", "\"a\n", "\"\"\"\"\"\""] {
            assert!(!check_nesting(&format!("{text}{open}")), "{text}");
        }
    }
}
