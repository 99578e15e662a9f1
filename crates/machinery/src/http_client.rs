//! Short exchanges with other people's servers: one connection each, closed afterwards. TLS to the authorities that a
//! file names, and no others; without TLS to this machine only. No redirect is followed and nothing is decompressed.

use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper::header::CONTENT_LENGTH;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Position, Url};

use crate::tls::{self, Authorities};
use config::is_this_machine;

/// What an exchange may cost at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first look at the address to the last byte of the answer.
    pub longest: Duration,
    /// Bytes of the answer's body.
    pub most: usize,
}

/// In words for a log: no secret, nothing that was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// Nothing was sent.
    #[error("{0}")]
    Unsendable(String),
    #[error("{0}")]
    Unreachable(String),
    #[error("no answer in time")]
    Slow,
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// A `GET` of `url`; more headers may be added.
///
/// # Errors
/// [`HttpFault::Unsendable`].
pub fn get(url: &Url) -> Result<Request<String>, HttpFault> {
    built(request("GET", url), String::new())
}

/// A `POST` to `url`; more headers may be added.
///
/// # Errors
/// [`HttpFault::Unsendable`].
pub fn post(url: &Url, content_type: &str, body: String) -> Result<Request<String>, HttpFault> {
    let request = request("POST", url)
        .header("content-type", content_type)
        .header(CONTENT_LENGTH, body.len());
    built(request, body)
}

fn request(method: &str, url: &Url) -> hyper::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header("host", &url[Position::BeforeHost..Position::AfterPort])
        .header("user-agent", concat!("vestibule/", env!("CARGO_PKG_VERSION")))
}

fn built(request: hyper::http::request::Builder, body: String) -> Result<Request<String>, HttpFault> {
    request
        .body(body)
        .map_err(|error| HttpFault::Unsendable(error.to_string()))
}

/// The status and headers alone: the body is left unread and the connection closed.
///
/// # Errors
/// There was no answer in time.
pub async fn send_and_close(
    url: &Url,
    authorities: Option<Authorities<'_>>,
    request: Request<String>,
    longest: Duration,
) -> Result<Response<()>, HttpFault> {
    let exchange = async {
        let answer = connect(url, authorities, request).await?;
        Ok(answer.response.map(drop))
    };
    timeout(longest, exchange).await.unwrap_or(Err(HttpFault::Slow))
}

/// The whole answer, whatever its status. `ca_file` is what an `https` address needs.
///
/// # Errors
/// There was no answer in time, or it was too long.
pub async fn send(
    url: &Url,
    ca_file: Option<&Path>,
    request: Request<String>,
    limits: Limits,
) -> Result<Response<Vec<u8>>, HttpFault> {
    let exchange = async {
        let mut answer = connect(url, ca_file.map(Authorities::File), request).await?;
        let body = read(answer.response.body_mut(), limits.most).await?;
        Ok(answer.response.map(|_| body))
    };
    timeout(limits.longest, exchange).await.unwrap_or(Err(HttpFault::Slow))
}

/// An answer whose connection ends when this is dropped.
struct Answer {
    response: Response<Incoming>,
    _connection: JoinSet<()>,
}

async fn connect(
    url: &Url,
    authorities: Option<Authorities<'_>>,
    request: Request<String>,
) -> Result<Answer, HttpFault> {
    let unencrypted = match url.scheme() {
        "https" => false,
        "http" if is_this_machine(url) => true,
        _ => return Err(HttpFault::Unsendable("its address is not https".to_owned())),
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(unreachable)?;
    if unencrypted {
        return exchange(stream, request).await;
    }
    let nobody = || HttpFault::Unreachable("nothing names the authorities to trust".to_owned());
    let connector = tls::connector(authorities.ok_or_else(nobody)?).map_err(HttpFault::Unreachable)?;
    let name = ServerName::try_from(host).map_err(unreachable)?;
    exchange(connector.connect(name, stream).await.map_err(unreachable)?, request).await
}

async fn exchange<S>(stream: S, request: Request<String>) -> Result<Answer, HttpFault>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    let mut driven = JoinSet::new();
    driven.spawn(async { drop(connection.await) });
    let response = sender.send_request(request).await.map_err(unreachable)?;
    Ok(Answer {
        response,
        _connection: driven,
    })
}

async fn read(body: &mut Incoming, most: usize) -> Result<Vec<u8>, HttpFault> {
    let mut read = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        if let Ok(data) = frame.map_err(unreachable)?.into_data() {
            if read.len().saturating_add(data.len()) > most {
                return Err(HttpFault::TooLong(most));
            }
            read.extend_from_slice(&data);
        }
    }
    Ok(read)
}

fn unreachable(fault: impl std::error::Error) -> HttpFault {
    let mut text = fault.to_string();
    let mut next = fault.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    HttpFault::Unreachable(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    async fn ask(url: &str) -> Result<Response<Vec<u8>>, HttpFault> {
        let url = Url::parse(url).unwrap();
        let limits = Limits {
            longest: Duration::from_secs(5),
            most: 100,
        };
        let request = get(&url).unwrap();
        send(&url, None, request, limits).await
    }

    #[tokio::test]
    async fn without_tls_nothing_is_sent_to_a_host_that_is_not_this_machine_by_its_name() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // Leads here as well, and says nothing of it.
        let answer = ask(&format!("http://0.0.0.0:{port}/")).await;
        assert!(matches!(answer, Err(HttpFault::Unsendable(_))), "{answer:?}");
        let serve = async {
            let (mut stream, peer) = listener.accept().await.unwrap();
            let mut piece = [0; 1024];
            let length = stream.read(&mut piece).await.unwrap();
            assert!(piece[..length].starts_with(b"GET /here "), "{peer}");
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            stream.write_all(answer).await.unwrap();
        };
        let here = format!("http://127.0.0.1:{port}/here");
        let (answer, ()) = tokio::join!(ask(&here), serve);
        assert_eq!(answer.unwrap().into_body(), b"ok");
    }
}
