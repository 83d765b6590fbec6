//! Lists of members and definitions.

use escalon_domain::access::Permission;
use sqlx::{Postgres, QueryBuilder};

use super::{DefinitionRow, MemberRow};
use crate::{
    error::ReadError,
    read::{Listing, Page, ReadModels, Scope, Slice, Sort, contains, equals},
    tables::Row,
};

impl ReadModels {
    /// The members of the organization by name, all or those with the text in their name or address. Whoever may not see
    /// personal data gets them by id and cannot search: order, cursors and hits would tell the names.
    ///
    /// # Errors
    /// Not permitted, a bad cursor, or the database failed.
    pub async fn members(
        &self,
        scope: &Scope,
        text: Option<&str>,
        page: Page,
    ) -> Result<Slice<MemberRow>, ReadError> {
        scope.must(Permission::MemberRead)?;
        let reveals = scope.grants.allow(Permission::PersonalDataView);
        if text.is_some() {
            scope.must(Permission::PersonalDataView)?;
        }
        let listing = Listing {
            columns: MemberRow::columns("m"),
            table: "member",
            alias: "m",
            joins: "",
            sort: Sort::text(if reveals { "m.sort_name" } else { "m.id" }),
            tie: Some("m.id"),
        };
        let narrow = |query: &mut QueryBuilder<'_, Postgres>| {
            if let Some(text) = text {
                query.push(" and (m.name ilike ").push_bind(contains(text));
                query.push(" or m.email ilike ").push_bind(contains(text)).push(")");
            }
        };
        let sorted = |row: &MemberRow| if reveals { row.sort_name.clone() } else { row.id.clone() };
        let key = |row: &MemberRow| (sorted(row), row.id.clone());
        let mut tx = self.begin(scope).await?;
        listing.fetch(&mut tx, &page, narrow, key).await
    }

    /// What the organization defined of a kind (`role`, `team`, `ticket_type`), by short name. Every member may see it.
    ///
    /// # Errors
    /// A bad cursor, or the database failed.
    pub async fn definitions(
        &self,
        scope: &Scope,
        kind: &str,
        include_retired: bool,
        page: Page,
    ) -> Result<Slice<DefinitionRow>, ReadError> {
        let listing = Listing {
            columns: DefinitionRow::columns("d"),
            table: "definition",
            alias: "d",
            joins: "",
            sort: Sort::text("d.name"),
            tie: Some("d.id"),
        };
        let narrow = |query: &mut QueryBuilder<'_, Postgres>| {
            equals(query, "d.kind", Some(&kind.to_owned()));
            if !include_retired {
                query.push(" and not d.retired");
            }
        };
        let key = |row: &DefinitionRow| (row.name.clone(), row.id.clone());
        let mut tx = self.begin(scope).await?;
        listing.fetch(&mut tx, &page, narrow, key).await
    }
}
