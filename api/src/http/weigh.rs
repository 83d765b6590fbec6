//! How large a document is once its fragments are written out, without writing them out.
//!
//! A fragment is weighed once and remembered, and sums saturate, so a document of a few hundred bytes that
//! stands for billions of fields is weighed in microseconds.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use thiserror::Error;

/// Longest chain of fragments that spread each other.
///
/// async-graphql's own validators recurse along such chains; its ceiling is the same.
pub const MAX_FRAGMENT_CHAIN: u64 = 32;

/// The introspection fields that return lists: nesting them multiplies the answer.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// What a selection set amounts to with every fragment expanded. All sums saturate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// Fields, fragment spreads and inline fragments.
    pub nodes: u64,
    /// Levels of fields; everything below `__schema` and `__type` counts as none.
    pub depth: u64,
    /// Fields under another name.
    pub aliases: u64,
    /// Directives, wherever they stand.
    pub directives: u64,
    /// Fields on the first level.
    pub roots: u64,
    /// Nested list fields below `__schema` or `__type`.
    pub introspection: u64,
    /// Nested list fields of introspection by name, wherever they stand.
    lists: u64,
    /// Fragments that spread each other.
    chain: u64,
}

impl Weight {
    /// Two selections side by side.
    pub(super) fn beside(self, other: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(other.nodes),
            depth: self.depth.max(other.depth),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            roots: self.roots.saturating_add(other.roots),
            introspection: self.introspection.max(other.introspection),
            lists: self.lists.max(other.lists),
            chain: self.chain.max(other.chain),
        }
    }

    fn with(self, nodes: u64, directives: usize) -> Self {
        Self {
            nodes: self.nodes.saturating_add(nodes),
            directives: self.directives.saturating_add(directives as u64),
            ..self
        }
    }

    fn under(self, field: &Field) -> Self {
        let name = field.name.node.as_str();
        let introspects = matches!(name, "__schema" | "__type");
        let below = self.with(1, field.directives.len());
        Self {
            depth: if introspects { 1 } else { self.depth.saturating_add(1) },
            aliases: self.aliases.saturating_add(u64::from(field.alias.is_some())),
            roots: 1,
            introspection: if introspects { self.introspection.max(self.lists) } else { self.introspection },
            lists: self.lists.saturating_add(u64::from(INTROSPECTION_LISTS.contains(&name))),
            ..below
        }
    }
}

/// The weights of a whole document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DocumentWeight {
    /// All operations side by side, for sizes: validation walks them all, whichever one runs.
    pub all: Weight,
    /// The largest of each figure over single operations.
    pub largest: Weight,
    /// The expanded size of the largest fragment, used or not.
    pub largest_fragment: u64,
}

/// Why a document has no weight.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WeighError {
    /// A fragment spreads itself, directly or through others.
    #[error("fragment {0} spreads itself")]
    Cycle(String),
    /// Fragments spread each other further than [`MAX_FRAGMENT_CHAIN`].
    #[error("fragments spread each other more than {MAX_FRAGMENT_CHAIN} deep")]
    Chain,
}

/// Weighs every operation and every fragment of a document, in time linear to its text.
///
/// # Errors
///
/// Fails on a cycle of fragments and on a chain that is too long.
pub fn weigh(document: &ExecutableDocument) -> Result<DocumentWeight, WeighError> {
    let mut scale = Scale { document, known: HashMap::new(), open: Vec::new() };
    let mut total = DocumentWeight::default();
    for (_, operation) in document.operations.iter() {
        let weight = scale.set(&operation.node.selection_set.node)?.with(0, operation.node.directives.len());
        total.all = total.all.beside(weight);
        total.largest = larger(total.largest, weight);
    }
    for name in document.fragments.keys() {
        total.largest_fragment = total.largest_fragment.max(scale.fragment(name)?.nodes);
    }
    Ok(total)
}

fn larger(a: Weight, b: Weight) -> Weight {
    Weight {
        nodes: a.nodes.max(b.nodes),
        aliases: a.aliases.max(b.aliases),
        directives: a.directives.max(b.directives),
        roots: a.roots.max(b.roots),
        ..a.beside(b)
    }
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    known: HashMap<&'a str, Weight>,
    open: Vec<&'a str>,
}

impl<'a> Scale<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Weight, WeighError> {
        set.items.iter().try_fold(Weight::default(), |sum, item| Ok(sum.beside(self.selection(&item.node)?)))
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Weight, WeighError> {
        match selection {
            Selection::Field(field) => Ok(self.set(&field.node.selection_set.node)?.under(&field.node)),
            Selection::InlineFragment(inline) => {
                Ok(self.set(&inline.node.selection_set.node)?.with(1, inline.node.directives.len()))
            }
            Selection::FragmentSpread(spread) => Ok(self
                .fragment(spread.node.fragment_name.node.as_str())?
                .with(1, spread.node.directives.len())),
        }
    }

    /// An unknown fragment weighs nothing: validation names it.
    fn fragment(&mut self, name: &str) -> Result<Weight, WeighError> {
        if let Some(weight) = self.known.get(name) {
            return Ok(*weight);
        }
        let document: &'a ExecutableDocument = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else {
            return Ok(Weight::default());
        };
        let name = name.as_str();
        if self.open.contains(&name) {
            return Err(WeighError::Cycle(name.to_owned()));
        }
        if self.open.len() as u64 >= MAX_FRAGMENT_CHAIN {
            return Err(WeighError::Chain);
        }
        self.open.push(name);
        let inner = self.set(&fragment.node.selection_set.node)?;
        self.open.pop();
        let mut weight = inner.with(0, fragment.node.directives.len());
        weight.chain = weight.chain.saturating_add(1);
        if weight.chain > MAX_FRAGMENT_CHAIN {
            return Err(WeighError::Chain);
        }
        self.known.insert(name, weight);
        Ok(weight)
    }
}
