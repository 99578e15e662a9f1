//! Bodies of `{record}` rules: what agrees with the URL arrives byte for byte, all else does not arrive.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::http::{exchange, parse, read_all};
use super::stand::{Asked, Running, gate_with, lis};

const RULES: &str = r#"
[[rule]]
url = "/order?nr={record}"
methods = ["POST", "PUT", "PATCH"]
requires = "record"
[[rule]]
url = "/records/{record}/order"
methods = ["POST", "PUT", "PATCH"]
requires = "record"
[[rule]]
url = "/soap/{record}"
methods = ["POST"]
requires = "record"
body = "unchecked"
reason = "the LIS reads no record from them"
"#;
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const PARTS: &str = "Content-Type: multipart/form-data; boundary=----x\r\n";

fn stand() -> (Running, Running, Asked) {
    let (lis, asked) = lis();
    let (gate, _) = gate_with(lis.port, "enforce", RULES);
    (lis, gate, asked)
}

async fn send(gate: &Running, method: &str, target: &str, head: &str, body: &[u8]) -> u16 {
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: __Host-vst_site=1\r\n{head}Content-Length: {}\r\n\r\n",
        body.len()
    );
    parse(&exchange(gate.port, &[head.as_bytes(), body].concat()).await, false).status
}

fn part(head: &str, body: &str) -> String {
    format!("------x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
}

#[actix_web::test]
async fn a_body_that_agrees_arrives() {
    let (_lis, gate, asked) = stand();
    let pdf = "%PDF nr=43\r\n".repeat(13_000);
    let parts = format!(
        "{}{}------x--\r\n",
        part("name=\"nr\"", "42"),
        part("name=\"pdf\"; filename=\"a.pdf\"", &pdf)
    );
    let cases: [(&str, &str); 7] = [
        (FORM, "nr=42&note=bonjour"),
        (FORM, "note=bonjour"),
        ("", ""),
        (PARTS, &parts),
        (JSON, "{\"nr\":\"42\"}"),
        (JSON, "{\"nr\":42}"),
        (JSON, "{\"note\":1}"),
    ];
    for target in ["/order?nr=42", "/records/42/order"] {
        for (head, body) in cases {
            assert_eq!(
                send(&gate, "POST", target, head, body.as_bytes()).await,
                200,
                "{body:.60}"
            );
            let seen = asked.lock().unwrap().pop().unwrap();
            assert!(seen.ends_with(&format!("\n{} bytes\n", body.len())), "{seen}");
        }
    }
    assert_eq!(
        send(&gate, "POST", "/soap/42", "Content-Type: text/xml\r\n", b"<nr>42</nr>").await,
        200
    );
}

#[actix_web::test]
async fn a_body_that_names_another_or_cannot_be_read_does_not() {
    let (_lis, gate, asked) = stand();
    let other = format!("{}------x--\r\n", part("name=\"nr\"", "43"));
    let cases: [(&str, &str); 15] = [
        (FORM, "nr=43"),
        (FORM, "nr=42&nr=43"),
        (FORM, "NR=43"),
        (FORM, "nr[$ne]=42"),
        (FORM, "a=1;nr=43"),
        ("Content-Type: text/plain\r\n", "nr=43"),
        ("", "nr=43"),
        (
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: gzip\r\n",
            "nr=43",
        ),
        (PARTS, &other),
        (
            "Content-Type: multipart/form-data; boundary=----x; boundary=y\r\n",
            &other,
        ),
        (JSON, "{\"query\":{\"nr\":\"43\"}}"),
        (JSON, "{\"nr\":\"42\",\"nr\":\"43\"}"),
        (JSON, "{\"nr\":{\"$ne\":\"42\"}}"),
        ("Content-Type: text/xml\r\n", "<nr>43</nr>"),
        ("Content-Type: application/octet-stream\r\n", "nr=43"),
    ];
    for target in ["/order?nr=42", "/records/42/order"] {
        for (head, body) in cases {
            for method in ["POST", "PUT"] {
                let status = send(&gate, method, target, head, body.as_bytes()).await;
                assert!([400, 403].contains(&status), "{method} {target} {head}{body}: {status}");
            }
        }
    }
    let mut stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    let chunked = format!(
        "POST /order?nr=42 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: __Host-vst_site=1\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n5\r\nnr=43\r\n0\r\n\r\n"
    );
    stream.write_all(chunked.as_bytes()).await.unwrap();
    assert_eq!(parse(&read_all(&mut stream).await, false).status, 403);
    let long = format!("{}&nr=43", "a=1&".repeat(6 << 20));
    let status = send(&gate, "POST", "/order?nr=42", FORM, long.as_bytes()).await;
    assert_eq!(status, 400);
    assert_eq!(asked.lock().unwrap().len(), 0);
}
