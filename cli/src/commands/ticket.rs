//! `escalon ticket`.

use clap::{Args, Subcommand};
use escalon_cli::compose::App;
use escalon_projections::{Page, Scope, TicketFilter, TicketOrder, TicketRow};
use serde_json::{Value, json};

use super::{asked, some_operator, with_app};
use crate::{
    args::Global,
    output::{Answer, table},
    problem::Problem,
};

/// Look at tickets.
#[derive(Debug, Subcommand)]
pub(crate) enum Ticket {
    /// List tickets, the newest first
    List(List),
}

/// Which tickets.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// Only tickets at this status; may be repeated
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// Only tickets with words that begin like these, in number, title, description, brand or tags
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// How many, at most 1,000
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    first: u32,
    /// As they stood in this replay, see `escalon audit replay`
    #[arg(long, value_name = "NUMBER")]
    replay: Option<i32>,
}

impl Ticket {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| {
            let Self::List(list) = self;
            list.run(app).await
        })
        .await
    }
}

impl List {
    async fn run(self, app: &App) -> Result<Answer, Problem> {
        let caller = some_operator(app, self.organization.as_deref()).await?;
        let reads = asked(app, self.replay).await?;
        let filter = TicketFilter { statuses: self.status, text: self.text, ..TicketFilter::default() };
        let page = Page::first(self.first);
        let found = reads.tickets(&Scope::of(&caller), filter, TicketOrder::default(), page).await?;
        let tickets: Vec<&TicketRow> = found.items.iter().map(|(_, ticket)| ticket).collect();
        let documents: Vec<Value> = tickets.iter().copied().map(document).collect();
        let rows = tickets.iter().map(|ticket| {
            [
                ticket.number.clone(),
                ticket.status.clone(),
                ticket.priority.clone(),
                ticket.opened_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                ticket.title.clone().unwrap_or_else(|| "(forgotten)".to_owned()),
            ]
        });
        let mut text = table(["number", "status", "priority", "opened", "title"], rows);
        if let Some(total) = found.total {
            text.push_str(&format!("\n{} of {total}", tickets.len()));
        }
        Answer::new(&documents, text)
    }
}

fn document(ticket: &TicketRow) -> Value {
    json!({
        "id": ticket.id, "number": ticket.number, "type": ticket.type_name, "title": ticket.title,
        "status": ticket.status, "priority": ticket.priority, "assignee": ticket.assignee, "team": ticket.team,
        "openedAt": ticket.opened_at, "updatedAt": ticket.updated_at, "version": ticket.version,
    })
}
