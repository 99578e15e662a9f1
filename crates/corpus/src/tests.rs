//! Whole files: what goes in is found, what is damaged is refused.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tempfile::TempDir;

use super::build::{BuildProblem, BuildReport, Order, build};
use super::*;

/// Uniform, and the same in every run.
fn key(number: u64) -> u64 {
    let mut x = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, contents: &str) -> PathBuf {
        fs::write(self.path(name), contents).unwrap();
        self.path(name)
    }

    /// Keys of the numbers, in order, as a published list.
    fn hashes(&self, name: &str, of: impl Iterator<Item = (u64, u64)>) -> PathBuf {
        let mut keys: Vec<_> = of.collect();
        keys.sort_unstable();
        let mut text = String::new();
        for (key, count) in keys {
            writeln!(text, "{key:016X}{:024X}:{count}\r", 7).unwrap();
        }
        self.file(name, &text)
    }

    fn order(&self, inputs: &[&Path]) -> Order {
        Order {
            inputs: inputs.iter().map(|path| path.to_path_buf()).collect(),
            out: self.path("corpus"),
            algorithm: Algorithm::Sha1,
            min_count: 1,
            count: 1,
            words: true,
            partial: true,
            source: "a test".to_owned(),
            date: Date::constant(2026, 11, 1),
        }
    }

    fn build(&self, inputs: &[&Path]) -> Result<BuildReport, BuildProblem> {
        build(&self.order(inputs), &mut |_| {})
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn everything_that_went_in_is_found_and_almost_nothing_else() {
    const KEYS: u64 = 300_000;
    let place = Place::new();
    let oracle: HashMap<u64, u64> = (0..KEYS).map(|n| (key(n), 1 + n % 20_000)).collect();
    let list = place.hashes("list", oracle.iter().map(|(key, count)| (*key, *count)));
    let built = place.build(&[&list]).unwrap();
    assert!(built.header.shard_bits > 0, "several shards are tested");
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    corpus.check(&mut |_, _| {}).unwrap();
    let mut higher = 0;
    for (key, count) in &oracle {
        let found = corpus.lookup(Digest(*key)).unwrap();
        assert!(found >= Prevalence::of_count(*count), "{key:x}");
        higher += u64::from(found > Prevalence::of_count(*count));
    }
    assert!(higher < 10, "two keys of one remainder take the higher class: {higher}");
    let strangers = (KEYS..KEYS + 2_000_000).map(key);
    let wrong = strangers.filter(|key| corpus.lookup(Digest(*key)).is_some()).count();
    assert!((5..80).contains(&wrong), "30 expected of 2,000,000: {wrong}");
    assert!(
        corpus.header().bits_per_key() < 21.0,
        "{}",
        corpus.header().bits_per_key()
    );
    assert!(KEYS - built.header.keys < 20, "only what falls together is missing");
    assert_eq!(place.names(), ["corpus", "list"], "nothing is left beside it");
}

#[test]
fn edges_of_the_key_space_and_of_shards_are_found() {
    let place = Place::new();
    let edges = [0, 1, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1];
    let many = (0..200_000).map(key).chain(edges).map(|key| (key, 1));
    let list = place.hashes("list", many);
    place.build(&[&list]).unwrap();
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    assert!(edges.iter().all(|key| corpus.lookup(Digest(*key)).is_some()));
    let list = place.hashes("one", [(u64::MAX, 1)].into_iter());
    place.build(&[&list]).unwrap();
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    assert_eq!(corpus.lookup(Digest(u64::MAX)), Some(Prevalence::Few));
    assert_eq!(corpus.lookup(Digest(0)), None);
}

#[test]
fn every_cut_is_refused_and_every_flipped_bit_is_found() {
    let place = Place::new();
    let list = place.hashes("list", (0..150).map(|n| (key(n), n)));
    place.build(&[&list]).unwrap();
    let whole = fs::read(place.path("corpus")).unwrap();
    let path = place.path("damaged");
    let is_refused = || {
        Corpus::open(&path)
            .and_then(|corpus| corpus.check(&mut |_, _| {}))
            .is_err()
    };
    let beyond_the_gap = |at: &usize| !(520..4080).contains(at);
    for length in (0..whole.len()).filter(beyond_the_gap) {
        fs::write(&path, &whole[..length]).unwrap();
        let problem = Corpus::open(&path).unwrap_err();
        let cut = matches!(problem.wrong, Wrong::Truncated { .. });
        assert!(cut || length < 512, "{length}: {problem}");
    }
    let mut bytes = whole.clone();
    for at in (0..whole.len()).filter(beyond_the_gap) {
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).unwrap();
        assert!(is_refused(), "byte {at} of {}", whole.len());
        bytes[at] ^= 1 << (at % 8);
    }
    bytes.push(0);
    fs::write(&path, &bytes).unwrap();
    assert!(is_refused());
    fs::write(&path, "identifier;password\n".repeat(500)).unwrap();
    assert!(matches!(Corpus::open(&path).unwrap_err().wrong, Wrong::NotACorpus));
}

#[test]
fn a_newer_format_is_named_as_such() {
    let place = Place::new();
    let list = place.hashes("list", (0..150).map(|n| (key(n), n)));
    place.build(&[&list]).unwrap();
    let mut bytes = fs::read(place.path("corpus")).unwrap();
    bytes[8] = 2;
    fs::write(place.path("corpus"), bytes).unwrap();
    let problem = Corpus::open(&place.path("corpus")).unwrap_err();
    assert!(problem.to_string().contains("format 2 is newer"), "{problem}");
}

#[test]
fn lists_in_disorder_or_damaged_are_reported_by_file_and_line() {
    let place = Place::new();
    let line = |key: u64| format!("{key:016x}{:024x}:1\n", 0);
    let cases = [
        ([line(5), line(9), line(7)].concat(), 3, "not in order"),
        (
            [line(5), "\n".to_owned(), line(9)[..30].to_owned()].concat(),
            3,
            "40 hexadecimal digits",
        ),
        ([line(5), "password\n".to_owned()].concat(), 2, "40 hexadecimal digits"),
        (format!("{:032X}:1\n", 5), 1, "these are ntlm hashes, not sha1"),
    ];
    for (text, number, what) in cases {
        let list = place.file("list", &text);
        let problem = place.build(&[&list]).unwrap_err();
        assert_eq!(problem.place, format!("{}:{number}", list.display()));
        assert!(problem.what.contains(what), "{problem}");
        assert_eq!(place.names(), ["list"], "nothing is left of a failed build");
    }
    let problem = place.build(&[&place.path("absent")]).unwrap_err();
    assert!(problem.place.ends_with("absent"), "{problem}");
    let list = place.file("list", &line(5));
    let order = Order {
        min_count: 2,
        ..place.order(&[&list])
    };
    assert!(build(&order, &mut |_| {}).unwrap_err().what.contains("nothing"));
}

#[test]
fn plain_lists_and_hash_lists_are_mixed_and_their_counts_added() {
    let place = Place::new();
    let words = place.file("words", &"azertyuiop\nmotdepasse\r\n\nmotdepasse\n".repeat(5));
    let sha1 = |word: &str| Algorithm::Sha1.digest(word.as_bytes()).0;
    let list = place.hashes("list", [(sha1("azertyuiop"), 6), (sha1("rare"), 1)].into_iter());
    let latin = place.path("latin");
    fs::write(&latin, b"\xe9t\xe9 pourri\n").unwrap();
    place.build(&[&words, &list, &latin]).unwrap();
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    for (word, seen) in [
        ("azertyuiop", Some(Prevalence::Tens)),
        ("motdepasse", Some(Prevalence::Tens)),
        ("rare", Some(Prevalence::Few)),
        ("été pourri", Some(Prevalence::Few)),
        ("e\u{301}te\u{301} pourri", Some(Prevalence::Few)),
        ("la cigogne repasse ses rideaux mauves", None),
    ] {
        assert_eq!(corpus.lookup_password(word), seen, "{word}");
    }
    let order = Order {
        min_count: 2,
        ..place.order(&[&words, &list])
    };
    assert_eq!(build(&order, &mut |_| {}).unwrap().header.keys, 2);
    let order = Order {
        algorithm: Algorithm::Ntlm,
        count: 10,
        ..place.order(&[&words])
    };
    build(&order, &mut |_| {}).unwrap();
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    assert!(corpus.lookup_password("motdepasse").unwrap().is_widespread());
}

#[test]
fn several_threads_ask_at_once() {
    let place = Place::new();
    let list = place.hashes("list", (0..20_000).map(|n| (key(n), 1)));
    place.build(&[&list]).unwrap();
    let corpus = Corpus::open(&place.path("corpus")).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let corpus = &corpus;
            scope.spawn(move || {
                let mine = (0..20_000).map(|n| key((n * 7 + thread) % 20_000));
                assert!(mine.into_iter().all(|key| corpus.lookup(Digest(key)).is_some()));
            });
        }
    });
}

#[test]
fn a_build_that_was_cut_off_goes_on_behind_what_is_whole() {
    let place = Place::new();
    let list = place.hashes("list", (0..300_000).map(|n| (key(n), n)));
    let words = place.file("words", "azertyuiop\nmotdepasse\n");
    let order = place.order(&[&list, &words]);
    let shards = 1 << build(&order, &mut |_| {}).unwrap().header.shard_bits;
    let expected = fs::read(&order.out).unwrap();
    fs::remove_file(&order.out).unwrap();
    for stop_after in 1..shards {
        let cut = std::panic::catch_unwind(|| {
            let mut told = 0;
            build(&order, &mut |progress| {
                told += u64::from(progress.step == super::build::Step::Building);
                assert!(told < stop_after, "the power fails");
            })
        });
        assert!(cut.is_err() && !order.out.exists());
        // What was written last is torn.
        let blocks = place.path("corpus.part/blocks");
        let length = fs::metadata(&blocks).unwrap().len();
        let file = fs::OpenOptions::new().write(true).open(&blocks).unwrap();
        file.set_len(length - u64::from(stop_after % 2 == 0)).unwrap();
        let built = build(&order, &mut |_| {}).unwrap();
        assert_eq!(built.resumed, stop_after - u64::from(stop_after % 2 == 0));
        assert!(fs::read(&order.out).unwrap() == expected, "after {stop_after}");
        assert_eq!(place.names(), ["corpus", "list", "words"]);
        fs::remove_file(&order.out).unwrap();
    }
}

/// What a published list is not, by what is said of it.
fn wrong_inputs() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let hex = |digits: usize| -> Vec<u8> {
        let line = |n: u64| format!("{:0digits$x}\n", key(n));
        (0..50).map(line).collect::<String>().into_bytes()
    };
    let utf16: Vec<u8> = "azerty\nsoleil\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = |bytes: &[u8]| [bytes, b"azerty\nsoleil\n"].concat();
    let mut tar = vec![b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let range: String = (0..50).map(|n| format!("{:035X}:{n}\r\n", key(n))).collect();
    let ordered = |keys: &[u64]| -> Vec<u8> {
        let lines = keys.iter().map(|key| format!("{key:016X}{:024X}:3\n", 7));
        lines.collect::<String>().into_bytes()
    };
    let mut cut = ordered(&[1, u64::MAX]);
    cut.truncate(cut.len() - 20);
    vec![
        ("gz", marked(b"\x1f\x8b\x08"), "gunzip"),
        ("zst", marked(b"\x28\xb5\x2f\xfd"), "unzstd"),
        ("bz2", marked(b"BZh9"), "bunzip2"),
        ("xz", marked(b"\xfd7zXZ\0"), "unxz"),
        ("7z", marked(b"7z\xbc\xaf\x27\x1c"), "7z x"),
        ("zip", marked(b"PK\x03\x04"), "unzip"),
        ("rar", marked(b"Rar!\x1a\x07"), "unrar"),
        ("tar", tar, "tar xf"),
        ("pdf", marked(b"%PDF-1.4\n"), "PDF"),
        ("corpus", marked(b"vst-corp"), "already built"),
        ("utf16", utf16.clone(), "iconv"),
        ("utf16-marked", [&b"\xff\xfe"[..], &utf16].concat(), "iconv"),
        ("binary", (0..=255).collect(), "NUL"),
        ("controls", b"az\x01\x02\x03ty\n".repeat(9), "no text"),
        ("html", b"\n<!DOCTYPE html>\n<p>azerty".to_vec(), "web page"),
        ("empty", b"\n\n".to_vec(), "empty"),
        ("md5", hex(32), "digests"),
        ("sha256", hex(64), "digests"),
        ("sha512", hex(128), "digests"),
        (
            "bcrypt",
            b"$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad\n".repeat(5),
            "digests",
        ),
        ("range", range.into_bytes(), "folder"),
        ("cut", cut, "cut short"),
        ("no-end", ordered(&[1, 1 << 60]), "FFFF"),
        ("no-beginning", ordered(&[1 << 60, u64::MAX]), "0000"),
    ]
}

#[test]
fn what_is_no_list_is_refused_with_what_to_do_even_if_words_were_said() {
    for (name, bytes, said) in wrong_inputs() {
        let place = Place::new();
        let file = place.path(name);
        fs::write(&file, bytes).unwrap();
        for words in [false, true] {
            let order = Order {
                words,
                partial: false,
                ..place.order(&[&file])
            };
            let problem = build(&order, &mut |_| {}).unwrap_err().to_string();
            assert!(problem.contains(said), "{name}: {problem}");
            assert_eq!(place.names(), [name], "nothing is left");
        }
    }
}

#[test]
fn plain_words_and_short_lists_are_built_where_they_are_said_to_be() {
    let place = Place::new();
    let words = place.file("words", "azertyuiop\nmotdepasse\n");
    let list = place.hashes("list", [(1 << 60, 1)].into_iter());
    let order = |input: &Path, words, partial| Order {
        words,
        partial,
        ..place.order(&[input])
    };
    for (input, said) in [(&words, "--words"), (&list, "--partial")] {
        let problem = build(&order(input, false, false), &mut |_| {}).unwrap_err();
        assert!(problem.remedy.contains(said), "{problem}");
    }
    build(&order(&words, true, false), &mut |_| {}).unwrap();
    build(&order(&list, false, true), &mut |_| {}).unwrap();
    let whole = place.hashes("whole", [(1, 1), (u64::MAX, 1)].into_iter());
    build(&order(&whole, false, false), &mut |_| {}).unwrap();
    let late = place.file("late", &format!("{}mot\0depasse\n", "soleil\n".repeat(20_000)));
    let problem = build(&order(&late, true, false), &mut |_| {}).unwrap_err();
    assert!(problem.place.ends_with("late:20001"), "{problem}");
}
