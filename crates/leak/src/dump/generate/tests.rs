use super::*;

fn bytes(options: &Options) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("list");
    generate(options, &out, &mut |_| {}).unwrap();
    std::fs::read(out).unwrap()
}

fn small() -> Options {
    Options {
        rows: 500,
        ..Options::default()
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let one = bytes(&small());
    assert_eq!(one, bytes(&small()));
    let other = bytes(&Options { seed: 2, ..small() });
    assert_ne!(one, other);
    let longer = bytes(&Options { rows: 600, ..small() });
    assert_eq!(longer[..one.len()], one[..], "more rows come after the others");
}

#[test]
fn as_many_rows_match_as_was_asked_for() {
    let text = String::from_utf8(bytes(&small())).unwrap();
    assert_eq!(text.matches(";P-").count(), 300);
    assert!(text.contains(";P-000300;") && !text.contains(";P-000301;"));
    assert!(text.lines().next().unwrap().starts_with("nom;prenom;identifiant;"));
    assert_eq!(text.lines().next().unwrap().split(';').count(), 60);
}

#[test]
fn accounts_come_from_files_with_their_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts");
    std::fs::write(&file, "P-102477\n\nodette@example.org,soleil 1;2\n").unwrap();
    let text = bytes(&Options {
        layout: Layout::Pairs,
        accounts: vec![file],
        match_percent: 10,
        ..small()
    });
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("\nP-102477:") && text.contains("\r\nodette@example.org:soleil 1;2\r\n"));
    assert_eq!(text.lines().filter(|line| line.starts_with("Q-")).count(), 498);
}

#[test]
fn what_cannot_be_made_is_said() {
    let out = Path::new("/nowhere/list");
    for (options, expected) in [
        (Options { fields: 1, ..small() }, "2 to 1000 columns"),
        (
            Options {
                match_percent: 101,
                ..small()
            },
            "100 percent",
        ),
        (small(), "/nowhere/list: "),
    ] {
        let error = generate(&options, out, &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(
        "xml".parse::<Layout>().unwrap_err().to_string(),
        "'xml' is not one of csv, tsv, semicolon, jsonl, pairs"
    );
}
