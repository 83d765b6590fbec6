//! The id that ties a response, its log lines and the caller's own trace together.

use std::fmt;

use http::HeaderMap;

/// A W3C trace id: 32 lower-case hexadecimal digits, never all zero.
///
/// Resolvers find it in the request data; every response carries it as `x-trace-id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

impl TraceId {
    /// A new random id.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random::<u128>().max(1))
    }

    /// The id of the request's `traceparent` when that header is valid, else a random one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        headers
            .get("traceparent")
            .and_then(|value| value.to_str().ok())
            .and_then(Self::from_traceparent)
            .unwrap_or_else(Self::random)
    }

    /// Reads a `traceparent` value by the rules of <https://www.w3.org/TR/trace-context/>.
    #[must_use]
    pub fn from_traceparent(value: &str) -> Option<Self> {
        let mut parts = value.trim().split('-');
        let version = hex(parts.next()?, 2)?;
        let trace = hex(parts.next()?, 32)?;
        let parent = hex(parts.next()?, 16)?;
        let _flags = hex(parts.next()?, 2)?;
        let longer = parts.next().is_some();
        let valid = version != 0xff && trace != 0 && parent != 0 && !(version == 0 && longer);
        valid.then_some(Self(trace))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

fn hex(text: &str, length: usize) -> Option<u128> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == length && text.bytes().all(digit)).then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::TraceId;

    #[test]
    fn takes_a_valid_traceparent() {
        let id = TraceId::from_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(id.map(|id| id.to_string()).as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
    }

    #[test]
    fn refuses_what_the_specification_refuses() {
        for value in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(TraceId::from_traceparent(value), None, "{value}");
        }
    }
}
