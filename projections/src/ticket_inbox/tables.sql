create table ticket (
    id                text        primary key,
    organization      text        not null,
    number            text        not null,
    ticket_type       text        not null,
    type_name         text        not null,
    title             text,
    description       text,
    requester_subject text        not null,
    requester_member  text,
    requester_name    text,
    opened_by         text        not null,
    brand             text,
    priority          text        not null,
    priority_rank     smallint    not null,
    status            text        not null,
    team              text,
    assignee          text,
    tags              text[]      not null,
    waiting_for       text,
    reopenings        integer     not null,
    comments          integer     not null,
    opened_at         timestamptz not null,
    updated_at        timestamptz not null,
    first_response_at timestamptz,
    resolved_at       timestamptz,
    closed_at         timestamptz,
    version           bigint      not null,
    search            tsvector    not null generated always as (escalon.searchable(
        number || ' ' || replace(number, '-', ' ') || ' ' || coalesce(title, '') || ' ' || coalesce(description, '') || ' ' || coalesce(brand, '') || ' '
        || escalon.words(tags))) stored
);
create index on ticket (organization, opened_at, id);
create index on ticket (organization, updated_at, id);
create index on ticket (organization, priority_rank, id);
create index on ticket (assignee) where assignee is not null;
create index on ticket (requester_member) where requester_member is not null;
create index on ticket (opened_by);
create index on ticket using gin (search);
