//! One run of the `postgres` process.

use std::fs;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::EmbeddedError;
use super::leftovers;
use super::log;
use super::settings;
use super::supervisor::{Plan, StopSignal};

/// How often to look whether it is ready or has ended.
const POLL: Duration = Duration::from_millis(5);

/// Ways to stop, from clean to certain, and how long each is given.
const STOPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(60)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// A running server.
pub(super) struct Server {
    child: Child,
    log_start: u64,
}

impl Server {
    /// Starts the server and waits until it accepts connections, or `deadline`.
    ///
    /// The server ends with the calling thread.
    pub(super) fn start(plan: &Plan, deadline: Instant, stop: &StopSignal) -> Result<Self, EmbeddedError> {
        leftovers::clear(&plan.layout, &plan.user)?;
        let mut server = Self::spawn(plan)?;
        match server.wait_until_ready(plan, deadline, stop) {
            Ok(()) => Ok(server),
            Err(error) => {
                server.stop();
                Err(error)
            }
        }
    }

    fn spawn(plan: &Plan) -> Result<Self, EmbeddedError> {
        let layout = &plan.layout;
        let program = plan.binaries.postgres();
        let (log, log_start) = log::open(&layout.log(), &plan.user)?;
        let also_log = log.try_clone().map_err(EmbeddedError::io("open", &layout.log()))?;
        let mut command = plan.user.command(&program, layout.data_dir());
        command.arg("-D").arg(plan.user.sees(&layout.cluster()));
        let knows = |setting: &str, value: &str| {
            let mut asking = plan.user.command(&program, layout.data_dir());
            asking.arg("-D").arg(plan.user.sees(&layout.cluster()));
            asking.args(["-C", setting, "-c", &format!("{setting}={value}")]);
            asking.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
        };
        command.args(settings::arguments(layout, &plan.user, knows, &plan.settings));
        command.stdin(Stdio::null()).stdout(log).stderr(also_log);
        let child =
            command.spawn().map_err(|error| plan.user.spawn_error(&program, layout.data_dir(), error))?;
        Ok(Self { child, log_start })
    }

    /// The server writes its state into the eighth line of `postmaster.pid`.
    fn wait_until_ready(
        &mut self,
        plan: &Plan,
        deadline: Instant,
        stop: &StopSignal,
    ) -> Result<(), EmbeddedError> {
        let pid_file = plan.layout.cluster().join("postmaster.pid");
        let log = plan.layout.log();
        loop {
            if let Some(status) = self.ended() {
                let tail = log::tail(&log, self.log_start);
                return Err(EmbeddedError::EndedAtStart { status: status.to_string(), log, tail });
            }
            let text = fs::read_to_string(&pid_file).unwrap_or_default();
            let lines: Vec<_> = text.lines().map(str::trim).collect();
            if lines.first() == Some(&self.child.id().to_string().as_str()) && lines.get(7) == Some(&"ready")
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(EmbeddedError::NotReady { tail: log::tail(&log, self.log_start), log });
            }
            if stop.wait(POLL) {
                return Err(EmbeddedError::Abandoned);
            }
        }
    }

    /// How the server ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stops the server; returns when it has ended.
    pub(super) fn stop(mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        for (signal, patience) in STOPS {
            if self.ended().is_some() {
                return;
            }
            if signal != Signal::SIGINT {
                tracing::warn!(%pid, %signal, "PostgreSQL does not stop");
            }
            // The child is not reaped yet, so the number is still its own.
            if let Err(error) = kill(pid, signal) {
                tracing::warn!(%pid, %signal, %error, "could not signal PostgreSQL");
            }
            let asked = Instant::now();
            while asked.elapsed() < patience {
                if self.ended().is_some() {
                    return;
                }
                thread::sleep(POLL);
            }
        }
        tracing::error!(%pid, "PostgreSQL did not end");
    }
}
