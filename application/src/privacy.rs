//! Forgetting members and customers, and the certificates of it.
//!
//! That somebody was forgotten is an event, and in its transaction the store destroys their key: when the mutation answers,
//! nothing of theirs can be opened any more.

use std::sync::Arc;

use escalon_domain::{
    access::Permission,
    customer::{Customer, CustomerCommand, CustomerId},
    member::{Member, MemberCommand, MemberId, MemberStatus},
    organization::OrganizationId,
    personal::{Forgotten, SubjectId},
    stamp::{Actor, Timestamp},
};
use sha2::{Digest, Sha256};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment, key},
    failure::Failure,
    once::Once,
    ports::{Destroyed, StoreError, StoredEvent, Without},
};

impl Guarded for Customer {}

/// Which customer.
#[derive(Debug, Clone)]
pub enum WhichCustomer {
    /// By their subject.
    Subject(SubjectId),
    /// By what identifies them where they come from.
    Reference(String),
}

/// What proves that somebody was forgotten.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// The organization.
    pub organization: OrganizationId,
    /// The stream of the event: `member_…` or `customer_…`.
    pub stream: String,
    /// What the event says: who, why, and what was kept of them.
    pub forgotten: Forgotten,
    /// Who forgot them.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The event's hash in the chain of its stream.
    pub hash: String,
    /// What became of the key.
    pub destroyed: Destroyed,
    /// The SHA-256 digest of organization, stream, hash and key, by which two certificates are compared.
    pub digest: String,
}

impl Engine {
    /// Forgets a member: their key and password are destroyed, their address is free again, and they cannot act any more.
    /// The last administrator stays.
    ///
    /// # Errors
    /// Not permitted, not there, a member above the caller's level, the last administrator, or a reason that tells who it was.
    pub async fn forget_member(
        &self,
        caller: &Caller,
        member: MemberId,
        reason: String,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::PrivacyForget)?;
        let state = self.see(caller, member, Moment::Now).await?.state;
        let grants = self.grants_of(caller, &state).await?;
        let _turn = self.administration.lock().await;
        let administers = state.status == MemberStatus::Active && grants.allow(Permission::RoleGrant);
        let without = Without::Member(member);
        let another_administrator = !administers || self.administered(caller, grants.level, without).await?;
        let subject = member.cast();
        let held = self.ports.people.held(caller.organization, subject).await?;
        let (level, forgetter) = (grants.level, caller.grants.level);
        let forget = MemberCommand::Forget { subject, reason, held, level, forgetter, another_administrator };
        let done = self.change(caller, member, forget, once).await?;
        self.settle(caller, subject).await?;
        Ok(done)
    }

    /// Forgets a customer: their key is destroyed, and nothing leads from their reference to them any more. Who comes back
    /// with it is somebody new.
    ///
    /// # Errors
    /// Not permitted, not there, a subject that is a member, or a reason that tells who it was.
    pub async fn forget_customer(
        &self,
        caller: &Caller,
        which: WhichCustomer,
        reason: String,
        once: &Once,
    ) -> Result<Done<Customer>, Failure> {
        caller.must(Permission::PrivacyForget)?;
        // A repeated request would not find them by their reference any more.
        if let Some(first) = self.replay(caller, once).await? {
            return Ok(first);
        }
        let organization = caller.organization;
        let missing = |id: String| Failure::NotFound { what: "customer", id };
        let (subject, reference) = match which {
            WhichCustomer::Subject(subject) => (subject, None),
            WhichCustomer::Reference(reference) => {
                let found = self.ports.people.find(organization, &customer(&reference)).await?;
                let shown = || reference.chars().take(80).collect();
                (found.ok_or_else(|| missing(shown()))?, Some(reference))
            }
        };
        // The organization's own secret is kept like a person's key, and is not for forgetting.
        if subject == organization.cast() || !self.ports.people.is_known(organization, subject).await? {
            return Err(missing(subject.to_string()));
        }
        let member: MemberId = subject.cast();
        if self.load::<Member>(caller, member, Moment::Now).await?.1 > 0 {
            let message = format!("is the member {member}; forget them with memberForget");
            return Err(Failure::invalid(["subject"], message));
        }
        let held = self.ports.people.held(organization, subject).await?;
        let forget = CustomerCommand::Forget { subject, reason, held, reference };
        let done = self.change(caller, subject.cast(), forget, once).await?;
        self.settle(caller, subject).await?;
        Ok(done)
    }

    /// What proves that this person was forgotten.
    ///
    /// # Errors
    /// Not permitted, or nobody of this subject was forgotten here.
    pub async fn certificate(&self, caller: &Caller, subject: SubjectId) -> Result<Certificate, Failure> {
        caller.must_any([Permission::PrivacyForget, Permission::AuditView])?;
        let missing = || Failure::NotFound { what: "forgotten person", id: subject.to_string() };
        let (member, customer): (MemberId, CustomerId) = (subject.cast(), subject.cast());
        let organization = caller.organization;
        let destroyed = self.ports.people.destroyed(organization, subject).await?.ok_or_else(missing)?;
        let (state, _) = self.load::<Member>(caller, member, Moment::Now).await?;
        let (forgotten, stream) = match &state.forgotten {
            Some(forgotten) => (Some(forgotten.clone()), key(member)),
            None => {
                let (state, _): (Arc<Customer>, _) = self.load(caller, customer, Moment::Now).await?;
                (state.forgotten.clone(), key(customer))
            }
        };
        let forgotten = forgotten.ok_or_else(missing)?;
        let events = self.ports.store.load(organization, &stream, 0).await?;
        let event = events.iter().rev().find(|event| event.name.ends_with(".forgotten"));
        let event = event.ok_or_else(missing)?;
        Ok(Certificate::new(event, forgotten, destroyed))
    }

    /// The person that a customer's reference stands for.
    pub(crate) async fn customer(
        &self,
        organization: OrganizationId,
        reference: &str,
    ) -> Result<SubjectId, StoreError> {
        self.ports.people.person(organization, &customer(reference)).await
    }

    /// Drops what is kept in memory of somebody who was forgotten, and waits until the read models have done so, too.
    async fn settle(&self, caller: &Caller, subject: SubjectId) -> Result<(), StoreError> {
        self.cache.clear();
        let destroyed = self.ports.people.destroyed(caller.organization, subject).await?;
        if let Some(position) = destroyed.and_then(|destroyed| destroyed.position) {
            self.ports.people.settled(position).await?;
        }
        Ok(())
    }
}

impl Certificate {
    fn new(event: &StoredEvent, forgotten: Forgotten, destroyed: Destroyed) -> Self {
        let (organization, stream) = (event.metadata.organization, event.stream.id.clone());
        let hash = event.hash.to_string();
        let lines = [
            "escalon:forgetting:1".to_owned(),
            organization.to_string(),
            stream.clone(),
            hash.clone(),
            destroyed.key.clone().unwrap_or_default(),
        ];
        let digest = hex::encode(Sha256::digest(lines.join("\n")));
        let (by, at) = (event.metadata.actor.clone(), event.metadata.occurred_at);
        Self { organization, stream, forgotten, by, at, hash, destroyed, digest }
    }
}

/// What stands for a customer's reference among all references.
pub(crate) fn customer(reference: &str) -> String {
    format!("customer:{reference}")
}
