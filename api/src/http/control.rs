//! Control characters: nobody means them in a text, PostgreSQL cannot keep U+0000, and on a terminal they do things.

use serde_json::{Map, Value};

/// Whether the variables or the document's literals hold control characters other than tab and line ends.
pub(super) fn has_controls(query: &str, variables: &Map<String, Value>) -> bool {
    query.chars().any(is_control) || has_escaped(query) || in_fields(variables)
}

const fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn in_value(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().any(is_control),
        Value::Array(items) => items.iter().any(in_value),
        Value::Object(fields) => in_fields(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn in_fields(fields: &Map<String, Value>) -> bool {
    fields.iter().any(|(name, item)| name.chars().any(is_control) || in_value(item))
}

/// The same written as `\u0000` in a literal.
fn has_escaped(query: &str) -> bool {
    query.match_indices("\\u").any(|(place, _)| {
        let digits = query.get(place + 2..place + 6);
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.and_then(char::from_u32).is_some_and(is_control)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::has_controls;

    #[test]
    fn control_characters_are_found_wherever_they_hide() {
        let variables = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
        let none = variables(json!({ "a": ["line\nline\ttab", { "b": "naïve ✔" }] }));
        assert!(!has_controls("{ a(b: \"\\u00e9 \\n\") }", &none));
        assert!(has_controls("{ a(b: \"\\u0000\") }", &none));
        assert!(has_controls("{ a(b: \"\\u001B[31m\") }", &none));
        for bad in [json!({ "a": "x\u{0}" }), json!({ "a": [{ "b": "\u{1b}[31m" }] }), json!({ "a\u{7}": 1 })]
        {
            assert!(has_controls("{ a }", &variables(bad)));
        }
    }
}
