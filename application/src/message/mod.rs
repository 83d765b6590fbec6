//! What messages say: emails, webhooks and links by which one can act, rendered by pure functions from what is handed in.
//!
//! Nothing in here sends. An adapter looks up who is told of what, renders it here, sends it, and reports what became of it.

mod action;
mod email;
mod html;
mod link;
mod page;
mod plain;
mod story;
mod thread;
mod webhook;

pub use action::LinkAction;
pub use email::{Email, Letter, render};
pub use link::{Link, LinkError, LinkKey};
pub use page::{PAGE_HEADERS, answer, ask};
pub use story::Story;
pub use thread::{InvalidMailDomain, MailDomain};
pub use webhook::{
    InvalidSecret, Webhook, WebhookHeaders, WebhookRefused, WebhookSecret, body, report, verify,
};
