-- The event store. The first seven columns of `events` are postgres-es's own, so its stock repository loads every stream.
create table escalon.events (
    aggregate_type text        not null,
    aggregate_id   text        not null,
    sequence       bigint      not null check (sequence >= 1),
    event_type     text        not null,
    event_version  text        not null,
    payload        json        not null,
    metadata       json        not null,
    organization   text        not null,
    occurred_at    timestamptz not null,
    recorded_at    timestamptz not null default clock_timestamp(),
    insertion      bigint      not null generated always as identity,
    primary key (aggregate_type, aggregate_id, sequence)
);
create unique index events_insertion on escalon.events (insertion);

-- The head of each stream: the lock that orders its appends.
create table escalon.streams (
    aggregate_type text   not null,
    aggregate_id   text   not null,
    organization   text   not null,
    version        bigint not null,
    primary key (aggregate_type, aggregate_id)
);

-- What was done under which idempotency key, and its answer.
create table escalon.commands (
    command        uuid        primary key,
    organization   text        not null,
    input          text        not null,
    aggregate_type text        not null,
    aggregate_id   text        not null,
    version        bigint      not null,
    insertion      bigint      not null,
    recorded_at    timestamptz not null default now()
);

-- Uniqueness across streams. A claim on the whole platform has the organization ''.
create table escalon.claims (
    organization text not null,
    kind         text not null,
    key          text not null,
    holder       text not null,
    primary key (organization, kind, key)
);

-- Dense positions in the order the sequencer met committed events.
create table escalon.event_positions (
    position  bigint primary key,
    insertion bigint not null unique
);

-- The sequencer's one row: whoever numbers holds its lock. Nothing at or below `floor` will ever need a position again.
create table escalon.sequencer (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    floor    bigint not null
);
insert into escalon.sequencer (position, floor) values (0, 0);

-- Checkpoints.
create table escalon.subscriptions (
    name       text        primary key,
    position   bigint      not null,
    updated_at timestamptz not null default now(),
    error      text
);

-- Daily sequences of ticket numbers.
create table escalon.ticket_numbers (
    organization text   not null,
    prefix       text   not null,
    day          date   not null,
    last         bigint not null,
    primary key (organization, prefix, day)
);

-- Password hashes: never events.
create table escalon.credentials (
    organization text        not null,
    member       text        not null,
    hash         text        not null,
    updated_at   timestamptz not null default now(),
    primary key (organization, member)
);

-- Row-level security: the application's role lives in one organization at a time.
do $$
declare
    name text;
begin
    foreach name in array array['events', 'streams', 'commands', 'claims', 'ticket_numbers', 'credentials'] loop
        execute format('alter table escalon.%I enable row level security', name);
        execute format('create policy engine on escalon.%I to escalon_engine using (true) with check (true)', name);
        if name <> 'claims' then
            execute format('create policy app on escalon.%I to escalon_app
                using (organization = (select escalon.organization()))
                with check (organization = (select escalon.organization()))', name);
        end if;
    end loop;
end
$$;
create policy app on escalon.claims to escalon_app
    using (organization in ('', (select escalon.organization())))
    with check (organization in ('', (select escalon.organization())));

grant select, insert on escalon.events, escalon.commands to escalon_app;
grant select, insert, update on escalon.streams, escalon.ticket_numbers, escalon.credentials to escalon_app;
grant select, insert, delete on escalon.claims to escalon_app;
grant select on escalon.event_positions to escalon_app;

grant select on escalon.events, escalon.streams, escalon.commands, escalon.claims to escalon_engine;
grant select, insert on escalon.event_positions to escalon_engine;
grant select, update on escalon.sequencer to escalon_engine;
grant select, insert, update, delete on escalon.subscriptions to escalon_engine;

-- The append: everything in it happens, or nothing. `outcome` is `appended`, `conflict` (with the stream's version) or
-- `done` (the command is known); a taken claim raises ES002, since what was written before must go.
create function escalon.append(
    p_organization text, p_type text, p_id text, p_expected bigint,
    p_names text[], p_versions text[], p_payloads text[], p_metadata text, p_occurred_at timestamptz,
    p_take_organizations text[], p_take_kinds text[], p_take_keys text[],
    p_release_organizations text[], p_release_kinds text[], p_release_keys text[],
    p_command uuid, p_input text,
    out outcome text, out version bigint, out insertion bigint
) language plpgsql as $$
declare
    taken record;
begin
    perform set_config('escalon.organization', p_organization, true);
    if p_input is not null and exists (select 1 from escalon.commands c where c.command = p_command) then
        outcome := 'done';
        return;
    end if;

    -- This is the transaction's first write: it has its transaction id before it draws an insertion number, which is
    -- what lets the sequencer tell a late event from one that will never come.
    version := p_expected + cardinality(p_names);
    if p_expected = 0 then
        insert into escalon.streams as s (aggregate_type, aggregate_id, organization, version)
        values (p_type, p_id, p_organization, append.version)
        on conflict do nothing;
    else
        update escalon.streams s set version = append.version
        where s.aggregate_type = p_type and s.aggregate_id = p_id and s.version = p_expected;
    end if;
    if not found then
        outcome := 'conflict';
        select coalesce(max(s.version), 0) into version
        from escalon.streams s where s.aggregate_type = p_type and s.aggregate_id = p_id;
        return;
    end if;

    if cardinality(p_release_kinds) > 0 then
        delete from escalon.claims c
        using unnest(p_release_organizations, p_release_kinds, p_release_keys) as r (organization, kind, key)
        where c.organization = r.organization and c.kind = r.kind and c.key = r.key and c.holder = p_id;
    end if;
    if cardinality(p_take_kinds) > 0 then
        -- Each statement sees what was committed before it: a holder that the insert met may be gone when the select
        -- looks. So it goes on until every claim is really held, or somebody is seen to hold one.
        loop
            insert into escalon.claims (organization, kind, key, holder)
            select t.organization, t.kind, t.key, p_id
            from unnest(p_take_organizations, p_take_kinds, p_take_keys) as t (organization, kind, key)
            on conflict do nothing;
            select t.organization, t.kind, t.key, c.holder into taken
            from unnest(p_take_organizations, p_take_kinds, p_take_keys) as t (organization, kind, key)
            left join escalon.claims c on c.organization = t.organization and c.kind = t.kind and c.key = t.key
            where c.holder is distinct from p_id
            order by c.holder nulls last
            limit 1;
            exit when not found;
            if taken.holder is not null then
                raise exception using errcode = 'ES002', message = 'claim taken',
                    detail = json_build_object('kind', taken.kind, 'key', taken.key, 'holder', taken.holder,
                        'platform', taken.organization = '');
            end if;
        end loop;
    end if;

    insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
        organization, occurred_at)
    select p_type, p_id, p_expected + e.place, e.name, e.version, e.payload::json, p_metadata::json,
        p_organization, p_occurred_at
    from unnest(p_names, p_versions, p_payloads) with ordinality as e (name, version, payload, place)
    order by e.place;
    select max(e.insertion) into insertion
    from escalon.events e where e.aggregate_type = p_type and e.aggregate_id = p_id and e.sequence = append.version;

    if p_input is not null then
        insert into escalon.commands (command, organization, input, aggregate_type, aggregate_id, version, insertion)
        values (p_command, p_organization, p_input, p_type, p_id, append.version, append.insertion);
    end if;
    outcome := 'appended';
end
$$;
grant execute on function escalon.append to escalon_app;

-- Reads that hot paths need, each in one round trip together with the organization that row-level security asks for.
create function escalon.load(p_organization text, p_type text, p_id text) returns setof escalon.events
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return query select * from escalon.events e
        where e.aggregate_type = p_type and e.aggregate_id = p_id and e.organization = p_organization
        order by e.sequence;
end
$$;
create function escalon.find_command(p_organization text, p_command uuid) returns setof escalon.commands
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return query select * from escalon.commands c where c.command = p_command;
end
$$;
create function escalon.claim_holder(p_organization text, p_claim_organization text, p_kind text, p_key text) returns text
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return (select c.holder from escalon.claims c
        where c.organization = p_claim_organization and c.kind = p_kind and c.key = p_key);
end
$$;
create function escalon.next_number(p_organization text, p_prefix text, p_day date) returns bigint
    language plpgsql as $$
declare
    drawn bigint;
begin
    perform set_config('escalon.organization', p_organization, true);
    -- Openings of one day take turns here, so none waits for the disk: the ticket's own append is logged later and
    -- brings this with it, and a number that a crash loses was never used.
    perform set_config('synchronous_commit', 'off', true);
    insert into escalon.ticket_numbers as n (organization, prefix, day, last)
    values (p_organization, p_prefix, p_day, 1)
    on conflict (organization, prefix, day) do update set last = n.last + 1
    returning last into drawn;
    return drawn;
end
$$;
create function escalon.find_credential(p_organization text, p_member text) returns text
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return (select c.hash from escalon.credentials c where c.member = p_member);
end
$$;
create function escalon.put_credential(p_organization text, p_member text, p_hash text) returns void
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    insert into escalon.credentials as c (organization, member, hash) values (p_organization, p_member, p_hash)
    on conflict (organization, member) do update set hash = excluded.hash, updated_at = now();
end
$$;
