-- Read models. Each generation of a projection has its tables in a schema of its own, `read_{name}_{generation}`, made and
-- owned by the engine's role; `read` holds a view of each live table, which is all that queries name.
-- Making a schema is a right on the database, which a clone or a restored dump does not carry; so it is done with the
-- rights of the migrations' owner, for schemas of this form only.
create function escalon.create_generation(p_schema text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if p_schema !~ '^read_[a-z_]+_[0-9]+$' then
        raise exception 'not the schema of a generation: %', p_schema;
    end if;
    execute format('create schema %I authorization escalon_engine', p_schema);
end
$$;
revoke all on function escalon.create_generation(text) from public;
grant execute on function escalon.create_generation(text) to escalon_engine;

create schema read authorization escalon_engine;
grant usage on schema read to escalon_app;

create table escalon.projections (
    name       text        not null,
    generation integer     not null check (generation >= 1),
    version    integer     not null,
    live       boolean     not null default false,
    schema     text        not null unique,
    built_at   timestamptz,
    primary key (name, generation)
);
-- One live generation each.
create unique index projections_live on escalon.projections (name) where live;
grant select, insert, update, delete on escalon.projections to escalon_engine;

-- What can be searched of a text. PostgreSQL refuses a tsvector of more than 1 MiB; 100,000 characters stay below that.
create function escalon.searchable(body text) returns tsvector
    language sql immutable parallel safe
    return to_tsvector('simple', left(body, 100000));

-- Words of a list as text; unlike array_to_string it may stand in a generated column.
create function escalon.words(list text[]) returns text
    language sql immutable parallel safe
    return array_to_string(list, ' ');
