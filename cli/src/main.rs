//! `escalon`: the engine and its tools.

mod args;
mod commands;
mod output;
mod problem;
mod progress;
mod servicenow_log;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use args::Cli;

/// Commands are many small values, which this allocator gives and takes back for less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The only failure is that a provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    telemetry::init(&cli.global, cli.command.serves());
    let json = cli.global.json;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let answer = runtime.map_err(Into::into).and_then(|runtime| {
        let answer = runtime.block_on(cli.command.run(&cli.global));
        runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        answer
    });
    match answer {
        Ok(answer) => {
            output::answer(&answer, json);
            answer.exit()
        }
        Err(problem) => {
            output::problem(&problem);
            ExitCode::FAILURE
        }
    }
}
