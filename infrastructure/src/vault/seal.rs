//! Where personal values stand in a payload, found in its text: no JSON is parsed, and what is restored is the exact text.
//!
//! `{"subject":"subject_…","value":` *value* `}` is sealed as `{"subject":"subject_…","sealed":"…"}`. These bytes cannot
//! stand inside a JSON string, where a quotation mark follows a backslash, so what is found is an object and never
//! somebody's words.

use std::{ops::Range, sync::LazyLock};

use escalon_domain::personal::SubjectId;
use memchr::{memchr2, memmem};

/// What begins every personal value.
const START: &str = r#"{"subject":"subject_"#;
/// Where the id begins in it.
const ID: usize = 12;
/// `subject_` and 26 digits.
const ID_LENGTH: usize = 34;
const VALUE: &str = r#"","value":"#;
const SEALED: &str = r#"","sealed":""#;

static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(START));

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The value of a personal value.
    Value,
    /// A whole object that looks as if it were sealed already. It must come back as it was.
    Lookalike,
}

/// A personal value in a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Whose it is.
    pub(super) subject: SubjectId,
    /// What is to be sealed, or was.
    pub(super) kind: Kind,
    /// The whole object.
    whole: Range<usize>,
    /// What is to be sealed, or the sealed text.
    content: Range<usize>,
}

/// Everything in a payload that is to be sealed, in order.
pub(super) fn bare(payload: &str) -> Vec<Place> {
    places(payload, |subject, start, after| {
        if let Some(value) = follows(payload, after, VALUE) {
            let end = value_end(payload.as_bytes(), value)?;
            follows(payload, end, "}").map(|whole| Place {
                subject,
                kind: Kind::Value,
                whole: start..whole,
                content: value..end,
            })
        } else {
            let (_, end) = sealed_text(payload, after)?;
            Some(Place { subject, kind: Kind::Lookalike, whole: start..end, content: start..end })
        }
    })
}

/// Everything in a payload that was sealed, in order.
pub(super) fn sealed(payload: &str) -> Vec<Place> {
    places(payload, |subject, start, after| {
        let (content, end) = sealed_text(payload, after)?;
        Some(Place { subject, kind: Kind::Value, whole: start..end, content })
    })
}

/// The payload with each place replaced by what `replace` writes for its content.
///
/// # Errors
/// The first that `replace` meets.
pub(super) fn rewritten<E>(
    payload: &str,
    places: &[Place],
    mut replace: impl FnMut(&Place, &str, &mut String) -> Result<(), E>,
) -> Result<String, E> {
    let mut text = String::with_capacity(payload.len() + 96 * places.len());
    let mut from = 0;
    for place in places {
        text.push_str(&payload[from..place.whole.start]);
        replace(place, &payload[place.content.clone()], &mut text)?;
        from = place.whole.end;
    }
    text.push_str(&payload[from..]);
    Ok(text)
}

impl Place {
    /// Writes the object up to the sealed text.
    pub(super) fn begin_sealed(&self, text: &mut String) {
        self.begin(text);
        text.push_str(SEALED);
    }

    /// Writes the object with its value.
    pub(super) fn write_value(&self, value: &str, text: &mut String) {
        self.begin(text);
        text.push_str(VALUE);
        text.push_str(value);
        text.push('}');
    }

    /// Writes what is left of a forgotten value.
    pub(super) fn write_forgotten(&self, text: &mut String) {
        self.begin(text);
        text.push_str("\"}");
    }

    fn begin(&self, text: &mut String) {
        text.push_str(&START[..ID]);
        text.push_str(&self.subject.to_string());
    }
}

/// The subject that a stored event says was forgotten, if it says so of one: whoever reads it must not use that key again.
pub(super) fn forgotten(payload: &str) -> Option<SubjectId> {
    let rest = payload.strip_prefix(r#"{"event":""#)?;
    let (name, rest) = rest.split_once('"')?;
    if !name.ends_with(".forgotten") {
        return None;
    }
    let (_, data) = rest.split_once(r#""data":{"subject":""#)?;
    data.get(..ID_LENGTH)?.parse().ok()
}

fn places(payload: &str, find: impl Fn(SubjectId, usize, usize) -> Option<Place>) -> Vec<Place> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(start) = FINDER.find(&payload.as_bytes()[from..]).map(|place| from + place) {
        let after = start + ID + ID_LENGTH;
        let subject = payload.get(start + ID..after).and_then(|id| id.parse().ok());
        match subject.and_then(|subject| find(subject, start, after)) {
            Some(place) => {
                from = place.whole.end;
                places.push(place);
            }
            None => from = start + START.len(),
        }
    }
    places
}

/// Where the text goes on after `expected`, if that stands there.
fn follows(payload: &str, place: usize, expected: &str) -> Option<usize> {
    payload.as_bytes()[place..].starts_with(expected.as_bytes()).then(|| place + expected.len())
}

/// The text of a sealed value and the end of its object.
fn sealed_text(payload: &str, after: usize) -> Option<(Range<usize>, usize)> {
    let start = follows(payload, after, SEALED)?;
    let end = string_end(payload.as_bytes(), start - 1)?;
    Some((start..end - 1, follows(payload, end, "}")?))
}

/// Where the JSON value ends that begins here.
fn value_end(text: &[u8], start: usize) -> Option<usize> {
    match text.get(start)? {
        b'"' => string_end(text, start),
        b'{' | b'[' => {
            let (mut depth, mut place) = (0_usize, start);
            loop {
                match text.get(place)? {
                    b'"' => {
                        place = string_end(text, place)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                place += 1;
                if depth == 0 {
                    return Some(place);
                }
            }
        }
        _ => {
            let length = text[start..].iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?;
            (length > 0).then_some(start + length)
        }
    }
}

/// Where the JSON string ends whose quotation mark stands here.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut place = start + 1;
    loop {
        place += memchr2(b'"', b'\\', text.get(place..)?)?;
        if text[place] == b'"' {
            return Some(place + 1);
        }
        place += 2;
    }
}

#[cfg(test)]
mod tests;
