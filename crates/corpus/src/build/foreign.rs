//! What looks like an input and is none: built from it, a corpus would say "ok" and know no password.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use memchr::memchr;

use super::hex;
use super::problem::BuildProblem;
use crate::digest::Algorithm;

/// Of the beginning, and of the end.
const LOOKED_AT: u64 = 64 * 1024;

/// First bytes, what they belong to, and the command that makes it readable.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "a gzip archive", "unpack it: gunzip -k FILE"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it: unzstd FILE"),
    (b"BZh", "a bzip2 archive", "unpack it: bunzip2 -k FILE"),
    (b"\xfd7zXZ\0", "an xz archive", "unpack it: unxz -k FILE"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x FILE"),
    (
        b"PK\x03\x04",
        "a zip archive or an office document",
        "unpack it: unzip FILE",
    ),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it: unrar x FILE"),
    (b"%PDF-", "a PDF document", LISTS),
    (
        b"vst-corp",
        "a corpus that was already built",
        "name the lists that it was built from",
    ),
    (b"\xff\xfe", "UTF-16 text", RECODE),
    (b"\xfe\xff", "UTF-16 text", RECODE),
];
const RECODE: &str = "recode it: iconv -f UTF-16 -t UTF-8 FILE > NEW";
const LISTS: &str = "name the published list, or a text file of one password a line with --words";

/// # Errors
/// It is an archive, a binary, a page, in another encoding, or empty.
pub(super) fn refuse_by_bytes(path: &Path) -> Result<(), BuildProblem> {
    let head = read_from(path, SeekFrom::Start(0)).map_err(|error| BuildProblem::unreadable(path, &error))?;
    let refused = |what: &str, remedy: &str| Err(BuildProblem::new(path.display().to_string(), what, remedy));
    if let Some((_, what, remedy)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return refused(&format!("it is {what}"), remedy);
    }
    if head.get(257..262) == Some(b"ustar") {
        return refused("it is a tar archive", "unpack it: tar xf FILE");
    }
    if head.iter().all(u8::is_ascii_whitespace) {
        return refused("it is empty", LISTS);
    }
    if memchr(0, &head).is_some() {
        return refused("there are NUL bytes in it: it is a binary, or UTF-16 text", RECODE);
    }
    let controls = head.iter().filter(|byte| **byte < b' ' && !b"\t\r\n".contains(byte));
    if controls.count() * 100 > head.len() {
        return refused("it is no text", LISTS);
    }
    let start = head.trim_ascii_start().iter().take(9).map(u8::to_ascii_lowercase);
    let start: Vec<u8> = start.collect();
    if [&b"<!doctype"[..], b"<html", b"<?xml"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return refused("it is a web page", "download the list itself");
    }
    Ok(())
}

/// # Errors
/// Most of the first lines are digests, or parts of them, that nothing here reads.
pub(super) fn refuse_digests(path: &Path) -> Result<(), BuildProblem> {
    let head = read_from(path, SeekFrom::Start(0)).map_err(|error| BuildProblem::unreadable(path, &error))?;
    let (mut all, mut digests, mut digits) = (0_usize, 0_usize, 0_usize);
    for line in head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        all += 1;
        let hash = line.split(|byte| b":;, \t".contains(byte)).next().unwrap_or_default();
        if is_digest(hash) {
            digests += 1;
            digits = hash.len();
        }
    }
    if digests * 2 <= all {
        return Ok(());
    }
    let place = path.display().to_string();
    Err(match digits {
        27 | 35 => BuildProblem::new(
            place,
            "these are the ends of hashes, as one range file holds them",
            "name the folder of all range files, 00000 to FFFFF",
        ),
        _ => BuildProblem::new(
            place,
            "these are digests of a kind that cannot be read here, not passwords",
            "name a list of SHA-1 or NTLM hashes as HASH:COUNT, ordered by hash (--algorithm sha1 or ntlm)",
        ),
    })
}

fn is_digest(text: &[u8]) -> bool {
    let hex = matches!(text.len(), 27 | 32 | 35 | 40 | 56 | 64 | 96 | 128) && text.iter().all(u8::is_ascii_hexdigit);
    let marks: [&[u8]; 8] = [b"$2", b"$1$", b"$5$", b"$6$", b"$y$", b"$argon2", b"{SSHA", b"{SHA"];
    hex || text.len() >= 20 && marks.iter().any(|mark| text.starts_with(mark))
}

/// A published list has a hash for every four first digits, so it begins with `0000` and ends with `FFFF`.
///
/// # Errors
/// It begins later or ends earlier.
pub(super) fn refuse_incomplete(path: &Path, first: u64, algorithm: Algorithm) -> Result<(), BuildProblem> {
    let tail = read_from(path, SeekFrom::End(0)).map_err(|error| BuildProblem::unreadable(path, &error))?;
    let last = tail.trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
    let last = last.and_then(|line| hex::parse(line.trim_ascii(), algorithm.hex_digits(), 1));
    let what = match last {
        None => "its last line is not a whole hash: it was cut short",
        Some((last, _)) if last >> 48 != 0xffff => "its last hash does not begin with FFFF: it was cut short",
        Some(_) if first >> 48 != 0 => "its first hash does not begin with 0000: its beginning is missing",
        Some(_) => return Ok(()),
    };
    let remedy = "copy or download the whole list again; for a short list of your own, say --partial";
    Err(BuildProblem::new(path.display().to_string(), what, remedy))
}

/// From the start, or the last bytes before the end.
fn read_from(path: &Path, from: SeekFrom) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    if let SeekFrom::End(_) = from {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOOKED_AT)))?;
    }
    let mut bytes = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut bytes)?;
    Ok(bytes)
}
