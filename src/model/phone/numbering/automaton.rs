//! Many patterns in one automaton.

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, MatchKind};

/// Which patterns a text matches, all of them found in one pass.
#[derive(Debug)]
pub(super) struct Automaton(dense::DFA<Vec<u32>>);

/// The patterns that a text matched, by their places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matched([u64; Matched::MOST / 64]);

impl Matched {
    /// How many patterns one automaton may have.
    pub(super) const MOST: usize = 256;

    pub(super) fn has(&self, pattern: usize) -> bool {
        self.0[pattern / 64] >> (pattern % 64) & 1 == 1
    }

    fn insert(&mut self, pattern: usize) {
        self.0[pattern / 64] |= 1 << (pattern % 64);
    }
}

impl Automaton {
    /// `None` where there are too many patterns, or one that cannot be read.
    pub(super) fn new(patterns: &[String]) -> Option<Self> {
        if patterns.len() > Matched::MOST {
            return None;
        }
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(StartKind::Anchored);
        let whole = thompson::Config::new()
            .utf8(false)
            .which_captures(WhichCaptures::None);
        let built = dense::Builder::new()
            .configure(config)
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(whole)
            .build_many(patterns);
        built.ok().map(Self)
    }

    /// The patterns that match the whole text.
    pub(super) fn matched(&self, text: &[u8]) -> Option<Matched> {
        let mut state = self.start()?;
        for byte in text {
            state = self.0.next_state(state, *byte);
            if self.0.is_dead_state(state) {
                return Some(Matched::default());
            }
        }
        state = self.0.next_eoi_state(state);
        let mut matched = Matched::default();
        if self.0.is_match_state(state) {
            for place in 0..self.0.match_len(state) {
                matched.insert(self.0.match_pattern(state, place).as_usize());
            }
        }
        Some(matched)
    }

    /// Whether a pattern matches a start of the text that is not empty.
    pub(super) fn matches_a_start(&self, text: &[u8]) -> Option<bool> {
        let mut state = self.start()?;
        // That a match has ended is told by the state behind its next byte.
        for (read, byte) in text.iter().enumerate() {
            state = self.0.next_state(state, *byte);
            if self.0.is_dead_state(state) {
                return Some(false);
            }
            if read > 0 && self.0.is_match_state(state) {
                return Some(true);
            }
        }
        state = self.0.next_eoi_state(state);
        Some(!text.is_empty() && self.0.is_match_state(state))
    }

    fn start(&self) -> Option<regex_automata::util::primitives::StateID> {
        let config = start::Config::new().anchored(Anchored::Yes);
        self.0.start_state(&config).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn automaton(patterns: &[&str]) -> Automaton {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        Automaton::new(&patterns).unwrap()
    }

    #[test]
    fn all_patterns_that_match_the_whole_text_are_found() {
        let automaton = automaton(&[
            "^(?:1[0-9]{2})$",
            "^(?:[12][0-9]+)$",
            "^(?:12)[0-9]*$",
            "^(?:)$",
        ]);
        for (text, expected) in [
            ("123", [true, true, true, false]),
            ("13", [false, true, false, false]),
            ("12", [false, true, true, false]),
            ("3", [false; 4]),
            ("", [false, false, false, true]),
            ("12a", [false; 4]),
        ] {
            let matched = automaton.matched(text.as_bytes()).unwrap();
            assert_eq!(
                [0, 1, 2, 3].map(|place| matched.has(place)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_start_counts_only_where_it_is_not_empty() {
        let optional = automaton(&["^(?:0?(?:15)?)"]);
        let ended = automaton(&["^(?:([2-9][0-9]{2})$|1)"]);
        for (automaton, text, expected) in [
            (&optional, "", false),
            (&optional, "7", false),
            (&optional, "0", true),
            (&optional, "07", true),
            (&optional, "157", true),
            (&optional, "15", true),
            (&optional, "17", false),
            (&ended, "1", true),
            (&ended, "19", true),
            (&ended, "234", true),
            (&ended, "2345", false),
        ] {
            let found = automaton.matches_a_start(text.as_bytes());
            assert_eq!(found, Some(expected), "{text}");
        }
    }

    #[test]
    fn more_patterns_than_there_is_room_for_are_refused() {
        let patterns = vec!["^(?:1)$".to_owned(); Matched::MOST + 1];
        assert!(Automaton::new(&patterns).is_none());
        assert!(Automaton::new(&patterns[1..]).is_some());
        assert!(Automaton::new(&["^(?:".to_owned()]).is_none());
    }
}
