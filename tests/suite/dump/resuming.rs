//! A reader that was killed is followed by one that reads exactly the rest.

use std::io::Write;

use vestibule::leak::dump::{Census, Checkpoint, DumpError, DumpReader};

use super::{listed, mapped, rest};

fn table() -> String {
    let mut text = "nom;identifiant;mdp\n".to_owned();
    for row in 0..4_000 {
        match row % 40 {
            0 => text.push_str(&format!("\"Le\nGoff\";P-{row};pw\n")),
            1 => text.push_str("\"Le Goff;P-x\n"),
            _ => text.push_str(&format!("Lefèvre;P-{row};été{row}\n")),
        }
    }
    text
}

fn files() -> Vec<Vec<u8>> {
    let text = table();
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    vec![text.into_bytes(), utf16, gz.finish().unwrap()]
}

#[test]
fn from_any_row_on_the_rest_is_the_same() {
    for bytes in files() {
        let file = listed(bytes);
        let whole = rest(DumpReader::open(&file.path, &mapped("")).unwrap());
        for read in [0, 1, 2, 39, 40, 41, 1_999, 3_800, whole.rows.len()] {
            let mut reader = DumpReader::open(&file.path, &mapped("")).unwrap();
            for _ in 0..read {
                reader.next_row().unwrap().unwrap();
            }
            let (at, census) = (reader.checkpoint(), reader.census().clone());
            let at: Checkpoint = serde_json::from_str(&serde_json::to_string(&at).unwrap()).unwrap();
            let census: Census = serde_json::from_str(&serde_json::to_string(&census).unwrap()).unwrap();
            let resumed = rest(DumpReader::resume(&file.path, &mapped(""), &at, census).unwrap());
            assert_eq!(resumed.rows, whole.rows[read..]);
            assert_eq!(resumed.census, whole.census);
        }
    }
}

#[test]
fn a_file_that_changed_before_the_checkpoint_or_another_mapping_is_refused() {
    let text = table();
    let file = listed(&text);
    let mut reader = DumpReader::open(&file.path, &mapped("")).unwrap();
    for _ in 0..2_000 {
        reader.next_row().unwrap().unwrap();
    }
    let at = reader.checkpoint();
    let resume = |map: &str| DumpReader::resume(&file.path, &mapped(map), &at, Census::default()).map(|_| ());
    resume("").unwrap();
    assert!(matches!(resume("identifier=1,password=3"), Err(DumpError::Changed(_))));

    let offset = usize::try_from(at.offset).unwrap();
    for changed in [100, offset / 2, offset - 2] {
        let mut bytes = text.clone().into_bytes();
        bytes[changed] = if bytes[changed] == b'7' { b'8' } else { b'7' };
        std::fs::write(&file.path, bytes).unwrap();
        assert!(matches!(resume(""), Err(DumpError::Changed(_))), "{changed}");
    }
    std::fs::write(&file.path, &text[..offset - 10]).unwrap();
    assert!(matches!(resume(""), Err(DumpError::Changed(_))));

    let mut longer = text.into_bytes();
    longer[offset + 300] = b'8';
    longer.extend(b"x;P-9;more\n");
    std::fs::write(&file.path, longer).unwrap();
    resume("").unwrap();
}
