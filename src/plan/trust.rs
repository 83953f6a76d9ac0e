//! Whether a ledger may be trusted where a run does not look first.

use super::admit::Existing;

/// What is known of a ledger before a run begins on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    /// A run that lists users' devices first has finished on it.
    pub has_looked: bool,
    /// The file is gone that shows whether it is complete.
    pub has_lost_its_counter: bool,
    /// Results that are there already name a run that it does not know.
    pub has_unknown_run: bool,
}

/// Why a ledger is not trusted where nobody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// It may be a new one in place of one that knows more.
    NeverLooked,
    /// It may be an older copy.
    NoCounter,
    /// Another one was used for this wave.
    UnknownRun,
}

/// Decides whether a run may begin without a look first.
///
/// Whoever looks first needs no trust: what PingOne lists is not created again.
pub(crate) fn distrust(existing: Existing, evidence: Evidence) -> Option<Distrust> {
    let needs_a_look = match existing {
        Existing::Skip => return None,
        Existing::Report | Existing::Ledger => true,
        Existing::Unchecked => false,
    };
    if evidence.has_lost_its_counter {
        Some(Distrust::NoCounter)
    } else if needs_a_look && !evidence.has_looked {
        Some(Distrust::NeverLooked)
    } else if evidence.has_unknown_run {
        Some(Distrust::UnknownRun)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVED: Evidence = Evidence {
        has_looked: true,
        has_lost_its_counter: false,
        has_unknown_run: false,
    };

    #[test]
    fn who_does_not_look_needs_a_complete_ledger_and_the_one_that_was_used() {
        use Distrust::{NeverLooked, NoCounter, UnknownRun};
        let new = Evidence {
            has_looked: false,
            ..PROVED
        };
        for (evidence, ledger, unchecked) in [
            (PROVED, None, None),
            (new, Some(NeverLooked), None),
            (
                Evidence {
                    has_lost_its_counter: true,
                    ..PROVED
                },
                Some(NoCounter),
                Some(NoCounter),
            ),
            (
                Evidence {
                    has_unknown_run: true,
                    ..PROVED
                },
                Some(UnknownRun),
                Some(UnknownRun),
            ),
            (
                Evidence {
                    has_unknown_run: true,
                    ..new
                },
                Some(NeverLooked),
                Some(UnknownRun),
            ),
        ] {
            assert_eq!(distrust(Existing::Skip, evidence), None, "{evidence:?}");
            for existing in [Existing::Report, Existing::Ledger] {
                assert_eq!(distrust(existing, evidence), ledger, "{evidence:?}");
            }
            let found = distrust(Existing::Unchecked, evidence);
            assert_eq!(found, unchecked, "{evidence:?}");
        }
    }
}
