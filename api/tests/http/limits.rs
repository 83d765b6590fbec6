//! What may be asked for at once.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use escalon_api::http::{Limits, Refusal, lexical::shape};
use serde_json::json;

use crate::{
    client::{Answer, GRAPHQL},
    support::Server,
};

/// Fragments that double at every step: 2^n fields from a few bytes each.
fn bomb(fragments: usize) -> String {
    let mut document = "query { node { ...f0 } }".to_owned();
    for n in 0..fragments {
        write!(
            document,
            " fragment f{n} on Node {{ a: node {{ ...f{m} }} b: node {{ ...f{m} }} }}",
            m = n + 1
        )
        .expect("text");
    }
    write!(document, " fragment f{fragments} on Node {{ id }}").expect("text");
    document
}

#[test]
fn a_fragment_bomb_is_weighed_without_exploding() {
    for size in [12, 20, 30] {
        let text = bomb(size);
        let document = async_graphql::parser::parse_query(&text).expect("GraphQL");
        let begun = Instant::now();
        let refusal = Limits::default().check(&document).expect_err("refused");
        let took = begun.elapsed();
        println!("{} bytes, 2^{size} fields, refused in {took:?}", text.len());
        assert!(matches!(refusal, Refusal::QueryTooLarge { .. }), "{refusal}");
        assert!(took < Duration::from_millis(5), "{took:?}");
    }
}

#[test]
fn a_bomb_in_an_unused_fragment_is_found_too() {
    let document = bomb(20).replace("query { node { ...f0 } }", "query { hello }");
    assert!(matches!(Limits::default().parse(&document), Err(Refusal::QueryTooLarge { .. })));
}

#[test]
fn cycles_and_long_chains_of_fragments_are_refused() {
    let limits = Limits::default();
    let cycle = "{ node { ...a } } fragment a on Node { ...b } fragment b on Node { node { ...a } }";
    assert!(matches!(limits.parse(cycle), Err(Refusal::FragmentCycle(_))));
    let mut chain = "{ node { ...f0 } }".to_owned();
    for n in 0..1_800 {
        write!(chain, " fragment f{n} on Node {{ ...f{} }}", n + 1).expect("text");
    }
    assert!(matches!(limits.parse(&chain), Err(Refusal::FragmentChain)));
}

#[test]
fn text_that_would_overflow_the_parsers_stack_never_reaches_it() {
    let limits = Limits::default();
    for (open, times) in [("[", 5_000), ("{a:", 4_000), ("{ node ", 4_000)] {
        let document = format!("{{ hello(name: {}", open.repeat(times));
        assert!(matches!(limits.parse(&document), Err(Refusal::NestedTooDeep { .. })), "{open}");
    }
    let types = format!("query($a: {}Int) {{ hello }}", "[".repeat(5_000));
    assert!(matches!(limits.parse(&types), Err(Refusal::NestedTooDeep { .. })));
    let flood = format!("{{ {} }}", "hello ".repeat(100_000));
    assert!(matches!(limits.parse(&flood), Err(Refusal::TooManyTokens { found: 100_002, .. })));
}

#[test]
fn text_at_the_nesting_limit_parses_within_a_thread_of_two_mebibytes() {
    let nested = |open: &str, close: &str, n: usize| {
        format!("{{ hello(name: {}{}) }}", open.repeat(n), close.repeat(n))
    };
    for document in [nested("[", "]", 62), nested("{a:[", "]}", 31)] {
        assert_eq!(shape(&document).nesting, 64);
        assert!(Limits::default().parse(&document).is_ok());
    }
}

#[tokio::test]
async fn each_ceiling_has_its_code() {
    let server = Server::start().await;
    let refused = async |query: String, code: &str, cure: &str| {
        Answer::of(server.query(&query)).await.is_refused(400, code, cure);
        // Older clients take 200 as the sign of a GraphQL answer.
        let plain = Answer::of(server.post("application/json", json!({ "query": query }).to_string())).await;
        plain.is_refused(200, code, cure);
    };
    let many = |n: usize, text: &dyn Fn(usize) -> String| (0..n).map(text).collect::<Vec<_>>().join(" ");
    let deep = format!("{{ {} id {} }}", "node { ".repeat(15), "} ".repeat(15));
    refused(deep, "QUERY_TOO_DEEP", "limit is 15").await;
    let aliases = format!("{{ node {{ {} }} }}", many(51, &|n| format!("a{n}: id")));
    refused(aliases, "TOO_MANY_ALIASES", "51 aliases and the limit is 50").await;
    let roots = format!("{{ {} }}", many(26, &|_| "hello".to_owned()));
    refused(roots, "TOO_MANY_ROOT_FIELDS", "26 root fields").await;
    let spread =
        "{ ...r ...r } fragment r on Query { ".to_owned() + &many(13, &|_| "hello".to_owned()) + " }";
    refused(spread, "TOO_MANY_ROOT_FIELDS", "26 root fields").await;
    let directives = format!("{{ hello {} }}", many(101, &|_| "@include(if: true)".to_owned()));
    refused(directives, "TOO_MANY_DIRECTIVES", "101 directives").await;
    let wide = format!("{{ node {{ {} }} }}", many(5_001, &|_| "id".to_owned()));
    refused(wide, "QUERY_TOO_LARGE", "5002 selections").await;
    refused(bomb(12), "QUERY_TOO_LARGE", "fragments expanded").await;
    let lists = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    refused(lists.to_owned(), "INTROSPECTION_TOO_DEEP", "limit is 2").await;
    refused("{ ...a } fragment a on Query { ...a }".to_owned(), "FRAGMENT_CYCLE", "\"a\"").await;
}

#[tokio::test]
async fn introspection_is_exempt_from_depth() {
    let server = Server::start().await;
    let of_type = "{ name ofType ".repeat(20) + "{ name }" + &" }".repeat(20);
    let query = format!("{{ __type(name: \"Query\") {{ name ofType {of_type} }} }}");
    let answer = Answer::of(server.query(&query)).await;
    assert_eq!(answer.body, json!({ "data": { "__type": { "name": "Query", "ofType": null } } }));
}

#[tokio::test]
async fn documents_at_the_ceilings_are_answered_quickly() {
    let server = Server::start().await;
    let wide = format!("{{ node {{ {} }} }}", "id ".repeat(4_900));
    let unknown = format!("{{ node {{ {} }} }}", "nonsense ".repeat(4_900));
    let literal = format!("{{ hello(name: [{}]) }}", "1 ".repeat(14_000));
    for query in [wide, unknown, literal] {
        let begun = Instant::now();
        let answer = Answer::of(server.query(&query)).await;
        println!("{} bytes of document: {} in {:?}", query.len(), answer.status, begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(answer.body["errors"].as_array().is_none_or(|errors| errors.len() <= 100));
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let server = Server::start().await;
    let body = |bytes: usize| format!(r#"{{"query":"{{ hello }}","pad":"{}"}}"#, "x".repeat(bytes));
    let large = Answer::of(server.post(GRAPHQL, body(2 * 1024 * 1024))).await;
    large.is_refused(413, "BODY_TOO_LARGE", "1048576 bytes");
    assert_eq!(Answer::of(server.post(GRAPHQL, body(1_000_000))).await.status.as_u16(), 200);
}

#[tokio::test]
async fn requests_have_a_time_limit() {
    let limits = Limits { timeout: Duration::from_millis(200), ..Limits::default() };
    let server = Server::with(limits, Vec::new()).await;
    let begun = Instant::now();
    Answer::of(server.query("{ slow(millis: 60000) }")).await.is_refused(504, "TIMEOUT", "0.2 seconds");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(Answer::of(server.query("{ slow(millis: 10) }")).await.status.as_u16(), 200);
}
