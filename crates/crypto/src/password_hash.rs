//! Argon2id over caller-owned memory, peppered with a key that the hash names.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, ParamsBuilder, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::keyring::{KeyId, Keyring, Purpose};
use kernel::entropy::{Entropy, random};

const SALT_LENGTH: usize = 16;
const OUTPUT_LENGTH: usize = 32;
/// 1 GiB: no stored hash makes us take more.
const MOST_BLOCKS: usize = 1 << 20;

/// Cost of one hash, as in RFC 9106.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes of the memory.
    pub parallelism: u32,
}

/// A stored hash cannot be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says in its message what it is")]
pub enum HashFault {
    #[error("a stored password hash is damaged")]
    Damaged,
    #[error("a stored password hash needs more memory than is allowed")]
    TooCostly,
    #[error("a stored password hash was made with a pepper that the keyring does not hold")]
    UnknownPepper,
}

/// A password's hash in PHC form, made by [`hash`] or read back from where it was sealed.
#[derive(Clone)]
pub struct HashedPassword(String);

impl HashedPassword {
    /// `$argon2id$…`: to be sealed, never to be shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// # Errors
    /// The text is not a password hash.
    pub fn restore(text: String) -> Result<Self, HashFault> {
        PasswordHash::new(&text).map_err(|_| HashFault::Damaged)?;
        Ok(Self(text))
    }
}

kernel::opaque!(HashedPassword);

/// Proof that a password matched a stored hash. Only [`verify`] makes one.
#[derive(Debug)]
pub struct PasswordMatched {
    /// The stored hash is cheaper than configured, or made with an older pepper.
    pub outdated: bool,
}

/// Memory in which hashes of up to a cost are computed, one after the other. A hash overwrites all that the one before
/// it left, so only the last of a row has to be wiped away: for 64 MiB that is a thirtieth of the work.
pub struct WorkMemory {
    blocks: Vec<Block>,
    /// This many blocks at the beginning hold what the last hash left.
    used: usize,
}

impl WorkMemory {
    /// Room for hashes of up to this cost: all of it is taken now.
    pub fn new(cost: Cost) -> Self {
        Self {
            blocks: vec![Block::new(); cost.memory_kib as usize],
            used: 0,
        }
    }

    /// Nothing of the last hash is left. To be called when none follows at once.
    pub fn wipe(&mut self) {
        self.keep(0);
    }

    fn keep(&mut self, blocks: usize) {
        if let Some(beyond) = self.blocks.get_mut(blocks..self.used) {
            beyond.fill(Block::new());
        }
        self.used = self.used.min(blocks);
    }

    fn take(&mut self, blocks: usize) -> Result<&mut [Block], HashFault> {
        self.keep(blocks);
        if blocks > MOST_BLOCKS {
            return Err(HashFault::TooCostly);
        }
        if blocks > self.blocks.len() {
            self.blocks.resize(blocks, Block::new());
        }
        let taken = self.blocks.get_mut(..blocks).ok_or(HashFault::TooCostly)?;
        self.used = blocks;
        Ok(taken)
    }
}

impl std::fmt::Debug for WorkMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorkMemory({} KiB)", self.blocks.len())
    }
}

/// # Errors
/// The cost is higher than any we compute.
pub fn hash(
    keyring: &Keyring,
    entropy: &dyn Entropy,
    cost: Cost,
    password: &[u8],
    memory: &mut WorkMemory,
) -> Result<HashedPassword, HashFault> {
    let (key_id, pepper) = keyring.current_key(Purpose::Pepper);
    let salt = random::<SALT_LENGTH>(entropy);
    let params = params(cost, key_id)?;
    let output = compute(&pepper, params.clone(), password, &salt, memory)?;
    let hash = PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| HashFault::Damaged)?,
        salt: Some(Salt::new(&salt).map_err(|_| HashFault::Damaged)?),
        hash: Some(Output::new(&*output).map_err(|_| HashFault::Damaged)?),
    };
    Ok(HashedPassword(hash.to_string()))
}

/// `Ok(None)`: another password. The memory grows for a hash made when the configured cost was higher.
///
/// # Errors
/// The stored hash cannot be checked at all, whatever the password.
pub fn verify(
    keyring: &Keyring,
    configured: Cost,
    stored: &str,
    password: &[u8],
    memory: &mut WorkMemory,
) -> Result<Option<PasswordMatched>, HashFault> {
    let stored = PasswordHash::new(stored).map_err(|_| HashFault::Damaged)?;
    let params = Params::try_from(&stored).map_err(|_| HashFault::Damaged)?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
        return Err(HashFault::Damaged);
    };
    if stored.algorithm != argon2::ARGON2ID_IDENT || expected.len() != OUTPUT_LENGTH {
        return Err(HashFault::Damaged);
    }
    let key_id = KeyId::try_from(params.keyid()).map_err(|_| HashFault::UnknownPepper)?;
    let pepper = keyring
        .key(key_id, Purpose::Pepper)
        .map_err(|_| HashFault::UnknownPepper)?;
    let output = compute(&pepper, params.clone(), password, &salt, memory)?;
    if !bool::from(output.as_slice().ct_eq(expected.as_bytes())) {
        return Ok(None);
    }
    let cheaper = params.m_cost() < configured.memory_kib || params.t_cost() < configured.iterations;
    Ok(Some(PasswordMatched {
        outdated: cheaper || key_id != keyring.current(),
    }))
}

fn params(cost: Cost, key_id: KeyId) -> Result<Params, HashFault> {
    let key_id = argon2::KeyId::new(key_id.as_bytes()).map_err(|_| HashFault::Damaged)?;
    let params = ParamsBuilder::new()
        .m_cost(cost.memory_kib)
        .t_cost(cost.iterations)
        .p_cost(cost.parallelism)
        .output_len(OUTPUT_LENGTH)
        .keyid(key_id)
        .build();
    params.map_err(|_| HashFault::Damaged)
}

fn compute(
    pepper: &[u8; 32],
    params: Params,
    password: &[u8],
    salt: &[u8],
    memory: &mut WorkMemory,
) -> Result<Zeroizing<[u8; OUTPUT_LENGTH]>, HashFault> {
    let mut output = Zeroizing::new([0; OUTPUT_LENGTH]);
    let blocks = memory.take(params.block_count())?;
    let argon2 =
        Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(|_| HashFault::Damaged)?;
    let computed = argon2.hash_password_into_with_memory(password, salt, &mut *output, blocks);
    computed.map(|()| output).map_err(|_| HashFault::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;
    use kernel::entropy::SystemEntropy;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };

    #[test]
    fn r15_a_hash_is_argon2id_salted_and_peppered() {
        let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let mut memory = WorkMemory::new(CHEAP);
        let mut make = || {
            hash(&keyring, &SystemEntropy, CHEAP, "dix mots".as_bytes(), &mut memory)
                .unwrap()
                .0
        };
        let (one, two) = (make(), make());
        assert!(one.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid="), "{one}");
        assert_ne!(one, two, "every hash has a salt of its own");
        let check = |keyring: &Keyring, password: &str| {
            verify(keyring, CHEAP, &one, password.as_bytes(), &mut WorkMemory::new(CHEAP))
        };
        assert!(!check(&keyring, "dix mots").unwrap().unwrap().outdated);
        assert!(check(&keyring, "dix mot").unwrap().is_none());
        let stranger = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        assert_eq!(check(&stranger, "dix mots").unwrap_err(), HashFault::UnknownPepper);
    }

    #[test]
    fn r16_an_older_hash_is_known_as_outdated() {
        let mut keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let dearer = Cost {
            memory_kib: 128,
            ..CHEAP
        };
        let mut memory = WorkMemory::new(dearer);
        let stored = hash(&keyring, &SystemEntropy, CHEAP, b"pw", &mut memory).unwrap();
        assert!(
            verify(&keyring, dearer, stored.as_str(), b"pw", &mut memory)
                .unwrap()
                .unwrap()
                .outdated
        );
        assert!(
            !verify(&keyring, CHEAP, stored.as_str(), b"pw", &mut memory)
                .unwrap()
                .unwrap()
                .outdated
        );
        keyring.rotate(&SystemEntropy, Timestamp::from_seconds(1));
        assert!(
            verify(&keyring, CHEAP, stored.as_str(), b"pw", &mut memory)
                .unwrap()
                .unwrap()
                .outdated
        );
    }

    #[test]
    fn a_hash_that_cannot_be_checked_is_a_fault_not_a_wrong_password() {
        let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let mut memory = WorkMemory::new(CHEAP);
        let dear = Cost {
            memory_kib: 128,
            ..CHEAP
        };
        let stored = hash(&keyring, &SystemEntropy, dear, b"pw", &mut WorkMemory::new(dear))
            .unwrap()
            .0;
        assert!(
            verify(&keyring, CHEAP, stored.as_str(), b"pw", &mut memory)
                .unwrap()
                .is_some(),
            "the cost was lowered"
        );
        let absurd = stored.as_str().replace("m=128", "m=2000000");
        assert_eq!(
            verify(&keyring, CHEAP, &absurd, b"pw", &mut memory).unwrap_err(),
            HashFault::TooCostly
        );
        assert_eq!(
            verify(&keyring, CHEAP, "$argon2id$", b"pw", &mut memory).unwrap_err(),
            HashFault::Damaged
        );
    }

    #[test]
    fn what_a_hash_leaves_is_overwritten_by_the_next_or_wiped() {
        let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
        let dear = Cost {
            memory_kib: 128,
            ..CHEAP
        };
        let mut memory = WorkMemory::new(dear);
        let dirty = |memory: &WorkMemory| {
            let dirty = memory
                .blocks
                .iter()
                .filter(|block| block.as_ref().iter().any(|word| *word != 0));
            dirty.count()
        };
        let stored = hash(&keyring, &SystemEntropy, dear, b"one", &mut memory).unwrap();
        assert_eq!(dirty(&memory), 128);
        let cheap = hash(&keyring, &SystemEntropy, CHEAP, b"two", &mut memory).unwrap();
        assert_eq!(dirty(&memory), 64, "a cheaper hash leaves nothing of the dearer one");
        for (stored, password) in [(&stored, "one"), (&cheap, "two"), (&stored, "one")] {
            let verdict = verify(&keyring, CHEAP, stored.as_str(), password.as_bytes(), &mut memory);
            assert!(verdict.unwrap().is_some(), "what was left before makes no difference");
        }
        memory.wipe();
        assert_eq!(dirty(&memory), 0);
    }
}
