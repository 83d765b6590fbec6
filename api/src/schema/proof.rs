//! Proofs that history is as it was stored, for whoever checks them with `escalon audit verify` or by their own means.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use escalon_application::ports::StreamKey;
use escalon_projections::Which;
use escalon_proof::{checkpoint::SignedCheckpoint, export::write};

use super::{
    context::call,
    error::{bad_input, read_error},
    scalars::Position,
};

/// The signed size and root of the Merkle tree over an organization's events (C2SP tlog-checkpoint).
#[derive(SimpleObject)]
pub(super) struct AuditCheckpoint {
    /// The name of the tree.
    origin: String,
    /// How many events it covers.
    size: u64,
    /// The root over them, in hexadecimal digits.
    root: String,
    /// All of it as a signed note. Keep it elsewhere: later it shows whether anything was changed.
    note: String,
}

impl From<&SignedCheckpoint> for AuditCheckpoint {
    fn from(signed: &SignedCheckpoint) -> Self {
        let checkpoint = signed.unverified();
        Self {
            origin: checkpoint.origin.clone(),
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            note: signed.to_string(),
        }
    }
}

/// A proof that an event is in the organization's history.
#[derive(SimpleObject)]
pub(super) struct EventProof {
    /// The event's place in the one order of all events.
    position: Position,
    /// The number of its leaf, from 0.
    index: u64,
    /// Its hash in the tree.
    leaf: String,
    /// What joins the leaf to the root, from the leaf upward.
    hashes: Vec<String>,
    /// The checkpoint with that root.
    checkpoint: AuditCheckpoint,
    /// All of it, with the event as it is stored, as the file that `escalon audit verify` accepts.
    document: String,
}

/// A proof that the history goes on from an older checkpoint.
#[derive(SimpleObject)]
pub(super) struct ConsistencyProof {
    /// The older checkpoint.
    from: AuditCheckpoint,
    /// The newer one.
    to: AuditCheckpoint,
    /// What joins their roots.
    hashes: Vec<String>,
    /// All of it as the file that `escalon audit verify` accepts.
    document: String,
}

fn note(text: &str) -> Result<AuditCheckpoint> {
    Ok((&text.parse::<SignedCheckpoint>()?).into())
}

/// A document as a file: one line.
fn file(document: &impl serde::Serialize) -> Result<String> {
    Ok(write(document)? + "\n")
}

#[derive(Default)]
pub(super) struct ProofQuery;

#[Object]
impl ProofQuery {
    /// The last signed checkpoint of the organization's history; null before the first. Needs the permission `audit.view`.
    async fn audit_checkpoint(&self, ctx: &Context<'_>) -> Result<Option<AuditCheckpoint>> {
        let call = call(ctx)?;
        let checkpoint = call.reads.checkpoint(&call.scope()).await.map_err(read_error)?;
        Ok(checkpoint.as_ref().map(AuditCheckpoint::from))
    }

    /// The proof for one event: by its position, or by the id of what it happened to and the version after it. Null when
    /// there is no such event. Needs the permission `audit.view`.
    async fn event_proof(
        &self,
        ctx: &Context<'_>,
        position: Option<Position>,
        stream: Option<ID>,
        version: Option<u64>,
    ) -> Result<Option<EventProof>> {
        let call = call(ctx)?;
        let which = match (position, stream, version) {
            (Some(Position(position)), None, None) => Which::Position(position),
            (None, Some(stream), Some(version)) => Which::Sequence(StreamKey::of(&stream), version),
            _ => return Err(bad_input("give either position, or stream and version")),
        };
        let Some(proof) = call.reads.event_proof(&call.scope(), &which).await.map_err(read_error)? else {
            return Ok(None);
        };
        Ok(Some(EventProof {
            position: Position(proof.event.position),
            index: proof.event.index,
            leaf: proof.event.leaf.to_string(),
            hashes: proof.hashes.iter().map(ToString::to_string).collect(),
            checkpoint: note(&proof.checkpoint)?,
            document: file(&proof)?,
        }))
    }

    /// The proof that the checkpoint over `to` events goes on from the checkpoint over `from` events. Needs the permission
    /// `audit.view`.
    async fn consistency_proof(&self, ctx: &Context<'_>, from: u64, to: u64) -> Result<ConsistencyProof> {
        let call = call(ctx)?;
        let proof = call.reads.consistency_proof(&call.scope(), from, to).await.map_err(read_error)?;
        Ok(ConsistencyProof {
            from: note(&proof.from)?,
            to: note(&proof.to)?,
            hashes: proof.hashes.iter().map(ToString::to_string).collect(),
            document: file(&proof)?,
        })
    }
}
