-- When the notary last moved, as subscriptions have it.
alter table escalon.notary add column updated_at timestamptz not null default now();
