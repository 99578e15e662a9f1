//! `multipart/form-data`. Parsers differ most here, so a body is taken only in the form that browsers write it: what
//! is read, written out again, is what was received.

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};
use mime::Mime;
use multer::{Field, Multipart};

use super::comparison::{Comparison, is_utf8};
use crate::decision::Refusal;
use crate::names::NameReading;
use crate::request::Ambiguity;

const UNREADABLE: Refusal = Refusal::Ambiguous(Ambiguity::UnreadableBody);

pub(super) fn compare(comparison: Comparison<'_>, kind: &Mime, body: &[u8]) -> Result<(), Refusal> {
    let mut parameters = kind.params();
    let (Some((mime::BOUNDARY, boundary)), None) = (parameters.next(), parameters.next()) else {
        return Err(UNREADABLE);
    };
    let boundary = boundary.as_str();
    // All is there at once, so nothing is waited for.
    let parts = read(comparison, boundary, body).now_or_never().ok_or(UNREADABLE)??;
    if is_framed(body, boundary, parts) {
        Ok(())
    } else {
        Err(UNREADABLE)
    }
}

async fn read(comparison: Comparison<'_>, boundary: &str, body: &[u8]) -> Result<usize, Refusal> {
    let whole = Bytes::copy_from_slice(body);
    let mut form = Multipart::new(stream::once(async { Ok::<_, std::io::Error>(whole) }).boxed(), boundary);
    let mut parts = 0;
    while let Some(field) = form.next_field().await.map_err(|_| UNREADABLE)? {
        parts += 1;
        let name = plain_name(&field).ok_or(UNREADABLE)?;
        if let NameReading::Bound(_) = comparison.names.read(&name) {
            let is_text = field.file_name().is_none()
                && field
                    .content_type()
                    .is_none_or(|kind| kind.essence_str() == "text/plain" && is_utf8(kind));
            let value = field.bytes().await.map_err(|_| UNREADABLE)?;
            let value = std::str::from_utf8(&value).ok().filter(|_| is_text).ok_or(UNREADABLE)?;
            comparison.field(&name, value)?;
        } else {
            comparison.field(&name, "")?;
            field.bytes().await.map_err(|_| UNREADABLE)?;
        }
    }
    Ok(parts)
}

/// The field's name, if its head is as a browser writes it.
fn plain_name(field: &Field<'_>) -> Option<String> {
    for (name, value) in field.headers() {
        let plain = match name.as_str() {
            "content-disposition" | "content-type" | "content-length" => true,
            "content-transfer-encoding" => [b"binary".as_slice(), b"8bit", b"7bit"].contains(&value.as_bytes()),
            _ => false,
        };
        if !plain || field.headers().get_all(name).iter().count() > 1 {
            return None;
        }
    }
    let name = field.name()?;
    let mut written = format!("form-data; name=\"{name}\"");
    if let Some(file) = field.file_name() {
        written.push_str(&format!("; filename=\"{file}\""));
    }
    let received = field.headers().get("content-disposition")?.as_bytes();
    let is_plain = received == written.as_bytes()
        && !written.contains(['\\', '\0'])
        && written.matches('"').count() == 2 + 2 * usize::from(field.file_name().is_some());
    is_plain.then(|| name.to_owned())
}

/// Nothing before the first part or after the last, and no boundary but those that were read.
fn is_framed(body: &[u8], boundary: &str, parts: usize) -> bool {
    let dashed = format!("--{boundary}");
    let (first, last) = (format!("{dashed}\r\n"), format!("\r\n{dashed}--"));
    let end = body.strip_suffix(b"\r\n").unwrap_or(body);
    let seen = body
        .windows(dashed.len())
        .filter(|window| *window == dashed.as_bytes())
        .count();
    body.starts_with(first.as_bytes()) && end.ends_with(last.as_bytes()) && seen == parts + 1
}
