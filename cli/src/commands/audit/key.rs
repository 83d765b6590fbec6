//! `escalon audit key`.

use clap::Args;
use escalon_infrastructure::{embedded::Mode, notary::keys::Keys};
use escalon_proof::key::VerifierKey;
use serde_json::json;

use crate::{args::Global, output::Answer, problem::Problem};

/// Print the key that verifies checkpoints. Keep it where nobody who can change the database can change it.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// Make a new key that signs from the engine's next start on; the old one is kept as a key that verifies, and can not
    /// sign any more
    #[arg(long)]
    replace: bool,
}

impl Key {
    pub(crate) fn run(&self, global: &Global) -> Result<Answer, Problem> {
        let config = global.config(Mode::Tool);
        let mut keys = config.notary_keys()?;
        if self.replace {
            let file = config.notary_key_file().ok_or_else(|| {
                Problem::new(
                    "the notary's key comes from ESCALON_NOTARY_KEY, which cannot be changed from here",
                )
                .cure("put the key into a file and name it with --notary-key-file")
            })?;
            keys =
                Keys::replace(&file).map_err(|error| Problem::new(format!("{}: {error}", file.display())))?;
        }
        let earlier: Vec<String> = keys.earlier().iter().map(VerifierKey::to_string).collect();
        let key = keys.verifier().to_string();
        Answer::new(&json!({ "key": key, "earlier": earlier }), key)
    }
}
