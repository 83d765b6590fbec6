//! Facts that decisions need and the domain may not fetch: time, ids, numbers, and who else is there.

use async_trait::async_trait;
use chrono::NaiveDate;
use escalon_domain::{
    access::{Permission, RoleId},
    member::MemberId,
    organization::OrganizationId,
    stamp::Timestamp,
};
use uuid::Uuid;

use super::StoreError;

/// The only reader of the time.
pub trait Clock: Send + Sync {
    /// The present moment, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// The only source of new ids.
pub trait Ids: Send + Sync {
    /// A new UUIDv7.
    fn uuid(&self) -> Uuid;
}

/// Daily sequences for ticket numbers.
#[async_trait]
pub trait Numbers: Send + Sync {
    /// The next number of this prefix and day, from 1; none, and none is drawn, when a command with this id is known. A number
    /// may stay unused, and is never given twice.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn next(
        &self,
        organization: OrganizationId,
        prefix: &str,
        day: NaiveDate,
        unless: Option<Uuid>,
    ) -> Result<Option<u32>, StoreError>;
}

/// What is about to be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// A member.
    Member(MemberId),
    /// A role.
    Role(RoleId),
}

/// What read models know about members.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Whether, without this, some active member has the permission by a role of this level or a higher one.
    ///
    /// # Errors
    /// The database cannot be reached.
    async fn somebody_has(
        &self,
        organization: OrganizationId,
        permission: Permission,
        level: u8,
        without: Without,
    ) -> Result<bool, StoreError>;
}
