//! A provider that says whatever a test wants: documents, keys, tokens. Plain HTTP on this machine.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use vestibule::crypto::jose::{SigningKey, jwk_set};

/// What it answers, by path: status and body.
type Answers = HashMap<String, (u16, String)>;

pub struct Hostile {
    pub issuer: String,
    pub key: SigningKey,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Hostile {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let (answers, asked) = (Arc::<Mutex<Answers>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let (served, kept) = (Arc::clone(&answers), Arc::clone(&asked));
        // Ends with the process: it only waits.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &served, &kept);
            }
        });
        let hostile = Self {
            issuer,
            key: SigningKey::derive(&[7; 32]).unwrap(),
            answers,
            asked,
        };
        hostile.answer("/jwks", 200, &jwk_set([&hostile.key]).to_string());
        hostile.describe(&json!({}));
        hostile
    }

    /// Its metadata, changed so.
    pub fn describe(&self, change: &Value) {
        let mut metadata = json!({
            "issuer": self.issuer,
            "authorization_endpoint": format!("{}/authorize?tenant=a", self.issuer),
            "token_endpoint": format!("{}/token", self.issuer),
            "jwks_uri": format!("{}/jwks", self.issuer),
        });
        let change = change.as_object().unwrap().clone();
        metadata.as_object_mut().unwrap().extend(change);
        self.answer("/.well-known/openid-configuration", 200, &metadata.to_string());
    }

    pub fn answer(&self, path: &str, status: u16, body: &str) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(path.to_owned(), (status, body.to_owned()));
    }

    /// Its token endpoint grants this ID token.
    pub fn grant(&self, id_token: &str) {
        let granted = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token });
        self.answer("/token", 200, &granted.to_string());
    }

    /// Bodies of the requests to that path.
    pub fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let of_path = asked.iter().filter(|(asked, _)| asked == path);
        of_path.map(|(_, body)| body.clone()).collect()
    }
}

fn serve(stream: TcpStream, answers: &Mutex<Answers>, asked: &Mutex<Vec<(String, String)>>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.is_empty() {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let path = lines[0].split(' ').nth(1).unwrap().to_owned();
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    asked
        .lock()
        .unwrap()
        .push((path.clone(), String::from_utf8(body).unwrap()));
    let (status, body) = answers
        .lock()
        .unwrap()
        .get(&path)
        .cloned()
        .unwrap_or((404, String::new()));
    let stream = reader.get_mut();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nlocation: /other\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
    let _ = stream.flush();
}
