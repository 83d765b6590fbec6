-- Who works for a subscription: one process at a time, for as long as it renews. Kept apart from the checkpoint, whose row
-- is locked while a batch is taken; a heartbeat must not wait for that.
create table escalon.leases (
    subscription text             primary key,
    owner        text             not null,
    until        timestamptz      not null,
    heartbeat_at timestamptz      not null,
    rate         double precision not null default 0
);

-- A stream that a subscription cannot get past: `position` is the first event it did not take. What waits behind it are
-- the stream's events from there up to the checkpoint.
create table escalon.parked_sequences (
    id             uuid        primary key default gen_random_uuid(),
    subscription   text        not null references escalon.subscriptions (name) on delete cascade,
    aggregate_type text        not null,
    aggregate_id   text        not null,
    organization   text        not null,
    position       bigint      not null,
    error          text        not null,
    attempts       integer     not null,
    parked_at      timestamptz not null default clock_timestamp(),
    tried_at       timestamptz not null default clock_timestamp(),
    unique (subscription, aggregate_type, aggregate_id)
);

-- Operators read it through the engine, which keeps to their organization.
alter table escalon.parked_sequences enable row level security;
create policy engine on escalon.parked_sequences to escalon_engine using (true) with check (true);

-- Events that an operator passed over for a subscription; a rebuild passes over them, too.
create table escalon.skipped_events (
    subscription text   not null,
    position     bigint not null,
    primary key (subscription, position)
);

grant select, insert, update, delete on escalon.leases, escalon.parked_sequences, escalon.skipped_events to escalon_engine;

-- Begins a batch: locks the checkpoint, so that nobody else takes events for this subscription or switches what it writes
-- to until the transaction ends, and says where it stands. Output and checkpoint are in one transaction: what a crash of
-- the database loses simply comes again, so none of it waits for the disk. A process that stops in mid-batch is cut off
-- by the server after `p_patience` milliseconds, since the next owner would wait for its locks.
create function escalon.begin_batch(
    p_name text, p_patience integer,
    out checkpoint bigint, out parked text[], out schema text, out version integer
) language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true),
        set_config('idle_in_transaction_session_timeout', p_patience::text, true);
    select s.position into checkpoint from escalon.subscriptions s where s.name = p_name for update;
    select array_agg(p.aggregate_type || '/' || p.aggregate_id) into parked
    from escalon.parked_sequences p where p.subscription = p_name;
    select p.schema, p.version into schema, version
    from escalon.projections p where 'projection.' || p.name = p_name and p.live;
end
$$;

-- Moves a checkpoint by compare-and-set: only from where the batch began, only for the owner of the lease, and only over
-- the event that was read: a failover to a standby that lacked it may have given its position to another one.
create function escalon.move_checkpoint(
    p_name text, p_owner text, p_from bigint, p_to bigint, p_recorded_at timestamptz
) returns boolean language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    update escalon.subscriptions s set position = p_to, updated_at = clock_timestamp(), error = null
    where s.name = p_name and s.position = p_from
        and exists (select 1 from escalon.leases l where l.subscription = p_name and l.owner = p_owner)
        and (p_recorded_at is null or p_recorded_at = (select e.recorded_at
            from escalon.event_positions p join escalon.events e on e.insertion = p.insertion where p.position = p_to));
    return found;
end
$$;

revoke all on function escalon.begin_batch, escalon.move_checkpoint from public;
grant execute on function escalon.begin_batch, escalon.move_checkpoint to escalon_engine;
