-- Two roles without login. `escalon_app` is bound to one organization by row-level security and can neither change nor
-- remove events; `escalon_engine` sees every organization, for the sequencer and the projectors.
-- Roles belong to the whole cluster, so another database may be making them at this moment.
do $$
declare
    name text;
begin
    foreach name in array array['escalon_app', 'escalon_engine'] loop
        begin
            execute format('create role %I nologin', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
        if not pg_has_role(current_user, name, 'member') then
            execute format('grant %I to current_user', name);
        end if;
    end loop;
end
$$;

grant usage on schema escalon to escalon_app, escalon_engine;

-- What the current transaction may see. Compared by every row-level security policy.
create function escalon.organization() returns text
    language sql stable parallel safe
    return current_setting('escalon.organization', true);
