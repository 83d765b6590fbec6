-- Appends that meet nobody are one plain statement of the engine; this function is asked when somebody is met.

-- A stream is not where its writer saw it.
create function escalon.moved(p_stream text) returns boolean language plpgsql as $$
begin
    raise unique_violation using message = format('the stream %s has moved', p_stream);
end
$$;
grant execute on function escalon.moved to escalon_writer;

-- Appends to many streams: each is done or refused on its own, whatever becomes of the others. An append is a place from 1
-- in the arrays of the first line; its events, and the claims it takes (t) and releases (r), name that place. No two appends
-- of a call may concern the same stream, command or claim: the caller sees to it.
--
-- Answers, for each append that was refused, why: `done` (its command is known), `conflict` (its stream is not where it
-- should be; `detail` says where it is) or `taken` (another stream holds a claim; `detail` says which and who). And for
-- each event of the others, in the order given, its stream and insertion number.
create or replace function escalon.append(
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
            -- Claims that a stream holds already need not be taken.
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
