//! Where a LIS listens, and how a connection to it is opened.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::proxy::request_body::RequestBody;
use crate::proxy::upstream_fault::UpstreamFault;
use config::site::{SiteProblem, SiteSection};
use machinery::tls;

/// A connection to a LIS.
pub struct Link {
    pub sender: SendRequest<RequestBody>,
    /// Whether anything came from the LIS since this was set to false.
    pub heard: Rc<Cell<bool>>,
}

/// Notes that something came.
struct Listening<S> {
    stream: S,
    heard: Rc<Cell<bool>>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Listening<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            this.heard.set(true);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Listening<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// Where a LIS listens and how long it may take.
#[derive(Clone)]
pub struct Endpoint {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    connect_timeout: Duration,
    response_timeout: Duration,
}

impl Endpoint {
    pub fn of(section: &SiteSection) -> Result<Self, SiteProblem> {
        let wrong = || section.problem(None, "upstream", "write scheme, host and port".to_owned());
        let url = Url::parse(&section.upstream).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        let tls = if url.scheme() == "https" {
            let name = ServerName::try_from(host.clone()).map_err(|_| wrong())?;
            Some((connector(section)?, name))
        } else {
            None
        };
        let (connect_timeout, response_timeout) = (section.connect_timeout(), section.response_timeout());
        Ok(Self {
            host,
            port,
            tls,
            connect_timeout,
            response_timeout,
        })
    }

    pub const fn response_timeout(&self) -> Duration {
        self.response_timeout
    }

    /// A new connection, ready for its first request.
    pub async fn connect(&self) -> Result<Link, UpstreamFault> {
        timeout(self.connect_timeout, self.open())
            .await
            .map_err(|_| UpstreamFault::Slow)?
    }

    async fn open(&self) -> Result<Link, UpstreamFault> {
        let unreachable = |fault: std::io::Error| UpstreamFault::unreachable(&fault);
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        match &self.tls {
            None => shake_hands(stream).await,
            Some((connector, name)) => {
                shake_hands(connector.connect(name.clone(), stream).await.map_err(unreachable)?).await
            }
        }
    }
}

async fn shake_hands<S>(stream: S) -> Result<Link, UpstreamFault>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let heard = Rc::new(Cell::new(false));
    let listening = Listening {
        stream,
        heard: Rc::clone(&heard),
    };
    let shaken = Builder::new().handshake(TokioIo::new(listening)).await;
    let (sender, connection) = shaken.map_err(|fault| UpstreamFault::unreachable(&fault))?;
    actix_web::rt::spawn(async move {
        if let Err(fault) = connection.await {
            tracing::debug!(%fault, "a connection to the upstream ended");
        }
    });
    Ok(Link { sender, heard })
}

fn connector(section: &SiteSection) -> Result<TlsConnector, SiteProblem> {
    let wrong = |text: String| section.problem(None, "upstream_ca_file", text);
    let path = section.upstream_ca_file.as_deref();
    let path = path.ok_or_else(|| wrong("name the authorities to trust".to_owned()))?;
    tls::connector(tls::Authorities::File(path)).map_err(wrong)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
