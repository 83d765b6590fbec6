//! Keeps the tests' PostgreSQL cluster while tests run.

#[tokio::main]
async fn main() {
    escalon_tests::cluster::keep().await;
}
