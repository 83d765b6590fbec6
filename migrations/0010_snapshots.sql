-- A long stream's state after so many of its events, so that loading it need not begin at its first. `schema` is the digest
-- of the code that wrote it: another code does not read it. Snapshots can be dropped at any time.
create table escalon.snapshots (
    aggregate_type text collate "C" not null,
    aggregate_id   text collate "C" not null,
    organization   text             not null,
    schema         text             not null,
    version        bigint           not null,
    hash           bytea            not null,
    state          text             not null,
    recorded_at    timestamptz      not null default now(),
    primary key (aggregate_type, aggregate_id)
);
alter table escalon.snapshots enable row level security;
create policy engine on escalon.snapshots to escalon_engine using (true) with check (true);
create policy writer on escalon.snapshots to escalon_writer using (true) with check (true);
create policy app on escalon.snapshots to escalon_app using (organization = (select escalon.organization()));
grant select on escalon.snapshots to escalon_app;
grant select, insert, update, delete on escalon.snapshots to escalon_writer, escalon_engine;

-- A stream as it stands: its snapshot, if this schema has one (a row with `state`), and its events after that.
create function escalon.latest(p_organization text, p_type text, p_id text, p_schema text) returns table (
    state text, aggregate_type text, aggregate_id text, sequence bigint, event_type text, event_version text,
    payload text, metadata text, recorded_at timestamptz, insertion bigint, hash bytea
) language plpgsql as $$
#variable_conflict use_column
declare
    kept bigint := 0;
begin
    perform set_config('escalon.organization', p_organization, true);
    select s.state, s.version, s.hash into state, sequence, hash from escalon.snapshots s
    where s.aggregate_type = p_type and s.aggregate_id = p_id and s.organization = p_organization and s.schema = p_schema;
    if found then
        kept := sequence;
        return next;
    end if;
    return query select null::text, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version,
            e.payload::text, e.metadata::text, e.recorded_at, e.insertion, e.hash
        from escalon.events e
        where e.aggregate_type = p_type and e.aggregate_id = p_id and e.organization = p_organization
            and e.sequence > kept
        order by e.sequence;
end
$$;
