//! Time, ids, numbers and parked sequences.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use chrono::NaiveDate;
use escalon_application::ports::{Clock, EventStore, Ids, Numbers, Parked, Resumed, Sequences, StoreError};
use escalon_domain::{
    organization::OrganizationId,
    parked_sequence::{ParkedSequenceId, Skip},
    stamp::Timestamp,
};
use uuid::Uuid;

use crate::{Memory, now};

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        now()
    }
}

impl Ids for Memory {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(0x0190_0000_0000_7000, 1 + self.ids.fetch_add(1, Ordering::Relaxed))
    }
}

#[async_trait]
impl Numbers for Memory {
    async fn next(
        &self,
        organization: OrganizationId,
        _: &str,
        _: NaiveDate,
        unless: Option<Uuid>,
    ) -> Result<Option<u32>, StoreError> {
        let known = |command| self.command(organization, command);
        if let Some(command) = unless
            && known(command).await?.is_some()
        {
            return Ok(None);
        }
        Ok(Some(1 + self.numbers.fetch_add(1, Ordering::Relaxed)))
    }
}

#[async_trait]
impl Sequences for Memory {
    async fn list(&self, _: Option<OrganizationId>) -> Result<Vec<Parked>, StoreError> {
        self.kept().map(|_| Vec::new())
    }

    async fn find(&self, _: ParkedSequenceId) -> Result<Option<Parked>, StoreError> {
        self.kept().map(|_| None)
    }

    async fn resume(&self, _: ParkedSequenceId, _: Option<(Skip, i64)>) -> Result<Resumed, StoreError> {
        self.kept().map(|_| Resumed { taken: 0, skipped: 0, parked: false })
    }
}
