//! Appends that meet nobody: one plain statement writes all of a group, or nothing of it. When somebody is met it fails as a
//! whole, and [`escalon.append`](super::columns) finds out who.

use sqlx::{Encode, Postgres, Type, postgres::PgArguments, query::Query};

use super::columns::{Claims, Columns, Events};

/// The transaction has its id before it draws an insertion number, which is what lets the sequencer tell a late event from
/// one that will never come. An event that goes on stands after the one that its writer saw.
macro_rules! insert {
    ($claims:literal, $events:literal) => {
        concat!(
            "with own as materialized (select pg_current_xact_id())",
            $claims,
            " insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                metadata, organization, occurred_at, hash, command, input)
             select e.type, e.id, e.sequence, e.name, e.version, e.payload::json, e.metadata::json, e.organization,
                e.occurred_at, e.hash, e.command, e.input
             from own, ",
            $events,
            " as e (type, id, sequence, name, version, payload, metadata, organization, occurred_at, hash, command, input,
                after)
             where e.after is null
                or exists (select from escalon.events p where p.aggregate_type = e.type and p.aggregate_id = e.id
                    and p.sequence = e.sequence - 1 and p.hash = e.after)
                or escalon.moved(e.id)
             returning aggregate_id as stream, insertion"
        )
    };
}

macro_rules! many {
    ($claims:literal) => {
        insert!(
            $claims,
            "unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::timestamptz[], $10::bytea[], $11::uuid[], $12::bytea[], $13::bytea[])"
        )
    };
}

/// A row of parameters is read faster than arrays of one.
macro_rules! one {
    ($claims:literal) => {
        insert!(
            $claims,
            "(values ($1::text, $2::text, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::text,
                $9::timestamptz, $10::bytea, $11::uuid, $12::bytea, $13::bytea))"
        )
    };
}

const MANY: &str = many!("");
const ONE: &str = one!("");
const MANY_CLAIMING: &str = many!(
    ", taken as (insert into escalon.claims (id, organization, kind, key, holder)
        select * from unnest($14::uuid[], $15::text[], $16::text[], $17::text[], $18::text[]) as t (id) order by t.id)"
);
const ONE_CLAIMING: &str = one!(
    ", taken as (insert into escalon.claims (id, organization, kind, key, holder)
        values ($14::uuid, $15::text, $16::text, $17::text, $18::text))"
);

/// The statement, for a group that gives up no claims.
pub(super) fn insert<'c>(columns: &'c Columns<'_>) -> Option<Query<'c, Postgres, PgArguments>> {
    let Columns { events, take, release, .. } = columns;
    if !release.ids.is_empty() {
        return None;
    }
    let alone = events.ids.len() == 1 && take.ids.len() <= 1;
    let claiming = !take.ids.is_empty();
    let statement = match (alone, claiming) {
        (true, false) => ONE,
        (true, true) => ONE_CLAIMING,
        (false, false) => MANY,
        (false, true) => MANY_CLAIMING,
    };
    let bind = Bind { query: sqlx::query(statement), alone };
    let bound = bind.events(events);
    Some(if claiming { bound.claims(take).query } else { bound.query })
}

/// A query to which columns are bound: whole, or their only value.
struct Bind<'c> {
    query: Query<'c, Postgres, PgArguments>,
    alone: bool,
}

impl<'c> Bind<'c> {
    fn column<T>(mut self, values: &'c [T]) -> Self
    where
        T: Clone + Encode<'c, Postgres> + Type<Postgres> + 'c,
        &'c [T]: Encode<'c, Postgres> + Type<Postgres>,
    {
        self.query = match values {
            [value] if self.alone => self.query.bind(value.clone()),
            values => self.query.bind(values),
        };
        self
    }

    fn events(self, events: &'c Events<'_>) -> Self {
        self.column(&events.kinds)
            .column(&events.ids)
            .column(&events.sequences)
            .column(&events.names)
            .column(&events.versions)
            .column(&events.payloads)
            .column(&events.metadata)
            .column(&events.organizations)
            .column(&events.occurred_at)
            .column(&events.hashes)
            .column(&events.commands)
            .column(&events.inputs)
            .column(&events.after)
    }

    fn claims(self, take: &'c Claims<'_>) -> Self {
        self.column(&take.ids)
            .column(&take.organizations)
            .column(&take.kinds)
            .column(&take.keys)
            .column(&take.holders)
    }
}
