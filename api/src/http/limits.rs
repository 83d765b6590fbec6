//! What a request may cost before anything is executed.

use std::time::Duration;

use async_graphql::parser::{parse_query, types::ExecutableDocument};

use super::{
    error::Refusal,
    lexical::shape,
    weigh::{DocumentWeight, WeighError, weigh},
};

/// Ceilings for one request. The defaults leave a hand-written screen of data plenty of room.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Longest body, in bytes (1 MiB).
    pub body_bytes: usize,
    /// Most tokens in a document's text (15 000), counted before parsing.
    pub tokens: usize,
    /// Deepest nesting of braces, brackets and parentheses in the text (64), counted before parsing.
    pub nesting: usize,
    /// Most selections with all fragments expanded (5 000), over all operations together.
    pub selections: u64,
    /// Most levels of fields (15); introspection counts as one.
    pub depth: u64,
    /// Most aliases in an operation, fragments expanded (50).
    pub aliases: u64,
    /// Most fields on an operation's first level, fragments expanded (25).
    pub root_fields: u64,
    /// Most directives in an operation, fragments expanded (100).
    pub directives: u64,
    /// Most nested lists within introspection (2, as in graphql-js); each multiplies the answer by the size of the schema.
    pub introspection_lists: u64,
    /// Longest time from the first byte of the body to the end of execution (30 s). Streams are bounded only
    /// until they begin.
    pub timeout: Duration,
    /// Most streams open at once in this process (1 000).
    pub subscriptions: usize,
    /// Pause after which a silent stream sends a comment, so that proxies keep it open (12 s).
    pub keep_alive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            tokens: 15_000,
            nesting: 64,
            selections: 5_000,
            depth: 15,
            aliases: 50,
            root_fields: 25,
            directives: 100,
            introspection_lists: 2,
            timeout: Duration::from_secs(30),
            subscriptions: 1_000,
            keep_alive: Duration::from_secs(12),
        }
    }
}

impl Limits {
    /// Parses a document once its text is known to be parsable in bounded time and stack, and holds the
    /// parsed form against the other ceilings.
    ///
    /// # Errors
    ///
    /// Refuses a document that exceeds a ceiling or does not parse.
    pub fn parse(&self, text: &str) -> Result<ExecutableDocument, Refusal> {
        let shape = shape(text);
        if shape.tokens > self.tokens {
            return Err(Refusal::TooManyTokens { found: shape.tokens, limit: self.tokens });
        }
        if shape.nesting > self.nesting {
            return Err(Refusal::NestedTooDeep { found: shape.nesting, limit: self.nesting });
        }
        let document = parse_query(text).map_err(|error| Refusal::Syntax {
            message: error.to_string(),
            positions: error.positions().collect(),
        })?;
        self.check(&document)?;
        Ok(document)
    }

    /// Holds a parsed document against the ceilings.
    ///
    /// # Errors
    ///
    /// Refuses a document that exceeds one, and fragments that form a cycle.
    pub fn check(&self, document: &ExecutableDocument) -> Result<(), Refusal> {
        let weight = weigh(document).map_err(|error| match error {
            WeighError::Cycle(name) => Refusal::FragmentCycle(name),
            WeighError::Chain => Refusal::FragmentChain,
        })?;
        self.exceeded_by(&weight).map_or(Ok(()), Err)
    }

    fn exceeded_by(&self, weight: &DocumentWeight) -> Option<Refusal> {
        let largest = &weight.largest;
        let size = weight.all.nodes.max(weight.largest_fragment);
        if let Some((found, limit)) = over(size, self.selections) {
            return Some(Refusal::QueryTooLarge { found, limit });
        }
        if let Some((found, limit)) = over(largest.depth, self.depth) {
            return Some(Refusal::QueryTooDeep { found, limit });
        }
        if let Some((found, limit)) = over(largest.aliases, self.aliases) {
            return Some(Refusal::TooManyAliases { found, limit });
        }
        if let Some((found, limit)) = over(largest.roots, self.root_fields) {
            return Some(Refusal::TooManyRootFields { found, limit });
        }
        if let Some((found, limit)) = over(largest.directives, self.directives) {
            return Some(Refusal::TooManyDirectives { found, limit });
        }
        let (found, limit) = over(largest.introspection, self.introspection_lists)?;
        Some(Refusal::IntrospectionTooDeep { found, limit })
    }
}

fn over(found: u64, limit: u64) -> Option<(u64, u64)> {
    (found > limit).then_some((found, limit))
}
