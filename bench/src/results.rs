//! The figures of a run.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{Result, bench::Plan, machine::Machine, works::Work};

/// Which figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    /// Of what.
    pub(crate) work: Work,
    /// Of whom.
    pub(crate) who: String,
    /// Under which circumstances.
    pub(crate) case: String,
}

/// A figure, once for each round.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Figure {
    #[serde(flatten)]
    pub(crate) key: Key,
    pub(crate) unit: String,
    pub(crate) rounds: Vec<f64>,
}

/// Everything a run found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    /// Whether this was only a short look.
    pub(crate) quick: bool,
    /// How long each measurement took, in seconds.
    pub(crate) seconds: f64,
    pub(crate) remarks: Vec<String>,
    pub(crate) figures: Vec<Figure>,
}

const FILE: &str = "benchmarks/results.json";

impl Results {
    pub(crate) fn new(machine: Machine, plan: &Plan) -> Self {
        let seconds = plan.time.as_secs_f64();
        Self { machine, quick: plan.quick, seconds, remarks: Vec::new(), figures: Vec::new() }
    }

    pub(crate) fn add(&mut self, key: Key, unit: &str, value: f64) {
        match self.figures.iter_mut().find(|figure| figure.key == key) {
            Some(figure) => figure.rounds.push(value),
            None => self.figures.push(Figure { key, unit: unit.to_owned(), rounds: vec![value] }),
        }
    }

    pub(crate) fn remark(&mut self, text: String) {
        if !self.remarks.contains(&text) {
            self.remarks.push(text);
        }
    }

    /// The figures of a work, in the order in which they came.
    pub(crate) fn of(&self, work: Work) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(move |figure| figure.key.work == work)
    }

    pub(crate) fn median(&self, work: Work, who: &str, case: &str) -> Option<f64> {
        let found = |figure: &&Figure| figure.key.who == who && figure.key.case == case;
        self.of(work).find(found).map(Figure::median)
    }

    /// Who was measured first and who last in a work.
    pub(crate) fn ends(&self, work: Work) -> Option<(String, String)> {
        let first = self.of(work).next()?;
        let last = self.of(work).find(|figure| figure.key.who != first.key.who)?;
        Some((first.key.who.clone(), last.key.who.clone()))
    }

    pub(crate) fn save(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory.join("benchmarks"))?;
        fs::write(directory.join(FILE), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }

    pub(crate) fn read(directory: &Path) -> Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(directory.join(FILE))?)?)
    }
}

impl Figure {
    pub(crate) fn median(&self) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        let middle = rounds.len() / 2;
        match rounds.len() % 2 {
            0 if middle > 0 => f64::midpoint(rounds[middle - 1], rounds[middle]),
            _ => rounds.get(middle).copied().unwrap_or(f64::NAN),
        }
    }

    /// The lowest and the highest round.
    pub(crate) fn spread(&self) -> (f64, f64) {
        let fold = |start, pick: fn(f64, f64) -> f64| self.rounds.iter().copied().fold(start, pick);
        (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max))
    }
}
