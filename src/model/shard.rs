//! The shards of a wave: parts that several processes run, each from an address of its own. Pure.
//!
//! All rows of a user are in one shard, so one ledger meets all that is asked for that user, and the rules
//! that keep a device from being created twice need nothing of the other shards.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};

use super::ids::UserId;

/// One of the shards of a wave, `2/3`; a wave that nobody splits is the one shard of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// The text is no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAShard;

impl fmt::Display for NotAShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a shard of so many, such as `2/3`: the first number from 1 to the second, and \
             {} of them at most",
            Shard::MOST
        )
    }
}

impl Shard {
    /// All of a wave.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// A wave has no more of them.
    pub const MOST: u32 = 1_000;

    /// A shard by its number, from 1, and how many there are.
    ///
    /// # Errors
    ///
    /// There is none with this number, or there are too many.
    pub fn new(number: u32, of: u32) -> Result<Self, NotAShard> {
        let is_one = (1..=of).contains(&number) && of <= Self::MOST;
        is_one.then_some(Self { number, of }).ok_or(NotAShard)
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many shards there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether it is all of the wave.
    pub fn is_whole(self) -> bool {
        self == Self::WHOLE
    }

    /// The shard of so many that a user belongs to: 1 + (the first eight bytes, the most significant first,
    /// of the SHA-256 of the sixteen bytes of the user's ID) modulo their number.
    ///
    /// Fixed for ever: ledgers rest on it.
    pub fn of_user(user: UserId, of: u32) -> Self {
        let sum = digest(&SHA256, user.as_bytes());
        let first = sum.as_ref().first_chunk().copied().unwrap_or_default();
        let number = u64::from_be_bytes(first) % u64::from(of.max(1));
        Self {
            number: 1 + u32::try_from(number).unwrap_or(0),
            of,
        }
    }

    /// Whether rows of this user belong to it. A row whose user cannot be read belongs to the first shard.
    pub fn has(self, user: Option<UserId>) -> bool {
        match user {
            _ if self.is_whole() => true,
            Some(user) => Self::of_user(user, self.of) == self,
            None => self.number == 1,
        }
    }

    /// The part of a wave that it is, in words.
    pub fn part(self) -> String {
        if self.is_whole() {
            "whole waves".to_owned()
        } else {
            format!("shard {self}")
        }
    }

    /// How it stands in the names of its files: `2-of-3`; nothing where it is all of the wave.
    pub fn in_file_names(self) -> Option<String> {
        let Self { number, of } = self;
        (!self.is_whole()).then(|| format!("{number}-of-{of}"))
    }
}

impl Default for Shard {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let (number, of) = text.split_once('/').ok_or(NotAShard)?;
        Self::new(read(number)?, read(of)?)
    }
}

/// Digits alone, none of them a zero in front: each shard is written in one way.
fn read(number: &str) -> Result<u32, NotAShard> {
    let is_plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    let number = is_plain.then(|| number.parse().ok()).flatten();
    number.ok_or(NotAShard)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn the_shard_of_a_user_never_changes() {
        // Worked out by another program: Python's hashlib and uuid.
        for (user, shards) in [
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f501", [1, 2, 3, 8, 288]),
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f502", [1, 1, 1, 7, 397]),
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f503", [1, 1, 1, 1, 141]),
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f504", [1, 1, 3, 5, 45]),
            ("FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF", [1, 2, 1, 8, 288]),
        ] {
            let user = user.parse().unwrap();
            let found = [1, 2, 3, 10, 1000].map(|of| Shard::of_user(user, of).number());
            assert_eq!(found, shards, "{user}");
        }
    }

    #[test]
    fn every_user_has_one_shard_which_has_none_of_another() {
        for of in [1, 2, 3, 7, Shard::MOST] {
            for number in 1..200 {
                let user = user(number << 64 | number);
                let shards = (1..=of).map(|number| Shard::new(number, of).unwrap());
                let has: Vec<_> = shards.filter(|shard| shard.has(Some(user))).collect();
                assert_eq!(has, [Shard::of_user(user, of)]);
            }
        }
    }

    #[test]
    fn shards_are_of_about_the_same_size() {
        let mut sizes = [0_u32; 3];
        for number in 1..=30_000 {
            let shard = Shard::of_user(user(number), 3);
            sizes[shard.number() as usize - 1] += 1;
        }
        assert!(
            sizes.iter().all(|size| (9_500..10_500).contains(size)),
            "{sizes:?}"
        );
    }

    #[test]
    fn a_row_whose_user_cannot_be_read_belongs_to_the_first_shard() {
        let shards = (1..=3).map(|number| Shard::new(number, 3).unwrap());
        let has: Vec<_> = shards.map(|shard| shard.has(None)).collect();
        assert_eq!(has, [true, false, false]);
        assert!(Shard::WHOLE.has(None));
    }

    #[test]
    fn a_shard_is_written_in_one_way() {
        for (text, number, of) in [("1/1", 1, 1), ("2/3", 2, 3), ("1000/1000", 1000, 1000)] {
            let shard: Shard = text.parse().unwrap();
            assert_eq!((shard.number(), shard.of()), (number, of));
            assert_eq!(shard.to_string(), text);
        }
        for text in [
            "",
            "/",
            "1",
            "0/3",
            "4/3",
            "1/0",
            "1/1001",
            "01/3",
            "1/03",
            "+1/3",
            "1/3 ",
            "1/2/3",
            "a/3",
            "1/-3",
            "4294967296/4294967297",
        ] {
            assert_eq!(text.parse::<Shard>(), Err(NotAShard), "{text}");
        }
        assert_eq!(Shard::WHOLE.in_file_names(), None);
        let second: Shard = "2/3".parse().unwrap();
        assert_eq!(second.in_file_names().as_deref(), Some("2-of-3"));
    }
}
