//! Organizations: the caller's own.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use escalon_application::Done;
use escalon_domain::{
    access::Permission,
    organization::{self as domain, Setting},
};

use super::{
    comparison::{Comparison, compare},
    context::call,
    error::request_error,
    history::{Event, history},
    once::input,
    page::List,
    payload::{answer, payloads},
    scalars::{AsOf, moment},
};

/// What an organization can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Setting")]
pub(super) enum OrganizationSetting {
    /// The short name of the role that people get who register by themselves. Unset: by invitation only.
    RegistrationRole,
}

/// An organization; everything belongs to one.
pub(super) struct Organization(Done<domain::Organization>);

impl From<Done<domain::Organization>> for Organization {
    fn from(done: Done<domain::Organization>) -> Self {
        Self(done)
    }
}

/// An organization; everything belongs to one.
#[Object]
impl Organization {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How many events it has.
    async fn version(&self) -> u64 {
        self.0.version
    }

    /// Its short name, unique in the installation.
    async fn slug(&self) -> String {
        self.0.state.slug.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.0.state.name
    }

    /// Whether all work in it has stopped.
    async fn suspended(&self) -> bool {
        self.0.state.suspended
    }

    /// Its settings that are not at their default.
    async fn settings(&self) -> Vec<SettingValue> {
        let settings = self.0.state.settings.iter();
        settings
            .map(|(setting, value)| SettingValue { setting: (*setting).into(), value: value.clone() })
            .collect()
    }

    /// What happened to it, oldest first. Needs the permission `audit.view`.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: i32,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
    ) -> Result<List<Event>> {
        history(ctx, self.0.id, first, after).await
    }

    /// What differs between two moments of it, and by which events. Needs the permission `audit.view`.
    async fn compare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The earlier moment.")] from: AsOf,
        #[graphql(desc = "The later moment; now when absent.")] to: Option<AsOf>,
    ) -> Result<Comparison> {
        compare(ctx, self.0.id, from, to).await
    }

    /// What the caller can do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<OrganizationViewerCan> {
        let edit = call(ctx)?.caller.grants.allow(Permission::OrganizationEdit) && !self.0.state.suspended;
        Ok(OrganizationViewerCan { rename: edit, set: edit })
    }
}

/// What the caller can do with the organization now.
#[derive(SimpleObject)]
pub(super) struct OrganizationViewerCan {
    /// Give it another name.
    rename: bool,
    /// Change a setting.
    set: bool,
}

/// A setting with its value.
#[derive(SimpleObject)]
pub(super) struct SettingValue {
    /// Which.
    setting: OrganizationSetting,
    /// Its value.
    value: String,
}

input! {
    /// Another name for the caller's organization.
    OrganizationRenameInput changes own {
        /// The new name.
        name: String,
    }
}

input! {
    /// A setting of the caller's organization.
    OrganizationSetInput changes own {
        /// Which.
        setting: OrganizationSetting,
        /// The new value; null for the default.
        value: Option<String>,
    }
}

payloads! {
    /// The organization afterwards, from the write side; null when the command was refused.
    organization: Organization => OrganizationRenamePayload, OrganizationSetPayload
}

#[derive(Default)]
pub(super) struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// The caller's organization.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Organization> {
        let call = call(ctx)?;
        let organization = call.engine.organization(&call.caller, moment(as_of)).await;
        organization.map(Organization::from).map_err(request_error)
    }
}

#[derive(Default)]
pub(super) struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Gives the caller's organization another name.
    async fn organization_rename(
        &self,
        ctx: &Context<'_>,
        input: OrganizationRenameInput,
    ) -> Result<OrganizationRenamePayload> {
        let call = call(ctx)?;
        let once = input.once();
        answer(call.engine.rename_organization(&call.caller, input.name, &once).await)
    }

    /// Changes a setting of the caller's organization.
    async fn organization_set(
        &self,
        ctx: &Context<'_>,
        input: OrganizationSetInput,
    ) -> Result<OrganizationSetPayload> {
        let call = call(ctx)?;
        let once = input.once();
        answer(call.engine.set_organization(&call.caller, input.setting.into(), input.value, &once).await)
    }
}
