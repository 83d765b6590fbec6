//! Lists of escalations.

use escalon_domain::access::Permission;
use escalon_domain::{member::MemberId, stamp::Timestamp};
use sqlx::{Postgres, QueryBuilder};

use super::EscalationRow;
use crate::{
    error::ReadError,
    read::{Listing, Page, ReadModels, Scope, Slice, Sort, among, cursor_moment, equals, matches},
    scope::Reach,
    tables::Row,
};

/// Which escalations; what is absent does not matter, and empty lists do not, either.
#[derive(Debug, Clone, Default)]
pub struct EscalationFilter {
    /// At one of these statuses.
    pub statuses: Vec<String>,
    /// Of one of these urgencies.
    pub urgencies: Vec<String>,
    /// About this: `ticket_…` or `conversation:…`.
    pub subject: Option<String>,
    /// This member's.
    pub assignee: Option<String>,
    /// No member's (true), or some member's (false).
    pub unassigned: Option<bool>,
    /// Owned by somebody (true) or by nobody (false).
    pub acknowledged: Option<bool>,
    /// Raised by this actor.
    pub raised_by: Option<String>,
    /// With words that begin like all of these, in conversation, reason, customer's name or notes.
    pub text: Option<String>,
    /// Raised at this moment or later.
    pub raised_after: Option<Timestamp>,
    /// Raised before this moment.
    pub raised_before: Option<Timestamp>,
}

/// By what escalations are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EscalationSort {
    /// When they were raised.
    #[default]
    RaisedAt,
    /// When anything last happened to them.
    UpdatedAt,
    /// How urgent they are; ascending begins with the most insistent.
    Urgency,
}

/// The order of escalations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EscalationOrder {
    /// By what.
    pub by: EscalationSort,
    /// Whether the highest value comes first.
    pub descending: bool,
}

impl Default for EscalationOrder {
    /// The newest first.
    fn default() -> Self {
        Self { by: EscalationSort::RaisedAt, descending: true }
    }
}

impl ReadModels {
    /// The escalations that the scope reaches.
    ///
    /// # Errors
    /// Not permitted, a bad cursor, or the database failed.
    pub async fn escalations(
        &self,
        scope: &Scope,
        filter: EscalationFilter,
        order: EscalationOrder,
        page: Page,
    ) -> Result<Slice<EscalationRow>, ReadError> {
        scope.must_reach_escalations()?;
        if filter.text.is_some() {
            // Hits in names would tell what is masked.
            scope.must(Permission::PersonalDataView)?;
        }
        let sort = match order.by {
            EscalationSort::RaisedAt => Sort::moment("e.raised_at"),
            EscalationSort::UpdatedAt => Sort::moment("e.updated_at"),
            EscalationSort::Urgency => Sort::number("e.urgency_rank"),
        };
        let listing = Listing {
            columns: EscalationRow::columns("e"),
            table: "escalation",
            alias: "e",
            joins: "",
            sort: sort.descending(order.descending),
            tie: Some("e.id"),
        };
        let narrow = |query: &mut QueryBuilder<'_, Postgres>| {
            if scope.escalations == Reach::Own {
                query.push(" and ");
                own(query, scope.member);
            }
            filter.push(query);
        };
        let key = |row: &EscalationRow| match order.by {
            EscalationSort::RaisedAt => (cursor_moment(row.raised_at), row.id.clone()),
            EscalationSort::UpdatedAt => (cursor_moment(row.updated_at), row.id.clone()),
            EscalationSort::Urgency => (row.urgency_rank.to_string(), row.id.clone()),
        };
        let mut tx = self.begin(scope).await?;
        listing.fetch(&mut tx, &page, narrow, key).await
    }
}

/// That an escalation `e` is the member's own: raised or held by them.
pub(crate) fn own(query: &mut QueryBuilder<'_, Postgres>, member: Option<MemberId>) {
    let Some(member) = member.map(|member| member.to_string()) else {
        query.push("false");
        return;
    };
    query.push("(e.raised_by = ").push_bind(member.clone());
    query.push(" or e.assignee = ").push_bind(member).push(")");
}

impl EscalationFilter {
    fn push(&self, query: &mut QueryBuilder<'_, Postgres>) {
        among(query, "e.status", &self.statuses);
        among(query, "e.urgency", &self.urgencies);
        equals(query, "e.subject", self.subject.as_ref());
        equals(query, "e.assignee", self.assignee.as_ref());
        equals(query, "e.raised_by", self.raised_by.as_ref());
        let mut there = |column: &str, wanted: Option<bool>| match wanted {
            Some(true) => _ = query.push(format_args!(" and {column} is not null")),
            Some(false) => _ = query.push(format_args!(" and {column} is null")),
            None => {}
        };
        there("e.assignee", self.unassigned.map(|unassigned| !unassigned));
        there("e.acknowledged_at", self.acknowledged);
        matches(query, "e.id", "escalation", self.text.as_deref());
        if let Some(after) = self.raised_after {
            query.push(" and e.raised_at >= ").push_bind(after);
        }
        if let Some(before) = self.raised_before {
            query.push(" and e.raised_at < ").push_bind(before);
        }
    }
}
