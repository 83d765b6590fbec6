-- Where a stream's events stand in the one order of all events, with the organization that row-level security asks for.
create function escalon.stream_positions(
    p_organization text, p_type text, p_id text, out positions bigint[], out head bigint
) language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    select coalesce(array_agg(p.position order by e.sequence), '{}') into positions
    from escalon.events e join escalon.event_positions p on p.insertion = e.insertion
    where e.aggregate_type = p_type and e.aggregate_id = p_id and e.organization = p_organization;
    select coalesce(max(p.position), 0) into head from escalon.event_positions p;
end
$$;

-- Analysts. Their views are in the schema `analytics` and belong to `escalon_views`, a role of their own: row-level security
-- of the read models' tables shows that role one organization, and the views show nothing else. `escalon_analyst` may read
-- the views; whoever analyses logs in by a role of their own that is its member (`escalon analytics grant`).
do $$
declare
    name text;
begin
    foreach name in array array['escalon_views', 'escalon_analyst'] loop
        begin
            execute format('create role %I nologin', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
    if not pg_has_role(current_user, 'escalon_views', 'member') then
        grant escalon_views to current_user;
    end if;
end
$$;

create schema analytics authorization escalon_views;
grant usage on schema analytics to escalon_analyst, escalon_app;
comment on schema analytics is 'What analysts read. See docs/analytics.md and docs/data-dictionary.md.';

-- Which role reads which organization, and whether it sees personal data in clear.
create table escalon.analysts (
    role         text        primary key,
    organization text        not null,
    unmasked     boolean     not null default false,
    granted_at   timestamptz not null default now()
);
alter table escalon.analysts enable row level security;
create policy engine on escalon.analysts to escalon_engine using (true) with check (true);
grant select on escalon.analysts to escalon_engine;

-- What each view was made by; one that should be made otherwise is made anew.
create table escalon.analytics_views (
    name text primary key,
    made text not null
);
grant select, insert, update, delete on escalon.analytics_views to escalon_engine;
grant usage on schema escalon to escalon_views;
grant select on escalon.projections to escalon_app;

-- The organization that whoever logged in may see: the one they were granted, whatever they set. Only the engine's own
-- sessions, whose user may become `escalon_app`, say themselves where they are.
create function escalon.analyst_organization() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(
        (select a.organization from escalon.analysts a where a.role = session_user),
        case when pg_has_role(session_user, 'escalon_app', 'member') then escalon.organization() end)
$$;

-- Whether they see personal data in clear.
create function escalon.analyst_unmasked() returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(
        (select a.unmasked from escalon.analysts a where a.role = session_user),
        pg_has_role(session_user, 'escalon_app', 'member') and current_setting('escalon.unmasked', true) = 'on',
        false)
$$;

-- What others see of personal data; as the API masks it, and of what somebody wrote only that they did.
create function escalon.masked_name(value text) returns text
    language sql immutable parallel safe
    return (select coalesce(string_agg(left(word, 1) || '.', ' ' order by place), case when value is not null then '' end)
        from regexp_split_to_table(value, '\s+') with ordinality as words (word, place) where word <> '');
create function escalon.masked_email(value text) returns text
    language sql immutable parallel safe
    return case when value is null then null when position('@' in value) > 0
        then coalesce(nullif(left(regexp_replace(value, '@[^@]*$', ''), 1), ''), '*') || '***@' || regexp_replace(value, '^.*@', '')
        else coalesce(nullif(left(value, 1), ''), '*') || '***@***' end;
create function escalon.masked_phone(value text) returns text
    language sql immutable parallel safe
    return case when length(regexp_replace(value, '\s', '', 'g')) > 7
        then left(regexp_replace(value, '\s', '', 'g'), 2) || '****' || right(regexp_replace(value, '\s', '', 'g'), 4)
        when value is not null then '****' end;
create function escalon.masked_words(value text) returns text
    language sql immutable parallel safe
    return case when value is not null then '[redacted]' end;

-- Ends what analysts are asking at this moment: the switch of a read model does not wait for them for long.
create function escalon.end_analysts_queries() returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
    select count(*) filter (where case when s.state = 'active' then pg_cancel_backend(s.pid) else pg_terminate_backend(s.pid) end)
    from pg_stat_activity s join escalon.analysts a on a.role = s.usename
    where s.datname = current_database() and s.xact_start is not null
$$;
revoke all on function escalon.end_analysts_queries() from public;
grant execute on function escalon.end_analysts_queries() to escalon_engine;

-- The tables of generations that are there already.
do $$
declare
    generation record;
    name text;
begin
    for generation in select schema from escalon.projections loop
        execute format('grant usage on schema %I to escalon_views', generation.schema);
        for name in select tablename from pg_tables where schemaname = generation.schema loop
            execute format('grant select on %I.%I to escalon_views', generation.schema, name);
            execute format('create policy views on %I.%I for select to escalon_views
                using (organization = (select escalon.analyst_organization()))', generation.schema, name);
        end loop;
    end loop;
end
$$;
