//! `escalon schema`.

use clap::Args;
use serde_json::json;

use crate::{output::Answer, problem::Problem};

/// Print the GraphQL schema in its definition language.
#[derive(Debug, Args)]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self) -> Result<Answer, Problem> {
        let sdl = escalon_api::schema::sdl();
        Answer::new(&json!({ "sdl": sdl }), sdl.trim_end())
    }
}
