//! A look at the text before it is parsed.
//!
//! The parser recurses on nested braces, brackets and parentheses and has no bound of its own for values and
//! types: enough of them in a row would overflow the stack and end the process. One pass over the bytes
//! counts tokens and nesting first.

/// What one pass over a document's text finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Names, strings, punctuators and whole numbers; a number with a point counts as three.
    pub tokens: usize,
    /// Deepest nesting of `{`, `[` and `(`, together.
    pub nesting: usize,
}

/// Counts tokens and nesting. Strings and comments are skipped as the GraphQL grammar has them; text that
/// is no GraphQL gets some answer, and the parser refuses it afterwards.
#[must_use]
pub fn shape(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let mut shape = Shape::default();
    let mut open = 0usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => continue,
            b'#' => {
                at = after(bytes, at, |byte| byte == b'\n' || byte == b'\r');
                continue;
            }
            b'"' => at = after_string(bytes, at),
            b'{' | b'[' | b'(' => {
                open += 1;
                shape.nesting = shape.nesting.max(open);
            }
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'.' if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"..")) => at += 2,
            byte if is_word(byte) => at = after(bytes, at, |byte| !is_word(byte)),
            _ => {}
        }
        shape.tokens += 1;
    }
    shape
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+') || !byte.is_ascii()
}

/// The first index from `at` on whose byte satisfies `stop`, or the end.
fn after(bytes: &[u8], at: usize, stop: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| stop(*byte)).unwrap_or(rest.len())
}

/// The index behind the string whose first quote stands just before `at`.
fn after_string(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(b"\"\"") {
        return after_block_string(bytes, at + 2);
    }
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'"' | b'\n' | b'\r' => break,
            _ => {}
        }
    }
    at
}

fn after_block_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(br#"\""""#) {
            at += 4;
        } else if rest.starts_with(br#"""""#) {
            return at + 3;
        } else {
            at += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Shape, shape};

    #[test]
    fn counts_tokens_and_nesting() {
        assert_eq!(shape("{ a(b: [1, 2]) { c } }"), Shape { tokens: 14, nesting: 3 });
        assert_eq!(shape("{ ...a ... on B { c } }"), Shape { tokens: 10, nesting: 2 });
        assert_eq!(shape(""), Shape::default());
    }

    #[test]
    fn strings_and_comments_hide_brackets() {
        assert_eq!(shape("{ a(b: \"{[(\\\"{\") } # {{{{\n"), Shape { tokens: 8, nesting: 2 });
        assert_eq!(shape("{ a(b: \"\"\" {{ \\\"\"\" {{ \"\"\") }"), Shape { tokens: 8, nesting: 2 });
        assert_eq!(shape("\"\" {"), Shape { tokens: 2, nesting: 1 });
    }

    #[test]
    fn text_that_is_no_graphql_ends() {
        for text in ["\"", "\"\"\"", "\"\\", "#", "\"\"\"\\\"", "🏃🏊"] {
            let _ = shape(text);
        }
    }
}
