-- Read models. Each generation of a projection has its tables in a schema of its own, `read_{name}_{generation}`, made and
-- owned by the engine's role; `read` holds a view of each live table, which is all that queries name.
do $$
begin
    execute format('grant create on database %I to escalon_engine', current_database());
end
$$;

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

-- Words of a list as text; unlike array_to_string it may stand in a generated column.
create function escalon.words(list text[]) returns text
    language sql immutable parallel safe
    return array_to_string(list, ' ');
