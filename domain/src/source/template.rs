//! Places in JSON, and texts made of what stands there.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

const LONGEST: usize = 1_000;

/// A text that is no pointer or template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” cannot be read: {1}; write a place in the payload as a JSON pointer (RFC 6901), such as /alert/labels/host, \
     and a text with such places in braces: {{/host}} is down"
)]
pub struct InvalidTemplate(String, &'static str);

/// A place in JSON, as [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901) writes it; the empty one is the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(String);

impl Pointer {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands there; none where nothing does, or null.
    #[must_use]
    pub fn find<'v>(&self, payload: &'v serde_json::Value) -> Option<&'v serde_json::Value> {
        payload.pointer(&self.0).filter(|value| !value.is_null())
    }
}

impl FromStr for Pointer {
    type Err = InvalidTemplate;

    fn from_str(text: &str) -> Result<Self, InvalidTemplate> {
        let invalid = |why| Err(InvalidTemplate(text.chars().take(80).collect(), why));
        if !text.is_empty() && !text.starts_with('/') {
            return invalid("a place begins with “/”");
        }
        if text.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
            return invalid("“~” stands for itself as “~0”, and “/” as “~1”");
        }
        if text.chars().count() > LONGEST {
            return invalid("it has more than 1,000 characters");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A text with places in it: `{/host} is down`. `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Pointer),
}

impl Template {
    /// The text, filled from a payload. Texts stand as they are, everything else as JSON.
    ///
    /// # Errors
    /// The first place where nothing stands.
    pub fn fill(&self, payload: &serde_json::Value) -> Result<String, Pointer> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(place) => match place.find(payload).ok_or_else(|| place.clone())? {
                    serde_json::Value::String(text) => filled.push_str(text),
                    other => filled.push_str(&other.to_string()),
                },
            }
        }
        Ok(filled)
    }

    /// Whether it says anything that differs from payload to payload.
    #[must_use]
    pub fn has_places(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Place(_)))
    }
}

impl FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(text: &str) -> Result<Self, InvalidTemplate> {
        let invalid = |why| InvalidTemplate(text.chars().take(80).collect(), why);
        if text.chars().count() > LONGEST {
            return Err(invalid("it has more than 1,000 characters"));
        }
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(place) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(place);
            plain.push_str(before);
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let inside =
                brace.strip_prefix('{').ok_or_else(|| invalid("a brace is closed that was not opened"))?;
            let (pointer, after) =
                inside.split_once('}').ok_or_else(|| invalid("a brace is opened and not closed"))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Place(pointer.parse()?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { text: text.to_owned(), parts })
    }
}

macro_rules! as_text {
    ($($type:ident: $self:ident => $text:expr),+) => { $(
        impl TryFrom<String> for $type {
            type Error = InvalidTemplate;

            fn try_from(text: String) -> Result<Self, InvalidTemplate> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from($self: $type) -> Self {
                $text
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $self = self.clone();
                f.write_str(&$text)
            }
        }
    )+ };
}
as_text!(Pointer: pointer => pointer.0, Template: template => template.text);
