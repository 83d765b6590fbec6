-- Where a stream's events stand in the one order of all events, with the organization that row-level security asks for.
create function escalon.stream_positions(
    p_organization text, p_type text, p_id text, out positions bigint[], out head bigint
) language plpgsql as $$
begin
    perform set_config('escalon.organization', p_organization, true);
    select coalesce(array_agg(p.position order by e.sequence), '{}') into positions
    from escalon.events e join escalon.event_positions p on p.insertion = e.insertion
    where e.aggregate_type = p_type and e.aggregate_id = p_id and e.organization = p_organization;
    select coalesce(max(p.position), 0) into head from escalon.event_positions p;
end
$$;
