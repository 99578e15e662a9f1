use proptest::prelude::*;

use super::*;

type Line = (u64, Result<Vec<String>, LineProblem>);

fn read(text: &[u8], delimiter: u8, width: Option<usize>) -> Vec<Line> {
    let mut lines = Lines::new(text, delimiter);
    lines.width = width;
    let mut read = Vec::new();
    while let Some(scanned) = lines.next().unwrap() {
        let fields = scanned.record.map(|record| {
            let text = |at| String::from_utf8(record.field(at).into_owned()).unwrap();
            (0..record.len()).map(text).collect()
        });
        read.push((scanned.line, fields));
    }
    read
}

fn fields(texts: &[&str]) -> Result<Vec<String>, LineProblem> {
    Ok(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn quotes_line_ends_and_empty_lines() {
    let text = b"a;\"b;c\";\r\n\r\n\"say \"\"hi\"\"\";x\"y;\"two\nlines\"\n;;";
    let expected = [
        (1, fields(&["a", "b;c", ""])),
        (3, fields(&["say \"hi\"", "x\"y", "two\nlines"])),
    ];
    assert_eq!(read(text, b';', Some(3)), expected);
}

#[test]
fn delimiters_at_the_end_with_nothing_behind_them_are_no_columns() {
    let expected = |found| Err(LineProblem::Columns { found, expected: 2 });
    assert_eq!(
        read(b"a,b,\na,b,,c\na,b,,\n", b',', Some(2)),
        [(1, fields(&["a", "b"])), (2, expected(4)), (3, fields(&["a", "b"]))]
    );
}

#[test]
fn an_unclosed_quote_costs_its_own_line_only() {
    let text = b"1,\"Dupont,x\n2,\"Durand\",y\n3,Martin,z\n4,\"open\n5,e,f\n";
    let expected = [
        (1, Err(LineProblem::UnclosedQuote)),
        (2, fields(&["2", "Durand", "y"])),
        (3, fields(&["3", "Martin", "z"])),
        (4, Err(LineProblem::UnclosedQuote)),
        (5, fields(&["5", "e", "f"])),
    ];
    assert_eq!(read(text, b',', Some(3)), expected);
}

#[test]
fn other_damage_is_told_apart() {
    let expected = |found| Err(LineProblem::Columns { found, expected: 2 });
    assert_eq!(
        read(b"a,b,c\na\n\"a\"b,c\n", b',', Some(2)),
        [(1, expected(3)), (2, expected(1)), (3, Err(LineProblem::StrayQuote))]
    );
    let mut long = vec![b'x'; (LONGEST + 50) as usize];
    long.extend(b"\na,b\n");
    assert_eq!(
        read(&long, b',', Some(2)),
        [(1, Err(LineProblem::TooLong)), (2, fields(&["a", "b"]))]
    );
}

proptest! {
    #[test]
    fn what_a_csv_library_writes_is_read_back(
        rows in prop::collection::vec(prop::collection::vec("[a-z\", ;\r\né]{0,6}", 3), 1..20)
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let written = writer.into_inner().unwrap();
        let has_something = |row: &Vec<String>| row.iter().any(|field| !field.trim_ascii().is_empty());
        let read = read(&written, b';', Some(3)).into_iter().map(|(_, fields)| fields.unwrap());
        let read: Vec<_> = read.filter(has_something).collect();
        let rows: Vec<_> = rows.into_iter().filter(has_something).collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn no_input_stops_it(bytes in prop::collection::vec(prop::sample::select(b"a\",\n\r".to_vec()), 0..200)) {
        let mut lines = Lines::new(bytes.as_slice(), b',');
        lines.width = Some(2);
        let mut total = 0;
        while let Some(scanned) = lines.next().unwrap() {
            total += scanned.bytes;
        }
        prop_assert!(total <= bytes.len() as u64);
    }
}
