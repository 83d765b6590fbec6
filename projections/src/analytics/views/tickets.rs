//! Tickets and what happened to them.

use crate::analytics::definition::{Mask, View, count, flag, moment, personal, seconds, span, text, whole};

pub(super) const TICKETS: View = View {
    name: "tickets",
    rows: "one row a ticket",
    meaning: "Every ticket as it stands, with the times and spans of its life. Spans are by the clock of the wall and never negative; \
              those of a step that is undone (a resolution after a reopening) are null until it is done again.",
    from: "{ticket} t
        left join {ticket_fact} f on f.id = t.id
        left join {member} requester on requester.id = t.requester_member
        left join {member} assignee on assignee.id = t.assignee
        left join {definition} team on team.id = t.team
        left join {definition} type on type.id = t.ticket_type",
    key: &["ticket_id"],
    columns: &[
        text("ticket_id", "t.id", "The ticket's id."),
        text("number", "t.number", "Its number, unique in the organization."),
        text("type", "t.type_name", "The short name of its type when it was opened."),
        text("type_title", "type.title", "The present name of that type, for people."),
        personal("title", Mask::Words, "t.title", "What it is, in a line."),
        personal("description", Mask::Words, "t.description", "What it is, at length."),
        text(
            "requester_kind",
            "case when t.requester_member is null then 'customer' else 'member' end",
            "Whether a `member` or a `customer` asks for it.",
        ),
        text(
            "requester_id",
            "coalesce(t.requester_member, t.requester_subject)",
            "Who asks for it: the id of the member, or a pseudonym that is the same for all tickets of a customer.",
        ),
        personal("requester_name", Mask::Name, "coalesce(t.requester_name, requester.name)", "Their name."),
        text("opened_by", "t.opened_by", "Who opened it: `member_…`, `subject_…` or `system:…`."),
        text("brand", "t.brand", "The brand it is about."),
        text("priority", "t.priority", "The word for its priority now."),
        whole(
            "priority_rank",
            "t.priority_rank",
            "The rank of that in the type's scale; 1 is the most important.",
        ),
        text(
            "status",
            "t.status",
            "Where it stands: `open`, `waiting`, `processed`, `resolved`, `reopened` or `closed`.",
        ),
        text("team_id", "t.team", "The id of the team that has it."),
        text("team", "team.name", "The short name of that team."),
        text("assignee_id", "t.assignee", "The id of the member who has it."),
        personal("assignee_name", Mask::Name, "assignee.name", "Their name."),
        text("tags", "array_to_string(t.tags, ' ')", "Its tags in alphabetical order, with blanks between."),
        text("waiting_for", "t.waiting_for", "For whom or what it waits, while it does."),
        count("comments", "comments", "t.comments", "How many comments the requester can read."),
        count("reopenings", "reopenings", "t.reopenings", "How often it was reopened."),
        count(
            "team_changes",
            "changes",
            "f.team_changes",
            "How often its team changed, from and to none included.",
        ),
        count(
            "assignee_changes",
            "changes",
            "f.assignee_changes",
            "How often its assignee changed, from and to nobody included.",
        ),
        count("reassignments", "changes", "f.reassignments", "How often it went from one member to another."),
        moment("opened_at", "t.opened_at", "When it was opened."),
        moment("first_response_at", "t.first_response_at", "When somebody first answered the requester."),
        moment(
            "resolved_at",
            "t.resolved_at",
            "When its resolution was last accepted; null while it is reopened.",
        ),
        moment("closed_at", "t.closed_at", "When it was last closed; null while it is reopened."),
        moment("updated_at", "t.updated_at", "When anything last happened to it."),
        seconds(
            "first_response_seconds",
            span!("t.opened_at", "t.first_response_at"),
            "From opening to the first answer.",
        ),
        seconds(
            "resolution_seconds",
            span!("t.opened_at", "t.resolved_at"),
            "From opening to the resolution that stands.",
        ),
        seconds(
            "closing_seconds",
            span!("t.opened_at", "t.closed_at"),
            "From opening to the closing that stands.",
        ),
        seconds(
            "paused_seconds",
            "f.paused_ms / 1000.0",
            "For how long it waited for somebody, without a waiting that lasts still.",
        ),
        moment("waiting_since", "f.waiting_since", "Since when it waits, while it does."),
        count("events", "events", "t.version", "How many events it has."),
    ],
};

pub(super) const TICKET_EVENTS: View = View {
    name: "ticket_events",
    rows: "one row an event of a ticket",
    meaning: "What happened to tickets, step by step: for the paths that tickets take, and the time between steps.",
    from: "{timeline} l
        join {audit} a on a.position = l.position
        join {ticket} t on t.id = l.stream
        where l.stream_kind = 'ticket'",
    key: &["position"],
    columns: &[
        whole("position", "l.position", "The event's place in the one order of all events of the installation."),
        text("ticket_id", "l.stream", "The ticket."),
        text("ticket_number", "t.number", "Its number."),
        text("ticket_type", "t.type_name", "The short name of its type."),
        whole("sequence", "l.sequence", "The event's place among those of its ticket, from 1."),
        text("event", "l.kind", "What happened, for example `ticket.reopened`."),
        text("actor_id", "l.actor", "Who did it: `member_…`, `subject_…` or `system:…`."),
        text(
            "actor_kind",
            "case when starts_with(l.actor, 'member_') then 'member' when starts_with(l.actor, 'subject_') then 'customer'
             else 'system' end",
            "Whether a `member`, a `customer` or the `system` did it.",
        ),
        flag("internal", "l.internal", "Whether it is among ourselves: the requester does not read it."),
        text("source", "a.source", "Where it came from: `graphql`, `cli`, `import:servicenow` and the like."),
        moment("occurred_at", "l.at", "When it happened in the world."),
        moment("recorded_at", "a.recorded_at", "When it was stored; much later for imported history."),
        seconds(
            "seconds_since_opening",
            "extract(epoch from l.at - t.opened_at)",
            "From the opening of the ticket to this event.",
        ),
        seconds(
            "seconds_since_previous",
            "extract(epoch from l.at - lag(l.at) over (partition by l.stream order by l.sequence))",
            "From the ticket's event before to this one; null for the first.",
        ),
    ],
};
