-- The notary: a Merkle tree over each organization's events, and its signed checkpoints. What is here follows from the
-- events; what makes it a proof are the checkpoints that are kept elsewhere.

-- How far the notary is: its checkpoint as a reader of the feed.
create table escalon.notary (
    only_row boolean primary key default true check (only_row),
    position bigint not null
);
insert into escalon.notary (position) values (0);

-- The size of each tree, the size of its last signed checkpoint, and why no more are signed, if so.
create table escalon.notary_trees (
    organization text   primary key,
    size         bigint not null check (size >= 0),
    signed       bigint not null default 0,
    halted       text
);
create index notary_trees_unsigned on escalon.notary_trees (organization) where signed < size;

-- 256 hashes each (C2SP tlog-tiles). Those of level 0 hold leaves, and so the positions of their events, 8 bytes each.
create table escalon.notary_tiles (
    organization text    not null,
    level        integer not null,
    tile         bigint  not null,
    hashes       bytea   not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
    positions    bytea   check ((positions is not null) = (level = 0)),
    first        bigint  check ((first is not null) = (level = 0)),
    primary key (organization, level, tile)
);
create unique index notary_tiles_first on escalon.notary_tiles (organization, first) where level = 0;

-- Signed notes (C2SP tlog-checkpoint), and whether the anchor has them.
create table escalon.notary_checkpoints (
    organization text        not null,
    size         bigint      not null check (size > 0),
    note         text        not null,
    signed_at    timestamptz not null default now(),
    anchored_at  timestamptz,
    primary key (organization, size)
);
create index notary_checkpoints_pending on escalon.notary_checkpoints (signed_at) where anchored_at is null;

do $$
declare
    name text;
begin
    foreach name in array array['notary_trees', 'notary_tiles', 'notary_checkpoints'] loop
        execute format('alter table escalon.%I enable row level security', name);
        execute format('create policy engine on escalon.%I to escalon_engine using (true) with check (true)', name);
    end loop;
end
$$;
grant select, update on escalon.notary to escalon_engine;
grant select, insert, update on escalon.notary_trees, escalon.notary_tiles to escalon_engine;
-- What was signed stays as it is.
grant select, insert, update (anchored_at) on escalon.notary_checkpoints to escalon_engine;
