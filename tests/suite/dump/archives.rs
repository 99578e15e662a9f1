//! Archives: whole, several in one, cut at every byte, with something behind, inside each other, made to exhaust.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use vestibule::leak::dump::{Damage, Reason};

use super::{read, try_read};

const TEXT: &str = "identifiant;mdp\nP-1;soleil\nP-2;\"lu\nne\"\nP-3;été\n";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Packer = fn(&[u8]) -> Vec<u8>;

const PACK: [Packer; 2] = [gz, zst];

#[test]
fn several_in_one_and_one_in_another() {
    let (first, second) = TEXT.as_bytes().split_at(30);
    for pack in PACK {
        let whole = read(pack(TEXT.as_bytes()), "");
        assert_eq!(whole.pairs(), [("p-1", "soleil"), ("p-2", "lu\nne"), ("p-3", "été")]);
        let joined = read([pack(first), pack(second)].concat(), "");
        assert_eq!(joined.rows, whole.rows);
        for inner in PACK {
            let nested = read(pack(&inner(&pack(TEXT.as_bytes()))), "");
            assert_eq!(nested.rows, whole.rows);
            assert!(nested.damage.is_empty());
        }
        let deep = (0..4).fold(TEXT.as_bytes().to_vec(), |bytes, _| pack(&bytes));
        assert!(try_read(deep, "").err().unwrap().problem().what.contains("deep"));
    }
    let padded = read([gz(TEXT.as_bytes()), vec![0; 600]].concat(), "");
    assert_eq!((padded.rows.len(), padded.damage.len()), (3, 0));
}

#[test]
fn something_behind_the_archive_is_said() {
    for pack in PACK {
        let list = read([pack(TEXT.as_bytes()), b"garbage; nothing more".to_vec()].concat(), "");
        assert_eq!(list.rows.len(), 3);
        assert_eq!(list.damage, [Damage::TrailingGarbage]);
    }
}

#[test]
fn a_file_cut_at_any_byte_is_read_as_far_as_it_goes() {
    let utf16: Vec<u8> = format!("\u{feff}{TEXT}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let plain: [(Vec<u8>, bool); 4] = [
        (TEXT.as_bytes().to_vec(), false),
        (utf16, false),
        (gz(TEXT.as_bytes()), true),
        (zst(TEXT.as_bytes()), true),
    ];
    for (bytes, packed) in plain {
        for cut in 0..bytes.len() {
            match try_read(&bytes[..cut], "identifier=1,password=2") {
                Ok(list) if packed && cut >= 8 => {
                    assert_eq!(list.damage, [Damage::Truncated], "{cut} of {}", bytes.len());
                }
                Ok(list) => assert!(list.rows.len() <= 3),
                Err(error) => assert!(!error.problem().remedy.is_empty()),
            }
        }
        assert_eq!(try_read(&bytes, "identifier=1,password=2").unwrap().rows.len(), 3);
    }
}

#[test]
fn what_was_damaged_on_the_way_is_said() {
    let text = (0..5_000)
        .map(|at| format!("P-{at};pw{}\n", at * 7919 % 10_007))
        .collect::<String>();
    for pack in PACK {
        let mut bytes = pack(text.as_bytes());
        let middle = bytes.len() / 2;
        for byte in &mut bytes[middle..middle + 8] {
            *byte ^= 0x5a;
        }
        let list = read(bytes, "identifier=1,password=2");
        assert!(!list.damage.is_empty());
    }
}

#[test]
fn a_bomb_of_one_line_is_given_up() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.write_all(b"identifiant;mdp\nP-1;soleil\n").unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..400 {
        encoder.write_all(&zeros).unwrap();
    }
    let list = read(encoder.finish().unwrap(), "");
    assert_eq!(list.pairs(), [("p-1", "soleil")]);
    assert_eq!(list.damage, [Damage::Bomb]);
    assert_eq!(list.census.count_of(Reason::LineTooLong), 1);
}
