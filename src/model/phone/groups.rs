//! How the digits of a phone are grouped, and where a second number may begin. Pure.
//!
//! `+49 170 1234567/8` may be one number, or two whose last digits differ: E.123 and the
//! European Union's style guide write alternatives so, and DIN 5008 writes an extension behind
//! a dash. Grouping by spaces alone means one number.

/// The fewest digits of an international number that wavepair takes.
pub(super) const MIN: usize = 7;

/// The most digits of an international number (ITU-T E.164, 6.1).
pub(super) const MAX: usize = 15;

/// What stands between two groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Spaces alone.
    Space,
    /// A dash, a dot or a bracket, perhaps with spaces.
    Mark,
    /// A slash, perhaps with spaces: "or".
    Slash,
}

/// What is done about a separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the six that everybody types: dropped.
    Plain,
    /// A space or dash of another kind, which says the same: dropped, and told.
    Unusual,
    /// It only looks like one of those that are dropped: the cell is refused.
    Refused,
}

impl Gap {
    /// What a character separates by, and what is done about it.
    pub(super) fn of(character: char) -> Option<(Self, Kind)> {
        Some(match character {
            ' ' => (Gap::Space, Kind::Plain),
            '-' | '.' | '(' | ')' => (Gap::Mark, Kind::Plain),
            '/' => (Gap::Slash, Kind::Plain),
            c if is_space(c) => (Gap::Space, Kind::Unusual),
            c if is_dropped_dash(c) => (Gap::Mark, Kind::Unusual),
            c if is_dash(c) || is_dot(c) || is_bracket(c) => (Gap::Mark, Kind::Refused),
            c if is_slash(c) => (Gap::Slash, Kind::Refused),
            _ => return None,
        })
    }
}

/// Whether it is a space of another kind than the plain one (Unicode `Zs`).
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace()
        && !character.is_ascii()
        && !matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether it is a dash or a minus of another kind than `-`.
pub(super) fn is_dash(character: char) -> bool {
    is_dropped_dash(character) || matches!(character, '\u{2043}' | '\u{207b}' | '\u{208b}')
}

/// Whether it is a dash of another kind than `-`, of those that are typed between groups of digits.
fn is_dropped_dash(character: char) -> bool {
    matches!(
        character,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Whether it is a slash of another kind than `/`.
pub(super) fn is_slash(character: char) -> bool {
    matches!(
        character,
        '\\' | '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{ff0f}' | '\u{ff3c}'
    )
}

/// Whether it is a dot of another kind than `.`.
pub(super) fn is_dot(character: char) -> bool {
    matches!(character, '\u{b7}' | '\u{2024}' | '\u{fe52}' | '\u{ff0e}')
}

/// Whether it is a bracket of another kind than `(` and `)`.
pub(super) fn is_bracket(character: char) -> bool {
    matches!(
        character,
        '[' | ']' | '{' | '}' | '\u{ff08}' | '\u{ff09}' | '\u{ff3b}' | '\u{ff3d}'
    )
}

/// Where each group of digits starts, and what stands before it; on the stack.
#[derive(Debug)]
pub(super) struct Groups {
    starts: [(u8, Gap); MAX + 1],
    /// How many of `starts` are taken.
    count: usize,
    digits: u8,
    /// What was read behind the last digit.
    gap: Option<Gap>,
}

impl Default for Groups {
    fn default() -> Self {
        Self {
            starts: [(0, Gap::Space); MAX + 1],
            count: 0,
            digits: 0,
            gap: Some(Gap::Space),
        }
    }
}

impl Groups {
    /// Takes a digit.
    pub(super) fn digit(&mut self) {
        if let Some(gap) = self.gap.take()
            && let Some(start) = self.starts.get_mut(self.count)
        {
            *start = (self.digits, gap);
            self.count += 1;
        }
        self.digits = self.digits.saturating_add(1);
    }

    /// Takes what separates groups.
    pub(super) fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(Some(gap));
    }

    /// How many digits stand before each slash that has at least so many behind it.
    pub(super) fn before_slashes(&self, behind: usize) -> impl Iterator<Item = usize> {
        let digits = usize::from(self.digits);
        let groups = self.starts[..self.count].iter();
        let slashes = groups.filter(|(_, gap)| *gap == Gap::Slash);
        let starts = slashes.map(|(start, _)| usize::from(*start));
        starts.filter(move |start| *start >= MIN && digits - start >= behind)
    }

    /// Whether a group of digits begins at a place, from 0.
    pub(super) fn has_start(&self, place: usize) -> bool {
        let mut groups = self.starts[..self.count].iter();
        groups.any(|(start, _)| usize::from(*start) == place)
    }

    /// Whether nothing separates the digits behind a place.
    pub(super) fn is_unbroken_behind(&self, place: usize) -> bool {
        let mut groups = self.starts[..self.count].iter();
        groups.all(|(start, _)| usize::from(*start) <= place)
    }

    /// How many digits are left each time that a tail is cut off which may be the end of a second
    /// number: three digits at most behind a slash, two behind a dash, a dot or in brackets.
    ///
    /// The longest comes first. Spaces inside such a tail change nothing; and what stands before
    /// a tail may end with another one (`1234567/8/9`).
    pub(super) fn cuts(&self) -> impl Iterator<Item = usize> {
        let mut end = self.digits;
        let behind_the_first = self.starts[..self.count].get(1..).unwrap_or(&[]);
        let mut groups = behind_the_first.iter().rev();
        std::iter::from_fn(move || {
            for &(start, gap) in groups.by_ref() {
                let longest = match gap {
                    Gap::Space | Gap::Slash => 3,
                    Gap::Mark => 2,
                };
                if end - start > longest {
                    groups = [].iter().rev();
                    return None;
                }
                if gap != Gap::Space {
                    end = start;
                    return Some(usize::from(start));
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits that are left, each time that a tail is cut off.
    fn cuts(written: &str) -> Vec<usize> {
        let mut groups = Groups::default();
        for character in written.chars() {
            if character.is_ascii_digit() {
                groups.digit();
            } else if let Some((gap, _)) = Gap::of(character) {
                groups.gap(gap);
            }
        }
        groups.cuts().collect()
    }

    #[test]
    fn a_short_tail_behind_a_slash_dash_dot_or_in_brackets_may_be_a_number() {
        for (written, expected) in [
            ("49 170 1234567/8", &[12][..]),
            ("49 170 1234567 / 8", &[12]),
            ("49 170 1234567/89", &[12]),
            ("49 170 1234567/890", &[12]),
            ("49 170 1234567/8901", &[]),
            ("49 170 1234567-8", &[12]),
            ("49 170 1234567 - 89", &[12]),
            ("49 170 1234567-890", &[]),
            ("49 170 1234567.8", &[12]),
            ("49 170 1234567 (8)", &[12]),
            ("49 170 1234567(89)", &[12]),
            ("49 170 1234567 ( 8 ) ", &[12]),
            ("49 170 1234567 (8)/", &[12]),
            ("49 170 1234567 8", &[]),
            ("49 170 1234567 89", &[]),
            ("491701234567", &[]),
            ("49170/1234567", &[]),
            ("1 (512) 555-1234", &[]),
            // The stronger of the marks in a gap counts.
            ("49 170 1234567 -/ 890", &[12]),
            ("49 170 1234567 /- 890", &[12]),
            ("49 170 1234567.-890", &[]),
            // Several tails, and spaces inside one.
            ("49 170 1234567/8/9", &[13, 12]),
            ("49 170 1234567-8-9", &[13, 12]),
            ("49 170 1234567/8/90/123", &[15, 13, 12]),
            ("49 170 1234567/8 9", &[12]),
            ("49 170 1234567/8 9 0", &[12]),
            ("49 170 1234567/8 90 1", &[]),
            ("49 170 1234567-8 9", &[12]),
            ("49 170 1234567-8 90", &[]),
            ("49 170 12345-67 (8)", &[12, 10]),
            ("33-6-12-34-56-78", &[9, 7, 5, 3, 2]),
            // Dashes, slashes, dots and brackets of other kinds.
            ("49 170 1234567\u{2013}8", &[12]),
            ("49 170 1234567\u{2212}8", &[12]),
            ("49 170 1234567\u{ff0f}890", &[12]),
            ("49 170 1234567\u{2044}8", &[12]),
            ("49 170 1234567\u{ff0e}8", &[12]),
            ("49 170 1234567 \u{ff08}8\u{ff09}", &[12]),
            ("49 170 1234567 [8]", &[12]),
            ("49 170 1234567\u{a0}8", &[]),
            ("", &[]),
            ("7", &[]),
        ] {
            assert_eq!(cuts(written), expected, "{written}");
        }
    }

    #[test]
    fn more_groups_than_a_number_has_digits_are_no_trouble() {
        assert!(cuts(&"1/".repeat(1000)).len() <= MAX);
    }
}
