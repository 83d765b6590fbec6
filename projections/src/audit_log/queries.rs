//! Reading the audit log.

use escalon_domain::{access::Permission, stamp::Timestamp};
use sqlx::{Postgres, QueryBuilder};

use super::AuditRow;
use crate::{
    error::ReadError,
    read::{Listing, Page, ReadModels, Scope, Slice, Sort, among, equals, matches},
    tables::Row,
};

/// Which rows; what is absent does not matter, and empty lists do not, either.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Done by this actor.
    pub actor: Option<String>,
    /// One of these actions, by stored name.
    pub actions: Vec<String>,
    /// Done to this kind of thing.
    pub resource_kind: Option<String>,
    /// Done to this thing.
    pub resource: Option<String>,
    /// Of one of these severities.
    pub severities: Vec<String>,
    /// From this source.
    pub source: Option<String>,
    /// Following from this request.
    pub correlation: Option<String>,
    /// With words that begin like all of these, in action, resource, actor, source, or any old or new text.
    pub text: Option<String>,
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

impl ReadModels {
    /// The audit log, the latest first.
    ///
    /// # Errors
    /// Not permitted, a bad cursor, or the database failed.
    pub async fn audit(
        &self,
        scope: &Scope,
        filter: AuditFilter,
        page: Page,
    ) -> Result<Slice<AuditRow>, ReadError> {
        scope.must(Permission::AuditView)?;
        if filter.text.is_some() {
            // Hits would tell what is masked.
            scope.must(Permission::PersonalDataView)?;
        }
        let listing = Listing {
            columns: AuditRow::columns("a"),
            table: "audit",
            alias: "a",
            joins: "",
            sort: Sort::number("a.position").descending(true),
            tie: None,
        };
        let narrow = |query: &mut QueryBuilder<'_, Postgres>| filter.push(query);
        let mut tx = self.begin(scope).await?;
        listing
            .fetch(&mut tx, &page, narrow, |row: &AuditRow| (row.position.to_string(), String::new()))
            .await
    }
}

impl AuditFilter {
    fn push(&self, query: &mut QueryBuilder<'_, Postgres>) {
        equals(query, "a.actor", self.actor.as_ref());
        among(query, "a.action", &self.actions);
        equals(query, "a.resource_kind", self.resource_kind.as_ref());
        equals(query, "a.resource", self.resource.as_ref());
        among(query, "a.severity", &self.severities);
        equals(query, "a.source", self.source.as_ref());
        equals(query, "a.correlation", self.correlation.as_ref());
        matches(query, "a.position", "audit", self.text.as_deref());
        if let Some(from) = self.from {
            query.push(" and a.at >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" and a.at < ").push_bind(to);
        }
    }
}
