use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};

use super::*;
use kernel::entropy::SystemEntropy;

const RECORD: &str = "26104512";

async fn lis() -> Lis {
    let patient = Patient {
        record: RECORD.to_owned(),
        family_name: "NGUYEN".to_owned(),
        given_name: "Thanh".to_owned(),
        birth_date: "1984-03-21".to_owned(),
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let entropy = Arc::new(SystemEntropy);
    start(Settings {
        address,
        patients: vec![patient],
        assertion_keys: None,
        entropy,
    })
    .await
    .unwrap()
}

async fn send(request: awc::ClientRequest, body: &'static str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut answer = request.send_body(body).await.unwrap();
    let content = answer.body().limit(2 * DOCUMENT_SIZE).await.unwrap().to_vec();
    (answer.status(), answer.headers().clone(), content)
}

fn client() -> awc::Client {
    awc::Client::builder().disable_redirects().finish()
}

async fn get(lis: &Lis, path: &str) -> (StatusCode, HeaderMap, String) {
    let (status, headers, body) = send(client().get(format!("{}{path}", lis.base_url())), "").await;
    (status, headers, String::from_utf8_lossy(&body).into_owned())
}

#[actix_web::test]
async fn every_page_of_a_record_is_there_for_whoever_asks() {
    let lis = lis().await;
    let mut slugs = vec!["sommaire"];
    slugs.extend(analyses::PANELS.iter().map(|panel| panel.slug));
    assert_eq!(slugs.len(), 12);
    for slug in slugs {
        let (status, headers, body) = get(&lis, &format!("/dossiers/{RECORD}/{slug}")).await;
        assert_eq!(status, StatusCode::OK, "{slug}");
        assert!(body.contains("NGUYEN Thanh") && body.contains(RECORD), "{slug}");
        assert!(
            headers
                .get(header::CACHE_CONTROL)
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("public")
        );
    }
    let (_, _, mine) = get(&lis, &format!("/dossiers/{RECORD}/hematologie")).await;
    let (status, _, other) = get(&lis, "/dossiers/26104513/hematologie").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!other.contains("NGUYEN") && other != mine);
    assert!(
        get(&lis, &format!("/imprimer.php?dossier={RECORD}"))
            .await
            .2
            .contains("Hémostase")
    );
    assert_eq!(get(&lis, "/dossiers/26104513/inconnu").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&lis, "/imprimer.php").await.0, StatusCode::NOT_FOUND);
    lis.stop().await;
}

#[actix_web::test]
async fn it_redirects_to_its_private_address() {
    let lis = lis().await;
    let summary = format!("{}/dossiers/{RECORD}/sommaire", lis.base_url());
    for path in [
        format!("/dossiers/{RECORD}"),
        format!("/dossiers/{RECORD}/"),
        format!("/resultats.php?dossier={RECORD}"),
    ] {
        let (status, headers, _) = get(&lis, &path).await;
        assert!(status.is_redirection(), "{path}");
        assert_eq!(headers.get(header::LOCATION).unwrap().to_str().unwrap(), summary);
    }
    let form = client().post(format!("{}/recherche", lis.base_url()));
    let (status, headers, _) = send(
        form.content_type("application/x-www-form-urlencoded"),
        "dossier=26104512",
    )
    .await;
    assert_eq!(
        (status, headers.get(header::LOCATION).unwrap().to_str().unwrap()),
        (StatusCode::FOUND, &*summary)
    );
    assert_eq!(
        get(&lis, "/index.php").await.1.get(header::LOCATION).unwrap(),
        &format!("{}/", lis.base_url())
    );
}

#[actix_web::test]
async fn the_report_is_served_whole_in_part_and_as_head() {
    let lis = lis().await;
    let url = format!("{}/dossiers/{RECORD}/compte-rendu.pdf", lis.base_url());
    let (status, headers, whole) = send(client().get(&url), "").await;
    assert_eq!((status, whole.len()), (StatusCode::OK, DOCUMENT_SIZE));
    let etag = headers.get(header::ETAG).unwrap().clone();

    let part = client().get(&url).insert_header((header::RANGE, "bytes=1000-1999"));
    let (status, headers, body) = send(part.insert_header((header::IF_RANGE, etag.clone())), "").await;
    assert_eq!(status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        headers.get(header::CONTENT_RANGE).unwrap(),
        &format!("bytes 1000-1999/{DOCUMENT_SIZE}")
    );
    assert_eq!(body, &whole[1000..2000]);

    let outdated = client().get(&url).insert_header((header::RANGE, "bytes=0-9"));
    let (status, _, body) = send(outdated.insert_header((header::IF_RANGE, "\"old\"")), "").await;
    assert_eq!((status, body.len()), (StatusCode::OK, DOCUMENT_SIZE));
    let beyond = client().get(&url).insert_header((header::RANGE, "bytes=9999999-"));
    assert_eq!(send(beyond, "").await.0, StatusCode::RANGE_NOT_SATISFIABLE);
    let known = client().get(&url).insert_header((header::IF_NONE_MATCH, etag));
    assert_eq!(send(known, "").await.0, StatusCode::NOT_MODIFIED);

    let (status, headers, body) = send(client().head(&url), "").await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert_eq!(headers.get(header::CONTENT_LENGTH).unwrap(), &DOCUMENT_SIZE.to_string());
}

#[actix_web::test]
async fn it_shows_the_headers_it_received_and_escapes_them() {
    let lis = lis().await;
    let request = client()
        .get(format!("{}/entetes", lis.base_url()))
        .insert_header(("X-Remote-User", "<b>eve</b>"));
    let (_, _, body) = send(request, "").await;
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("x-remote-user") && !body.contains("<b>eve"), "{body}");
}

#[actix_web::test]
async fn home_lists_the_records_of_the_assertion_and_otherwise_asks_for_a_number() {
    let lis = lis().await;
    let payload = data_encoding::BASE64URL_NOPAD.encode(br#"{"records":["26104512"]}"#);
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{payload}.c2ln");
    let request = client()
        .get(format!("{}/", lis.base_url()))
        .insert_header((ASSERTION_HEADER, token));
    let body = String::from_utf8(send(request, "").await.2).unwrap();
    assert!(
        body.contains("/dossiers/26104512/compte-rendu.pdf") && body.contains("signature non vérifiée"),
        "{body}"
    );
    let (_, headers, body) = get(&lis, "/").await;
    assert!(body.contains("name=\"dossier\""));
    let cookies: Vec<_> = headers
        .get_all(header::SET_COOKIE)
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(
        cookies
            .iter()
            .any(|cookie| cookie.starts_with("LISSESSID=") && cookie.contains("domain=.lis.labo.local"))
    );
    assert!(cookies.iter().any(|cookie| cookie.contains("path=/dossiers/")));
    assert_eq!(get(&lis, "/static/lis.css").await.0, StatusCode::OK);
    assert_eq!(get(&lis, "/aide.html").await.0, StatusCode::OK);
}

#[actix_web::test]
async fn an_upload_is_counted() {
    let lis = lis().await;
    let (_, _, body) = send(
        client().post(format!("{}/dossiers/1/ordonnance", lis.base_url())),
        "abc",
    )
    .await;
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("3 octets") && body.contains("ba7816bf"), "{body}");
}

#[actix_web::test]
async fn it_refuses_an_address_that_others_can_reach() {
    let settings = Settings {
        address: SocketAddr::from(([0, 0, 0, 0], 0)),
        patients: Vec::new(),
        assertion_keys: None,
        entropy: Arc::new(SystemEntropy),
    };
    assert_eq!(start(settings).await.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}
