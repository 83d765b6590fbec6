//! Emails, in text and in HTML.

use escalon_domain::{escalation::Urgency, notification::Occasion};

use super::{
    html,
    plain::{lines, one_line},
    story::Story,
    thread::MailDomain,
};

/// What an email is made of.
pub struct Letter<'a> {
    /// The name of the organization that tells.
    pub organization: &'a str,
    /// The domain of message ids.
    pub domain: &'a MailDomain,
    /// What it tells; one or more. Several are a bundle or a digest.
    pub stories: &'a [Story],
    /// What they are about, if they are all about one thing.
    pub occasion: Option<&'a Occasion>,
    /// Where emails can be stopped with one request and without looking (RFC 8058): an `https` address with a
    /// [link](super::Link)'s token.
    pub unsubscribe: Option<&'a str>,
}

/// An email without its sender and recipient. It is full of people's words, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// Its subject, in one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Its further headers, by name: ASCII, each in one line.
    pub headers: Vec<(&'static str, String)>,
}

/// The email that tells these stories; none when there are none.
#[must_use]
pub fn render(letter: &Letter<'_>) -> Option<Email> {
    let first = letter.stories.first()?;
    Some(Email {
        subject: subject(letter, first),
        text: text(letter),
        html: html::letter(letter),
        headers: headers(letter, first),
    })
}

pub(super) const fn word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Urgent => "Urgent",
        Urgency::High => "High",
        Urgency::Medium => "Medium",
        Urgency::Low => "Low",
    }
}

fn subject(letter: &Letter<'_>, first: &Story) -> String {
    let organization = letter.organization;
    one_line(&match letter.stories.len() {
        1 if first.urgency == Urgency::Urgent => format!("[{organization}] Urgent: {}", first.title),
        1 => format!("[{organization}] {}", first.title),
        several => format!("[{organization}] {several} notifications: {} …", first.title),
    })
}

fn text(letter: &Letter<'_>) -> String {
    let mut parts: Vec<String> = letter.stories.iter().map(tell).collect();
    if letter.unsubscribe.is_some() {
        parts.push("Your preferences say what you are told by email.".to_owned());
    }
    parts.join("\n\n----\n\n") + "\n"
}

fn tell(story: &Story) -> String {
    let mut paragraphs = vec![format!("{}: {}", word(story.urgency), one_line(&story.title))];
    let facts = story.facts.iter().map(|(name, value)| format!("{}: {}", one_line(name), one_line(value)));
    let facts: Vec<String> = facts.collect();
    if !facts.is_empty() {
        paragraphs.push(facts.join("\n"));
    }
    paragraphs.extend(story.text.as_deref().map(lines));
    let links = [("Acknowledge", &story.acknowledge), ("View", &story.view)];
    let links =
        links.iter().filter_map(|(name, link)| Some(format!("{name}: {}", one_link(link.as_deref()?)?)));
    let links: Vec<String> = links.collect();
    if !links.is_empty() {
        paragraphs.push(links.join("\n"));
    }
    paragraphs.push(format!("You are told because {}.", one_line(&story.because)));
    paragraphs.join("\n\n")
}

/// A link that leads to a web page and nowhere else.
pub(super) fn one_link(link: &str) -> Option<&str> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && link.bytes().all(|byte| byte.is_ascii_graphic())).then_some(link)
}

fn headers(letter: &Letter<'_>, first: &Story) -> Vec<(&'static str, String)> {
    let mut headers = vec![("Message-ID", letter.domain.message_id(first.notification))];
    if let Some(occasion) = letter.occasion {
        let root = letter.domain.root(occasion);
        headers.extend([("In-Reply-To", root.clone()), ("References", root)]);
    }
    // RFC 3834: no program answers it.
    headers.push(("Auto-Submitted", "auto-generated".to_owned()));
    if let Some(unsubscribe) =
        letter.unsubscribe.and_then(one_link).filter(|link| link.starts_with("https://"))
    {
        headers.push(("List-Unsubscribe", format!("<{unsubscribe}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    headers
}
