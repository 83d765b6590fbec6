//! Reading a request body up to a limit.

use axum::body::Body;
use futures::StreamExt;

use super::error::Refusal;

/// How much of an oversized body is read and thrown away, in bytes. A client that is still sending when the
/// connection closes sees a reset instead of the answer.
const DISCARDED: usize = 8 * 1024 * 1024;

/// Reads the body.
///
/// # Errors
///
/// Refuses more than `limit` bytes, and a body that breaks off.
pub(super) async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut total = 0usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk
            .map_err(|error| Refusal::BadRequest(format!("the body broke off: {error}; send it again")))?;
        total = total.saturating_add(chunk.len());
        if total <= limit {
            bytes.extend_from_slice(&chunk);
        } else if total > limit.saturating_add(DISCARDED) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if total > limit { Err(Refusal::BodyTooLarge(limit)) } else { Ok(bytes) }
}
