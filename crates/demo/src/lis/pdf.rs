//! The report as a PDF of 3 MB, as scanners and LIS make them: one page of text and a lot of ballast.

use super::analyses::PANELS;
use super::record::Record;
use super::values;

/// Bytes of every report.
pub const SIZE: usize = 3 * 1024 * 1024;

/// The report of a record: a valid PDF of exactly [`SIZE`] bytes, always the same for the same record.
pub fn report(record: &Record) -> Vec<u8> {
    let text = text(record);
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    for object in [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
          /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
        stream(&text),
    ] {
        begin(&mut file, &mut offsets);
        file.extend_from_slice(&object);
        file.extend_from_slice(b"\nendobj\n");
    }
    begin(&mut file, &mut offsets);
    fill(&mut file, record, &offsets);
    file
}

fn begin(file: &mut Vec<u8>, offsets: &mut Vec<usize>) {
    offsets.push(file.len());
    file.extend_from_slice(format!("{} 0 obj\n", offsets.len()).as_bytes());
}

/// The last object, sized so that the whole file is `SIZE` bytes, and the end of the file.
fn fill(file: &mut Vec<u8>, record: &Record, offsets: &[usize]) {
    let head = |length: usize| format!("<< /Type /Ballast /Length {length:010} >>\nstream\n");
    let end = |xref: usize| {
        let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
        offsets
            .iter()
            .for_each(|offset| end.push_str(&format!("{offset:010} 00000 n \n")));
        end.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\n", offsets.len() + 1));
        end.push_str(&format!("startxref\n{xref:010}\n%%EOF\n"));
        end
    };
    let close = "\nendstream\nendobj\n";
    let length = SIZE.saturating_sub(file.len() + head(0).len() + close.len() + end(0).len());
    file.extend_from_slice(head(length).as_bytes());
    ballast(file, values::draw(record, "ballast"), length);
    file.extend_from_slice(close.as_bytes());
    let xref = file.len();
    file.extend_from_slice(end(xref).as_bytes());
}

/// Bytes that do not compress, so that a proxy cannot hide behind gzip: xorshift64.
fn ballast(file: &mut Vec<u8>, seed: u64, length: usize) {
    let mut state = seed | 1;
    let words = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    file.extend(words.flatten().take(length));
}

fn stream(content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend_from_slice(content);
    object.extend_from_slice(b"\nendstream");
    object
}

fn text(record: &Record) -> Vec<u8> {
    let sampled = values::day(values::sampled_on(record));
    let mut content = b"BT\n/F1 16 Tf\n50 790 Td\n18 TL\n".to_vec();
    show(&mut content, "Laboratoire de biologie médicale - Compte rendu");
    content.extend_from_slice(b"/F1 10 Tf\n12 TL\n");
    show(&mut content, &format!("Dossier {record}, prélèvement du {sampled}"));
    for panel in PANELS {
        show(&mut content, "");
        show(&mut content, panel.title);
        for line in values::lines(record, panel).into_iter().take(3) {
            show(
                &mut content,
                &format!("    {}  {} {}  ({})", line.name, line.value, line.unit, line.usual),
            );
        }
    }
    content.extend_from_slice(b"ET");
    content
}

/// One line of text in WinAnsi, which is Latin-1 for all that French needs here.
fn show(content: &mut Vec<u8>, line: &str) {
    content.push(b'(');
    for character in line.chars() {
        match character {
            '(' | ')' | '\\' => content.extend_from_slice(&[b'\\', u8::try_from(character).unwrap_or(b'?')]),
            _ => content.push(u8::try_from(character).unwrap_or(b'?')),
        }
    }
    content.extend_from_slice(b") Tj T*\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_has_its_size_and_its_table_points_at_its_objects() {
        for number in ["1", "26104512", "ABCDEFGHIJ-123456789"] {
            let file = report(&Record::parse(number).unwrap());
            assert_eq!(file.len(), SIZE);
            assert!(file.ends_with(b"%%EOF\n"));
            let tail = String::from_utf8_lossy(&file[SIZE - 400..]).into_owned();
            let xref: usize = tail.split("startxref\n").nth(1).unwrap()[..10].parse().unwrap();
            assert!(file[xref..].starts_with(b"xref\n0 7\n"));
            let table = String::from_utf8_lossy(&file[xref..]).into_owned();
            for (number, entry) in table.lines().skip(3).take(6).enumerate() {
                let offset: usize = entry[..10].parse().unwrap();
                assert!(file[offset..].starts_with(format!("{} 0 obj\n", number + 1).as_bytes()));
            }
        }
    }

    #[test]
    fn a_report_is_the_same_every_time_and_differs_between_records() {
        let (one, other) = (Record::parse("26104512").unwrap(), Record::parse("26104513").unwrap());
        assert_eq!(report(&one), report(&one));
        assert_ne!(report(&one), report(&other));
    }
}
