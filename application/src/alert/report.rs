//! Taking in what sources and rules report.

use escalon_domain::{
    access::Permission,
    alert::{Alert, AlertId, Occurrence, Origin, Report, Reporting, Usual},
    alert_rule::AlertRule,
    definition::Pin,
    fault::Fault,
    maintenance::{Affected, MaintenanceWindow},
    slug::Slug,
    source::Source,
};
use futures::future::try_join_all;

use crate::{
    caller::Caller,
    engine::{Done, Engine},
    failure::Failure,
};

/// A maintenance window of the organization that lives.
pub type Window = (Pin<MaintenanceWindow>, MaintenanceWindow);

/// Where reports come from.
struct From<'a> {
    origin: Origin,
    /// The short name of a source.
    source: Option<&'a Slug>,
    usual: Usual<'a>,
}

impl Engine {
    /// Takes in what a source reports, by its id or short name; `windows` are the organization's. The alerts, each once, in the
    /// order in which they were first named. All reports are looked at before any is taken in. What comes together is decided
    /// together, so a report may be counted more than once if its sender went away or the database did, and never less.
    ///
    /// # Errors
    /// Not permitted, no such source, or everything that is wrong with the reports, each fault with its place among them.
    pub async fn report(
        &self,
        caller: &Caller,
        source: &str,
        reports: Vec<Report>,
        windows: &[Window],
    ) -> Result<Vec<Done<Alert>>, Failure> {
        caller.must(Permission::AlertReport)?;
        let (pin, body) = self.living::<Source>(caller, source).await?;
        let from = From { origin: Origin::Source(pin), source: Some(&body.name), usual: body.usual() };
        self.take_in(caller, &from, reports, windows).await
    }

    /// Takes in what an alert rule found, by its id or short name; see [`Self::report`].
    ///
    /// # Errors
    /// The same.
    pub async fn report_by_rule(
        &self,
        caller: &Caller,
        rule: &str,
        reports: Vec<Report>,
        windows: &[Window],
    ) -> Result<Vec<Done<Alert>>, Failure> {
        caller.must(Permission::AlertReport)?;
        let (pin, body) = self.living::<AlertRule>(caller, rule).await?;
        let from = From { origin: Origin::Rule(pin), source: None, usual: body.usual() };
        self.take_in(caller, &from, reports, windows).await
    }

    async fn take_in(
        &self,
        caller: &Caller,
        from: &From<'_>,
        reports: Vec<Report>,
        windows: &[Window],
    ) -> Result<Vec<Done<Alert>>, Failure> {
        let now = self.stamp(caller).at;
        let mut alerts: Vec<(AlertId, Reporting)> = Vec::new();
        let mut faults = Vec::new();
        for (place, mut report) in reports.into_iter().enumerate() {
            let about = match report.about.take() {
                Some(reference) => {
                    // A key may tell of whom it is, and the id of the alert follows from it.
                    let key =
                        self.ports.people.digest(caller.organization, "alert", &report.dedup_key).await?;
                    report.dedup_key = key;
                    Some(self.ports.people.person(caller.organization, &reference).await?)
                }
                None => None,
            };
            let dedup_key = report.dedup_key.clone();
            match Occurrence::new(report, &from.usual, about, now) {
                Err(wrong) => faults.extend(wrong.into_iter().map(|fault| within(place, fault))),
                Ok(occurrence) => {
                    let id = from.origin.alert(caller.organization, &dedup_key);
                    match alerts.iter_mut().find(|(known, _)| *known == id) {
                        Some((_, reporting)) => reporting.occurrences.push(occurrence),
                        None => {
                            let affected = Affected { source: from.source, category: occurrence.category() };
                            let suppression = MaintenanceWindow::suppression(
                                windows.iter().map(|(pin, window)| (*pin, window)),
                                now,
                                affected,
                            );
                            let (origin, occurrences) = (from.origin, vec![occurrence]);
                            alerts.push((id, Reporting { origin, dedup_key, occurrences, suppression }));
                        }
                    }
                }
            }
        }
        if !faults.is_empty() {
            return Err(Failure::Invalid(faults));
        }
        try_join_all(alerts.into_iter().map(|(id, reporting)| self.gathered(caller, id, reporting))).await
    }
}

fn within(place: usize, fault: Fault) -> Fault {
    let path = ["reports".to_owned(), place.to_string()].into_iter().chain(fault.path).collect();
    Fault { path, message: fault.message }
}
