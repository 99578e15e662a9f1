//! `GET` and `HEAD /dossiers/{record}/compte-rendu.pdf`: 3 MB, with ranges, validators and a cache time that is a fault.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;

use super::range::{Selection, select};
use super::record::Record;
use super::shared::{Shared, not_found};
use super::values;

pub async fn document(request: HttpRequest, path: web::Path<String>, shared: web::Data<Shared>) -> HttpResponse {
    let Some(record) = Record::parse(&path) else {
        return not_found();
    };
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let etag = format!(
        "\"{}\"",
        HEXLOWER.encode(&values::draw(&record, "report").to_be_bytes())
    );
    let modified = values::sampled_on(&record)
        .strftime("%a, %d %b %Y 17:30:00 GMT")
        .to_string();
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish();
    }

    let file = shared.reports.of(&record);
    let length = file.len();
    let full = u64::try_from(length).unwrap_or(u64::MAX);
    let selection = select(text(header::RANGE), text(header::IF_RANGE), &[&etag, &modified], full);
    let (mut answer, body) = match selection {
        Selection::Whole => (HttpResponse::Ok(), file),
        Selection::Part(first, last) => {
            let start = usize::try_from(first).unwrap_or(length).min(length);
            let end = usize::try_from(last).unwrap_or(length).saturating_add(1).min(length);
            let mut answer = HttpResponse::PartialContent();
            answer.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")));
            (answer, file.slice(start.min(end)..end))
        }
        Selection::Unsatisfiable => {
            let mut answer = HttpResponse::RangeNotSatisfiable();
            answer.insert_header((header::CONTENT_RANGE, format!("bytes */{length}")));
            return answer.finish();
        }
    };
    answer
        .content_type("application/pdf")
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::LAST_MODIFIED, modified))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"compte-rendu-{record}.pdf\""),
        ))
        .body(body)
}
