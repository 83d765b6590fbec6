//! Media types: what the client sends and what it accepts.

use http::{HeaderMap, HeaderValue, header};

use super::error::Refusal;

/// How a single GraphQL response is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    /// `application/graphql-response+json`: the status tells what became of the request.
    GraphQl,
    /// `application/json`: 200 for every well-formed request, as older clients expect.
    Plain,
}

impl Json {
    /// The value of the `Content-Type` header.
    #[must_use]
    pub const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Plain => "application/json; charset=utf-8",
        })
    }
}

/// What the client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The JSON type, if it takes any.
    pub json: Option<Json>,
    /// Whether it named `text/event-stream`; a wildcard does not ask for a stream.
    pub event_stream: bool,
}

impl Accepted {
    /// The type for a refusal, which is JSON even where only a stream was asked for.
    #[must_use]
    pub fn json_or_plain(self) -> Json {
        self.json.unwrap_or(Json::Plain)
    }
}

/// Reads the `Accept` headers. No header means `application/json`, as the GraphQL over HTTP draft has it for
/// clients older than its own media type.
///
/// # Errors
///
/// Refuses a client that takes none of the three types.
pub fn accepted(headers: &HeaderMap) -> Result<Accepted, Refusal> {
    let mut listed = headers.get_all(header::ACCEPT).iter().peekable();
    if listed.peek().is_none() {
        return Ok(Accepted { json: Some(Json::Plain), event_stream: false });
    }
    let (mut graphql, mut plain, mut wildcard, mut stream) = (0, 0, 0, 0);
    let ranges = listed.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    for range in ranges.filter_map(Range::parse) {
        let best = match range.media_type.as_str() {
            "application/graphql-response+json" => &mut graphql,
            "application/json" => &mut plain,
            "application/*" | "*/*" => &mut wildcard,
            "text/event-stream" => &mut stream,
            _ => continue,
        };
        *best = range.quality.max(*best);
    }
    let json = match (graphql, plain.max(wildcard)) {
        (0, 0) => None,
        (graphql, plain) if graphql >= plain => Some(Json::GraphQl),
        _ => Some(Json::Plain),
    };
    let accepted = Accepted { json, event_stream: stream > 0 };
    if accepted.json.is_none() && !accepted.event_stream {
        return Err(Refusal::NotAcceptable);
    }
    Ok(accepted)
}

/// Lets `application/json` in UTF-8 pass and nothing else: the types a browser form or a bare script can send
/// without a preflight never reach the executor.
///
/// # Errors
///
/// Refuses a missing, unknown or badly encoded media type.
pub fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Err(Refusal::UnsupportedMediaType("no Content-Type".to_owned()));
    };
    let refused = || Refusal::UnsupportedMediaType(format!("Content-Type {value:?}"));
    let range = value.to_str().ok().and_then(Range::parse).ok_or_else(refused)?;
    (range.media_type == "application/json").then_some(()).ok_or_else(refused)
}

struct Range {
    media_type: String,
    /// In thousandths, as the grammar of `q` has three decimals.
    quality: u32,
}

impl Range {
    /// `None` for text that is no media range and for an encoding other than UTF-8.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().filter(|name| name.contains('/'))?.to_ascii_lowercase();
        let mut quality = 1000;
        for parameter in parts.filter(|part| !part.is_empty()) {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => {
                    let q = value.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q))?;
                    quality = thousandths(q);
                }
                "charset" if !matches!(value.to_ascii_lowercase().as_str(), "utf-8" | "utf8") => {
                    return None;
                }
                _ => {}
            }
        }
        Some(Self { media_type, quality })
    }
}

fn thousandths(quality: f32) -> u32 {
    // In 0..=1000 by the caller's filter.
    (quality * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Accepted, Json, accepted, require_json};

    fn accept(value: &'static str) -> Option<Accepted> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        accepted(&headers).ok()
    }

    fn json(value: &'static str) -> Option<Json> {
        accept(value).and_then(|accepted| accepted.json)
    }

    #[test]
    fn the_best_quality_wins_and_the_newer_type_wins_ties() {
        assert_eq!(json("*/*"), Some(Json::Plain));
        assert_eq!(json("application/json, application/graphql-response+json"), Some(Json::GraphQl));
        assert_eq!(json("application/graphql-response+json;q=0.5, application/json"), Some(Json::Plain));
        assert_eq!(json("application/graphql-response+json, */*"), Some(Json::GraphQl));
        assert_eq!(json("APPLICATION/JSON; charset=UTF-8"), Some(Json::Plain));
        assert_eq!(json("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Json::Plain));
    }

    #[test]
    fn a_stream_must_be_asked_for_by_name() {
        assert_eq!(accept("*/*").map(|a| a.event_stream), Some(false));
        assert_eq!(accept("text/event-stream"), Some(Accepted { json: None, event_stream: true }));
    }

    #[test]
    fn nothing_acceptable_is_refused() {
        for value in ["text/html", "application/json;q=0", "application/json;charset=latin1", "nonsense", ""]
        {
            assert_eq!(accept(value), None, "{value}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        let verdict = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            require_json(&headers).is_ok()
        };
        assert!(verdict("application/json"));
        assert!(verdict("Application/JSON; charset=\"utf-8\""));
        for value in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            assert!(!verdict(value), "{value}");
        }
        assert!(!verdict("application/json; charset=utf-16"));
        assert!(!verdict("application/json-patch+json"));
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
