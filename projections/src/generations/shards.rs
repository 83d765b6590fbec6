//! The parts of a build, each with how far it is.

use escalon_infrastructure::feed::{Part, Prefix};
use sqlx::{FromRow, PgConnection};

use super::catalogue::{Generation, failed};
use crate::error::ProjectionError;

const OPERATION: &str = "looking up the parts of a build";

/// A part of a build: streams of a kind by id, or positions. What is after the beginning is still to be loaded.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(super) struct Shard {
    pub(super) shard: i32,
    kind: Option<String>,
    pub(super) after_id: Option<String>,
    until_id: Option<String>,
    pub(super) after_position: Option<i64>,
    until_position: Option<i64>,
    events: i64,
}

/// What a shard is a part of.
pub(super) enum Range {
    Streams { kind: String, after: Option<String>, until: Option<String> },
    Positions { after: i64, until: i64 },
}

impl Shard {
    pub(super) fn range(&self) -> Range {
        match &self.kind {
            Some(kind) => Range::Streams {
                kind: kind.clone(),
                after: self.after_id.clone(),
                until: self.until_id.clone(),
            },
            None => Range::Positions {
                after: self.after_position.unwrap_or_default(),
                until: self.until_position.unwrap_or_default(),
            },
        }
    }
}

/// Notes the shards of a build by stream.
pub(super) async fn streams(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
    parts: &[Part],
) -> Result<(), ProjectionError> {
    let all = |text: fn(&Part) -> Option<&str>| parts.iter().map(text).collect::<Vec<_>>();
    let noted = sqlx::query(
        "insert into escalon.projection_shards (name, generation, shard, kind, after_id, until_id)
         select $1, $2, p.place, p.kind, p.after, p.until
         from unnest($3::text[], $4::text[], $5::text[]) with ordinality as p (kind, after, until, place)",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(all(|part| Some(&part.kind)))
    .bind(all(|part| part.after.as_deref()))
    .bind(all(|part| part.until.as_deref()))
    .execute(connection)
    .await;
    noted.map(drop).map_err(failed(OPERATION))
}

/// Notes the shards of a build by position, of so many events each.
pub(super) async fn positions(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
    prefix: Prefix,
    size: i64,
) -> Result<(), ProjectionError> {
    let noted = sqlx::query(
        "insert into escalon.projection_shards (name, generation, shard, after_position, until_position)
         select $1, $2, 1 + a / $4, a, least(a + $4, $3) from generate_series(0, $3 - 1, $4) as a",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(prefix.position)
    .bind(size)
    .execute(connection)
    .await;
    noted.map(drop).map_err(failed(OPERATION))
}

/// Those that are not done.
pub(super) async fn open(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
) -> Result<Vec<Shard>, ProjectionError> {
    sqlx::query_as(
        "select shard, kind, after_id, until_id, after_position, until_position, events from escalon.projection_shards
         where name = $1 and generation = $2 and not done order by shard",
    )
    .bind(name)
    .bind(generation.generation)
    .fetch_all(connection)
    .await
    .map_err(failed(OPERATION))
}

/// How many events the build has taken.
pub(super) async fn taken(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
) -> Result<i64, ProjectionError> {
    sqlx::query_scalar(
        "select coalesce(sum(events), 0)::bigint from escalon.projection_shards where name = $1 and generation = $2",
    )
    .bind(name)
    .bind(generation.generation)
    .fetch_one(connection)
    .await
    .map_err(failed(OPERATION))
}

/// Locks a shard until the transaction ends, and says whether it is where this process thinks. It is elsewhere when the
/// last act of a process that was killed became known only now.
pub(super) async fn hold(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
    shard: &Shard,
) -> Result<bool, ProjectionError> {
    let found: Option<Shard> = sqlx::query_as(
        "select shard, kind, after_id, until_id, after_position, until_position, events from escalon.projection_shards
         where name = $1 and generation = $2 and shard = $3 and not done for update",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(shard.shard)
    .fetch_optional(connection)
    .await
    .map_err(failed(OPERATION))?;
    Ok(found.as_ref() == Some(shard))
}

/// Notes how far a shard is: at the end of the transaction that wrote its rows.
pub(super) async fn advance(
    connection: &mut PgConnection,
    name: &str,
    generation: &Generation,
    shard: &mut Shard,
    (events, done): (i64, bool),
) -> Result<(), ProjectionError> {
    shard.events += events;
    let advanced = sqlx::query(
        "update escalon.projection_shards set after_id = $4, after_position = $5, events = $6, done = $7
         where name = $1 and generation = $2 and shard = $3",
    )
    .bind(name)
    .bind(generation.generation)
    .bind(shard.shard)
    .bind(&shard.after_id)
    .bind(shard.after_position)
    .bind(shard.events)
    .bind(done)
    .execute(connection)
    .await;
    advanced.map(drop).map_err(failed("noting how far a build is"))
}
