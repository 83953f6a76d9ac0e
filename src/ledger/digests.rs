//! What stands in the place of a phone, a mailbox or a name once it was purged: a digest of it, by which
//! it is recognised and not read.
//!
//! Each ledger has a key of its own, so a digest by itself tells nothing and fits no other ledger.
//! Whoever has the whole ledger can try out all phones that there are: it is a pseudonym, and the file
//! stays private.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OptionalExtension, Result, named_params};

/// The digest of a text under the key of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest([u8; 16]);

impl Digest {
    /// One that was kept.
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// What is to be kept of it.
    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Makes digests. It shows nothing of its key.
#[derive(Debug)]
pub(super) struct Digests(Key);

impl Digests {
    /// Those of a ledger; nothing where it was never purged.
    pub(super) fn of(connection: &Connection) -> Result<Option<Self>> {
        let mut statement = connection.prepare_cached("SELECT key FROM purge_key")?;
        let key = statement.query_row([], |row| row.get::<_, [u8; 32]>(0));
        Ok(key.optional()?.map(|key| Self(Key::new(HMAC_SHA256, &key))))
    }

    /// The same; a ledger that has no key yet gets one.
    pub(super) fn made_for(connection: &Connection) -> Result<Self> {
        if let Some(digests) = Self::of(connection)? {
            return Ok(digests);
        }
        let mut key = [0; 32];
        let filled = SystemRandom::new().fill(&mut key);
        filled.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        connection.execute(
            "INSERT INTO purge_key (one, key) VALUES (1, :key)",
            named_params! {":key": key},
        )?;
        Ok(Self(Key::new(HMAC_SHA256, &key)))
    }

    /// That of a text.
    pub(super) fn digest(&self, text: &str) -> Digest {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&sign(&self.0, text.as_bytes()).as_ref()[..16]);
        Digest(bytes)
    }
}

/// What stands in the place of a text where it was purged; nothing in a ledger that never was.
pub(super) fn digest_of(connection: &Connection, text: &str) -> Result<Option<Digest>> {
    let digests = Digests::of(connection)?;
    Ok(digests.map(|digests| digests.digest(text)))
}
