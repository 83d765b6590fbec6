create table escalation (
    id               text        primary key,
    organization     text        not null,
    status           text        not null,
    subject          text        not null,
    ticket           text,
    conversation     text,
    cause            text        not null,
    rule             text,
    reason           text,
    reason_subject   text        not null,
    urgency          text        not null,
    urgency_rank     smallint    not null,
    customer_subject text,
    customer_name    text,
    customer_phone   text,
    customer_email   text,
    preferred        text,
    raised_by        text        not null,
    raised_at        timestamptz not null,
    assignee         text,
    acknowledged_by  text,
    acknowledged_at  timestamptz,
    snoozed_until    timestamptz,
    viewers          text[]      not null,
    contacts         integer     not null,
    last_contact_at  timestamptz,
    notes            text,
    notes_subject    text,
    ended_by         text,
    ended_at         timestamptz,
    updated_at       timestamptz not null,
    version          bigint      not null,
    search           tsvector    not null generated always as (escalon.searchable(
        coalesce(conversation, '') || ' ' || coalesce(reason, '') || ' ' || coalesce(customer_name, '') || ' '
        || coalesce(notes, ''))) stored
);
create index on escalation (organization, raised_at, id);
create index on escalation (organization, updated_at, id);
create index on escalation (organization, urgency_rank, id);
create index on escalation (subject);
create index on escalation (assignee) where assignee is not null;
create index on escalation (raised_by);
create index on escalation using gin (search);
