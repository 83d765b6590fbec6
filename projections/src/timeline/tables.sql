-- One row an event of a ticket or escalation.
create table timeline (
    position     bigint      primary key,
    organization text        not null,
    stream       text        not null,
    stream_kind  text        not null,
    sequence     bigint      not null,
    kind         text        not null,
    actor        text        not null,
    at           timestamptz not null,
    internal     boolean     not null,
    data         jsonb       not null,
    subjects     text[]      not null
);
create index on timeline (stream, position);
create index on timeline using gin (subjects);

-- What each escalation is about, so that its events are found under its subject.
create table timeline_escalation (
    escalation   text primary key,
    organization text not null,
    subject      text not null
);
create index on timeline_escalation (subject);
