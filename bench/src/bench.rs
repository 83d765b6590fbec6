//! One run: the cluster, how much and how long to measure, and the results as they come.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use clap::ValueEnum;

use crate::{
    Arguments, Result,
    cluster::Cluster,
    machine::Machine,
    report,
    results::{Key, Results},
    works::Work,
};

/// How much is measured, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) quick: bool,
    pub(crate) rounds: usize,
    /// How long each measurement takes.
    pub(crate) time: Duration,
    /// The tickets of the small, the middle and the large history, each of ten events.
    pub(crate) tickets: [u64; 3],
    /// How many events the stock replay gets: it is too slow for more.
    pub(crate) replayed: i64,
    /// How many events a long stream has.
    pub(crate) long: usize,
    /// How the names of those who append must begin.
    pub(crate) who: String,
    /// How many queries a round of pages asks.
    pub(crate) pages: usize,
}

impl Plan {
    fn new(arguments: &Arguments) -> Self {
        let quick = arguments.quick;
        let given = arguments.seconds.map(Duration::from_secs);
        let (rounds, time) =
            if quick { (1, Duration::from_millis(700)) } else { (3, Duration::from_secs(5)) };
        let largest = arguments.largest.unwrap_or(1_000_000);
        let middle = largest.min(100_000);
        Self {
            quick,
            rounds: arguments.rounds.unwrap_or(rounds),
            time: given.unwrap_or(time),
            tickets: if quick { [500, 2_000, 10_000] } else { [10_000, middle, largest] },
            replayed: if quick { 2_000 } else { 50_000 },
            long: if quick { 2_000 } else { 10_000 },
            pages: if quick { 70 } else { 1_400 },
            who: arguments.who.clone().unwrap_or_default(),
        }
    }
}

/// One run.
pub(crate) struct Bench {
    pub(crate) cluster: Cluster,
    pub(crate) plan: Plan,
    results: Mutex<Results>,
    out: PathBuf,
}

impl Bench {
    pub(crate) async fn new(arguments: &Arguments) -> Result<Self> {
        let plan = Plan::new(arguments);
        let whole = !plan.quick && arguments.only.is_empty() && plan.who.is_empty();
        let out = if whole { report::docs() } else { report::scratch() };
        let cluster = Cluster::start(arguments.data_dir.clone()).await?;
        let machine = Machine::look(&cluster).await?;
        let results = Mutex::new(Results::new(machine, &plan));
        Ok(Self { cluster, plan, results, out })
    }

    /// Measures, and writes the page after each work, so that an interrupted run has not been for nothing.
    pub(crate) async fn run(self, only: &[Work]) -> Result<()> {
        let all = Work::value_variants();
        for work in all.iter().filter(|work| only.is_empty() || only.contains(work)) {
            println!("\n{}", work.title());
            work.run(&self).await?;
            self.save()?;
        }
        println!("\nwritten to {}", self.out.display());
        self.cluster.stop().await;
        Ok(())
    }

    /// Notes one round's figure.
    pub(crate) fn note(&self, work: Work, who: &str, case: &str, unit: &str, value: f64) {
        println!("  {who}, {case}: {value:.2} {unit}");
        if !value.is_finite() {
            return;
        }
        let key = Key { work, who: who.to_owned(), case: case.to_owned() };
        self.results.lock().unwrap_or_else(PoisonError::into_inner).add(key, unit, value);
    }

    /// Says something about how this run measured.
    pub(crate) fn remark(&self, text: impl Into<String>) {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).remark(text.into());
    }

    fn save(&self) -> Result<()> {
        let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.save(&self.out)?;
        report::render(&self.out)
    }
}
