//! `escalon audit prove`.

use clap::Args;
use escalon_application::ports::StreamKey;
use escalon_projections::{Scope, Which};
use escalon_proof::export::write;

use crate::{
    args::Global,
    commands::{some_operator, with_app},
    output::{Answer, say},
    problem::Problem,
};

/// Print a proof, which `escalon audit verify` accepts as a file.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The event: its position, or the id of what it happened to
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    event: Option<String>,
    /// With an id: which of its events, counted from 1
    #[arg(requires = "event")]
    sequence: Option<u64>,
    /// Prove that the history goes on from the checkpoint over so many events
    #[arg(long, value_name = "SIZE", requires = "to")]
    from: Option<u64>,
    /// To the checkpoint over so many
    #[arg(long, value_name = "SIZE", requires = "from")]
    to: Option<u64>,
    /// The organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

impl Prove {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let which = self.event.as_deref().map(|event| which(event, self.sequence)).transpose()?;
        let proof = with_app(global, async |app| {
            let caller = some_operator(app, self.organization.as_deref()).await?;
            let scope = Scope::of(&caller);
            let Some(which) = &which else {
                let (from, to) = (self.from.unwrap_or_default(), self.to.unwrap_or_default());
                return Ok(write(&app.reads.consistency_proof(&scope, from, to).await?)?);
            };
            // Signs what is new, if no other process does.
            app.notary.cover(caller.organization, super::export::PATIENCE).await?;
            match app.reads.event_proof(&scope, which).await? {
                Some(proof) => Ok(write(&proof)?),
                None => Err(Problem::new("the organization has no such event")
                    .cure("escalon audit history ID lists the events of anything")),
            }
        })
        .await?;
        // The file is the document in exactly this form, also where JSON was asked for.
        say(&proof);
        Ok(Answer::none())
    }
}

fn which(event: &str, sequence: Option<u64>) -> Result<Which, Problem> {
    match (event.parse::<i64>(), sequence) {
        (Ok(position), None) => Ok(Which::Position(position)),
        (Err(_), Some(sequence)) if event.contains('_') => Ok(Which::Sequence(StreamKey::of(event), sequence)),
        _ => Err(Problem::new(format!("“{event}” does not say which event"))
            .cure("give a position, or an id and the number of one of its events: escalon audit prove ticket_01h455vb4pex5vsknk084sn02q 3")),
    }
}
