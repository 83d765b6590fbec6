//! The pages behind links: one that asks, shown to whoever follows the link, and one that says what came of it, shown to whoever
//! pressed the button.

use super::{
    LinkAction,
    plain::{escape, one_line},
};

/// The headers of these pages: nothing is loaded, framed, cached, indexed or told to where their links lead.
pub const PAGE_HEADERS: [(&str, &str); 6] = [
    ("content-type", "text/html; charset=utf-8"),
    (
        "content-security-policy",
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex, nofollow"),
    ("x-content-type-options", "nosniff"),
];

/// The page that a GET shows: it says what would be done, and its button does it by a POST to the same address. It tells nothing
/// but this line, since whoever follows the link may see it.
#[must_use]
pub fn ask(action: LinkAction, about: &str) -> String {
    let (question, button) = match action {
        LinkAction::Acknowledge => ("Do you take this on?", "Acknowledge"),
        LinkAction::Unsubscribe => ("Do you want no more of these emails?", "Stop these emails"),
    };
    page(
        question,
        &format!(
            "<p>{}</p><form method=\"post\"><button type=\"submit\">{button}</button></form>",
            escape(&one_line(about))
        ),
    )
}

/// The page that a POST answers with, or a GET of a link that is not good any more: what came of it, in a sentence.
#[must_use]
pub fn answer(sentence: &str) -> String {
    page("Escalon", &format!("<p>{}</p>", escape(&one_line(sentence))))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    )
}
