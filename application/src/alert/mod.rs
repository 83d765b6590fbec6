//! Alerts: taking in what sources and rules report, and what people do with them.

mod gathering;
mod report;

use escalon_domain::{
    access::Permission,
    alert::{Alert, AlertCommand, AlertId},
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
};

pub(crate) use gathering::Gathering;
pub use report::Window;

impl Guarded for Alert {
    /// Whoever reports alerts meets those that are there, too.
    fn visible_to(&self, caller: &Caller) -> bool {
        [Permission::AlertRead, Permission::AlertReport]
            .iter()
            .any(|permission| caller.grants.allow(*permission))
    }
}

impl Engine {
    /// What a person does with an alert.
    ///
    /// # Errors
    /// Not permitted, not there, or not possible as it stands.
    pub async fn change_alert(
        &self,
        caller: &Caller,
        id: AlertId,
        command: AlertCommand,
        once: &Once,
    ) -> Result<Done<Alert>, Failure> {
        caller.must(Permission::AlertHandle)?;
        self.change(caller, id, command, once).await
    }

    /// An alert at a moment.
    ///
    /// # Errors
    /// Not there for this caller, or not there yet at that moment.
    pub async fn alert(&self, caller: &Caller, id: AlertId, moment: Moment) -> Result<Done<Alert>, Failure> {
        caller.must(Permission::AlertRead)?;
        self.at(caller, id, moment).await
    }
}
