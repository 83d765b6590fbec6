//! Escalations and what happened to them.

use crate::analytics::definition::{Mask, View, count, flag, moment, personal, seconds, span, text, whole};

pub(super) const ESCALATIONS: View = View {
    name: "escalations",
    rows: "one row an escalation",
    meaning: "Every escalation as it stands: why it was raised, how urgent it is, who took it, and how long it took.",
    from: "{escalation} e
        left join {ticket} t on t.id = e.ticket
        left join {member} assignee on assignee.id = e.assignee",
    key: &["escalation_id"],
    columns: &[
        text("escalation_id", "e.id", "The escalation's id."),
        text("ticket_id", "e.ticket", "The ticket it is about, if it is about one."),
        text("ticket_number", "t.number", "The number of that."),
        text("ticket_type", "t.type_name", "The short name of its type."),
        text(
            "conversation",
            "e.conversation",
            "The reference of the conversation it is about, if it is about one.",
        ),
        text("cause", "e.cause", "Why there is one: `hand`, `customer` or `rule`."),
        text("rule", "e.rule", "The rule that raised it, if one did."),
        personal("reason", Mask::Words, "e.reason", "Why, in words."),
        text("urgency", "e.urgency", "How insistently people are told: `urgent`, `high`, `medium` or `low`."),
        whole("urgency_rank", "e.urgency_rank", "The rank of that; 1 is the most insistent."),
        text(
            "status",
            "e.status",
            "Where it stands: `pending`, `assigned`, `in_progress`, `resolved` or `cancelled`.",
        ),
        text("customer_id", "e.customer_subject", "A pseudonym of the customer it is about."),
        personal("customer_name", Mask::Name, "e.customer_name", "Their name."),
        personal("customer_phone", Mask::Phone, "e.customer_phone", "Their number."),
        personal("customer_email", Mask::Email, "e.customer_email", "Their address."),
        text("preferred_contact", "e.preferred", "How they want to be reached: `sms`, `call` or `email`."),
        text("raised_by", "e.raised_by", "Who raised it: `member_…`, `subject_…` or `system:…`."),
        moment("raised_at", "e.raised_at", "When it was raised."),
        text("assignee_id", "e.assignee", "The id of the member who has it."),
        personal("assignee_name", Mask::Name, "assignee.name", "Their name."),
        text("acknowledged_by", "e.acknowledged_by", "Who owns it, while somebody does."),
        moment("acknowledged_at", "e.acknowledged_at", "Since when."),
        moment("snoozed_until", "e.snoozed_until", "Until when it is held."),
        count("viewers", "members", "cardinality(e.viewers)", "How many members looked at it."),
        count("contacts", "contacts", "e.contacts", "How often the customer was contacted."),
        moment("last_contact_at", "e.last_contact_at", "When they were last contacted."),
        text("ended_by", "e.ended_by", "Who resolved it or called it off."),
        moment("ended_at", "e.ended_at", "When."),
        personal("notes", Mask::Words, "e.notes", "What was done, or why it was called off."),
        moment("updated_at", "e.updated_at", "When anything last happened to it."),
        seconds(
            "acknowledgement_seconds",
            span!("e.raised_at", "e.acknowledged_at"),
            "From raising to the acknowledgement that stands.",
        ),
        seconds("ending_seconds", span!("e.raised_at", "e.ended_at"), "From raising to its end."),
        count("events", "events", "e.version", "How many events it has."),
    ],
};

pub(super) const ESCALATION_EVENTS: View = View {
    name: "escalation_events",
    rows: "one row an event of an escalation",
    meaning: "What happened to escalations, step by step.",
    from: "{timeline} l
        join {audit} a on a.position = l.position
        join {escalation} e on e.id = l.stream
        where l.stream_kind = 'escalation'",
    key: &["position"],
    columns: &[
        whole(
            "position",
            "l.position",
            "The event's place in the one order of all events of the installation.",
        ),
        text("escalation_id", "l.stream", "The escalation."),
        text("ticket_id", "e.ticket", "The ticket it is about, if it is about one."),
        text("cause", "e.cause", "Why there is an escalation."),
        text("urgency", "e.urgency", "How insistently people are told."),
        whole("sequence", "l.sequence", "The event's place among those of its escalation, from 1."),
        text("event", "l.kind", "What happened, for example `escalation.acknowledged`."),
        text("actor_id", "l.actor", "Who did it: `member_…`, `subject_…` or `system:…`."),
        flag("internal", "l.internal", "Whether it is among ourselves: the requester does not read it."),
        text("source", "a.source", "Where it came from: `graphql`, `cli` and the like."),
        moment("occurred_at", "l.at", "When it happened in the world."),
        moment("recorded_at", "a.recorded_at", "When it was stored."),
        seconds(
            "seconds_since_raising",
            "extract(epoch from l.at - e.raised_at)",
            "From the raising of the escalation to this event.",
        ),
        seconds(
            "seconds_since_previous",
            "extract(epoch from l.at - lag(l.at) over (partition by l.stream order by l.sequence))",
            "From the escalation's event before to this one; null for the first.",
        ),
    ],
};
