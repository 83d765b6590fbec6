//! The settings the server is started with.

use super::layout::{Layout, PORT};
use super::privileges::ServerUser;

/// What suits an engine that has a machine's disk to itself. Durability is PostgreSQL's default: `fsync` and
/// `synchronous_commit` on.
const DEFAULTS: [(&str, &str); 11] = [
    ("shared_buffers", "256MB"),
    ("max_connections", "200"),
    ("max_wal_size", "4GB"),
    ("wal_compression", "on"),
    ("checkpoint_timeout", "15min"),
    ("checkpoint_completion_target", "0.9"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("log_line_prefix", "%m [%p] "),
];

/// The arguments of `postgres`. The last of several values wins, so what keeps the server private comes last.
pub(super) fn arguments(layout: &Layout, user: &ServerUser, extra: &[(String, String)]) -> Vec<String> {
    let private = [
        ("listen_addresses", String::new()),
        ("port", PORT.to_string()),
        ("unix_socket_directories", quoted(&user.sees(layout.socket_dir()).display().to_string())),
        ("unix_socket_permissions", "0700".to_owned()),
        ("cluster_name", layout.name().to_owned()),
    ];
    let defaults = DEFAULTS.iter().map(|(name, value)| format!("{name}={value}"));
    let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
    let private = private.iter().map(|(name, value)| format!("{name}={value}"));
    defaults.chain(extra).chain(private).flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// An item of a list setting, in which a comma or a blank would otherwise mean something.
fn quoted(item: &str) -> String {
    format!("\"{}\"", item.replace('"', "\"\""))
}
