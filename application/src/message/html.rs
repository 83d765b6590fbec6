//! Emails as HTML: tables and styles in place, which is what mail programs show, and nothing from elsewhere.

use escalon_domain::escalation::Urgency;

use super::{
    email::{Letter, one_link, word},
    plain::{escape, lines, one_line},
    story::Story,
};

pub(super) fn letter(letter: &Letter<'_>) -> String {
    let stories: String = letter.stories.iter().map(story).collect();
    let footer = match letter.unsubscribe.and_then(one_link) {
        Some(link) => format!(
            "<p style=\"color:#666;font-size:12px\">Your preferences say what you are told by email. \
             <a href=\"{}\" style=\"color:#666\">Stop these emails</a></p>",
            escape(link)
        ),
        None => String::new(),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:16px;font-family:sans-serif;color:#222;background:#f4f4f4\">\n\
         {stories}{footer}</body></html>\n",
        escape(&one_line(letter.organization))
    )
}

fn story(story: &Story) -> String {
    let facts: String = story.facts.iter().map(fact).collect();
    let text = story.text.as_deref().map(paragraphs).unwrap_or_default();
    let buttons: String =
        [button("Acknowledge", &story.acknowledge, true), button("View", &story.view, false)].concat();
    format!(
        "<table role=\"presentation\" width=\"100%\" style=\"max-width:600px;margin:0 0 16px;background:#fff;\
         border-left:4px solid {colour}\"><tr><td style=\"padding:16px\">\
         <p style=\"margin:0;color:{colour};font-size:12px\"><strong>{urgency}</strong></p>\
         <h1 style=\"margin:4px 0 12px;font-size:18px\">{title}</h1>\n\
         <table role=\"presentation\">{facts}</table>{text}<p>{buttons}</p>\n\
         <p style=\"color:#666;font-size:12px\">You are told because {because}.</p></td></tr></table>\n",
        colour = colour(story.urgency),
        urgency = word(story.urgency),
        title = escape(&one_line(&story.title)),
        because = escape(&one_line(&story.because)),
    )
}

fn fact((name, value): &(String, String)) -> String {
    format!(
        "<tr><th align=\"left\" style=\"padding:2px 12px 2px 0;font-weight:normal;color:#666\">{}</th><td>{}</td></tr>",
        escape(&one_line(name)),
        escape(&one_line(value))
    )
}

/// An empty line divides paragraphs.
fn paragraphs(text: &str) -> String {
    let text = lines(text);
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| format!("<p>{}</p>", escape(paragraph).replace('\n', "<br>"))).collect()
}

fn button(name: &str, link: &Option<String>, first: bool) -> String {
    let Some(link) = link.as_deref().and_then(one_link) else { return String::new() };
    let style = if first { "background:#1a5fb4;color:#fff" } else { "background:#ddd;color:#222" };
    format!(
        "<a href=\"{}\" style=\"display:inline-block;padding:10px 18px;margin-right:8px;{style};text-decoration:none\">{name}</a>",
        escape(link)
    )
}

const fn colour(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Urgent => "#a51d2d",
        Urgency::High => "#c64600",
        Urgency::Medium => "#1a5fb4",
        Urgency::Low => "#5e5c64",
    }
}
