//! Codes, identifiers and dates as people type and paste them.

use std::time::Duration;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::Patient;

on_both_databases![
    a_code_is_taken_however_it_was_pasted,
    a_recovery_code_is_taken_as_it_stands_in_the_list,
    an_identifier_is_one_however_it_was_typed,
    a_lab_code_and_a_date_of_birth_are_taken_as_people_write_them,
    a_code_that_says_nothing_is_not_counted,
];

/// Of a code.
type Spelling = fn(&str) -> String;

const NEXT_CODE: Duration = Duration::from_secs(60);

/// Digits of another script, by its zero.
fn in_script(code: &str, zero: char) -> String {
    let digit = |c: char| char::from_u32(u32::from(zero) + c.to_digit(10).unwrap()).unwrap();
    code.chars().map(digit).collect()
}

fn in_full_width(text: &str) -> String {
    text.chars()
        .map(|c| char::from_u32(0xff00 + u32::from(c) - 0x20).unwrap())
        .collect()
}

async fn signs_in(app: &TestApp, patient: &Patient, identifier: &str, code: &str) -> bool {
    let mut browser = app.browser();
    let page = app.attempt(&mut browser, identifier, &patient.password, code).await;
    app.advance(NEXT_CODE);
    page.status == 303
}

async fn a_code_is_taken_however_it_was_pasted(app: TestApp) {
    let patient = app.patient("P-102477", "1").await;
    let spellings: [fn(&str, &str) -> String; 12] = [
        |a, b| format!("{a} {b}"),
        |a, b| format!("{a}\u{a0}{b}"),
        |a, b| format!("{a}{b}\r\n"),
        |a, b| format!("{a}-{b}"),
        |a, b| format!("{a}\u{2013}{b}"),
        |a, b| format!("{a}.{b}"),
        |a, b| format!("{a}·{b}"),
        |a, b| format!("{a}\u{200b}{b}"),
        |a, b| format!("\u{feff}{a}{b}"),
        |a, b| format!("\u{2068}{a}\u{200e}{b}\u{2069}"),
        |a, b| in_script(&format!("{a}{b}"), '٠'),
        |a, b| in_script(&format!("{a}{b}"), '０'),
    ];
    for (number, spelling) in spellings.into_iter().enumerate() {
        let code = app.code(&patient);
        let typed = spelling(&code[..3], &code[3..]);
        assert!(signs_in(&app, &patient, "P-102477", &typed).await, "{number}: {typed}");
    }
    let code = app.code(&patient);
    for typed in [
        &code[..5],
        &format!("{code}7"),
        &format!("x{}", &code[1..]),
        &code.repeat(2),
    ] {
        assert!(!signs_in(&app, &patient, "P-102477", typed).await, "{typed}");
    }
    app.stop().await;
}

async fn a_recovery_code_is_taken_as_it_stands_in_the_list(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let codes = patient.recovery_codes.clone();
    for (number, typed) in [
        codes[0].to_lowercase().replace('-', " "),
        codes[1].replace('-', ""),
        codes[2].replace('0', "o").replace('1', "l"),
        codes[3].replace('-', "\u{2014}"),
        format!("1. {}", codes[4]),
        format!("10. {}", codes[5]),
        codes[6].replace('-', "\u{200b}"),
        in_full_width(&codes[7]),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(signs_in(&app, &patient, "P-1", &typed).await, "{number}: {typed}");
        assert!(
            !signs_in(&app, &patient, "P-1", &codes[number]).await,
            "{number}: a second time"
        );
    }
    app.stop().await;
}

async fn an_identifier_is_one_however_it_was_typed(app: TestApp) {
    let patient = app.patient("P-102477", "1").await;
    for typed in [
        "p-102477",
        "P-102477 ",
        "P-1024 77",
        "P\u{2011}102477",
        "P-10\u{200b}2477",
        "\u{202a}P-102477\u{202c}",
        "Ｐ－１０２４７７",
    ] {
        let code = app.code(&patient);
        assert!(signs_in(&app, &patient, typed, &code).await, "{typed}");
    }
    app.stop().await;
}

async fn a_lab_code_and_a_date_of_birth_are_taken_as_people_write_them(app: TestApp) {
    let (patient, code) = app.imported("P-1", "1").await;
    let url = format!("{}/activate", app.portal);
    for birth_date in ["12/05/44", "31/02/1944", "12 1944"] {
        let mut browser = app.browser();
        let csrf = browser.get(&url).await.field("csrf").unwrap();
        let fields = [("lab_code", code.as_str()), ("birth_date", birth_date), ("csrf", &csrf)];
        let page = browser.post(&url, &fields).await;
        assert_eq!(page.status, 422, "{birth_date}");
        assert_eq!(
            page.field("birth_date").as_deref(),
            Some(birth_date),
            "it stays in the field"
        );
        assert!(page.text().contains("quatre chiffres"), "{}", page.text());
    }
    let sheets: [(&str, Spelling); 7] = [
        ("12/05/1944", |code| code.to_lowercase().replace('-', " ")),
        ("12.5.1944", |code| code.replace('-', "")),
        ("1944-05-12", |code| code.replace('-', "\u{2014}")),
        ("12051944", |code| code.replace('-', "\u{200b}")),
        ("12 mai 1944", |code| format!("{code}\r\n")),
        ("12 May 1944", in_full_width),
        ("١٢/٠٥/١٩٤٤", |code| code.replace('0', "o")),
    ];
    for (birth_date, spelling) in sheets {
        let lab_code = spelling(&app.new_lab_code(&patient).await);
        let mut browser = app.browser();
        let csrf = browser.get(&url).await.field("csrf").unwrap();
        let fields = [
            ("lab_code", lab_code.as_str()),
            ("birth_date", birth_date),
            ("csrf", &csrf),
        ];
        let page = browser.post(&url, &fields).await;
        assert_eq!(page.status, 303, "{birth_date} {lab_code}: {}", page.text());
    }
    app.stop().await;
}

async fn a_code_that_says_nothing_is_not_counted(app: TestApp) {
    let patient = app.patient("P-1", "1").await;
    let refused = |result: &str| format!("vestibule_attempts_total{{door=\"sign_in\",result=\"{result}\"}}");
    for _ in 0..6 {
        for typed in ["–", "- - -", "...", "\u{200b}\u{200e}", "   "] {
            let mut browser = app.browser();
            let page = app.attempt(&mut browser, "P-1", &patient.password, typed).await;
            assert_eq!(page.status, 401, "{typed}");
            assert!(page.element("error").is_some(), "{typed}");
            app.advance(Duration::from_secs(10));
        }
    }
    assert_eq!(app.metric(&refused("refused")).await, 0.0);
    let code = app.code(&patient);
    assert!(signs_in(&app, &patient, "P-1", &code).await, "no wait afterwards");
    let mut browser = app.browser();
    let wrong = app.attempt(&mut browser, "P-1", &patient.password, "12345").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(app.metric(&refused("refused")).await, 1.0, "a mistake is counted once");
    app.stop().await;
}
