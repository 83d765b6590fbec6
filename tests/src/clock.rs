//! A clock that goes when it is told to.

use std::sync::Mutex;

use chrono::Duration;
use escalon_application::ports::Clock;
use escalon_domain::stamp::Timestamp;

/// A clock that goes when it is told to.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// A clock that stands at this moment.
    #[must_use]
    pub fn at(moment: &str) -> Self {
        Self(Mutex::new(moment.parse().expect("an RFC 3339 time")))
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().expect("a clock") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("a clock")
    }
}
