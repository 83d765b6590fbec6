-- Generations on their way and kept ones, and whole organizations replayed to a moment.

-- How far a build is, so that whoever comes next goes on. `position` is where the tables stand; the live ones stand where
-- their subscription does. A build begins with the events of positions 1 to `prefix`: all with insertion numbers up to
-- `settled`, some up to `highest`, none beyond.
alter table escalon.projections
    add column state      text        not null default 'built'
        check (state in ('loading', 'indexing', 'following', 'built')),
    add column position   bigint      not null default 0,
    add column prefix     bigint      not null default 0,
    add column settled    bigint      not null default 0,
    add column highest    bigint      not null default 0,
    -- About how many events there are to load.
    add column events     bigint      not null default 0,
    -- Those that are made after loading.
    add column indexes    text[]      not null default '{}',
    add column begun_at   timestamptz not null default now(),
    add column live_until timestamptz;

-- The parts of a build: streams of a kind by id, or positions. What is after `after_…` is still to be loaded; it moves in
-- the transaction that writes the rows.
create table escalon.projection_shards (
    name           text    not null,
    generation     integer not null,
    shard          integer not null,
    kind           text,
    after_id       text,
    until_id       text,
    after_position bigint,
    until_position bigint,
    events         bigint  not null default 0,
    done           boolean not null default false,
    primary key (name, generation, shard),
    foreign key (name, generation) references escalon.projections (name, generation) on delete cascade
);
grant select, insert, update, delete on escalon.projection_shards to escalon_engine;

-- Stands in the views of a read model that was never built, so that who asks learns why there is nothing to see.
create function escalon.being_built(p_name text) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    percent integer;
begin
    select least(99, 100 * coalesce(sum(s.events), 0) / greatest(max(p.events), 1)) into percent
    from escalon.projections p left join escalon.projection_shards s using (name, generation)
    where p.name = p_name and not p.live and p.state <> 'built';
    raise exception using errcode = 'ES003',
        message = format('the read model %s is being built, %s %% done', p_name, coalesce(percent, 0));
end
$$;
revoke all on function escalon.being_built(text) from public;
grant execute on function escalon.being_built(text) to escalon_app, escalon_engine;

-- Organizations as they stood at a moment, each in a schema of its own, for auditors to query.
create table escalon.replays (
    id           integer     primary key generated always as identity,
    organization text        not null,
    position     bigint      not null,
    moment       timestamptz not null,
    events       bigint      not null default 0,
    ready        boolean     not null default false,
    made_at      timestamptz not null default now()
);
alter table escalon.replays enable row level security;
create policy engine on escalon.replays to escalon_engine using (true) with check (true);
create policy app on escalon.replays for select to escalon_app
    using (organization = (select escalon.organization()));
grant select on escalon.replays to escalon_app;
grant select, insert, update, delete on escalon.replays to escalon_engine;

-- The moment that queries speak of: the present one, unless they ask a replay.
create function escalon.moment() returns timestamptz
    language sql stable parallel safe
    return coalesce(nullif(current_setting('escalon.moment', true), '')::timestamptz, now());

create or replace function escalon.create_generation(p_schema text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if p_schema !~ '^(read_[a-z_]+|replay)_[0-9]+$' then
        raise exception 'not the schema of a generation: %', p_schema;
    end if;
    execute format('create schema %I authorization escalon_engine', p_schema);
end
$$;
