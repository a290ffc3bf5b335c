//! From bytes to JSON and files: `application/json`, and `multipart/form-data` with `payload_json`.

use crate::double::answer::Refusal;
use axum::body::Body as Bytes;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

/// What a request brought along.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) json: Value,
    pub(crate) files: Vec<File>,
}

/// A file of a request, with its number `n` in `files[n]`.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) index: u32,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Reads a body. An empty one is null.
pub(crate) async fn read(content_type: &str, bytes: Vec<u8>) -> Result<Body, Refusal> {
    if content_type.starts_with("multipart/form-data") {
        return multipart(content_type, bytes)
            .await
            .ok_or(Refusal::INVALID_FORM);
    }
    if bytes.is_empty() {
        return Ok(Body::default());
    }
    let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::INVALID_JSON)?;
    let files = Vec::new();
    Ok(Body { json, files })
}

async fn multipart(content_type: &str, bytes: Vec<u8>) -> Option<Body> {
    let request = Request::builder().header(CONTENT_TYPE, content_type);
    let request = request.body(Bytes::from(bytes)).ok()?;
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let mut body = Body::default();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        if name == "payload_json" {
            body.json = serde_json::from_str(&part.text().await.ok()?).ok()?;
            continue;
        }
        let index = name.strip_prefix("files[")?.strip_suffix(']')?;
        body.files.push(File {
            index: index.parse().ok()?,
            name: part.file_name()?.to_owned(),
            content_type: part.content_type().map(str::to_owned),
            bytes: part.bytes().await.ok()?.to_vec(),
        });
    }
    Some(body)
}
