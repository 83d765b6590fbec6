//! The tower of `docs/ARCHITECTURE.md` as a check: each floor stands on the floors below it and knows nothing of those
//! above, and some crates from outside may not enter some floors.

#[cfg(test)]
mod tests;
mod tower;

use std::fmt;

use cargo_metadata::{DependencyKind, MetadataCommand};

use self::tower::{BESIDE, FLOORS, FOR_TESTS, Floor};

/// A crate of the workspace with what it depends on.
#[derive(Debug)]
pub(crate) struct Crate {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    name: String,
    for_tests_only: bool,
}

/// Something the tower forbids, worded for whoever has to mend it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// A crate that is neither a floor nor beside the tower.
    Homeless { krate: String },
    /// An arrow that runs upward or sideways.
    Upward { krate: &'static str, height: u8, dependency: &'static str, above: u8 },
    /// A floor that uses something from beside the tower.
    Outward { krate: &'static str, height: u8, dependency: String },
    /// A floor that uses a crate which is banned from it.
    Banned { krate: &'static str, height: u8, dependency: String, why: &'static str, home: &'static str },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Homeless { krate } => {
                write!(f, "{krate} has no floor. Name it in FLOORS or BESIDE in xtask/src/layers/tower.rs.")
            }
            Self::Upward { krate, height, dependency, above } => write!(
                f,
                "{krate} (floor {height}) may not depend on {dependency} (floor {above}): arrows run downward. \
                 Declare a port in application/ and pass its implementation in from cli/."
            ),
            Self::Outward { krate, height, dependency } => write!(
                f,
                "{krate} (floor {height}) may not depend on {dependency}: it stands beside the tower. \
                 Move the code into it, or what it shares onto a floor."
            ),
            Self::Banned { krate, height, dependency, why, home } => {
                write!(
                    f,
                    "{krate} (floor {height}) may not depend on {dependency}: {why}. Move the code to {home}."
                )
            }
        }
    }
}

/// Reads the workspace's crates and their direct dependencies of every kind.
///
/// # Errors
/// When `cargo metadata` cannot be run or the workspace's manifests do not parse.
pub(crate) fn workspace() -> Result<Vec<Crate>, cargo_metadata::Error> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let crates = metadata.workspace_packages().into_iter().map(|package| Crate {
        name: package.name.to_string(),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| Dependency {
                name: dependency.name.clone(),
                for_tests_only: dependency.kind == DependencyKind::Development,
            })
            .collect(),
    });
    Ok(crates.collect())
}

/// Everything in `crates` that the tower forbids, in the order of the crates and their dependencies.
pub(crate) fn violations(crates: &[Crate]) -> Vec<Violation> {
    crates.iter().flat_map(violations_of).collect()
}

fn violations_of(krate: &Crate) -> Vec<Violation> {
    if is_beside(&krate.name) {
        return Vec::new();
    }
    match floor_of(&krate.name) {
        Some(floor) => {
            krate.dependencies.iter().filter_map(|dependency| floor.objection_to(dependency)).collect()
        }
        None => vec![Violation::Homeless { krate: krate.name.clone() }],
    }
}

impl Floor {
    fn objection_to(&self, dependency: &Dependency) -> Option<Violation> {
        let Self { krate, height, .. } = *self;
        if let Some(other) = floor_of(&dependency.name).filter(|other| other.height >= height) {
            return Some(Violation::Upward { krate, height, dependency: other.krate, above: other.height });
        }
        let lent = dependency.for_tests_only && FOR_TESTS.contains(&&*dependency.name);
        if is_beside(&dependency.name) && !lent {
            return Some(Violation::Outward { krate, height, dependency: dependency.name.clone() });
        }
        if dependency.for_tests_only {
            return None;
        }
        let ban = self.bans.iter().find(|ban| ban.covers(&dependency.name))?;
        Some(Violation::Banned {
            krate,
            height,
            dependency: dependency.name.clone(),
            why: ban.why,
            home: ban.home,
        })
    }
}

fn floor_of(name: &str) -> Option<&'static Floor> {
    FLOORS.iter().find(|floor| floor.krate == name)
}

fn is_beside(name: &str) -> bool {
    BESIDE.contains(&name)
}
