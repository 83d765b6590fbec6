//! How the service did, day by day.

use crate::analytics::definition::{View, count, day, seconds, text};

pub(super) const SERVICE_DAILY: View = View {
    name: "service_daily",
    rows: "one row a day in UTC, ticket type and team on which anything happened",
    meaning: "What was done on each day. Each thing counts on the day it happened, and for the team that has the ticket now. \
              A resolution or closing counts on the day of the one that stands.",
    from: "(
        select happened.day, happened.type_name, happened.team,
            count(*) filter (where what = 'opened') as opened,
            count(*) filter (where what = 'responded') as responded,
            count(*) filter (where what = 'resolved') as resolved,
            count(*) filter (where what = 'closed') as closed,
            count(*) filter (where what = 'reopened') as reopened,
            count(*) filter (where what = 'escalated') as escalated,
            avg(span) filter (where what = 'responded') as response_mean,
            percentile_cont(0.5) within group (order by span) filter (where what = 'responded') as response_median,
            avg(span) filter (where what = 'resolved') as resolution_mean,
            percentile_cont(0.5) within group (order by span) filter (where what = 'resolved') as resolution_median
        from (
            select (f.opened_at at time zone 'UTC')::date as day, f.type_name, f.team, 'opened' as what,
                null::double precision as span from {ticket_fact} f
            union all
            select (f.first_response_at at time zone 'UTC')::date, f.type_name, f.team, 'responded',
                greatest(extract(epoch from f.first_response_at - f.opened_at), 0)
                from {ticket_fact} f where f.first_response_at is not null
            union all
            select (f.resolved_at at time zone 'UTC')::date, f.type_name, f.team, 'resolved',
                greatest(extract(epoch from f.resolved_at - f.opened_at), 0)
                from {ticket_fact} f where f.resolved_at is not null
            union all
            select (f.closed_at at time zone 'UTC')::date, f.type_name, f.team, 'closed', null
                from {ticket_fact} f where f.closed_at is not null
            union all
            select (l.at at time zone 'UTC')::date, f.type_name, f.team, 'reopened', null
                from {timeline} l join {ticket_fact} f on f.id = l.stream where l.kind = 'ticket.reopened'
            union all
            select (e.raised_at at time zone 'UTC')::date, f.type_name, f.team, 'escalated', null
                from {escalation} e join {ticket_fact} f on f.id = e.ticket
        ) happened
        group by happened.day, happened.type_name, happened.team
    ) s
    left join {definition} team on team.id = s.team",
    key: &["day", "ticket_type", "team_id"],
    columns: &[
        day("day", "s.day", "The day in UTC."),
        text("ticket_type", "s.type_name", "The short name of the tickets' type."),
        text("team_id", "s.team", "The id of the team that has the tickets now; null for those without a team."),
        text("team", "team.name", "The short name of that team."),
        count("opened", "tickets", "s.opened", "How many tickets were opened."),
        count("first_responses", "tickets", "s.responded", "How many were first answered."),
        count("resolved", "tickets", "s.resolved", "How many were resolved."),
        count("closed", "tickets", "s.closed", "How many were closed."),
        count("reopenings", "reopenings", "s.reopened", "How often tickets were reopened."),
        count("escalations", "escalations", "s.escalated", "How many escalations of tickets were raised."),
        seconds(
            "first_response_seconds_mean",
            "s.response_mean",
            "From opening to the first answer, for tickets first answered on this day: the mean.",
        ),
        seconds("first_response_seconds_median", "s.response_median", "The same: the median."),
        seconds(
            "resolution_seconds_mean",
            "s.resolution_mean",
            "From opening to the resolution, for tickets resolved on this day: the mean.",
        ),
        seconds("resolution_seconds_median", "s.resolution_median", "The same: the median."),
    ],
};

pub(super) const ESCALATIONS_DAILY: View = View {
    name: "escalations_daily",
    rows: "one row a day in UTC, cause and urgency with which escalations were raised",
    meaning: "The escalations raised on each day, and what became of them.",
    from: "(
        select (e.raised_at at time zone 'UTC')::date as day, e.cause, e.urgency, min(e.urgency_rank) as urgency_rank,
            count(*) as raised,
            count(*) filter (where e.acknowledged_at is not null) as acknowledged,
            count(*) filter (where e.status = 'resolved') as resolved,
            count(*) filter (where e.status = 'cancelled') as cancelled,
            avg(greatest(extract(epoch from e.ended_at - e.raised_at), 0)) filter (where e.ended_at is not null) as ending_mean,
            percentile_cont(0.5) within group (order by greatest(extract(epoch from e.ended_at - e.raised_at), 0)::double precision)
                filter (where e.ended_at is not null) as ending_median
        from {escalation} e
        group by 1, 2, 3
    ) s",
    key: &["day", "cause", "urgency"],
    columns: &[
        day("day", "s.day", "The day in UTC on which they were raised."),
        text("cause", "s.cause", "Why: `hand`, `customer` or `rule`."),
        text("urgency", "s.urgency", "How insistently people are told: `urgent`, `high`, `medium` or `low`."),
        count("raised", "escalations", "s.raised", "How many were raised."),
        count("acknowledged", "escalations", "s.acknowledged", "How many of them somebody owns, or owned when they ended."),
        count("resolved", "escalations", "s.resolved", "How many of them were resolved."),
        count("cancelled", "escalations", "s.cancelled", "How many of them were called off."),
        seconds("ending_seconds_mean", "s.ending_mean", "From raising to the end, for those that ended: the mean."),
        seconds("ending_seconds_median", "s.ending_median", "The same: the median."),
    ],
};
