//! Subscriptions as server-sent events, and the end of the server.

use std::time::{Duration, Instant};

use escalon_api::http::{GRACE, Limits};
use reqwest::Response;
use serde_json::json;

use crate::{
    client::{Answer, GRAPHQL},
    support::Server,
};

const SSE: &str = "text/event-stream";

async fn open(server: &Server, query: &str) -> Response {
    let response = server.post(SSE, json!({ "query": query }).to_string()).send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    response
}

async fn whole(server: &Server, query: &str) -> String {
    open(server, query)
        .await
        .text()
        .await
        .expect("a body")
        .split_inclusive("\n\n")
        .filter(|event| *event != ":\n\n")
        .collect()
}

#[tokio::test]
async fn results_come_as_next_and_end_with_complete() {
    let server = Server::start().await;
    let text = whole(&server, "subscription { count(to: 2) }").await;
    let expected = "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: next\ndata: {\"data\":{\"count\":2}}\n\n\
                    event: complete\ndata:\n\n";
    assert_eq!(text, expected);
    let by_get = server.get(&[("query", "subscription { count(to: 1) }")]).header("accept", SSE);
    let response = by_get.send().await.expect("an answer");
    assert!(response.text().await.expect("a body").ends_with("event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn a_query_for_a_client_that_takes_streams_only_is_one_next() {
    let server = Server::start().await;
    let text = whole(&server, "{ hello }").await;
    assert_eq!(
        text,
        "event: next\ndata: {\"data\":{\"hello\":\"hello world\"}}\n\nevent: complete\ndata:\n\n"
    );
    let mutation = server.get(&[("query", "mutation { bump }")]).header("accept", SSE);
    Answer::of(server.post("text/event-stream", "[]")).await.is_refused(
        400,
        "BATCH_NOT_SUPPORTED",
        "batches",
    );
    assert_eq!(mutation.send().await.expect("an answer").status().as_u16(), 405);
}

#[tokio::test]
async fn a_subscription_without_a_stream_is_refused() {
    let server = Server::start().await;
    let query = json!({ "query": "subscription { count(to: 2) }" }).to_string();
    for accept in [GRAPHQL, "application/json", "*/*"] {
        let answer = Answer::of(server.post(accept, query.clone())).await;
        answer.is_refused(406, "SUBSCRIPTION_NEEDS_EVENT_STREAM", "Accept: text/event-stream");
    }
}

#[tokio::test]
async fn errors_within_streams_are_labelled_and_masked() {
    let server = Server::start().await;
    for (query, code) in [
        ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { broken }", "INTERNAL"),
        ("subscription { refused }", "INTERNAL"),
        ("subscription { panicking }", "INTERNAL"),
    ] {
        let text = whole(&server, query).await;
        assert!(text.contains(&format!("\"code\":\"{code}\"")), "{query}: {text}");
        assert!(
            !text.contains("swordfish") && text.ends_with("event: complete\ndata:\n\n"),
            "{query}: {text}"
        );
    }
}

#[tokio::test]
async fn silent_streams_are_kept_alive_and_counted() {
    let limits = Limits { keep_alive: Duration::from_millis(50), subscriptions: 1, ..Limits::default() };
    let server = Server::with(limits, Vec::new()).await;
    let mut stream = open(&server, "subscription { endless }").await;
    let mut text = String::new();
    while text.matches(":\n\n").count() < 3 {
        let chunk = stream.chunk().await.expect("open").expect("more");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    assert!(text.contains("{\"endless\":1}"), "{text}");
    let second = server.post(SSE, json!({ "query": "subscription { endless }" }).to_string());
    Answer::of(second).await.is_refused(503, "TOO_MANY_SUBSCRIPTIONS", "1 subscriptions");
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(
        whole(&server, "subscription { count(to: 1) }").await.contains("\"count\":1"),
        "the place is free again"
    );
}

#[tokio::test]
async fn shutdown_completes_streams_and_lets_requests_finish() {
    let mut server = Server::start().await;
    let stream = open(&server, "subscription { endless }").await;
    let slow = tokio::spawn(Answer::of(server.query("{ slow(millis: 2000) }")));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    server.stop();
    let text = stream.text().await.expect("an orderly end");
    assert!(text.ends_with("event: complete\ndata:\n\n"), "{text}");
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    assert!(server.query("{ hello }").send().await.is_err(), "nobody new is accepted");
    assert_eq!(slow.await.expect("an answer").body, json!({ "data": { "slow": 2000 } }));
    server.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let limits = Limits { timeout: Duration::from_secs(600), ..Limits::default() };
    let mut server = Server::with(limits, Vec::new()).await;
    let endless = tokio::spawn(server.query("{ slow(millis: 600000) }").send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    server.stop();
    server.ended().await;
    assert!((GRACE..GRACE + Duration::from_secs(3)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert!(endless.await.expect("joined").is_err());
}
