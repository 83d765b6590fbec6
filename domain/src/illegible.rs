//! Why a stored text cannot be read, without anything of what it says.
//!
//! A parser quotes the values that it stumbles over, and they may be somebody's. Errors about stored texts are kept, logged and
//! shown, so they are made of this: the kind of fault and its place, with which whoever may see the text finds it there.

use std::fmt;

use serde_json::error::Category;

/// What is wrong with a stored text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Illegible {
    fault: &'static str,
    field: Option<String>,
    line: usize,
    column: usize,
}

/// How the parser's messages begin, and what they mean.
const FAULTS: [(&str, &str); 7] = [
    ("invalid type", "a value is of another type than it should be"),
    ("invalid value", "a value is none of those it may be"),
    ("invalid length", "a list or an object has another length than it should have"),
    ("unknown variant", "a word is none of those it may be"),
    ("unknown field", "a field is unknown"),
    (MISSING, "a field is missing"),
    ("duplicate field", "a field stands there twice"),
];
const MISSING: &str = "missing field";

impl Illegible {
    /// What the parser said of this text. A missing field is named if its name stands nowhere in the text: then it cannot be
    /// a value of it.
    #[must_use]
    pub fn of(error: &serde_json::Error, text: &str) -> Self {
        let field = missing(&error.to_string()).filter(|field| !text.contains(field.as_str()));
        Self { field, ..Self::from(error) }
    }
}

/// The field that is missing, by the parser's message.
fn missing(message: &str) -> Option<String> {
    let (field, _) = message.strip_prefix(MISSING)?.strip_prefix(" `")?.split_once('`')?;
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    (!field.is_empty() && field.chars().all(plain)).then(|| field.to_owned())
}

/// Without the text at hand, no field is named.
impl From<&serde_json::Error> for Illegible {
    fn from(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let fault = match error.classify() {
            Category::Eof => "the text ends too early",
            Category::Syntax | Category::Io => "the text is no JSON",
            Category::Data => FAULTS
                .iter()
                .find(|(begin, _)| message.starts_with(begin))
                .map_or("a value is not what it should be", |(_, fault)| fault),
        };
        Self { fault, field: None, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for Illegible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault)?;
        if let Some(field) = &self.field {
            write!(f, " (`{field}`)")?;
        }
        // A value that was parsed before it was read has no lines.
        match self.line {
            0 => Ok(()),
            line => write!(f, ", at line {line}, column {}", self.column),
        }
    }
}

impl std::error::Error for Illegible {}
