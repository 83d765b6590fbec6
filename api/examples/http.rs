//! The small schema of the HTTP tests on a fixed port, for `tests/conformance/graphql-http`:
//! `cargo run -p escalon-api --example http -- 127.0.0.1:8099`.

#[path = "../tests/http/support.rs"]
#[expect(
    dead_code,
    clippy::expect_used,
    reason = "made for the tests, which use more of it and fail by panicking"
)]
mod support;

use escalon_api::http::Limits;

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned());
    let server = support::Server::on(&address, Limits::default(), Vec::new()).await;
    server.ended().await;
}
