-- Columns that lists look at while they walk come first: a row is read up to the last column that is asked for.
create table ticket (
    id                text        primary key,
    opened_at         timestamptz not null,
    updated_at        timestamptz not null,
    version           bigint      not null,
    reopenings        integer     not null,
    comments          integer     not null,
    priority_rank     smallint    not null,
    organization      text        not null,
    status            text        not null,
    priority          text        not null,
    opened_by         text        not null,
    assignee          text,
    brand             text,
    team              text,
    requester_member  text,
    tags              text[]      not null,
    search            tsvector    not null generated always as (escalon.searchable(
        number || ' ' || replace(number, '-', ' ') || ' ' || coalesce(title, '') || ' ' || coalesce(description, '') || ' ' || coalesce(brand, '') || ' '
        || escalon.words(tags))) stored,
    number            text        not null,
    ticket_type       text        not null,
    type_name         text        not null,
    title             text,
    description       text,
    requester_subject text        not null,
    requester_name    text,
    waiting_for       text,
    first_response_at timestamptz,
    resolved_at       timestamptz,
    closed_at         timestamptz
);
create index on ticket (organization, opened_at, id);
create index on ticket (organization, updated_at, id);
create index on ticket (organization, priority_rank, id);
create index on ticket (assignee) where assignee is not null;
create index on ticket (requester_member) where requester_member is not null;
create index on ticket (opened_by);
create index on ticket using gin (
    search,
    (array[status, brand, team, assignee, requester_member, requester_subject, opened_by] || tags)
);
