//! The thread that runs the server, and runs it again when it dies.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::initdb;
use super::layout::Layout;
use super::lock::Ownership;
use super::privileges::ServerUser;
use super::server::Server;

/// How often to look whether the server is still there.
const POLL: Duration = Duration::from_millis(50);

/// The pause before the server is started again: doubled each time, and back to the first once it has run for
/// a while.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const RAN_WELL: Duration = Duration::from_secs(60);

/// How long a server that is started again may take, crash recovery included, before that is tried anew.
const RESTART_LIMIT: Duration = Duration::from_secs(600);

/// What to run.
pub(super) struct Plan {
    pub(super) layout: Layout,
    pub(super) user: ServerUser,
    pub(super) binaries: Binaries,
    pub(super) settings: Vec<(String, String)>,
    /// When the first start has failed.
    pub(super) deadline: Instant,
}

/// Keeps the server running until it is dropped.
#[derive(Debug)]
pub(super) struct Supervisor {
    stop: Option<Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Returns when the server is ready.
    pub(super) async fn start(plan: Plan, ownership: Ownership) -> Result<Self, EmbeddedError> {
        let (stop, stopped) = channel();
        let (ready, is_ready) = oneshot::channel();
        let work = move || run(&plan, &ownership, &StopSignal(stopped), ready);
        let thread = thread::Builder::new().name("postgres".to_owned()).spawn(work);
        let thread =
            thread.map_err(|source| EmbeddedError::Io { action: "start a thread".to_owned(), source })?;
        let supervisor = Self { stop: Some(stop), thread: Some(thread) };
        is_ready.await.unwrap_or(Err(EmbeddedError::Abandoned))?;
        Ok(supervisor)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(
                "the thread that runs PostgreSQL panicked; the kernel has told PostgreSQL to stop"
            );
        }
    }
}

/// Given when the sender is dropped.
pub(super) struct StopSignal(Receiver<Infallible>);

impl StopSignal {
    /// Waits for the signal; whether it has been given.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        matches!(self.0.recv_timeout(limit), Err(RecvTimeoutError::Disconnected))
    }
}

/// The life of the thread. Borrowing the ownership until the end means that the lock outlives the server.
fn run(
    plan: &Plan,
    ownership: &Ownership,
    stop: &StopSignal,
    ready: oneshot::Sender<Result<(), EmbeddedError>>,
) {
    let first = initdb::ensure(&plan.layout, &plan.user, &plan.binaries)
        .and_then(|()| Server::start(plan, plan.deadline, stop));
    let mut server = match first {
        Ok(server) => server,
        // Nobody listens any more only if nobody wants the server any more.
        Err(error) => return drop(ready.send(Err(error))),
    };
    let (version, data_dir) = (plan.binaries.version(), plan.layout.data_dir().display());
    tracing::info!(pid = server.pid(), version, %data_dir, "PostgreSQL runs");
    let _ = ready.send(Ok(()));
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let Some(ended) = watch(server, ownership, stop) else { return };
        if started.elapsed() > RAN_WELL {
            pause = FIRST_PAUSE;
        }
        let pause_ms = pause.as_millis();
        tracing::error!(%ended, pause_ms, "PostgreSQL ended by itself; starting it again");
        server = match start_again(plan, stop, &mut pause) {
            Some(server) => server,
            None => return,
        };
        tracing::info!(pid = server.pid(), "PostgreSQL runs again");
    }
}

/// Returns how the server ended, or nothing when we have stopped it as we were told.
fn watch(mut server: Server, ownership: &Ownership, stop: &StopSignal) -> Option<String> {
    let mut announced = false;
    loop {
        if let Some(status) = server.ended() {
            return Some(status.to_string());
        }
        if stop.wait(POLL) {
            if ownership.nobody_else_is_there() {
                server.stop();
                return None;
            }
            if !announced {
                tracing::info!(
                    "other commands still use the PostgreSQL that this one runs; waiting for them to end"
                );
                announced = true;
            }
            thread::sleep(POLL);
        }
    }
}

/// Tries until it succeeds; nothing when told to stop.
fn start_again(plan: &Plan, stop: &StopSignal, pause: &mut Duration) -> Option<Server> {
    loop {
        if stop.wait(*pause) {
            return None;
        }
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        match Server::start(plan, Instant::now() + RESTART_LIMIT, stop) {
            Ok(server) => return Some(server),
            Err(error) => {
                let pause_ms = pause.as_millis();
                tracing::error!(%error, pause_ms, "PostgreSQL could not be started again; trying once more");
            }
        }
    }
}
