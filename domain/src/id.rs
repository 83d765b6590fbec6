//! Typed identifiers: a UUID that knows what it names, written as a [TypeID](https://github.com/jetify-com/typeid/tree/main/spec)
//! (`ticket_01h455vb4pex5vsknk084sn02q`: prefix, underscore, the UUID in 26 Crockford base-32 digits).

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What an [`Id`] can name.
pub trait Named {
    /// The prefix of its ids, lower-case letters and underscores; also the stream type of an aggregate.
    const PREFIX: &'static str;
}

/// The identifier of a `T`.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// A text that is not an id of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{found}” is not the id of a {expected}; such ids look like {expected}_01h455vb4pex5vsknk084sn02q")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub expected: &'static str,
    /// What was given, cut to 80 characters.
    pub found: String,
}

impl<T> Id<T> {
    /// The id with this UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The id of another kind of thing with the same UUID, for example a member's subject.
    #[must_use]
    pub const fn cast<U>(self) -> Id<U> {
        Id::from_uuid(self.0)
    }

    /// An id that follows from a name: the same name under the same parent always gives the same id (UUIDv5).
    #[must_use]
    pub fn derived<P>(parent: Id<P>, name: &str) -> Self {
        Self::from_uuid(Uuid::new_v5(&parent.0, name.as_bytes()))
    }
}

impl<T: Named> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.as_u128();
        let mut text = [0_u8; LENGTH];
        for (place, digit) in text.iter_mut().rev().enumerate() {
            *digit = DIGITS[(number >> (5 * place) & 31) as usize];
        }
        f.write_str(T::PREFIX)?;
        f.write_str("_")?;
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl<T: Named> FromStr for Id<T> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { expected: T::PREFIX, found: text.chars().take(80).collect() };
        let digits = text.strip_prefix(T::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        digits.and_then(decode).map(Self::from_uuid).ok_or_else(invalid)
    }
}

/// The UUID in the id of anything; none when the text is no id.
#[must_use]
pub fn uuid_in(text: &str) -> Option<Uuid> {
    text.rsplit_once('_').and_then(|(_, digits)| decode(digits))
}

/// What each byte is worth as a digit; 255 is none.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        values[DIGITS[value] as usize] = value as u8;
        value += 1;
    }
    values
};

fn decode(digits: &str) -> Option<Uuid> {
    // 26 digits carry 130 bits: the first may not exceed 7.
    if digits.len() != LENGTH || digits.as_bytes()[0] > b'7' {
        return None;
    }
    let number = digits.bytes().try_fold(0_u128, |number, byte| {
        let value = VALUES[byte as usize];
        (value != u8::MAX).then(|| number << 5 | u128::from(value))
    });
    number.map(Uuid::from_u128)
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T: Named> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<T: Named> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T: Named> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
