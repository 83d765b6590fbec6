//! Members, teams, and the types of tickets.

use crate::analytics::definition::{Mask, View, count, flag, moment, personal, text};

pub(super) const MEMBERS: View = View {
    name: "members",
    rows: "one row a member",
    meaning: "The people of the organization, and how much work each has.",
    from: "{member} m
        left join (
            select t.assignee, count(*) filter (where t.status not in ('resolved', 'closed')) as unfinished, count(*) as tickets
            from {ticket} t where t.assignee is not null group by t.assignee
        ) work on work.assignee = m.id",
    key: &["member_id"],
    columns: &[
        text("member_id", "m.id", "The member's id."),
        personal("name", Mask::Name, "m.name", "Their name."),
        personal("email", Mask::Email, "m.email", "Their address."),
        text("status", "m.status", "Where they are in their life: `invited`, `active`, `suspended` or `forgotten`."),
        flag("joined", "m.joined", "Whether they ever joined."),
        text(
            "roles",
            "(select string_agg(r.name, ' ' order by r.name) from {definition} r where r.id = any(m.roles))",
            "The short names of their roles in alphabetical order, with blanks between.",
        ),
        text(
            "teams",
            "(select string_agg(d.name, ' ' order by d.name) from {definition} d
              where d.kind = 'team' and not d.retired and d.body->'members' ? m.id)",
            "The short names of their teams in alphabetical order, with blanks between.",
        ),
        count(
            "unfinished_tickets",
            "tickets",
            "coalesce(work.unfinished, 0)",
            "How many tickets they have that are neither resolved nor closed.",
        ),
        count("tickets", "tickets", "coalesce(work.tickets, 0)", "How many tickets they have, whatever their status."),
        moment("invited_at", "m.invited_at", "When they were invited."),
        moment("updated_at", "m.updated_at", "When anything last happened to them."),
    ],
};

pub(super) const TEAMS: View = View {
    name: "teams",
    rows: "one row a team",
    meaning: "The teams, retired ones too, and how much work each has.",
    from: "{definition} d
        left join (
            select t.team, count(*) filter (where t.status not in ('resolved', 'closed')) as unfinished, count(*) as tickets
            from {ticket} t where t.team is not null group by t.team
        ) work on work.team = d.id
        where d.kind = 'team'",
    key: &["team_id"],
    columns: &[
        text("team_id", "d.id", "The team's id."),
        text("team", "d.name", "Its short name."),
        text("title", "d.title", "Its name for people."),
        count("members", "members", "jsonb_array_length(d.body->'members')", "How many members belong to it."),
        count(
            "unfinished_tickets",
            "tickets",
            "coalesce(work.unfinished, 0)",
            "How many tickets it has that are neither resolved nor closed.",
        ),
        count("tickets", "tickets", "coalesce(work.tickets, 0)", "How many tickets it has, whatever their status."),
        flag("retired", "d.retired", "Whether it has been retired."),
        moment("updated_at", "d.updated_at", "When it was last changed."),
    ],
};

pub(super) const TEAM_MEMBERS: View = View {
    name: "team_members",
    rows: "one row a member of a team",
    meaning: "Who belongs to which team now.",
    from: "{definition} d
        cross join lateral jsonb_array_elements_text(d.body->'members') as belongs (member)
        left join {member} m on m.id = belongs.member
        where d.kind = 'team'",
    key: &["team_id", "member_id"],
    columns: &[
        text("team_id", "d.id", "The team's id."),
        text("team", "d.name", "Its short name."),
        text("member_id", "belongs.member", "The member's id."),
        personal("member_name", Mask::Name, "m.name", "Their name."),
        flag("retired", "d.retired", "Whether the team has been retired."),
    ],
};

pub(super) const TICKET_TYPES: View = View {
    name: "ticket_types",
    rows: "one row a type of tickets",
    meaning: "The types of tickets as they are now, retired ones too.",
    from: "{definition} d where d.kind = 'ticket_type'",
    key: &["type_id"],
    columns: &[
        text("type_id", "d.id", "The type's id."),
        text("type", "d.name", "Its short name."),
        text("title", "d.title", "Its name for people."),
        text("prefix", "d.body->>'prefix'", "What the numbers of its tickets begin with."),
        flag(
            "needs_acceptance",
            "(d.body->'rules'->>'acceptance')::boolean",
            "Whether the requester's side must accept a proposed resolution.",
        ),
        flag(
            "needs_proof",
            "(d.body->'rules'->>'proof')::boolean",
            "Whether an approved proof of work is needed before a ticket can be resolved.",
        ),
        flag("retired", "d.retired", "Whether it has been retired."),
        moment("updated_at", "d.updated_at", "When it was last changed."),
    ],
};
