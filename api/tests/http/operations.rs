//! Health, metrics, the editor, and the headers of all of them.

use escalon_api::http::{Check, Limits};
use serde_json::json;

use crate::{client::Answer, support::Server};

async fn get(server: &Server, path: &str) -> Answer {
    Answer::of(reqwest::Client::new().get(server.url(path))).await
}

#[tokio::test]
async fn readiness_says_what_is_missing() {
    let checks = vec![
        Check { name: "database".to_owned(), result: Ok(()) },
        Check { name: "projections".to_owned(), result: Err("4 000 events behind".to_owned()) },
    ];
    let server = Server::with(Limits::default(), checks).await;
    let answer = get(&server, "/health/ready").await;
    assert_eq!(answer.status.as_u16(), 503);
    let expected = json!({ "status": "not ready", "checks": [
        { "name": "database", "ok": true },
        { "name": "projections", "ok": false, "why": "4 000 events behind" },
    ]});
    assert_eq!(answer.body, expected);
    assert_eq!(get(&server, "/health/live").await.body, json!({ "status": "live" }));
}

#[tokio::test]
async fn a_server_without_complaints_is_ready() {
    let server = Server::start().await;
    assert_eq!(get(&server, "/health/ready").await.body, json!({ "status": "ready", "checks": [] }));
    let metrics = get(&server, "/metrics").await;
    assert_eq!(
        (metrics.header("content-type"), &metrics.body),
        ("text/plain; version=0.0.4; charset=utf-8", &json!("up 1\n"))
    );
}

#[tokio::test]
async fn responses_carry_security_headers() {
    let server = Server::start().await;
    for path in ["/graphql?query=%7Bhello%7D", "/health/live", "/nowhere"] {
        let answer = get(&server, path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

#[tokio::test]
async fn the_editor_needs_nothing_from_elsewhere() {
    let server = Server::start().await;
    let page = get(&server, "/graphiql").await;
    let text = page.body.as_str().expect("a page");
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    assert!(!text.contains("://"), "{text}");
    for asset in ["graphiql.css", "react.js", "react-dom.js", "graphiql.js", "start.js"] {
        assert!(text.contains(&format!("\"graphiql/{asset}\"")), "{asset}");
        assert_eq!(get(&server, &format!("/graphiql/{asset}")).await.status.as_u16(), 200, "{asset}");
    }
    assert_eq!(get(&server, "/graphiql/other.js").await.status.as_u16(), 404);
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_outcome() {
    let metrics =
        metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().expect("the only recorder");
    let server = Server::start().await;
    for query in ["mutation { bump }", "{ expected }", "{ unexpected }", "{ nonsense }", "{"] {
        Answer::of(server.query(query)).await;
    }
    let text = metrics.render();
    for (operation, outcome) in [
        ("mutation", "ok"),
        ("query", "errors"),
        ("query", "internal"),
        ("query", "refused"),
        ("unknown", "refused"),
    ] {
        let line = format!("graphql_requests_total{{operation=\"{operation}\",outcome=\"{outcome}\"}}");
        assert!(text.contains(&line), "{line} in\n{text}");
    }
    assert!(text.contains("graphql_request_seconds_count{operation=\"mutation\"}"), "{text}");
}
