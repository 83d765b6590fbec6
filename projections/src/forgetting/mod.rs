//! What read models forget, and how it leaves the disk.
//!
//! A projection declares where it keeps personal values and whose they are ([`Projection::personal`]). When it takes the
//! event that tells of a forgetting, those of that person go in the same transaction; rows that are made of single events are
//! made anew of them, with everybody else's values in place. That is what queries see, at once. The [`Scrubber`] then sees
//! to the disk.

mod log;
mod scrub;
mod scrubber;

use escalon_domain::personal::SubjectId;
use escalon_infrastructure::{feed::Feed, store_error};
use sqlx::PgConnection;

pub use scrub::Scrub;
pub use scrubber::Scrubber;

use crate::{
    error::ProjectionError,
    happening::Happening,
    projection::{PersonalIn, Projection},
    tables::Tables,
};

const OPERATION: &str = "forgetting somebody in a read model";
/// How many rows are made anew at a time.
const ROWS: i64 = 1_000;

/// Whose values are to go from which tables.
struct Erasing<'a> {
    feed: &'a Feed,
    projection: &'a dyn Projection,
    schema: &'a str,
    organization: &'a str,
    subject: SubjectId,
}

/// Takes out of the tables what belongs to those who were forgotten in this batch.
pub(crate) async fn erase(
    tx: &mut PgConnection,
    feed: &Feed,
    projection: &dyn Projection,
    schema: &str,
    happenings: &[Happening<'_>],
) -> Result<(), ProjectionError> {
    for happening in happenings {
        if let Some(subject) = happening.forgotten() {
            let organization = &happening.organization();
            Erasing { feed, projection, schema, organization, subject }.run(tx).await?;
        }
    }
    Ok(())
}

/// The same for one person, whenever it is: what was written meanwhile of what was read before goes, too.
async fn sweep(
    tx: &mut PgConnection,
    feed: &Feed,
    projection: &dyn Projection,
    schema: &str,
    (organization, subject): (&str, SubjectId),
) -> Result<(), ProjectionError> {
    Erasing { feed, projection, schema, organization, subject }.run(tx).await
}

impl Erasing<'_> {
    async fn run(&self, tx: &mut PgConnection) -> Result<(), ProjectionError> {
        for place in self.projection.personal() {
            match place {
                PersonalIn::Columns { table, whose, columns } => {
                    self.blank(tx, table, whose, columns).await?;
                }
                PersonalIn::Events { table, .. } => self.make_anew(tx, table).await?,
            }
        }
        Ok(())
    }

    async fn blank(
        &self,
        tx: &mut PgConnection,
        table: &str,
        whose: &str,
        columns: &[(&str, &str)],
    ) -> Result<(), ProjectionError> {
        let sets: Vec<_> = columns.iter().map(|(name, blank)| format!("{name} = {blank}")).collect();
        let held: Vec<_> =
            columns.iter().map(|(name, blank)| format!("{name} is distinct from {blank}")).collect();
        let sql = format!(
            "update {}.{table} set {} where organization = $1 and {whose} = $2 and ({})",
            self.schema,
            sets.join(", "),
            held.join(" or ")
        );
        let query = sqlx::query(&sql).bind(self.organization).bind(self.subject.to_string());
        query.execute(tx).await.map_err(store_error(OPERATION))?;
        Ok(())
    }

    async fn make_anew(&self, tx: &mut PgConnection, table: &str) -> Result<(), ProjectionError> {
        let schema = self.schema;
        let find = format!(
            "select position from {schema}.{table}
             where organization = $1 and subjects @> array[$2] and position > $3 order by position limit $4"
        );
        let delete = format!("delete from {schema}.{table} where position = any($1)");
        let mut after = 0;
        loop {
            let positions: Vec<i64> = sqlx::query_scalar(&find)
                .bind(self.organization)
                .bind(self.subject.to_string())
                .bind(after)
                .bind(ROWS)
                .fetch_all(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
            let Some(last) = positions.last() else { return Ok(()) };
            after = *last;
            sqlx::query(&delete).bind(&positions).execute(&mut *tx).await.map_err(store_error(OPERATION))?;
            let events = self.feed.read_at(&mut *tx, &positions).await?;
            let reads = self.projection.reads();
            let happenings = Happening::parse_all(&events, reads)?;
            self.projection.project(&mut Tables::new(&mut *tx, schema), &happenings).await?;
        }
    }
}
