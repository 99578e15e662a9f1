//! From when to when a certificate is valid: the one thing that rustls checks and does not tell.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use kernel::clock::Timestamp;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// None if the bytes are no X.509 certificate.
pub(super) fn validity(der: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (mut fields, _) = element(certificate, SEQUENCE)?;
    if let Some((_, rest)) = element(fields, VERSION) {
        fields = rest;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        fields = any(fields)?.2;
    }
    let (dates, _) = element(fields, SEQUENCE)?;
    let (tag, from, dates) = any(dates)?;
    let from = moment(tag, from)?;
    let (tag, to, _) = any(dates)?;
    Some((from, moment(tag, to)?))
}

fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any(der)
        .filter(|(found, ..)| *found == tag)
        .map(|(_, value, rest)| (value, rest))
}

/// Tag, value, and what follows.
fn any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(long & 0x7f)?;
            let length = bytes.iter().try_fold(0_usize, |length, byte| {
                length.checked_mul(256)?.checked_add(usize::from(*byte))
            })?;
            (length, rest)
        }
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((*tag, value, rest))
}

fn moment(tag: u8, value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?;
    let text = match tag {
        // RFC 5280: 50 to 99 are of the last century.
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let civil = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
    let at = Offset::UTC.to_timestamp(civil).ok()?;
    Some(Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_of_a_certificate_are_read() {
        let key = rcgen::KeyPair::generate().unwrap();
        for (from, to) in [((1999, 1, 2), (2031, 12, 30)), ((2026, 5, 6), (2071, 1, 1))] {
            let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
            params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
            params.not_after = rcgen::date_time_ymd(to.0, to.1, to.2);
            let der = params.self_signed(&key).unwrap();
            let (read_from, read_to) = validity(der.der()).unwrap();
            let said = |(y, m, d)| format!("{y:04}-{m:02}-{d:02}T00:00:00Z");
            assert_eq!((read_from.to_string(), read_to.to_string()), (said(from), said(to)));
        }
    }

    #[test]
    fn no_bytes_stop_it() {
        let key = rcgen::KeyPair::generate().unwrap();
        let der = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        for length in 0..60 {
            assert_eq!(validity(&der.der()[..length]), None);
        }
        assert_eq!(validity(&[0x30, 0xff, 1, 1]), None);
        assert_eq!(validity(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]), None);
    }
}
