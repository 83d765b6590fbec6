create table ticket_fact (
    id                text        primary key,
    organization      text        not null,
    status            text        not null,
    type_name         text        not null,
    priority          text        not null,
    brand             text,
    team              text,
    assignee          text,
    opened_at         timestamptz not null,
    first_response_at timestamptz,
    resolved_at       timestamptz,
    closed_at         timestamptz,
    reopenings        integer     not null,
    team_changes      integer     not null,
    assignee_changes  integer     not null,
    reassignments     integer     not null,
    paused_ms         bigint      not null,
    waiting_since     timestamptz
);
create index on ticket_fact (organization, opened_at);
