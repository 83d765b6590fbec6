//! Organizations: founding them and changing their settings.

use std::collections::BTreeSet;

use escalon_domain::{
    access::{Permission, Role},
    claim::Claim,
    organization::{Organization, OrganizationCommand, OrganizationId, Setting},
    slug::Slug,
    stamp::Actor,
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
};

impl Guarded for Organization {}

/// The short name of the role that every organization begins with.
pub const FIRST_ROLE: &str = "administrator";

impl Engine {
    /// Founds an organization with its first role, `administrator`, which may do everything. For operators.
    ///
    /// # Errors
    /// Wrong input, or a short name that is taken.
    pub async fn found_organization(
        &self,
        slug: Slug,
        name: String,
        source: &str,
    ) -> Result<Caller, Failure> {
        let id: OrganizationId = self.new_id();
        let caller = Caller::operator(id, source, self.ports.ids.uuid());
        self.create(&caller, id, OrganizationCommand::Found { slug, name }, &Once::default()).await?;
        let permissions: BTreeSet<_> = Permission::ALL.iter().copied().collect();
        let name = FIRST_ROLE.parse().map_err(|_| Failure::invalid(["name"], "is not a short name"))?;
        let role = Role { name, title: "Administrator".to_owned(), level: 1, permissions };
        self.define(&caller, role, &Once::default()).await?;
        Ok(caller)
    }

    /// The operator of an organization that is there, by its short name or id.
    ///
    /// # Errors
    /// There is no such organization.
    pub async fn operate(&self, organization: &str, source: &str) -> Result<Caller, Failure> {
        let id = self.find_organization(organization).await?;
        Ok(Caller::operator(id, source, self.ports.ids.uuid()))
    }

    /// The id of an organization, by its short name or id.
    ///
    /// # Errors
    /// There is no such organization.
    pub async fn find_organization(&self, reference: &str) -> Result<OrganizationId, Failure> {
        let missing = || Failure::NotFound { what: "organization", id: reference.chars().take(80).collect() };
        if let Ok(id) = reference.parse::<OrganizationId>() {
            let nobody = Caller::operator(id, "lookup", id.uuid());
            let (organization, _) = self.load(&nobody, id, Moment::Now).await?;
            return organization.slug.as_ref().map(|_| id).ok_or_else(missing);
        }
        let slug: Slug = reference.parse().map_err(|_| missing())?;
        let claim = Claim::platform("organization.slug", slug.as_str());
        let holder = self.ports.store.holder(OrganizationId::from_uuid(uuid::Uuid::nil()), &claim).await?;
        holder.and_then(|id| id.parse().ok()).ok_or_else(missing)
    }

    /// Gives the caller's organization another name.
    ///
    /// # Errors
    /// Not permitted, suspended, or wrong input.
    pub async fn rename_organization(
        &self,
        caller: &Caller,
        name: String,
        once: &Once,
    ) -> Result<Done<Organization>, Failure> {
        caller.must(Permission::OrganizationEdit)?;
        self.change(caller, caller.organization, OrganizationCommand::Rename { name }, once).await
    }

    /// Changes a setting of the caller's organization.
    ///
    /// # Errors
    /// Not permitted, suspended, or a value that names nothing.
    pub async fn set_organization(
        &self,
        caller: &Caller,
        setting: Setting,
        value: Option<String>,
        once: &Once,
    ) -> Result<Done<Organization>, Failure> {
        caller.must(Permission::OrganizationEdit)?;
        if let (Setting::RegistrationRole, Some(role)) = (setting, &value) {
            let (_, role) = self.living::<Role>(caller, role).await?;
            if !caller.grants.reach(role.level) {
                return Err(Failure::invalid(["value"], "nobody hands out a role above their own level"));
            }
        }
        self.change(caller, caller.organization, OrganizationCommand::Set { setting, value }, once).await
    }

    /// Stops all work in an organization, or lets it go on. For operators.
    ///
    /// # Errors
    /// Not there, or wrong input.
    pub async fn suspend_organization(
        &self,
        caller: &Caller,
        reason: Option<String>,
    ) -> Result<Done<Organization>, Failure> {
        operates(caller)?;
        let command =
            reason.map_or(OrganizationCommand::Reinstate, |reason| OrganizationCommand::Suspend { reason });
        self.change(caller, caller.organization, command, &Once::default()).await
    }

    /// Gives a database role of an analyst access to the organization's figures, in clear where they may see personal data.
    /// For operators, who make the role itself.
    ///
    /// # Errors
    /// Not an operator, suspended, or not a name for a role.
    pub async fn grant_analyst(
        &self,
        caller: &Caller,
        role: String,
        unmasked: bool,
    ) -> Result<Done<Organization>, Failure> {
        operates(caller)?;
        let command = OrganizationCommand::GrantAnalyst { role, unmasked };
        self.change(caller, caller.organization, command, &Once::default()).await
    }

    /// Takes its access from a database role. For operators.
    ///
    /// # Errors
    /// Not an operator, or no analyst has this role.
    pub async fn revoke_analyst(&self, caller: &Caller, role: String) -> Result<Done<Organization>, Failure> {
        operates(caller)?;
        let command = OrganizationCommand::RevokeAnalyst { role };
        self.change(caller, caller.organization, command, &Once::default()).await
    }

    /// Records that personal data are exported in clear, and why. For operators, before they do it.
    ///
    /// # Errors
    /// Not an operator, or no reason.
    pub async fn export_personal_data(
        &self,
        caller: &Caller,
        views: Vec<String>,
        format: String,
        reason: String,
    ) -> Result<Done<Organization>, Failure> {
        operates(caller)?;
        let command = OrganizationCommand::ExportPersonalData { views, format, reason };
        self.change(caller, caller.organization, command, &Once::default()).await
    }

    /// The caller's organization. Every member may see it.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn organization(&self, caller: &Caller, moment: Moment) -> Result<Done<Organization>, Failure> {
        self.at(caller, caller.organization, moment).await
    }
}

/// The first line of what only an operator of the installation does.
fn operates(caller: &Caller) -> Result<(), Failure> {
    match caller.actor {
        Actor::System(_) => Ok(()),
        _ => Err(Failure::NotPermitted { permission: Permission::SettingsSystem }),
    }
}
