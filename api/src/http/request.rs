//! From a body or a query string to the parameters of the GraphQL over HTTP specification.

use axum::extract::Query;
use http::Uri;
use serde_json::{Map, Value};

use super::control::has_controls;
use super::error::Refusal;

const EXAMPLE: &str = r#"send a JSON object such as {"query": "{ __typename }", "variables": {}}"#;

/// The parameters of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// The document's text.
    pub query: String,
    /// Which of its operations to run; an empty name counts as none.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Value>,
    /// Whatever the client adds.
    pub extensions: Map<String, Value>,
}

impl Parameters {
    /// Reads a POST body.
    ///
    /// # Errors
    ///
    /// Refuses a batch, malformed JSON (with its line and column) and parameters of the wrong type.
    pub fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Err(bad(format!("the body is empty; {EXAMPLE}")));
        }
        let value = serde_json::from_slice(body)
            .map_err(|error| bad(format!("the body is not valid JSON: {error}; {EXAMPLE}")))?;
        match value {
            Value::Object(fields) => Self::from_fields(fields),
            Value::Array(_) => Err(Refusal::Batch),
            other => Err(bad(format!("the body is {}, not an object; {EXAMPLE}", kind(&other)))),
        }
    }

    /// Reads the query string of a GET, in which `variables` and `extensions` are JSON.
    ///
    /// # Errors
    ///
    /// As for a body; also refuses a parameter that is given twice.
    pub fn from_uri(uri: &Uri) -> Result<Self, Refusal> {
        let pairs: Query<Vec<(String, String)>> = Query::try_from_uri(uri)
            .map_err(|error| bad(format!("the query string cannot be read: {error}")))?;
        let mut fields = Map::new();
        for (name, text) in pairs.0 {
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(text),
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|error| bad(format!("the parameter {name} is not valid JSON: {error}")))?,
                _ => continue,
            };
            if fields.contains_key(&name) {
                return Err(bad(format!("the parameter {name} is given twice; give it once")));
            }
            fields.insert(name, value);
        }
        Self::from_fields(fields)
    }

    fn from_fields(mut fields: Map<String, Value>) -> Result<Self, Refusal> {
        let extensions = object(&mut fields, "extensions")?;
        let query = match string(&mut fields, "query")? {
            Some(query) => query,
            None if extensions.contains_key("persistedQuery") => return Err(Refusal::PersistedQuery),
            None => return Err(bad(format!("the parameter query is missing; {EXAMPLE}"))),
        };
        let operation_name = string(&mut fields, "operationName")?.filter(|name| !name.is_empty());
        let variables = object(&mut fields, "variables")?;
        if has_controls(&query, &variables) {
            let message = "a text has control characters; leave out all but tabs and line ends";
            return Err(bad(message.to_owned()));
        }
        Ok(Self { query, operation_name, variables, extensions })
    }
}

fn string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(bad(format!("the parameter {name} must be a string and is {}", kind(&other)))),
    }
}

fn object(fields: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(bad(format!("the parameter {name} must be an object and is {}", kind(&other)))),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

const fn bad(message: String) -> Refusal {
    Refusal::BadRequest(message)
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    fn said(body: &str) -> String {
        Parameters::from_body(body.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn malformed_json_is_located() {
        assert!(said("{\n \"query\": }").contains("at line 2 column 11"), "{}", said("{\n \"query\": }"));
        assert!(said("").contains("empty"));
        assert!(said("3").contains("a number"));
    }

    #[test]
    fn unknown_keys_are_ignored_and_known_ones_are_checked() {
        let read = Parameters::from_body(br#"{"query":"{a}","id":1,"variables":null,"operationName":""}"#);
        assert_eq!(read.expect("read"), Parameters { query: "{a}".into(), ..Parameters::default() });
        assert!(
            said(r#"{"query":"{a}","variables":[1]}"#)
                .contains("variables must be an object and is an array")
        );
    }

    #[test]
    fn a_query_string_is_read_and_repetition_refused() {
        let uri =
            "/graphql?query=%7Ba%7D&operationName=A&variables=%7B%22n%22%3A1%7D&x=1".parse().expect("uri");
        let read = Parameters::from_uri(&uri).expect("read");
        assert_eq!((read.query.as_str(), read.operation_name.as_deref()), ("{a}", Some("A")));
        assert_eq!(read.variables.get("n"), Some(&1.into()));
        let twice = "/graphql?query=%7Ba%7D&query=%7Bb%7D".parse().expect("uri");
        assert!(Parameters::from_uri(&twice).expect_err("refused").to_string().contains("twice"));
    }
}
