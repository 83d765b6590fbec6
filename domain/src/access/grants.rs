//! What a member's roles add up to.

use std::collections::BTreeSet;

use super::{Permission, Role};

/// The union of some roles: all their permissions, at the highest of their levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// The highest level (the smallest number) of the roles; 255 without any.
    pub level: u8,
    /// Everything the roles allow.
    pub permissions: BTreeSet<Permission>,
}

impl Grants {
    /// Nothing at all.
    #[must_use]
    pub const fn none() -> Self {
        Self { level: u8::MAX, permissions: BTreeSet::new() }
    }

    /// Everything, at the highest level: what the operator of the installation has.
    #[must_use]
    pub fn everything() -> Self {
        Self { level: 1, permissions: Permission::ALL.iter().copied().collect() }
    }

    /// What these roles add up to.
    pub fn of<'a>(roles: impl IntoIterator<Item = &'a Role>) -> Self {
        roles.into_iter().fold(Self::none(), |mut grants, role| {
            grants.level = grants.level.min(role.level);
            grants.permissions.extend(&role.permissions);
            grants
        })
    }

    /// Whether the permission is among them.
    #[must_use]
    pub fn allow(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Whether a thing of this level is at or below theirs.
    #[must_use]
    pub const fn reach(&self, level: u8) -> bool {
        self.level <= level
    }
}
