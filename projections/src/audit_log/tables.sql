create table audit (
    position      bigint      primary key,
    organization  text        not null,
    at            timestamptz not null,
    recorded_at   timestamptz not null,
    actor         text        not null,
    action        text        not null,
    resource_kind text        not null,
    resource      text        not null,
    version       bigint      not null,
    old_value     jsonb,
    new_value     jsonb       not null,
    subjects      text[]      not null,
    source        text        not null,
    correlation   text        not null,
    severity      text        not null,
    search        tsvector    not null generated always as (
        escalon.searchable(translate(action, '._', '  ') || ' ' || resource || ' ' || actor || ' ' || source || ' '
            || translate(coalesce(left(old_value::text, 40000), '') || ' ' || left(new_value::text, 40000),
                '{}[]":,', '       '))) stored
);
create index on audit (organization, position);
create index on audit (resource, position);
create index on audit (actor, position);
create index on audit (organization, severity, position) where severity <> 'info';
create index on audit using gin (search);
create index on audit using gin (subjects);
