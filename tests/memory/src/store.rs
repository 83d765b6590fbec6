//! Events, claims and commands.

use async_trait::async_trait;
use escalon_application::ports::{
    Append, AppendError, Appended, CommandRecord, EventStore, Head, StoreError, StoredEvent, StreamKey,
    StreamPositions,
};
use escalon_domain::{
    claim::{Claim, ClaimChange, ClaimScope},
    organization::OrganizationId,
};
use escalon_proof::Hash;
use uuid::Uuid;

use crate::{Kept, Memory, away, now};

fn place(organization: OrganizationId, claim: &Claim) -> (Option<OrganizationId>, String, String) {
    let organization = (claim.scope == ClaimScope::Organization).then_some(organization);
    (organization, claim.kind.clone(), claim.key.clone())
}

impl Kept {
    fn claim(
        &mut self,
        organization: OrganizationId,
        stream: &StreamKey,
        change: &ClaimChange,
    ) -> Result<(), AppendError> {
        match change {
            ClaimChange::Take(claim) => match self.holders.get(&place(organization, claim)) {
                Some(holder) if *holder != stream.id => {
                    return Err(AppendError::ClaimTaken { claim: claim.clone(), holder: holder.clone() });
                }
                _ => _ = self.holders.insert(place(organization, claim), stream.id.clone()),
            },
            ClaimChange::Release(claim) => _ = self.holders.remove(&place(organization, claim)),
        }
        Ok(())
    }
}

#[async_trait]
impl EventStore for Memory {
    async fn load(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
        after: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = self.kept()?;
        let places = kept.streams.get(&stream.id).into_iter().flatten();
        let of = |event: &&StoredEvent| {
            event.metadata.organization == organization && event.stream == *stream && event.sequence > after
        };
        Ok(places.map(|place| &kept.events[*place]).filter(of).cloned().collect())
    }

    async fn positions(
        &self,
        organization: OrganizationId,
        stream: &StreamKey,
    ) -> Result<StreamPositions, StoreError> {
        let positions =
            self.load(organization, stream, 0).await?.iter().map(|event| event.insertion).collect();
        Ok(StreamPositions { positions, head: *self.head.borrow() })
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let mut kept = self.kept()?;
        if let Some(left) = &mut kept.left {
            *left = left.checked_sub(1).ok_or_else(away)?;
        }
        let Append { stream, metadata, .. } = append;
        let command = (metadata.organization, metadata.command);
        if append.input.is_some() && kept.commands.contains_key(&command) {
            return Err(AppendError::AlreadyDone);
        }
        let mut version = kept.streams.get(&stream.id).map_or(0, Vec::len) as u64;
        if version != append.after.version {
            return Err(AppendError::VersionConflict { actual: version });
        }
        append.claims.iter().try_for_each(|change| kept.claim(metadata.organization, &stream, change))?;
        for event in append.events {
            version += 1;
            let place = kept.events.len();
            kept.streams.entry(stream.id.clone()).or_default().push(place);
            kept.events.push(StoredEvent {
                stream: stream.clone(),
                sequence: version,
                name: event.name,
                version: event.version,
                payload: event.payload,
                metadata: metadata.clone(),
                recorded_at: now(),
                insertion: place as i64 + 1,
                hash: Hash::ZERO,
            });
        }
        let insertion = kept.events.len() as i64;
        if let Some(input) = append.input {
            kept.commands.insert(command, CommandRecord { input, stream, version, insertion });
        }
        self.head.send_replace(insertion);
        Ok(Appended { head: Head { version, hash: Hash::ZERO }, insertion })
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: Uuid,
    ) -> Result<Option<CommandRecord>, StoreError> {
        Ok(self.kept()?.commands.get(&(organization, command)).cloned())
    }

    async fn holder(
        &self,
        organization: OrganizationId,
        claim: &Claim,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.kept()?.holders.get(&place(organization, claim)).cloned())
    }
}
