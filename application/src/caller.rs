//! Who calls a use case, for which organization, and what they may do.

use escalon_domain::{
    access::{Grants, Permission},
    member::MemberId,
    organization::OrganizationId,
    stamp::{Actor, Timestamp},
};
use uuid::Uuid;

use crate::failure::Failure;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The organization they act in; nothing else can be reached.
    pub organization: OrganizationId,
    /// Who acts.
    pub actor: Actor,
    /// What their roles add up to.
    pub grants: Grants,
    /// Where the call comes from: `graphql`, `cli`, `import:servicenow` …
    pub source: String,
    /// What everything that follows from this call shares.
    pub correlation: Uuid,
    /// When it happened, if not now: only importers set it.
    pub at: Option<Timestamp>,
}

impl Caller {
    /// The operator of the installation, who may do everything in an organization.
    #[must_use]
    pub fn operator(organization: OrganizationId, source: &str, correlation: Uuid) -> Self {
        Self {
            organization,
            actor: Actor::system("operator"),
            grants: Grants::everything(),
            source: source.to_owned(),
            correlation,
            at: None,
        }
    }

    /// The same authority, recording what another actor did at another time; for importers.
    #[must_use]
    pub fn recording(&self, actor: Actor, at: Timestamp) -> Self {
        Self { actor, at: Some(at), ..self.clone() }
    }

    /// The first line of every use case.
    ///
    /// # Errors
    /// The caller's roles do not have the permission.
    pub fn must(&self, permission: Permission) -> Result<(), Failure> {
        if self.grants.allow(permission) { Ok(()) } else { Err(Failure::NotPermitted { permission }) }
    }

    /// The same where either of some permissions is enough.
    ///
    /// # Errors
    /// The caller's roles have none of them.
    pub fn must_any(&self, permissions: [Permission; 2]) -> Result<(), Failure> {
        if permissions.iter().any(|permission| self.grants.allow(*permission)) {
            return Ok(());
        }
        Err(Failure::NotPermitted { permission: permissions[0] })
    }

    /// The member who calls, if it is one.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        self.actor.member()
    }
}
