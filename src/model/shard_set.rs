//! Several shards, and whether they are a whole wave together. Pure.

use std::fmt;

use super::shard::Shard;

/// Shards in their order, each with its place among those that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShardSet {
    /// Of each shard the place, from 0; nothing of one that is missing.
    pub(crate) places: Vec<Option<usize>>,
}

/// Why shards belong to no one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// One was given twice, at these places.
    Twice(Shard, [usize; 2]),
    /// Two are of different numbers of shards.
    OfOthers(Shard, Shard),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::Twice(shard, _) => write!(f, "two of them are for {}", shard.part()),
            Misfit::OfOthers(one, other) => write!(
                f,
                "one is for {}, and another for {}",
                one.part(),
                other.part()
            ),
        }
    }
}

impl ShardSet {
    /// Puts shards in their order.
    ///
    /// # Errors
    ///
    /// They are not different shards of the same number of them.
    pub(crate) fn of(given: &[Shard]) -> Result<Self, Misfit> {
        let Some(first) = given.first() else {
            return Ok(Self { places: Vec::new() });
        };
        let mut places = vec![None; first.of() as usize];
        for (place, shard) in given.iter().enumerate() {
            if shard.of() != first.of() {
                return Err(Misfit::OfOthers(*first, *shard));
            }
            let known = places[shard.number() as usize - 1].replace(place);
            if let Some(known) = known {
                return Err(Misfit::Twice(*shard, [known, place]));
            }
        }
        Ok(Self { places })
    }

    /// The shards that are missing.
    pub(crate) fn missing(&self) -> Vec<Shard> {
        let of = u32::try_from(self.places.len()).unwrap_or(0);
        let numbered = (1..).zip(&self.places);
        let missing = numbered.filter(|(_, place)| place.is_none());
        missing
            .filter_map(|(number, _)| Shard::new(number, of).ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &str) -> Result<ShardSet, Misfit> {
        let shards: Vec<Shard> = given
            .split_whitespace()
            .map(|it| it.parse().unwrap())
            .collect();
        ShardSet::of(&shards)
    }

    #[test]
    fn shards_come_in_their_order_whichever_was_given_first() {
        for (given, places, missing) in [
            ("1/1", &[Some(0)][..], ""),
            ("3/3 1/3 2/3", &[Some(1), Some(2), Some(0)], ""),
            ("2/3", &[None, Some(0), None], "1/3 3/3"),
            ("", &[], ""),
        ] {
            let set = of(given).unwrap();
            assert_eq!(set.places, places, "{given}");
            let told: Vec<_> = set.missing().iter().map(Shard::to_string).collect();
            assert_eq!(told.join(" "), missing, "{given}");
        }
    }

    #[test]
    fn shards_that_are_no_parts_of_one_wave_are_told() {
        for (given, says) in [
            ("1/3 2/3 1/3", "two of them are for shard 1/3"),
            ("1/1 1/1", "two of them are for whole waves"),
            ("1/3 2/4", "one is for shard 1/3, and another for shard 2/4"),
            (
                "1/1 2/3",
                "one is for whole waves, and another for shard 2/3",
            ),
        ] {
            assert_eq!(of(given).unwrap_err().to_string(), says, "{given}");
        }
    }
}
