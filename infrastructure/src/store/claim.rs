//! How claims are kept: by a digest of what they are.

use escalon_domain::{
    claim::{Claim, ClaimScope},
    organization::OrganizationId,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The organization that a claim is made in; the platform is ''.
pub(super) fn claim_organization(organization: OrganizationId, claim: &Claim) -> String {
    match claim.scope {
        ClaimScope::Organization => organization.to_string(),
        ClaimScope::Platform => String::new(),
    }
}

/// The key of a claim: the first half of the SHA-256 of its organization, kind and key, between unit separators.
pub(super) fn claim_id(organization: OrganizationId, claim: &Claim) -> Uuid {
    let organization = claim_organization(organization, claim);
    let mut digest = Sha256::new();
    for part in [&organization, "\u{1f}", claim.kind.as_str(), "\u{1f}", claim.key.as_str()] {
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(half)
}
