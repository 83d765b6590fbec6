//! Callers, and the latencies they see.

use std::{future::Future, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::Result;

/// What a load did.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// How much was done in the time that counts.
    pub(crate) done: u64,
    /// That time, in seconds.
    pub(crate) seconds: f64,
    /// How long each took, in microseconds, the shortest first.
    latencies: Vec<u32>,
}

impl Load {
    /// One after another, each with its latency.
    pub(crate) fn of(mut latencies: Vec<u32>, seconds: f64) -> Self {
        latencies.sort_unstable();
        Self { done: latencies.len() as u64, seconds, latencies }
    }

    /// How much was done a second.
    pub(crate) fn rate(&self) -> f64 {
        self.done as f64 / self.seconds
    }

    /// The latency that this share of all did not exceed, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let place = (last as f64 * share).round() as usize;
        self.latencies.get(place).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }
}

/// How the callers of a load behave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// How many there are.
    pub(crate) callers: usize,
    /// How long they are measured, after a fifth of that to warm up.
    pub(crate) time: Duration,
    /// How many calls all of them make a second; as many as they can when absent.
    pub(crate) pace: Option<f64>,
}

impl Shape {
    /// Callers that call again as soon as they are answered.
    pub(crate) const fn closed(callers: usize, time: Duration) -> Self {
        Self { callers, time, pace: None }
    }

    /// Callers that together call so often.
    pub(crate) const fn paced(callers: usize, time: Duration, pace: f64) -> Self {
        Self { callers, time, pace: Some(pace) }
    }

    /// Runs them. `work` gets the number of the caller and the count of its call.
    pub(crate) async fn run<F, W>(self, work: W) -> Result<Load>
    where
        F: Future<Output = Result<()>> + Send,
        W: Fn(usize, u64) -> F + Clone + Send + Sync + 'static,
    {
        let begin = Instant::now() + self.time / 5;
        let end = begin + self.time;
        let mut callers = JoinSet::new();
        for caller in 0..self.callers {
            let work = work.clone();
            let gap = self.pace.map(|pace| Duration::from_secs_f64(self.callers as f64 / pace));
            callers.spawn(async move {
                let mut latencies = Vec::new();
                let mut due =
                    Instant::now() + gap.unwrap_or_default().mul_f64(caller as f64 / self.callers as f64);
                for count in 0.. {
                    if let Some(gap) = gap {
                        sleep_until(due).await;
                        due += gap;
                    }
                    let start = Instant::now();
                    if start >= end {
                        break;
                    }
                    work(caller, count).await?;
                    // What was asked before the end counts, and nothing that was answered after it.
                    let answered = Instant::now();
                    if start >= begin && answered <= end {
                        latencies.push(micros(answered - start));
                    }
                }
                Result::Ok(latencies)
            });
        }
        let mut latencies = Vec::new();
        while let Some(of_one) = callers.join_next().await {
            latencies.extend(of_one??);
        }
        Ok(Load::of(latencies, self.time.as_secs_f64()))
    }
}

/// A duration in microseconds.
pub(crate) fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

/// How long it takes, in microseconds.
pub(crate) async fn timed<T>(work: impl Future<Output = Result<T>>) -> Result<(T, u32)> {
    let start = Instant::now();
    let done = work.await?;
    Ok((done, micros(start.elapsed())))
}
