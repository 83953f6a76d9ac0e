//! What a look from outside, after a wave, says of the devices that its results name.

use super::row::RowNumber;
use super::stable_words::stable_words;
use crate::exit::ExitCode;

stable_words! {
    /// What a look from outside says of the device that a row names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Verdict {
        /// PingOne has it, once, under its ID and with its phone
        Present = "present" => "nothing",
        /// PingOne has no device of this ID any more, and none with this phone for the user
        Missing = "missing" => "ask who removed it, and pair the phone in PingOne if it is still wanted",
        /// The device of this ID has another phone than the row
        OtherPhone = "other_phone" => "look at the user's devices in PingOne, and remove what is wrong",
        /// The user has this type and phone under more than one ID
        Twice = "twice" => "remove all but one of them in PingOne",
        /// The user has this type and phone, under another ID than the results name
        NotOurs = "not_ours" => "somebody paired the phone anew: use that ID",
        /// There is no device to look for: the row is neither `created` nor `existing`
        NotCreated = "not_created" => "see the results, and run the wave again",
        /// It could not be asked for, or what PingOne shows cannot be read
        Unchecked = "unchecked" => "see that the worker application is shown phones unmasked; verify again",
    }
}

impl Verdict {
    /// How a command ends that found it: what a person must look at, and what a later look may tell.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Verdict::Present => ExitCode::Done,
            Verdict::Missing
            | Verdict::OtherPhone
            | Verdict::Twice
            | Verdict::NotOurs
            | Verdict::NotCreated => ExitCode::NeedsPerson,
            Verdict::Unchecked => ExitCode::RunAgain,
        }
    }
}

/// How many rows have a verdict, and the first of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct VerdictCount {
    /// How many there are.
    pub rows: u64,
    /// The first of them, and the line on which it starts.
    pub example: Option<(RowNumber, u64)>,
}

/// How many rows have which verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdicts([VerdictCount; Verdict::ALL.len()]);

impl Verdicts {
    /// Counts a row.
    pub(crate) fn add(&mut self, verdict: Verdict, row: RowNumber, line: u64) {
        let all = Verdict::ALL.iter().zip(&mut self.0);
        for (_, count) in all.filter(|(known, _)| **known == verdict) {
            count.rows += 1;
            count.example.get_or_insert((row, line));
        }
    }

    /// Every verdict, in the order of the documentation, with its rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Verdict, VerdictCount)> + '_ {
        Verdict::ALL.iter().copied().zip(self.0)
    }

    /// How many rows were counted.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|count| count.rows).sum()
    }

    /// How a command ends that found all of this.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let found = self.iter().filter(|(_, count)| count.rows > 0);
        found.fold(ExitCode::Done, |code, (verdict, _)| {
            code.or(verdict.exit_code())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_verdict_decides_how_it_ends() {
        use Verdict as V;
        for (found, code) in [
            (&[][..], 0),
            (&[V::Present, V::Present], 0),
            (&[V::Present, V::Missing], 3),
            (&[V::OtherPhone], 3),
            (&[V::Twice], 3),
            (&[V::NotOurs], 3),
            (&[V::NotCreated], 3),
            (&[V::Unchecked, V::Present], 4),
            (&[V::Missing, V::Unchecked], 4),
        ] {
            let mut verdicts = Verdicts::default();
            for (at, verdict) in found.iter().enumerate() {
                verdicts.add(*verdict, RowNumber(at as u64 + 1), at as u64 + 2);
            }
            assert_eq!(verdicts.exit_code().code(), code, "{found:?}");
            assert_eq!(verdicts.total(), found.len() as u64);
        }
    }

    #[test]
    fn the_first_row_of_a_verdict_is_its_example() {
        let mut verdicts = Verdicts::default();
        for row in 3..6 {
            verdicts.add(Verdict::Twice, RowNumber(row), row + 1);
        }
        let twice = verdicts
            .iter()
            .find(|(verdict, _)| *verdict == Verdict::Twice);
        let count = twice.unwrap().1;
        assert_eq!((count.rows, count.example), (3, Some((RowNumber(3), 4))));
    }
}
