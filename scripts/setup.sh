#!/usr/bin/env bash
# Brings the machine to where `make run` and `make test` work. Silent, and without effect, when it is there already.
#
# The engine starts and stops a PostgreSQL of its own, so only the server's programs are needed: no running cluster, no
# database user, no configuration.
set -euo pipefail

readonly OLDEST_POSTGRES=15

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

# Succeeds when one of Debian's directories, or one that the PATH leads to, holds a recent enough `postgres` beside its
# `initdb`. Links are followed, as the engine does.
has_postgres() {
    local directories directory postgres version
    IFS=: read -r -a directories <<<"$PATH"
    for directory in /usr/lib/postgresql/*/bin "${directories[@]}"; do
        postgres=$(readlink -f "$directory/postgres") && [[ -x $postgres && -x ${postgres%/*}/initdb ]] || continue
        version=$("$postgres" --version 2>/dev/null) || continue
        # postgres (PostgreSQL) 15.10 (Debian 15.10-0+deb12u1)
        [[ $version =~ \(PostgreSQL\)\ ([0-9]+) ]] || continue
        ((BASH_REMATCH[1] >= OLDEST_POSTGRES)) && return 0
    done
    return 1
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# Without this, Debian's package creates a cluster of its own and starts it.
keep_debian_from_starting_a_cluster() {
    local conf=/etc/postgresql-common/createcluster.conf
    if [[ ! -e $conf ]]; then
        as_root mkdir -p "$(dirname "$conf")"
        as_root tee "$conf" >/dev/null <<<'create_main_cluster = false'
    fi
}

install_postgres() {
    command -v apt-get >/dev/null ||
        fail "no PostgreSQL $OLDEST_POSTGRES or newer was found. Install it with your system's package manager, with its bin directory on the PATH."
    ((EUID == 0)) || command -v sudo >/dev/null ||
        fail "no PostgreSQL $OLDEST_POSTGRES or newer was found, and installing it needs root. Run: apt-get install postgresql"

    printf 'setup: installing PostgreSQL\n'
    keep_debian_from_starting_a_cluster
    as_root apt-get -q -o Acquire::Retries=3 update
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get -q -o Acquire::Retries=3 install -y --no-install-recommends postgresql

    has_postgres ||
        fail "this system's PostgreSQL is older than $OLDEST_POSTGRES. Install a newer one, with its bin directory on the PATH."
}

command -v cargo >/dev/null ||
    fail "cargo was not found. Install Rust with rustup, or put ~/.cargo/bin on the PATH."
command -v cc >/dev/null ||
    fail "no C compiler (cc) was found, which Rust needs for linking. On Debian: apt-get install gcc libc6-dev"
has_postgres || install_postgres
