//! The rule itself: which floors there are, and what may not enter them.
//!
//! To add a floor, extend [`FLOORS`]; a ban, the list of its floor; a crate beside the tower, [`BESIDE`].

/// One floor of the tower: a crate, its height and what it may not see.
pub(super) struct Floor {
    pub(super) krate: &'static str,
    pub(super) height: u8,
    pub(super) bans: &'static [Ban],
}

/// Crates that a floor may not depend on, why, and where code that needs them belongs.
///
/// A name that ends in `*` stands for every name that begins with what precedes it. Bans bind what is shipped: tests
/// of a floor may use a banned crate as a dev-dependency.
pub(super) struct Ban {
    crates: &'static [&'static str],
    pub(super) why: &'static str,
    pub(super) home: &'static str,
}

/// The tower, from the ground up.
pub(super) const FLOORS: &[Floor] = &[
    floor("escalon-domain", 1, DOMAIN_BANS),
    floor("escalon-proof", 1, DOMAIN_BANS),
    floor("escalon-application", 2, APPLICATION_BANS),
    floor("escalon-infrastructure", 3, &[ban(GRAPHQL, "the public schema is made at the edge", "api/")]),
    floor("escalon-projections", 4, &[ban(GRAPHQL, "the public schema is made at the edge", "api/")]),
    floor("escalon-api", 5, API_BANS),
    floor("escalon-cli", 6, &[]),
];

const DOMAIN_BANS: &[Ban] = &[
    ban(STORAGE, "the domain is pure", "infrastructure/"),
    ban(NETWORK, "the domain is pure", "infrastructure/"),
    ban(RUNTIME, "the domain is synchronous", "infrastructure/"),
    ban(ASYNC, "the domain is synchronous", "application/"),
    ban(CHANCE, "chance arrives in the command", "infrastructure/"),
    ban(REPORTING, "the domain answers and does not report", "application/"),
    ban(SERVING, "the domain is pure", "api/"),
    ban(GRAPHQL, "the domain is pure", "api/"),
    ban(COMMAND_LINE, "the domain is pure", "cli/"),
];

const APPLICATION_BANS: &[Ban] = &[
    ban(STORAGE, "use cases call ports and do no I/O themselves", "infrastructure/"),
    ban(NETWORK, "use cases call ports and do no I/O themselves", "infrastructure/"),
    ban(RUNTIME, "use cases call ports and do no I/O themselves", "infrastructure/"),
    ban(CHANCE, "use cases take ids from the Ids port", "infrastructure/"),
    ban(SERVING, "use cases do not know how they were called", "api/"),
    ban(GRAPHQL, "use cases do not know how they were called", "api/"),
    ban(COMMAND_LINE, "use cases do not know how they were called", "cli/"),
];

const API_BANS: &[Ban] = &[
    ban(STORAGE, "the API does not see Postgres", "projections/"),
    ban(&["escalon-infrastructure"], "the API meets adapters as ports only", "application/"),
];

const STORAGE: &[&str] = &["sqlx*", "tokio-postgres", "postgres*", "cqrs-es"];
const NETWORK: &[&str] = &["reqwest*", "hyper*", "lettre", "aws-*", "rustls*", "nix", "libc"];
const RUNTIME: &[&str] = &["tokio*", "async-std", "smol"];
const ASYNC: &[&str] = &["async-trait", "async-stream", "futures*", "pin-project*"];
const CHANCE: &[&str] = &["rand*", "getrandom", "fastrand"];
const REPORTING: &[&str] = &["tracing*", "log", "metrics*"];
const SERVING: &[&str] = &["axum*", "tower*", "http*"];
const GRAPHQL: &[&str] = &["async-graphql*"];
const COMMAND_LINE: &[&str] = &["clap*", "indicatif", "comfy-table"];

const fn floor(krate: &'static str, height: u8, bans: &'static [Ban]) -> Floor {
    Floor { krate, height, bans }
}

const fn ban(crates: &'static [&'static str], why: &'static str, home: &'static str) -> Ban {
    Ban { crates, why, home }
}

/// Crates beside the tower: they may see all of it, and none of it may see them.
pub(super) const BESIDE: &[&str] = &["escalon-tests", "escalon-memory", "escalon-bench", "xtask"];

/// Those of them that the tests of every floor may see.
pub(super) const FOR_TESTS: &[&str] = &["escalon-memory"];

impl Ban {
    /// Whether the ban holds for the crate of this name.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.crates.iter().any(|banned| match banned.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *banned,
        })
    }
}
