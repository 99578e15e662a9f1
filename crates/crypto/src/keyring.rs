//! The keys that live outside the database: one root secret a rotation, and a key for each purpose derived from it.

use std::fmt;

use data_encoding::BASE64;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use kernel::clock::Timestamp;
use kernel::entropy::{Entropy, random};

/// 256 bits, wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// Eight characters that stand in front of every sealed value and inside every password hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Bytes.
    pub const LENGTH: usize = 8;

    /// As written in front of a sealed value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for KeyId {
    type Error = UnknownKey;

    fn try_from(bytes: &[u8]) -> Result<Self, UnknownKey> {
        bytes.try_into().map(Self).map_err(|_| UnknownKey)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Made with a key that is not in this keyring: another installation's, or one that was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keyring does not hold the key this value was made with")]
pub struct UnknownKey;

/// What a key is for; two purposes never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Goes into every password hash.
    Pepper,
    /// Seals columns.
    Seal,
    /// Signs what the gate tells a LIS.
    Assertion,
    // From here on: made again for comparison, so bound to the first key for good.
    /// Form tokens.
    Csrf,
    /// Tags on cookies that make a browser known.
    Device,
    /// Nonces for DPoP proofs.
    DpopNonce,
    /// What sealed values are found by.
    BlindIndex,
    /// Lab codes and recovery codes.
    HumanCode,
    /// Seeds for identifiers that do not exist.
    Decoy,
    /// Tells one keyring from another and shows nothing of it.
    Fingerprint,
    /// Digests of leaked pairs.
    Leak,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Pepper => b"vestibule/1/pepper",
            Self::Seal => b"vestibule/1/seal",
            Self::Csrf => b"vestibule/1/csrf",
            Self::Device => b"vestibule/1/device",
            Self::DpopNonce => b"vestibule/1/dpop-nonce",
            Self::Assertion => b"vestibule/1/assertion",
            Self::BlindIndex => b"vestibule/1/blind-index",
            Self::HumanCode => b"vestibule/1/human-code",
            Self::Decoy => b"vestibule/1/decoy",
            Self::Fingerprint => b"vestibule/1/fingerprint",
            Self::Leak => b"vestibule/1/leak",
        }
    }
}

struct Root {
    id: KeyId,
    created: Timestamp,
    secret: Key,
}

/// Oldest first. The last one makes new values; the first one keeps the look-up keys, which cannot change without
/// visiting every row.
pub struct Keyring {
    first: Root,
    later: Vec<Root>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    key: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    created: String,
    secret: Zeroizing<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a file is not a keyring; never a part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum MalformedKeyring {
    #[error("it is not a keyring (TOML expected)")]
    Syntax,
    #[error("it holds no key")]
    Empty,
    #[error("key {0} is damaged: id, created or secret does not have the expected form")]
    Entry(usize),
}

impl Keyring {
    /// A keyring with its first key.
    pub fn generate(entropy: &dyn Entropy, now: Timestamp) -> Self {
        Self {
            first: Root::generate(entropy, now),
            later: Vec::new(),
        }
    }

    /// A new key becomes the one that makes new values; the older ones stay to open what they made.
    pub fn rotate(&mut self, entropy: &dyn Entropy, now: Timestamp) {
        self.later.push(Root::generate(entropy, now));
    }

    /// # Errors
    /// The text is not a keyring; the error never carries a part of it.
    pub fn parse(text: &str) -> Result<Self, MalformedKeyring> {
        let document: Document = toml::from_str(text).map_err(|_| MalformedKeyring::Syntax)?;
        let mut roots = Vec::with_capacity(document.key.len());
        for (index, entry) in document.key.iter().enumerate() {
            roots.push(Root::parse(entry).ok_or(MalformedKeyring::Entry(index + 1))?);
        }
        let mut roots = roots.into_iter();
        let first = roots.next().ok_or(MalformedKeyring::Empty)?;
        Ok(Self {
            first,
            later: roots.collect(),
        })
    }

    /// The file's text: secrets in clear, for a file that only its owner reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        let document = Document {
            key: self.roots().map(Root::entry).collect(),
        };
        let body = Zeroizing::new(toml::to_string(&document).unwrap_or_default());
        Zeroizing::new(format!(
            "# Vestibule keyring. Anyone who holds this file and the database can read both: keep a copy of it apart from\n\
             # the database's backups, and never remove a key.\n\n{}",
            *body
        ))
    }

    /// The key that makes new values.
    pub fn current(&self) -> KeyId {
        self.newest().id
    }

    /// Of all keys, oldest first, with the time each was made.
    pub fn ids(&self) -> impl Iterator<Item = (KeyId, Timestamp)> {
        self.roots().map(|root| (root.id, root.created))
    }

    /// Key that makes new values of this purpose, with its name.
    pub fn current_key(&self, purpose: Purpose) -> (KeyId, Key) {
        let newest = self.newest();
        (newest.id, newest.derive(purpose, &[]))
    }

    /// # Errors
    /// No such key in this keyring.
    pub fn key(&self, id: KeyId, purpose: Purpose) -> Result<Key, UnknownKey> {
        self.roots()
            .find(|root| root.id == id)
            .map(|root| root.derive(purpose, &[]))
            .ok_or(UnknownKey)
    }

    /// Key for values that are found again by value; `scope` (a lab, a kind) separates them further.
    pub fn lookup_key(&self, purpose: Purpose, scope: &[&str]) -> Key {
        self.first.derive(purpose, scope)
    }

    /// What a database remembers of its keyring: tells another keyring apart, and nothing else.
    pub fn fingerprint(&self) -> String {
        data_encoding::HEXLOWER.encode(&*self.lookup_key(Purpose::Fingerprint, &[]))
    }

    fn newest(&self) -> &Root {
        self.later.last().unwrap_or(&self.first)
    }

    fn roots(&self) -> impl Iterator<Item = &Root> {
        std::iter::once(&self.first).chain(&self.later)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids().map(|(id, _)| id)).finish()
    }
}

impl Root {
    fn generate(entropy: &dyn Entropy, now: Timestamp) -> Self {
        let mut id = [0; KeyId::LENGTH];
        for (slot, character) in id
            .iter_mut()
            .zip(data_encoding::HEXLOWER.encode(&random::<4>(entropy)).bytes())
        {
            *slot = character;
        }
        Self {
            id: KeyId(id),
            created: now,
            secret: Zeroizing::new(random(entropy)),
        }
    }

    fn parse(entry: &Entry) -> Option<Self> {
        let id = KeyId::try_from(entry.id.as_bytes()).ok()?;
        let created: jiff::Timestamp = entry.created.parse().ok()?;
        let secret = Zeroizing::new(BASE64.decode(entry.secret.as_bytes()).ok()?);
        let secret = Zeroizing::new(<[u8; 32]>::try_from(secret.as_slice()).ok()?);
        Some(Self {
            id,
            created: Timestamp::from_micros(created.as_microsecond()),
            secret,
        })
    }

    fn entry(&self) -> Entry {
        Entry {
            id: self.id.to_string(),
            created: self.created.to_string(),
            secret: Zeroizing::new(BASE64.encode(&*self.secret)),
        }
    }

    fn derive(&self, purpose: Purpose, scope: &[&str]) -> Key {
        let mut key = Zeroizing::new([0; 32]);
        let mut info: Vec<&[u8]> = vec![purpose.label()];
        for part in scope {
            info.extend([b"/".as_slice(), part.as_bytes()]);
        }
        let expanded = Hkdf::<Sha256>::new(None, &*self.secret).expand_multi_info(&info, &mut *key);
        debug_assert!(expanded.is_ok(), "32 bytes are always within HKDF's reach");
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::SystemEntropy;

    fn keyring() -> Keyring {
        Keyring::generate(&SystemEntropy, Timestamp::from_seconds(1_790_000_000))
    }

    #[test]
    fn a_keyring_reads_back_what_it_wrote() {
        let mut keyring = keyring();
        keyring.rotate(&SystemEntropy, Timestamp::from_seconds(1_800_000_000));
        let again = Keyring::parse(&keyring.to_text()).unwrap();
        assert_eq!(again.fingerprint(), keyring.fingerprint());
        assert_eq!(again.current_key(Purpose::Seal), keyring.current_key(Purpose::Seal));
        assert_eq!(again.ids().collect::<Vec<_>>(), keyring.ids().collect::<Vec<_>>());
    }

    #[test]
    fn purposes_scopes_and_keys_never_share_a_key() {
        let mut keyring = keyring();
        let before = keyring.current_key(Purpose::Seal);
        let fingerprint = keyring.fingerprint();
        keyring.rotate(&SystemEntropy, Timestamp::from_seconds(0));
        assert_ne!(keyring.current_key(Purpose::Seal), before);
        assert_eq!(keyring.key(before.0, Purpose::Seal).unwrap(), before.1);
        assert_eq!(keyring.fingerprint(), fingerprint, "rotation keeps look-ups");
        assert_ne!(
            keyring.lookup_key(Purpose::Decoy, &["a"]),
            keyring.lookup_key(Purpose::Decoy, &["b"])
        );
        assert_ne!(
            keyring.lookup_key(Purpose::Decoy, &[]),
            keyring.lookup_key(Purpose::BlindIndex, &[])
        );
    }

    #[test]
    fn damage_is_named_without_showing_the_secret() {
        assert_eq!(Keyring::parse("hello").unwrap_err(), MalformedKeyring::Syntax);
        assert_eq!(Keyring::parse("key = []").unwrap_err(), MalformedKeyring::Empty);
        let damaged = keyring().to_text().replace("secret = \"", "secret = \"!");
        assert_eq!(Keyring::parse(&damaged).unwrap_err(), MalformedKeyring::Entry(1));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let keyring = keyring();
        assert_eq!(format!("{keyring:?}"), format!("[KeyId({})]", keyring.current()));
    }
}
