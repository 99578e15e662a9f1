//! Lines of hash lists: `HASH:COUNT` in hexadecimal, upper or lower case.

/// The first 64 bits of the hash, which must have as many digits as the text before the colon; a line without a count
/// is worth `default`. None: it is no such line.
pub(super) fn parse(line: &[u8], digits: usize, default: u32) -> Option<(u64, u32)> {
    let (hash, rest) = line.split_at_checked(digits)?;
    Some((first_bits(hash)?, count(rest, default)?))
}

/// Like [`parse`], of a range file: its name is `prefix`, five digits as a number, and precedes every line.
pub(super) fn parse_suffix(line: &[u8], prefix: u64, digits: usize, default: u32) -> Option<(u64, u32)> {
    let (suffix, rest) = line.split_at_checked(digits.checked_sub(5)?)?;
    let (first, others) = suffix.split_at_checked(11)?;
    let key = first
        .iter()
        .try_fold(prefix, |key, byte| Some(key << 4 | nibble(*byte)?))?;
    others.iter().all(u8::is_ascii_hexdigit).then_some(())?;
    Some((key, count(rest, default)?))
}

fn first_bits(hash: &[u8]) -> Option<u64> {
    let (chunks, []) = hash.as_chunks::<8>() else {
        return None;
    };
    let mut values = chunks.iter().map(eight);
    let key = values.next()?? << 32 | values.next()??;
    values.all(|value| value.is_some()).then_some(key)
}

/// Without branches on each digit, so that it is done several digits at once.
fn eight(digits: &[u8; 8]) -> Option<u64> {
    let mut bad = false;
    let mut nibbles = [0_u8; 8];
    for (nibble, byte) in nibbles.iter_mut().zip(digits) {
        let digit = byte.wrapping_sub(b'0');
        let letter = (byte | 0x20).wrapping_sub(b'a');
        bad |= digit > 9 && letter > 5;
        *nibble = if digit <= 9 {
            digit
        } else {
            letter.wrapping_add(10) & 15
        };
    }
    let word = u64::from_be_bytes(nibbles);
    let pairs = (word | word >> 4) & 0x00ff_00ff_00ff_00ff;
    let quads = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    (!bad).then_some((quads | quads >> 16) & 0xffff_ffff)
}

fn nibble(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

fn count(rest: &[u8], default: u32) -> Option<u32> {
    let Some((colon, digits)) = rest.split_first() else {
        return Some(default);
    };
    if *colon != b':' || digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |count, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        Some(count.saturating_mul(10).saturating_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn a_line_is_a_hash_and_a_count_or_it_is_refused() {
        let line = |text: &str| parse(text.as_bytes(), 40, 1);
        let key = 0x5BAA_61E4_C9B9_3F3F;
        assert_eq!(line(&format!("{HASH}:52256179")), Some((key, 52_256_179)));
        assert_eq!(line(&HASH.to_lowercase()), Some((key, 1)));
        assert_eq!(line(&format!("{HASH}:99999999999")), Some((key, u32::MAX)));
        for bad in [":", ":x", ":1 ", ";1", "0:1", ":-1"] {
            assert_eq!(line(&format!("{HASH}{bad}")), None, "{bad}");
        }
        for at in 0..40 {
            for bad in [b'/', b':', b'@', b'G', b'`', b'g', b' ', 0x10, 0xb1, 0xe1] {
                let mut text = format!("{HASH}:1").into_bytes();
                text[at] = bad;
                assert_eq!(parse(&text, 40, 1), None, "{bad} at {at}");
            }
        }
        let suffix = format!("{}:7", &HASH[5..]);
        assert_eq!(parse_suffix(suffix.as_bytes(), 0x5BAA6, 40, 1), Some((key, 7)));
        assert_eq!(parse_suffix(HASH.as_bytes(), 0x5BAA6, 40, 1), None);
    }

    #[test]
    fn every_digit_is_read() {
        for value in [0x0123_4567_u32, 0x89AB_CDEF, u32::MAX, 0] {
            for text in [format!("{value:08x}"), format!("{value:08X}")] {
                assert_eq!(eight(text.as_bytes().try_into().unwrap()), Some(u64::from(value)));
            }
        }
    }
}
