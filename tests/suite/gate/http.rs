//! A client that sends exactly the bytes it is given.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug)]
pub struct Received {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether the body is as long as was announced, or its last chunk came.
    pub whole: bool,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub fn headers<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_owned();
        let pairs = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        pairs
            .filter(move |(key, _)| key.eq_ignore_ascii_case(&name))
            .map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends the bytes, and returns all that came back until the other side closed or 5 s went by.
pub async fn exchange(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // The other side may close while we still write.
    let _ = stream.write_all(bytes).await;
    read_all(&mut stream).await
}

pub async fn read_all(stream: &mut TcpStream) -> Vec<u8> {
    let mut back = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut back)).await;
    back
}

/// One request as a signed-in visitor sends it, with `extra` header lines.
pub async fn ask(port: u16, method: &str, target: &str, extra: &str) -> Received {
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: results.lab.example\r\nCookie: __Host-vst_site=signed-in; lis=1\r\nConnection: close\r\n{extra}\r\n"
    );
    parse(&exchange(port, request.as_bytes()).await, method == "HEAD")
}

pub fn parse(bytes: &[u8], to_head: bool) -> Received {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut received = Received {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
        whole: true,
    };
    if received.header("transfer-encoding") == Some("chunked") {
        (received.body, received.whole) = unchunk(&received.body);
    } else if let Some(length) = received.header("content-length").filter(|_| !to_head && status != 304) {
        received.whole = received.body.len() == length.parse::<usize>().unwrap();
    }
    received
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        let data = &rest[end + 2..];
        if size == 0 {
            return (body, true);
        }
        if data.len() < size + 2 {
            break;
        }
        body.extend_from_slice(&data[..size]);
        rest = &data[size + 2..];
    }
    (body, false)
}
