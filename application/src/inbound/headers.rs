//! The headers of a request.

use std::collections::BTreeMap;

/// The headers of a request, by their names in lower case.
#[derive(Debug, Clone, Default)]
pub struct Headers(BTreeMap<String, String>);

impl<N: AsRef<str>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(
            headers
                .into_iter()
                .map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into()))
                .collect(),
        )
    }
}

impl Headers {
    /// The header of this name, which is written in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The headers whose names begin so, without that beginning.
    pub(super) fn beginning<'h>(&'h self, start: &'h str) -> impl Iterator<Item = (&'h str, &'h str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, value.as_str())))
    }
}
