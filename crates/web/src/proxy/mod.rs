//! The gate's hands: reads the request, asks `gate` for leave, calls the LIS, streams both ways.
//!
//! Nothing is buffered but what is in flight, so a 100 MB upload costs what a page costs. What the LIS sends is never
//! taken for whole when it was cut: the connection to the browser is broken off instead.
//!
//! A site must be served without middleware that rewrites paths: the URL judged has to be the one received.

mod body_length;
mod endpoint;
pub mod enter;
pub mod forward_auth;
mod host;
pub mod keys;
mod pool;
mod request_body;
mod response_body;
pub mod service;
mod silence;
mod site;
mod upstream;
mod upstream_fault;

use std::rc::Rc;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use actix_web::http::{Method, Version};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::proxy::body_length::{BodyLength, body_length};
use crate::proxy::request_body::RequestBody;
pub use crate::proxy::site::{Site, SiteGate};
use crate::proxy::upstream::{Answer, RequestHead};
use crate::proxy::upstream_fault::UpstreamFault;
use crypto::jose::JoseFault;
use domain::record::RecordNumber;
use gate::body::{MOST_COMPARED, compare};
use gate::decision::{Permit, Permitted, Refusal, admit};
use gate::headers::{Told, for_upstream};
use gate::request::{Ambiguity, NormalizedRequest};
use gate::response::for_browser;
use gate::visitor::Visitor;
use kernel::client_address::ClientAddress;
use kernel::clock::Timestamp;
use machinery::reading::Reading;

/// Why there is no answer of the LIS; the caller makes a page of it.
#[derive(Debug, thiserror::Error)]
pub enum ProxyProblem {
    /// The gate refused: 400, 303, 403 or 405.
    #[error(transparent)]
    Gate(#[from] Refusal),
    /// 502. The text is for the log, not for the page.
    #[error("the upstream cannot be reached or does not speak HTTP: {0}")]
    UpstreamUnreachable(String),
    /// 504.
    #[error("the upstream did not answer in time")]
    UpstreamSlow,
    /// 400, rarely seen: the browser broke off its own upload, or let it stall.
    #[error("the request's body did not arrive")]
    BodyIncomplete,
    /// 500.
    #[error(transparent)]
    Fault(#[from] JoseFault),
}

/// Who asks for a page of a site, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The person the session vouches for, if any.
    pub visitor: Option<&'a Visitor>,
    /// Where what they read is counted.
    pub reading: Option<&'a Reading>,
    pub client: ClientAddress,
    pub now: Timestamp,
}

/// Answers a request to a site: with the LIS's page, or with the reason why not.
pub async fn forward(
    gate: &SiteGate,
    asker: Asker<'_>,
    req: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ProxyProblem> {
    let site = gate.site();
    let request = read(req).map_err(Refusal::Ambiguous)?;
    let permitted = admit(site.rules(), request, asker.visitor)?;
    site.learn(&permitted);
    if let Some(reading) = asker.reading {
        reading.note(permitted.permit().record().map(RecordNumber::as_str));
    }
    let assertion = site.assertion(permitted.permit(), asker.now)?;
    let told = Told {
        client: asker.client,
        assertion: assertion.as_deref(),
        cookies: site.cookies().of(asker.visitor.map(|visitor| visitor.session)),
    };
    let headers = for_upstream(req.headers(), site.origins(), site.headers(), told);
    let body = RequestBody::new(payload, body_length(req), site.response_timeout());
    let body = compared(site, permitted.permit(), req, body).await?;
    let target = permitted.request().path_and_query();
    let answer = send(gate, permitted, &target, headers, body).await?;
    let headers = for_browser(&answer.headers, site.origins(), &target, told.cookies);
    let mut response = answer.finish(req.method() == Method::HEAD);
    for (name, value) in headers {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// The body, after it was compared if the rule wants that. What does not agree with the URL is never sent on.
async fn compared(
    site: &Site,
    permit: &Permit,
    req: &HttpRequest,
    body: RequestBody,
) -> Result<RequestBody, ProxyProblem> {
    let Some(record) = permit.compared_record().filter(|_| !body.is_empty()) else {
        return Ok(body);
    };
    let whole = body.collect(MOST_COMPARED).await;
    let whole = whole.map_err(|_| ProxyProblem::BodyIncomplete)?;
    let whole = whole.ok_or(Refusal::Ambiguous(Ambiguity::LargeBody))?;
    if !whole.is_empty() {
        let values = |name| {
            let values = req.headers().get_all(name).map(HeaderValue::to_str);
            values.collect::<Result<Vec<_>, _>>()
        };
        let unreadable = |_| Refusal::Ambiguous(Ambiguity::UnreadableBody);
        let types = values(CONTENT_TYPE).map_err(unreadable)?;
        let encodings = values(CONTENT_ENCODING).map_err(unreadable)?;
        compare(site.rules(), record.as_str(), &types, &encodings, &whole)?;
    }
    Ok(RequestBody::whole(whole, site.response_timeout()))
}

/// The upstream call. It takes a [`Permitted`] request, so it cannot be made without the gate's leave.
async fn send(
    gate: &SiteGate,
    permitted: Permitted<NormalizedRequest>,
    target: &str,
    headers: HeaderMap,
    body: RequestBody,
) -> Result<Answer, ProxyProblem> {
    let head = RequestHead {
        method: permitted.request().method(),
        target,
        headers: &headers,
    };
    Rc::clone(gate.upstream())
        .send(head, body)
        .await
        .map_err(|fault| match fault {
            UpstreamFault::Slow => ProxyProblem::UpstreamSlow,
            UpstreamFault::BodyIncomplete => ProxyProblem::BodyIncomplete,
            UpstreamFault::Unreachable(reason) => ProxyProblem::UpstreamUnreachable(reason),
        })
}

/// The URL as received, with what only a whole request shows.
fn read(req: &HttpRequest) -> Result<NormalizedRequest, Ambiguity> {
    let uri = &req.head().uri;
    let http2 = req.version() >= Version::HTTP_2;
    if !http2 && (uri.scheme().is_some() || uri.authority().is_some()) {
        return Err(Ambiguity::NotAPath);
    }
    let hosts: Vec<&[u8]> = req.headers().get_all(HOST).map(|value| value.as_bytes()).collect();
    let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
    if hosts.len() > 1 || authority.is_some_and(|name| hosts.first().is_some_and(|host| *host != name)) {
        return Err(Ambiguity::TwoHosts);
    }
    let bodiless = [Method::GET, Method::HEAD].contains(req.method());
    if bodiless && body_length(req) != BodyLength::Known(0) {
        return Err(Ambiguity::UnexpectedBody);
    }
    NormalizedRequest::read(req.method(), uri.path(), uri.query())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn over(version: Version, uri: &str, headers: &[(&str, &str)]) -> Result<String, Ambiguity> {
        let mut request = TestRequest::with_uri(uri).version(version);
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        read(&request.to_http_request()).map(|request| request.path_and_query())
    }

    #[test]
    fn an_authority_in_the_target_is_for_http2_only() {
        assert_eq!(over(Version::HTTP_2, "https://a.example/x", &[]), Ok("/x".to_owned()));
        assert_eq!(
            over(Version::HTTP_11, "https://a.example/x", &[]),
            Err(Ambiguity::NotAPath)
        );
        assert_eq!(over(Version::HTTP_11, "a.example:443", &[]), Err(Ambiguity::NotAPath));
        assert_eq!(over(Version::HTTP_11, "*", &[]), Err(Ambiguity::NotAPath));
    }

    #[test]
    fn a_request_names_one_host() {
        let two = Err(Ambiguity::TwoHosts);
        assert_eq!(
            over(Version::HTTP_2, "https://a.example/x", &[("host", "a.example")]),
            Ok("/x".to_owned())
        );
        assert_eq!(
            over(Version::HTTP_2, "https://a.example/x", &[("host", "b.example")]),
            two
        );
        assert_eq!(
            over(Version::HTTP_11, "/x", &[("host", "a.example"), ("host", "b.example")]),
            two
        );
    }

    #[test]
    fn a_get_has_no_body() {
        let with = |name, value| over(Version::HTTP_11, "/x", &[(name, value)]);
        assert_eq!(with("content-length", "0"), Ok("/x".to_owned()));
        assert_eq!(with("content-length", "5"), Err(Ambiguity::UnexpectedBody));
        assert_eq!(with("transfer-encoding", "chunked"), Err(Ambiguity::UnexpectedBody));
    }
}
