//! GraphQL over HTTP, and who may send what how.

use serde_json::json;

use crate::{
    client::{Answer, GRAPHQL},
    support::Server,
};

#[tokio::test]
async fn a_query_is_answered_in_the_accepted_type() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ hello }")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "application/graphql-response+json; charset=utf-8")
    );
    assert_eq!(answer.body, json!({ "data": { "hello": "hello world" } }));
    let plain = Answer::of(server.post("*/*", r#"{"query":"{ hello }","unknown":1}"#)).await;
    assert_eq!(
        (plain.status.as_u16(), plain.header("content-type")),
        (200, "application/json; charset=utf-8")
    );
}

#[tokio::test]
async fn get_honours_operation_name_and_variables() {
    let server = Server::start().await;
    let answer = Answer::of(server.get(&[
        ("query", "query A($n: String) { hello(name: $n) } query B { node { id } }"),
        ("operationName", "A"),
        ("variables", r#"{"n":"Ada"}"#),
        ("extensions", r#"{"x":1}"#),
    ]))
    .await;
    assert_eq!(answer.body, json!({ "data": { "hello": "hello Ada" } }));
    let vague = Answer::of(server.get(&[("query", "query A { hello } query B { hello }")])).await;
    vague.is_refused(400, "OPERATION_NOT_FOUND", "operationName");
    let unknown = Answer::of(server.get(&[("query", "query A { hello }"), ("operationName", "C")])).await;
    unknown.is_refused(400, "OPERATION_NOT_FOUND", "\"C\"");
    Answer::of(server.get(&[("query", "{ hello }"), ("variables", "{")])).await.is_refused(
        400,
        "BAD_REQUEST",
        "line 1 column 1",
    );
}

#[tokio::test]
async fn get_refuses_mutations_even_when_another_operation_is_a_query() {
    let server = Server::start().await;
    let answer = Answer::of(server.get(&[("query", "mutation { bump }")])).await;
    answer.is_refused(405, "METHOD_NOT_ALLOWED", "POST");
    assert_eq!(answer.header("allow"), "POST");
    let document = "query Q { hello } mutation M { bump }";
    Answer::of(server.get(&[("query", document), ("operationName", "M")])).await.is_refused(
        405,
        "METHOD_NOT_ALLOWED",
        "POST",
    );
    assert_eq!(Answer::of(server.query("mutation { bump }")).await.body, json!({ "data": { "bump": 1 } }));
}

#[tokio::test]
async fn bodies_that_need_no_preflight_are_refused() {
    let server = Server::start().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let request = reqwest::Client::new()
            .post(server.url("/graphql"))
            .header("content-type", media_type)
            .header("accept", GRAPHQL)
            .body(r#"{"query":"mutation { bump }"}"#);
        let answer = Answer::of(request).await;
        answer.is_refused(415, "UNSUPPORTED_MEDIA_TYPE", "application/json");
        assert_eq!(answer.header("accept-post"), "application/json");
    }
    let bare = reqwest::Client::new().post(server.url("/graphql")).body("{}");
    Answer::of(bare).await.is_refused(415, "UNSUPPORTED_MEDIA_TYPE", "no Content-Type");
}

#[tokio::test]
async fn other_methods_and_unacceptable_types_are_refused() {
    let server = Server::start().await;
    let answer = Answer::of(reqwest::Client::new().put(server.url("/graphql"))).await;
    answer.is_refused(405, "METHOD_NOT_ALLOWED", "PUT");
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    Answer::of(server.post("text/html", "{}")).await.is_refused(406, "NOT_ACCEPTABLE", "Accept");
    let head = reqwest::Client::new()
        .head(server.url("/graphql?query=%7Bhello%7D"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(head.status().as_u16(), 200);
}

#[tokio::test]
async fn malformed_bodies_are_located_and_batches_named() {
    let server = Server::start().await;
    let bad = |body: &'static str| Answer::of(server.post(GRAPHQL, body));
    bad("{\n \"query\": }").await.is_refused(400, "BAD_REQUEST", "line 2 column 11");
    bad("").await.is_refused(400, "BAD_REQUEST", "empty");
    bad("\"x\"").await.is_refused(400, "BAD_REQUEST", "a string");
    bad("{}").await.is_refused(400, "BAD_REQUEST", "query is missing");
    bad(r#"{"query":"{hello}","variables":"x"}"#).await.is_refused(
        400,
        "BAD_REQUEST",
        "variables must be an object",
    );
    bad(r#"[{"query":"{hello}"},{"query":"{hello}"}]"#).await.is_refused(
        400,
        "BATCH_NOT_SUPPORTED",
        "one request",
    );
    let deep = format!(r#"{{"query":"{{hello}}","variables":{{"a":{}}}}}"#, "[".repeat(100_000));
    Answer::of(server.post(GRAPHQL, deep)).await.is_refused(400, "BAD_REQUEST", "recursion limit");
    let mut broken = br#"{"query":""#.to_vec();
    broken.extend([0xff, 0xfe]);
    Answer::of(server.post(GRAPHQL, broken)).await.is_refused(400, "BAD_REQUEST", "not valid JSON");
    let persisted = bad(r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#).await;
    persisted.is_refused(200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported");
}

#[tokio::test]
async fn credentials_are_checked_and_never_dropped() {
    let server = Server::start().await;
    let viewer = |token: Option<&'static str>| {
        let request = server.query("{ viewer }");
        Answer::of(match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        })
    };
    assert_eq!(viewer(None).await.body, json!({ "data": { "viewer": null } }));
    assert_eq!(viewer(Some("alice")).await.body, json!({ "data": { "viewer": "alice" } }));
    let stale = viewer(Some("stale")).await;
    stale.is_refused(401, "UNAUTHENTICATED", "sign in again");
    assert_eq!(stale.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    let outage = viewer(Some("outage")).await;
    outage.is_refused(503, "UNAVAILABLE", "try again");
    assert!(!outage.body.to_string().contains("swordfish"));
}

#[tokio::test]
async fn a_minimum_position_reaches_the_resolvers() {
    let server = Server::start().await;
    let answer = Answer::of(server.query("{ minPosition }").header("x-min-position", "42.7")).await;
    assert_eq!(answer.body, json!({ "data": { "minPosition": "42.7" } }));
    let empty = Answer::of(server.query("{ minPosition }").header("x-min-position", " ")).await;
    empty.is_refused(400, "BAD_REQUEST", "X-Min-Position");
}
