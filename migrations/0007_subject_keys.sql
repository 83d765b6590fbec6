-- Personal values are sealed with a key of their subject. To forget somebody is to destroy their key.

-- The master keys that wrap them come from outside; here is what tells whether the right one was given. While the key is
-- changed there are two that are not retired, and the later one wraps.
create table escalon.master_keys (
    id         text        primary key,
    number     bigint      not null generated always as identity,
    proof      bytea       not null,
    since      timestamptz not null default clock_timestamp(),
    retired_at timestamptz
);

-- A row without a key is somebody who was forgotten; a missing row is a damaged database. `reference` finds a person again
-- by what identifies them elsewhere: a digest that only the engine can make.
create table escalon.subject_keys (
    organization text        not null,
    subject      text        not null,
    wrapped      bytea,
    key_id       text references escalon.master_keys (id),
    reference    bytea,
    created_at   timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    primary key (organization, subject),
    check ((wrapped is null) = (destroyed_at is not null)),
    check ((key_id is null) = (wrapped is null))
);
create unique index subject_keys_reference on escalon.subject_keys (organization, reference) where reference is not null;
create index subject_keys_master on escalon.subject_keys (key_id) where key_id is not null;

-- Who was forgotten, and how far their values are gone from the disk.
create table escalon.forgettings (
    organization text        not null,
    subject      text        not null,
    insertion    bigint      not null,
    key          text,
    forgotten_at timestamptz not null default clock_timestamp(),
    scrubbed_at  timestamptz,
    scrub        text,
    primary key (organization, subject)
);
create index forgettings_at on escalon.forgettings (forgotten_at);
create index forgettings_left on escalon.forgettings (insertion) where scrubbed_at is null;

alter table escalon.subject_keys enable row level security;
create policy engine on escalon.subject_keys to escalon_engine using (true) with check (true);
grant select, insert, update on escalon.master_keys to escalon_engine;
grant select, update on escalon.forgettings to escalon_engine;

-- A password for somebody who was forgotten is not kept.
alter table escalon.forgettings enable row level security;
create policy engine on escalon.forgettings to escalon_engine using (true) with check (true);
create policy app on escalon.forgettings for select to escalon_app
    using (organization = (select escalon.organization()));
grant select on escalon.forgettings to escalon_app;
create or replace function escalon.put_credential(p_organization text, p_member text, p_hash text) returns void
    language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    insert into escalon.credentials as c (organization, member, hash)
    select p_organization, p_member, p_hash
    where not exists (select 1 from escalon.forgettings f
        where f.organization = p_organization and f.subject = 'subject' || substr(p_member, length('member') + 1))
    on conflict (organization, member) do update set hash = excluded.hash, updated_at = now();
end
$$;

-- Whoever rewrites a table must own it, and no other role is to read these. The application's role does not see keys.
grant create on schema escalon to escalon_engine;
alter table escalon.subject_keys owner to escalon_engine;
alter table escalon.credentials owner to escalon_engine;
revoke create on schema escalon from escalon_engine;

-- The keys of these subjects, made where there are none. This commit need not wait for the disk: what is sealed with a key
-- is logged after it, and brings it along.
create function escalon.keys_of_subjects(
    p_organizations text[], p_subjects text[], p_wrapped bytea[], p_key_id text
) returns table (place bigint, wrapped bytea, key_id text) language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    -- Nobody may retire this master key meanwhile.
    perform pg_advisory_xact_lock_shared(7012028);
    insert into escalon.subject_keys as k (organization, subject, wrapped, key_id)
    select g.organization, g.subject, g.wrapped, p_key_id
    from unnest(p_organizations, p_subjects, p_wrapped) as g (organization, subject, wrapped)
    where exists (select 1 from escalon.master_keys m where m.id = p_key_id and m.retired_at is null)
    order by g.organization, g.subject
    on conflict do nothing;
    return query
        select g.place, k.wrapped, k.key_id
        from unnest(p_organizations, p_subjects) with ordinality as g (organization, subject, place)
        join escalon.subject_keys k on k.organization = g.organization and k.subject = g.subject;
end
$$;
revoke all on function escalon.keys_of_subjects from public;
grant execute on function escalon.keys_of_subjects to escalon_engine;

-- The subject with this reference, made where there is none; none when the master key is retired.
create function escalon.subject_of_reference(
    p_organization text, p_reference bytea, p_subject text, p_wrapped bytea, p_key_id text
) returns text language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    perform pg_advisory_xact_lock_shared(7012028);
    insert into escalon.subject_keys (organization, subject, wrapped, key_id, reference)
    select p_organization, p_subject, p_wrapped, p_key_id, p_reference
    where exists (select 1 from escalon.master_keys m where m.id = p_key_id and m.retired_at is null)
    on conflict do nothing;
    return (select k.subject from escalon.subject_keys k
        where k.organization = p_organization and k.reference = p_reference);
end
$$;
revoke all on function escalon.subject_of_reference from public;
grant execute on function escalon.subject_of_reference to escalon_engine;

-- That somebody was forgotten is an event, and in its transaction their key, their password and the way from their
-- reference to them are destroyed: whoever sees the event finds no key.
create function escalon.destroy_subject_key() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    forgotten text := new.payload -> 'data' ->> 'subject';
    destroyed text;
begin
    select encode(sha256(k.wrapped), 'hex') into destroyed from escalon.subject_keys k
    where k.organization = new.organization and k.subject = forgotten for update;
    insert into escalon.subject_keys as k (organization, subject, destroyed_at)
    values (new.organization, forgotten, clock_timestamp())
    on conflict (organization, subject) do update
        set wrapped = null, key_id = null, reference = null,
            destroyed_at = coalesce(k.destroyed_at, excluded.destroyed_at);
    delete from escalon.credentials c where c.organization = new.organization and c.member = new.aggregate_id;
    insert into escalon.forgettings (organization, subject, insertion, key)
    values (new.organization, forgotten, new.insertion, destroyed)
    on conflict do nothing;
    return null;
end
$$;
revoke all on function escalon.destroy_subject_key() from public;
create trigger forgotten after insert on escalon.events for each row
    when (new.event_type like '%.forgotten') execute function escalon.destroy_subject_key();

-- To clear the log of what it held, the engine ends its segment and makes a checkpoint. Where the migration's owner may not
-- allow that, a database administrator has to do it, and the scrub says so.
do $$
begin
    grant execute on function pg_catalog.pg_switch_wal() to escalon_engine;
    grant pg_checkpoint to escalon_engine;
exception when insufficient_privilege or undefined_object then
    raise notice 'checkpoints are left to the administrator of the database';
end
$$;
