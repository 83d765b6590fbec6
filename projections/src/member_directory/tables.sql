create table member (
    id           text        primary key,
    organization text        not null,
    subject      text        not null,
    name         text,
    email        text,
    sort_name    text        not null,
    status       text        not null,
    joined       boolean     not null,
    roles        text[]      not null,
    invited_at   timestamptz not null,
    updated_at   timestamptz not null,
    version      bigint      not null
);
create index on member (organization, sort_name, id);

create table definition (
    id           text        primary key,
    organization text        not null,
    kind         text        not null,
    name         text        not null,
    title        text        not null,
    body         jsonb       not null,
    retired      boolean     not null,
    updated_at   timestamptz not null,
    version      bigint      not null
);
create index on definition (organization, kind, name, id);

-- An organization belongs to itself.
create table organization (
    id           text        primary key,
    organization text        not null,
    slug         text        not null,
    name         text        not null,
    settings     jsonb       not null,
    suspended    boolean     not null,
    founded_at   timestamptz not null,
    version      bigint      not null
);
create unique index on organization (slug);
