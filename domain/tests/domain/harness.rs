//! `Scenario::given(events).when(command).then(events, or refused(code))`, with a failure that tells the whole story.

use std::{fmt::Write as _, iter::repeat};

use chrono::Duration;
use escalon_domain::{
    aggregate::{Aggregate, Event},
    claim::ClaimChange,
    refusal::{Refusal, RefusalCode},
    stamp::{Actor, Stamp, Timestamp},
};

use crate::cast;

/// Events of one aggregate, each from its own struct: `events![opened(), Resumed {}]`.
macro_rules! events {
    ($($event:expr),* $(,)?) => { vec![$($event.into()),*] };
}
pub(crate) use events;

/// A history and the moment in which a command meets it.
#[derive(Clone)]
pub(crate) struct Scenario<A: Aggregate> {
    history: Vec<(A::Event, Stamp)>,
    now: Stamp,
}

impl<A: Aggregate> Scenario<A> {
    /// Nothing has happened yet. Alice acts, at noon.
    pub(crate) fn new() -> Self {
        Self { history: Vec::new(), now: Stamp::new(cast::noon(), cast::alice()) }
    }

    /// Alice did these.
    pub(crate) fn given(events: Vec<A::Event>) -> Self {
        Self::new().and(cast::alice(), events)
    }

    /// Then somebody else did these.
    pub(crate) fn and(mut self, actor: Actor, events: Vec<A::Event>) -> Self {
        for (event, by) in events.into_iter().zip(repeat(actor)) {
            let minute = i64::try_from(self.history.len()).unwrap();
            self.history.push((event, Stamp::new(cast::morning() + Duration::minutes(minute), by)));
        }
        self
    }

    /// Who gives the command.
    pub(crate) fn by(mut self, actor: Actor) -> Self {
        self.now.by = actor;
        self
    }

    /// When the command is given.
    pub(crate) fn at(mut self, moment: Timestamp) -> Self {
        self.now.at = moment;
        self
    }

    /// The state after the history.
    pub(crate) fn state(&self) -> A {
        let mut state = A::default();
        for (event, stamp) in &self.history {
            state.evolve(event, stamp);
        }
        state
    }

    /// What the history's last event does to claims.
    pub(crate) fn last_claims(mut self) -> Vec<ClaimChange> {
        let (last, _) = self.history.pop().unwrap();
        self.state().claims(&last)
    }

    pub(crate) fn when(self, command: A::Command) -> Outcome<A> {
        let mut story = String::from("\ngiven\n");
        for (event, stamp) in &self.history {
            writeln!(story, "  {}  (by {})", show(event), stamp.by).unwrap();
        }
        write!(story, "when\n  {command:?}  (by {} at {})\n", self.now.by, self.now.at).unwrap();
        let state = self.state();
        let result = state.decide(command, &self.now);
        Outcome { story, state, now: self.now, result }
    }
}

/// What came of the command.
pub(crate) struct Outcome<A: Aggregate> {
    story: String,
    state: A,
    now: Stamp,
    pub(crate) result: Result<Vec<A::Event>, A::Error>,
}

impl<A: Aggregate> Outcome<A> {
    /// Fails unless this came of it; else the state after it.
    #[track_caller]
    pub(crate) fn then(self, expected: impl Expected<A>) -> A {
        if let Some(expected) = expected.differs(&self.result) {
            panic!("{}then expected\n{expected}but found\n{}", self.story, shown::<A>(&self.result));
        }
        self.after()
    }

    /// The state after it, whatever came of it.
    pub(crate) fn after(&self) -> A {
        let mut state = self.state.clone();
        for event in self.result.iter().flatten() {
            state.evolve(event, &self.now);
        }
        // Whatever state a test leads to, a snapshot of it says the same.
        let kept = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<A>(&kept).unwrap(), state, "{kept}");
        state
    }

    /// Fails unless it is already so: no events, no refusal.
    #[track_caller]
    pub(crate) fn then_nothing(self) -> A {
        self.then(Vec::new())
    }
}

/// What a test may expect: events, or a refusal.
pub(crate) trait Expected<A: Aggregate> {
    /// None when it is as expected, else the expectation in words.
    fn differs(self, result: &Result<Vec<A::Event>, A::Error>) -> Option<String>;
}

impl<A: Aggregate> Expected<A> for Vec<A::Event> {
    fn differs(self, result: &Result<Vec<A::Event>, A::Error>) -> Option<String> {
        let expected =
            || if self.is_empty() { "  nothing\n".to_owned() } else { shown::<A>(&Ok(self.clone())) };
        (result.as_ref().ok() != Some(&self)).then(expected)
    }
}

/// A refusal with exactly this code, these allowed actions, these fault paths, and these words in its message.
pub(crate) struct Refused {
    code: RefusalCode,
    allowed: Vec<&'static str>,
    paths: Vec<&'static str>,
    saying: Vec<&'static str>,
}

/// A refusal that names what would have been allowed.
pub(crate) fn refused(code: RefusalCode, allowed: &[&'static str]) -> Refused {
    Refused { code, allowed: allowed.to_vec(), paths: Vec::new(), saying: Vec::new() }
}

/// A refusal of the input, with a fault at each of these paths and no other.
pub(crate) fn invalid(paths: &[&'static str]) -> Refused {
    Refused { paths: paths.to_vec(), ..refused(RefusalCode::InvalidInput, &[]) }
}

impl Refused {
    /// Its message has these words.
    pub(crate) fn saying(mut self, words: &'static str) -> Self {
        self.saying.push(words);
        self
    }
}

impl<A: Aggregate> Expected<A> for Refused {
    fn differs(self, result: &Result<Vec<A::Event>, A::Error>) -> Option<String> {
        let as_expected = result.as_ref().is_err_and(|refusal| {
            let message = refusal.to_string();
            let paths = refusal.faults().iter().map(|fault| fault.path.join(".")).collect::<Vec<_>>();
            refusal.code() == self.code
                && refusal.allowed() == self.allowed
                && paths == self.paths
                && self.saying.iter().all(|words| message.contains(words))
        });
        let Self { code, allowed, paths, saying } = self;
        (!as_expected)
            .then(|| format!("  {code:?}, allowed {allowed:?}, faults at {paths:?}, saying {saying:?}\n"))
    }
}

fn show<E: Event>(event: &E) -> String {
    format!("{} {}", event.name(), event.to_json().unwrap_or_else(|error| error.to_string()))
}

fn shown<A: Aggregate>(result: &Result<Vec<A::Event>, A::Error>) -> String {
    match result {
        Ok(events) if events.is_empty() => "  nothing\n".to_owned(),
        Ok(events) => events.iter().fold(String::new(), |text, event| text + "  " + &show(event) + "\n"),
        Err(refusal) => {
            let paths = refusal.faults().iter().map(|fault| fault.path.join(".")).collect::<Vec<_>>();
            format!(
                "  {:?}, allowed {:?}, faults at {paths:?}: {refusal}\n",
                refusal.code(),
                refusal.allowed()
            )
        }
    }
}
