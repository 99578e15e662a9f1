//! Nonces that we give to clients for their DPoP proofs (RFC 9449 8): they show that a proof was made lately. Nothing
//! is kept of them; each is a MAC of the time.

use data_encoding::BASE64URL_NOPAD;

use super::keyring::{Keyring, Purpose};
use kernel::clock::Timestamp;
use kernel::ids::LabId;

/// Seconds. A nonce is valid for one to two of these spans.
const SPAN: i64 = 300;

/// The nonce of this lab for now; the same for all clients.
pub fn dpop_nonce(keyring: &Keyring, lab: &LabId, now: Timestamp) -> String {
    let key = keyring.lookup_key(Purpose::DpopNonce, &[lab.as_str()]);
    BASE64URL_NOPAD.encode(&super::mac(&key, &[&slot(now).to_be_bytes()]))
}

/// Did this lab give it in the last 5 to 10 minutes?
pub fn is_recent(keyring: &Keyring, lab: &LabId, nonce: &str, now: Timestamp) -> bool {
    let key = keyring.lookup_key(Purpose::DpopNonce, &[lab.as_str()]);
    let Ok(tag) = BASE64URL_NOPAD.decode(nonce.as_bytes()) else {
        return false;
    };
    [slot(now), slot(now) - 1]
        .iter()
        .any(|slot| super::mac_matches(&key, &[&slot.to_be_bytes()], &tag))
}

fn slot(now: Timestamp) -> i64 {
    now.unix_seconds().div_euclid(SPAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn a_nonce_serves_for_a_while_at_its_lab() {
        let at = |seconds: i64| Timestamp::from_seconds(1_800_000_000 + seconds);
        let keyring = Keyring::generate(&SystemEntropy, at(0));
        let lab: LabId = "demo".parse().unwrap();
        let nonce = dpop_nonce(&keyring, &lab, at(0));
        for (seconds, recent) in [(0, true), (299, true), (599, true), (600, false), (-1, false)] {
            assert_eq!(is_recent(&keyring, &lab, &nonce, at(seconds)), recent, "{seconds}");
        }
        assert_ne!(nonce, dpop_nonce(&keyring, &lab, at(300)));
        assert!(!is_recent(&keyring, &"other".parse().unwrap(), &nonce, at(0)));
        for wrong in ["", "x", &nonce[1..], &"A".repeat(43)] {
            assert!(!is_recent(&keyring, &lab, wrong, at(0)), "{wrong}");
        }
    }
}
