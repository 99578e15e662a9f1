//! Well-formed tables are read as the `csv` crate reads them; anything at all is read to its end.

use proptest::prelude::*;
use vestibule::leak::dump::DumpReader;

use super::{listed, mapped, read, rest};

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zé0-9 ]{0,12}",
        2 => "[a-z\",;\t|\n'&=-]{0,10}",
        1 => Just(String::new()),
    ]
}

prop_compose! {
    fn table()(width in 2..12_usize)(
        width in Just(width),
        rows in prop::collection::vec((prop::collection::vec(field(), width), 1..1_000_000_u32), 3..40),
        identifier in 0..width,
        shift in 1..width,
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        crlf in any::<bool>(),
    ) -> (Vec<Vec<String>>, usize, usize, u8, bool) {
        let rows = rows.into_iter().map(|(mut row, number)| {
            row[identifier] = format!("P-{number}");
            row
        }).collect();
        (rows, identifier, (identifier + shift) % width, delimiter, crlf)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_well_formed_table_is_read_as_the_csv_crate_reads_it((rows, identifier, password, delimiter, crlf) in table()) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(Vec::new());
        let width = rows[0].len();
        writer.write_record((0..width).map(|at| match at {
            _ if at == identifier => "identifiant".to_owned(),
            _ if at == password => "mdp".to_owned(),
            _ => format!("champ{at}"),
        })).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();

        let mut oracle = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
        let expected: Vec<(String, String)> = oracle
            .records()
            .map(|record| {
                let record = record.unwrap();
                (record[identifier].to_lowercase(), record[password].to_owned())
            })
            .collect();
        let list = read(&bytes, "identifier=identifiant,password=mdp");
        prop_assert_eq!(list.rows.len(), expected.len());
        for ((_, id, pw), (expected_id, expected_pw)) in list.rows.iter().zip(&expected) {
            prop_assert_eq!(id, expected_id);
            let blank = expected_pw.trim().is_empty();
            prop_assert_eq!(pw.as_deref().unwrap_or(""), if blank { "" } else { expected_pw.as_str() });
        }
    }

    #[test]
    fn anything_at_all_is_read_to_its_end(
        head in prop::sample::select(vec!["", "identifiant;mdp\n", "{\"login\":\"a\"}\n", "\u{feff}", "P-1:x\n"]),
        bytes in prop::collection::vec(prop_oneof![
            3 => any::<u8>(),
            2 => prop::sample::select(b"\",;|\t\n\r:{}[]\\&\0".to_vec()),
        ], 0..600),
    ) {
        let file = listed([head.as_bytes(), &bytes].concat());
        if let Ok(reader) = DumpReader::open(&file.path, &mapped("identifier=1,password=none")) {
            rest(reader);
        }
    }
}
