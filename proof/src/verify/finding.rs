//! What can be wrong, and where.

use std::{fmt, ops::RangeInclusive};

use crate::{Hash, export::InvalidLine, note::Untrusted, tree::NotConsistent};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which line of the file, from 1.
    pub line: u64,
    /// With which event, if it is about one.
    pub event: Option<Place>,
    /// What.
    pub fault: Fault,
}

/// Where an event stands, by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its place in the one order of all events.
    pub position: i64,
    /// The id of its stream.
    pub stream: String,
    /// Its place in the stream.
    pub sequence: u64,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is another kind of file.
    #[error(
        "this is neither an exported history nor a proof; `escalon audit export` and `escalon audit prove` write them"
    )]
    NotOurs,
    /// The format is newer, or none.
    #[error(
        "the format “{found}” is not one that this version knows; verify it with the version that wrote it"
    )]
    UnknownFormat {
        /// What was found.
        found: String,
    },
    /// The first line is not the header.
    #[error("the header line is missing")]
    NoHeader,
    /// Header and tree do not belong to each other.
    #[error("the organization {organization} has the tree escalon/{organization}, not {origin}")]
    Header {
        /// Whose history it says it is.
        organization: String,
        /// Which tree it says it is.
        origin: String,
    },
    /// The line is not as it was written.
    #[error("the line was changed: {0}")]
    Line(#[from] InvalidLine),
    /// The last line has no end.
    #[error("the line is cut off")]
    Cut,
    /// There is more than there should be.
    #[error("this line does not belong here; a proof has one line")]
    Surplus,
    /// Content and hash do not fit, and the hash is right.
    #[error(
        "the event was changed: its stream, sequence, name, version, payload or metadata are not those that were hashed"
    )]
    Content,
    /// Content and hash do not fit, and the content is right.
    #[error("the hash was changed: the content of the event is as it was stored")]
    Hash,
    /// The leaf does not fit.
    #[error("position, recorded_at or leaf were changed: they do not fit the hash of the event")]
    Leaf,
    /// Nothing fits.
    #[error("the event was changed or put in: neither its content nor its leaf fits its hash")]
    Event,
    /// The chain has another predecessor.
    #[error("the chain is broken: the event does not follow from the one before it in its stream")]
    Chain,
    /// Leaves are missing before this line.
    #[error("{} missing before this line: {}", events(.0), numbers(.0))]
    Missing(RangeInclusive<u64>),
    /// The line is not in its place.
    #[error(
        "the event is not in its place: it has number {found} where {expected} is expected; it was moved here or is here twice"
    )]
    Misplaced {
        /// Its number.
        found: u64,
        /// The expected one.
        expected: u64,
    },
    /// Positions do not rise.
    #[error("the position is not higher than {before}, that of the event before it: the order was changed")]
    Order {
        /// The position before.
        before: i64,
    },
    /// A stream has a gap.
    #[error("of its stream, sequence {} missing before this line", gap(.0))]
    StreamGap(RangeInclusive<u64>),
    /// A stream goes back.
    #[error("its stream had reached sequence {reached} before: the event was moved here, or put in")]
    StreamRepeats {
        /// How far it was.
        reached: u64,
    },
    /// The metadata name another organization.
    #[error("the event's metadata do not say that it belongs to {organization}")]
    Organization {
        /// Whose history this is.
        organization: String,
    },
    /// The time differs from the metadata.
    #[error("occurred_at was changed: the metadata of the event say something else")]
    OccurredAt,
    /// The text is not a checkpoint.
    #[error("the checkpoint was changed: it is not a signed checkpoint any more")]
    NotACheckpoint,
    /// The signature is not good.
    #[error("the checkpoint cannot be trusted: {0}")]
    Signature(#[from] Untrusted),
    /// There are further signatures, which nobody vouches for.
    #[error("the checkpoint has a signature that is not by a given key")]
    ForeignSignature,
    /// The checkpoint is of another tree.
    #[error("the checkpoint is for another tree, {found}, and not for {expected}")]
    OtherTree {
        /// The tree it is for.
        found: String,
        /// The tree of this file.
        expected: String,
    },
    /// The checkpoint is of another size.
    #[error("the checkpoint covers {size} events and {found} are before it")]
    Size {
        /// How many it covers.
        size: u64,
        /// How many there are.
        found: u64,
    },
    /// The checkpoint's root is another.
    #[error("the {size} events before this line are not those that were signed: their root is {found}, the signed one {signed}{}", since(.agreed))]
    Root {
        /// How many events.
        size: u64,
        /// Their root.
        found: Hash,
        /// The signed one.
        signed: Hash,
        /// The size of the last checkpoint that agrees.
        agreed: Option<u64>,
    },
    /// A checkpoint that was kept elsewhere has another root.
    #[error("the first {size} events are not those of the checkpoint that was kept elsewhere: their root is {found}, the kept one {kept}{}", since(.agreed))]
    Kept {
        /// How many events.
        size: u64,
        /// Their root.
        found: Hash,
        /// The kept one.
        kept: Hash,
        /// The size of the last kept checkpoint that agrees.
        agreed: Option<u64>,
    },
    /// A checkpoint that was kept elsewhere covers more.
    #[error(
        "the file ends with {found} events, and a checkpoint that was kept elsewhere covers {size}: events were removed at the end, or the file is older; export again to see"
    )]
    Older {
        /// How many events the kept checkpoint covers.
        size: u64,
        /// How many there are.
        found: u64,
    },
    /// No kept checkpoint is of this tree.
    #[error("none of the checkpoints that were kept elsewhere is for {origin}")]
    NoneKept {
        /// The tree of this file.
        origin: String,
    },
    /// The end is missing.
    #[error("the file is cut off: its last line is not a checkpoint over all events")]
    NoCheckpoint,
    /// The header counts otherwise.
    #[error("the header counts {expected} {what}, and there are {found}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// By the header.
        expected: u64,
        /// In the file.
        found: u64,
    },
    /// The proof does not lead to the root.
    #[error("the proof does not lead from the event to the signed root: hashes or number were changed")]
    Inclusion,
    /// The proof does not join the checkpoints.
    #[error("the proof does not join the two checkpoints: {0}")]
    Consistency(#[from] NotConsistent),
}

fn events(range: &RangeInclusive<u64>) -> &'static str {
    if range.start() == range.end() { "an event is" } else { "events are" }
}

fn numbers(range: &RangeInclusive<u64>) -> String {
    if range.start() == range.end() {
        format!("number {}", range.start())
    } else {
        format!("numbers {} to {}", range.start(), range.end())
    }
}

fn gap(range: &RangeInclusive<u64>) -> String {
    if range.start() == range.end() {
        format!("{} is", range.start())
    } else {
        format!("{} to {} are", range.start(), range.end())
    }
}

fn since(agreed: &Option<u64>) -> String {
    agreed.map_or_else(String::new, |size| format!("; the first {size} are, so look among those after them"))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(Place { position, stream, sequence }) = &self.event {
            write!(f, " (position {position}, {stream}, sequence {sequence})")?;
        }
        write!(f, ": {}", self.fault)
    }
}
