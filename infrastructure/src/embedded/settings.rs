//! The settings the server is started with.

use super::layout::{Layout, PORT};
use super::privileges::ServerUser;

/// What suits an engine that has a machine's disk to itself. Durability is PostgreSQL's default: `fsync` and
/// `synchronous_commit` on.
const DEFAULTS: [(&str, &str); 11] = [
    ("max_connections", "200"),
    ("max_wal_size", "4GB"),
    // A segment of the log that was used again as it is would hold what was forgotten.
    ("wal_recycle", "off"),
    ("checkpoint_timeout", "15min"),
    ("checkpoint_completion_target", "0.9"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    // Details of an error can be values.
    ("log_error_verbosity", "terse"),
    ("log_line_prefix", "%m [%p] "),
];

/// The arguments of `postgres`, a build that may not know every value of every setting. The last of several values wins, so
/// what keeps the server private comes last.
pub(super) fn arguments(
    layout: &Layout,
    user: &ServerUser,
    knows: impl Fn(&str, &str) -> bool,
    extra: &[(String, String)],
) -> Vec<String> {
    let private = [
        ("listen_addresses", String::new()),
        ("port", PORT.to_string()),
        ("unix_socket_directories", quoted(&user.sees(layout.socket_dir()).display().to_string())),
        ("unix_socket_permissions", "0700".to_owned()),
        ("cluster_name", layout.name().to_owned()),
    ];
    let mut defaults: Vec<String> = DEFAULTS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    defaults.push(format!("shared_buffers={}MB", shared_buffers()));
    // Full pages in the log are compressed if this build has a quick way; its own old one costs more than it saves.
    let method = ["lz4", "zstd"].into_iter().find(|method| knows("wal_compression", method));
    defaults.extend(method.map(|method| format!("wal_compression={method}")));
    let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
    let private = private.iter().map(|(name, value)| format!("{name}={value}"));
    defaults.into_iter().chain(extra).chain(private).flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// An item of a list setting, in which a comma or a blank would otherwise mean something.
fn quoted(item: &str) -> String {
    format!("\"{}\"", item.replace('"', "\"\""))
}

/// A quarter of the machine's memory, up to 2 GB, in MB. Indexes by random keys want to be in memory.
fn shared_buffers() -> u64 {
    let kilobytes = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        total.trim().trim_end_matches(" kB").parse::<u64>().ok()
    });
    kilobytes.map_or(256, |kilobytes| kilobytes / 1024 / 4).clamp(128, 2048)
}
