-- Appends of many streams in one transaction. What `streams` and `commands` kept stands in the events themselves: the
-- primary key orders the appends of a stream, and the first event of a keyed command carries the key's id and the digest
-- of its input. So an event costs one row and three index entries, and nothing else is written beside it.

-- Whoever appends: for any organization, and only events, claims and numbers; it can neither change nor remove events.
do $$
begin
    begin
        create role escalon_writer nologin;
    exception when duplicate_object or unique_violation then
        null;
    end;
    if not pg_has_role(current_user, 'escalon_writer', 'member') then
        grant escalon_writer to current_user;
    end if;
end
$$;
grant usage on schema escalon to escalon_writer;

alter table escalon.events
    add column hash    bytea,
    add column command uuid,
    add column input   bytea;

update escalon.events e set command = c.command, input = decode(c.input, 'hex')
from escalon.commands c
where e.insertion = c.insertion;

-- The chain of each stream, as `escalon_proof::chain::link` makes it.
do $$
declare
    event    record;
    link     bytea;
    previous bytea;
    name     text;
begin
    for event in
        select ctid, aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, metadata::text
        from escalon.events order by aggregate_type, aggregate_id, sequence
    loop
        previous := case when event.sequence = 1 then decode(repeat('00', 32), 'hex') else link end;
        link := convert_to('escalon:event:1', 'UTF8') || '\x00'::bytea || previous;
        foreach name in array array[event.aggregate_type, event.aggregate_id] loop
            link := link || int8send(octet_length(convert_to(name, 'UTF8'))) || convert_to(name, 'UTF8');
        end loop;
        link := link || int8send(8) || int8send(event.sequence);
        foreach name in array array[event.event_type, event.event_version, event.payload, event.metadata] loop
            link := link || int8send(octet_length(convert_to(name, 'UTF8'))) || convert_to(name, 'UTF8');
        end loop;
        link := sha256(link);
        update escalon.events set hash = link where ctid = event.ctid;
    end loop;
end
$$;
-- Only `append` writes events, and it knows what they are: a check would be parsed anew for each statement.
alter table escalon.events alter column hash set not null, drop constraint events_sequence_check;
create unique index events_command on escalon.events (command) where command is not null;

drop function escalon.append, escalon.load, escalon.find_command, escalon.next_number, escalon.claim_holder;
drop table escalon.streams, escalon.commands;

-- Ids are compared byte by byte, whatever the database's language.
alter table escalon.events
    alter column aggregate_type type text collate "C",
    alter column aggregate_id type text collate "C";

-- A claim is found by a digest of what it is: one number of 16 bytes instead of three texts.
alter table escalon.claims drop constraint claims_pkey, add column id uuid;
update escalon.claims set id =
    left(encode(sha256(convert_to(organization || E'\x1f' || kind || E'\x1f' || key, 'UTF8')), 'hex'), 32)::uuid;
alter table escalon.claims add primary key (id);

create policy writer on escalon.events to escalon_writer using (true) with check (true);
create policy writer on escalon.claims to escalon_writer using (true) with check (true);
create policy writer on escalon.ticket_numbers to escalon_writer using (true) with check (true);
grant select, insert on escalon.events to escalon_writer;
grant select, insert, update, delete on escalon.claims to escalon_writer;
grant select, insert, update on escalon.ticket_numbers to escalon_writer;
revoke insert on escalon.events from escalon_app;
revoke insert, delete on escalon.claims from escalon_app;
revoke insert, update on escalon.ticket_numbers from escalon_app;

-- Appends to many streams: each is done or refused on its own, whatever becomes of the others. An append is a place from 1
-- in the arrays of the first line; its events, and the claims it takes (t) and releases (r), name that place. No two appends
-- of a call may concern the same stream, command or claim: the caller sees to it.
--
-- Answers, for each append that was refused, why: `done` (its command is known), `conflict` (its stream is not where it
-- should be; `detail` says where it is) or `taken` (another stream holds a claim; `detail` says which and who). And for
-- each event of the others, in the order given, its stream and insertion number.
create function escalon.append(
    p_types text[], p_ids text[], p_versions bigint[], p_hashes bytea[], p_commands uuid[],
    e_places int[], e_types text[], e_ids text[], e_sequences bigint[], e_names text[], e_versions text[],
    e_payloads text[], e_metadata text[], e_organizations text[], e_occurred_at timestamptz[], e_hashes bytea[],
    e_commands uuid[], e_inputs bytea[],
    t_places int[], t_ids uuid[], t_organizations text[], t_kinds text[], t_keys text[],
    r_places int[], r_ids uuid[]
) returns table (outcome text, place int, stream text, insertion bigint, detail json) language plpgsql as $$
#variable_conflict use_column
declare
    -- The transaction has its id before it draws an insertion number, which is what lets the sequencer tell a late event
    -- from one that will never come.
    own      constant xid8 := pg_current_xact_id();
    goes_on  constant boolean := 0 < any (p_versions);
    refused  int[] := '{}';
    expected bigint;
    met      bigint;
begin
    for attempt in 1..10 loop
        begin
            -- A stream that goes on stands where its writer saw it: that event is there, with that hash.
            if goes_on then
                select count(*) into expected
                from unnest(p_versions) with ordinality as a (version, place)
                where a.version > 0 and a.place <> all (refused);
                select count(*) into met
                from unnest(p_types, p_ids, p_versions, p_hashes) with ordinality as a (type, id, version, hash, place)
                join escalon.events e on e.aggregate_type = a.type and e.aggregate_id = a.id
                    and e.sequence = a.version and e.hash = a.hash
                where a.version > 0 and a.place <> all (refused);
                if met < expected then
                    raise unique_violation;
                end if;
            end if;
            if cardinality(r_places) > 0 then
                delete from escalon.claims c
                using unnest(r_places, r_ids) as r (place, id)
                where c.id = r.id and c.holder = p_ids[r.place] and r.place <> all (refused);
            end if;
            if attempt = 1 then
                if cardinality(t_places) > 0 then
                    insert into escalon.claims (id, organization, kind, key, holder)
                    select t.id, t.organization, t.kind, t.key, p_ids[t.place]
                    from unnest(t_places, t_ids, t_organizations, t_kinds, t_keys)
                        as t (place, id, organization, kind, key)
                    order by t.id;
                end if;
                return query
                insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                    metadata, organization, occurred_at, hash, command, input)
                select e.type, e.id, e.sequence, e.name, e.version, e.payload::json, e.metadata::json, e.organization,
                    e.occurred_at, e.hash, e.command, e.input
                from unnest(e_types, e_ids, e_sequences, e_names, e_versions, e_payloads, e_metadata, e_organizations,
                    e_occurred_at, e_hashes, e_commands, e_inputs)
                    as e (type, id, sequence, name, version, payload, metadata, organization, occurred_at, hash, command,
                        input)
                returning null::text, null::int, aggregate_id, insertion, null::json;
            else
                -- The same without those who were refused, and without claims that their streams hold already.
                insert into escalon.claims (id, organization, kind, key, holder)
                select t.id, t.organization, t.kind, t.key, p_ids[t.place]
                from unnest(t_places, t_ids, t_organizations, t_kinds, t_keys) as t (place, id, organization, kind, key)
                where t.place <> all (refused)
                    and not exists (select from escalon.claims c where c.id = t.id and c.holder = p_ids[t.place])
                order by t.id;
                return query
                insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                    metadata, organization, occurred_at, hash, command, input)
                select e.type, e.id, e.sequence, e.name, e.version, e.payload::json, e.metadata::json, e.organization,
                    e.occurred_at, e.hash, e.command, e.input
                from unnest(e_places, e_types, e_ids, e_sequences, e_names, e_versions, e_payloads, e_metadata,
                    e_organizations, e_occurred_at, e_hashes, e_commands, e_inputs)
                    as e (place, type, id, sequence, name, version, payload, metadata, organization, occurred_at, hash,
                        command, input)
                where e.place <> all (refused)
                returning null::text, null::int, aggregate_id, insertion, null::json;
            end if;
            return;
        exception when unique_violation then
            null;
        end;

        -- Somebody was faster, or somebody is wrong: whoever it is is left out, and the others try again. When nobody is
        -- found any more, the other side went back, and all try again.
        for outcome, place, detail in
            select distinct on (culprit.place) culprit.outcome, culprit.place::int, culprit.detail from (
                select a.place, 1 as rank, 'done' as outcome, null::json as detail
                from unnest(p_commands) with ordinality as a (command, place)
                join escalon.events e on e.command = a.command
                union all
                select a.place, 2, 'conflict', to_json(coalesce(head.sequence, 0))
                from unnest(p_types, p_ids, p_versions, p_hashes) with ordinality as a (type, id, version, hash, place)
                left join lateral (
                    select e.sequence, e.hash from escalon.events e
                    where e.aggregate_type = a.type and e.aggregate_id = a.id
                    order by e.sequence desc limit 1
                ) head on true
                where coalesce(head.sequence, 0) <> a.version or (a.version > 0 and head.hash <> a.hash)
                union all
                select t.place, 3, 'taken',
                    json_build_object('kind', t.kind, 'key', t.key, 'holder', c.holder, 'platform', t.organization = '')
                from unnest(t_places, t_ids, t_organizations, t_kinds, t_keys) as t (place, id, organization, kind, key)
                join escalon.claims c on c.id = t.id
                where c.holder <> p_ids[t.place]
            ) culprit
            where culprit.place <> all (refused)
            order by culprit.place, culprit.rank
        loop
            refused := refused || place;
            return next;
        end loop;
    end loop;
    raise exception 'appends kept meeting each other' using errcode = '40001';
end
$$;
grant execute on function escalon.append to escalon_writer;

-- Reads that hot paths need, each in one round trip together with the organization that row-level security asks for.
create function escalon.load(p_organization text, p_type text, p_id text, p_after bigint) returns setof escalon.events
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return query select * from escalon.events e
        where e.aggregate_type = p_type and e.aggregate_id = p_id and e.organization = p_organization
            and e.sequence > p_after
        order by e.sequence;
end
$$;

-- What was done under these keys: one row for each that is known, with the version and insertion number of its last event.
create function escalon.find_commands(p_commands uuid[]) returns table (
    command uuid, organization text, input text, aggregate_type text, aggregate_id text, version bigint, insertion bigint
) language sql stable as $$
    select first.command, first.organization, encode(first.input, 'hex'), first.aggregate_type, first.aggregate_id,
        last.sequence, last.insertion
    from escalon.events first
    cross join lateral (
        select e.sequence, e.insertion from (
            select * from escalon.events e
            where e.aggregate_type = first.aggregate_type and e.aggregate_id = first.aggregate_id
                and e.sequence >= first.sequence
            order by e.sequence limit 100
        ) e
        where e.metadata ->> 'command' = first.metadata ->> 'command'
        order by e.sequence desc limit 1
    ) last
    where first.command = any (p_commands)
$$;

create function escalon.claim_holder(p_organization text, p_claim uuid) returns text
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    return (select c.holder from escalon.claims c where c.id = p_claim);
end
$$;

-- Draws a number for each request of a sequence, unless its command is known: then none is drawn for it. Answers those
-- commands, and for each sequence how many were drawn and which was the last. Openings of one day take turns here, so none
-- waits for the disk: the ticket's own append is logged later and brings this with it, and a number that a crash loses was
-- never used.
create function escalon.next_numbers(p_organizations text[], p_prefixes text[], p_days date[], p_commands uuid[])
    returns table (known uuid, organization text, prefix text, day date, last bigint) language plpgsql as $$
#variable_conflict use_column
declare
    done constant uuid[] := array(select e.command from escalon.events e where e.command = any (p_commands));
begin
    perform set_config('synchronous_commit', 'off', true);
    return query
    insert into escalon.ticket_numbers as n (organization, prefix, day, last)
    select r.organization, r.prefix, r.day, count(*)
    from unnest(p_organizations, p_prefixes, p_days, p_commands) as r (organization, prefix, day, command)
    where r.command is null or r.command <> all (done)
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (organization, prefix, day) do update set last = n.last + excluded.last
    returning null::uuid, n.organization, n.prefix, n.day, n.last;
    return query select d, null::text, null::text, null::date, null::bigint from unnest(done) as d;
end
$$;
