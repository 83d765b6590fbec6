//! Checkpoints and proofs of an organization's history, for those who may read it.

use std::time::Duration;

use escalon_application::ports::StreamKey;
use escalon_domain::access::Permission;
use escalon_infrastructure::{
    notary::ledger::{Ledger, ProofError},
    store_error,
};
use escalon_proof::{
    checkpoint::SignedCheckpoint,
    export::{ConsistencyProof, EventProof},
};
use tokio::time::{Instant, sleep};

use crate::{
    error::ReadError,
    read::{ReadModels, Scope},
};

/// How long to wait for the notary to sign what was just stored.
const PATIENCE: Duration = Duration::from_secs(8);

/// Which event.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one at this position.
    Position(i64),
    /// The one with this sequence in a stream.
    Sequence(StreamKey, u64),
}

impl ReadModels {
    fn ledger(&self, scope: &Scope) -> Result<(Ledger, String), ReadError> {
        scope.must(Permission::AuditView)?;
        Ok((Ledger::new(self.database().clone()), scope.organization.to_string()))
    }

    /// The last checkpoint that was signed; none before the first.
    ///
    /// # Errors
    /// Not permitted, or the database failed.
    pub async fn checkpoint(&self, scope: &Scope) -> Result<Option<SignedCheckpoint>, ReadError> {
        let (ledger, organization) = self.ledger(scope)?;
        Ok(ledger.latest(&organization).await?)
    }

    /// The proof that an event is in the organization's history; none when there is no such event. Waits a little for the
    /// notary when the event is new.
    ///
    /// # Errors
    /// Not permitted, not signed yet, the tree was changed, or the database failed.
    pub async fn event_proof(
        &self,
        scope: &Scope,
        which: &Which,
    ) -> Result<Option<EventProof<'static>>, ReadError> {
        let (ledger, organization) = self.ledger(scope)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let position = match which {
                Which::Position(position) => Some(*position),
                Which::Sequence(stream, sequence) => {
                    ledger.position(&organization, stream, *sequence).await?
                }
            };
            let proof = match position {
                Some(position) => ledger.prove(&organization, position).await,
                None if self.is_stored(&organization, which).await? => Err(ProofError::TooNew),
                None => Ok(None),
            };
            match proof {
                Err(ProofError::TooNew) if Instant::now() < deadline => {
                    sleep(Duration::from_millis(100)).await;
                }
                proof => return Ok(proof?),
            }
        }
    }

    /// Whether an event is stored, though it may have no position yet.
    async fn is_stored(&self, organization: &str, which: &Which) -> Result<bool, ReadError> {
        let Which::Sequence(stream, sequence) = which else { return Ok(false) };
        let stored = sqlx::query_scalar(
            "select exists (select 1 from escalon.events where aggregate_type = $1 and aggregate_id = $2
                and sequence = $3 and organization = $4)",
        )
        .bind(&stream.kind)
        .bind(&stream.id)
        .bind(i64::try_from(*sequence).unwrap_or(i64::MAX))
        .bind(organization)
        .fetch_one(&self.database().engine)
        .await;
        Ok(stored.map_err(store_error("looking up an event"))?)
    }

    /// The proof that the checkpoint of one size goes on from the checkpoint of a smaller size.
    ///
    /// # Errors
    /// Not permitted, no checkpoints of these sizes, the tree was changed, or the database failed.
    pub async fn consistency_proof(
        &self,
        scope: &Scope,
        from: u64,
        to: u64,
    ) -> Result<ConsistencyProof, ReadError> {
        let (ledger, organization) = self.ledger(scope)?;
        Ok(ledger.consistency(&organization, from, to).await?)
    }
}
