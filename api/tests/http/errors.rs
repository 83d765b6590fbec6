//! What errors tell, and what they do not.

use serde_json::json;

use crate::{client::Answer, support::Server};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test]
async fn unexpected_errors_are_masked() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ unexpected }").header("traceparent", TRACEPARENT)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (200, "INTERNAL"));
    assert_eq!(answer.header("x-trace-id"), TRACE);
    assert!(
        answer.message().starts_with("Something went wrong on our side. Quote trace id"),
        "{}",
        answer.body
    );
    assert!(answer.message().contains(TRACE));
    assert_eq!(answer.body["errors"][0]["extensions"], json!({ "code": "INTERNAL", "traceId": TRACE }));
    assert_eq!(answer.body["errors"][0]["path"], json!(["unexpected"]));
    assert!(!answer.body.to_string().contains("swordfish"));
}

#[tokio::test]
async fn our_own_errors_keep_code_and_message() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ expected }")).await;
    assert_eq!((answer.status.as_u16(), answer.code(), answer.message()), (200, "FORBIDDEN", "not yours"));
    assert_eq!(answer.body.get("data"), Some(&json!(null)));
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_server_goes_on() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ panicking }")).await;
    answer.is_refused(500, "INTERNAL", "Quote trace id");
    assert_eq!(Answer::of(server.query("{ hello }")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn documents_that_do_not_parse_or_fit_say_where() {
    let server = Server::start().await;
    let syntax = Answer::of(server.query("{ hello")).await;
    syntax.is_refused(400, "GRAPHQL_PARSE_FAILED", "expected");
    assert_eq!(syntax.body["errors"][0]["locations"], json!([{ "line": 1, "column": 8 }]));
    let unknown = Answer::of(server.query("{ nonsense }")).await;
    unknown.is_refused(400, "GRAPHQL_VALIDATION_FAILED", "nonsense");
    let missing = Answer::of(server.query("query($n: String!) { hello(name: $n) }")).await;
    missing.is_refused(400, "BAD_USER_INPUT", "$n of type String! is required");
}

#[tokio::test]
async fn values_that_a_scalar_refuses_are_the_callers_to_mend() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ year(at: \"yesterday\") }")).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
    assert!(answer.message().contains("DateTime"), "{}", answer.body);
}

#[tokio::test]
async fn every_response_has_a_trace_id() {
    let server = Server::start().await;
    for path in ["/graphql", "/graphiql", "/health/live", "/metrics", "/nowhere"] {
        let answer =
            Answer::of(reqwest::Client::new().get(server.url(path)).header("traceparent", "nonsense")).await;
        let id = answer.header("x-trace-id");
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{path}: {id}");
    }
}
