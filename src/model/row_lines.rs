//! On which line each row of a file starts.

use super::row::RowNumber;

/// The lines of the rows of a file, in its order: eight bytes each time that a row does not start on
/// the line after that on which the one before it does.
#[derive(Debug, Default)]
pub(crate) struct RowLines {
    /// From which row on lines are counted from this one.
    jumps: Vec<(u32, u32)>,
}

impl RowLines {
    /// Notes the line of a row; rows come in their order, and some may be left out.
    pub(crate) fn note(&mut self, row: RowNumber, line: u64) {
        if self.jumps.is_empty() || self.of(row) != line {
            self.jumps.push((low(row.0), low(line)));
        }
    }

    /// The line of a row that was noted.
    pub(crate) fn of(&self, row: RowNumber) -> u64 {
        let number = low(row.0);
        let behind = self.jumps.partition_point(|&(from, _)| from <= number);
        let Some(&(from, line)) = behind.checked_sub(1).map(|last| &self.jumps[last]) else {
            return 0;
        };
        u64::from(line) + u64::from(number - from)
    }
}

/// The last that can be told is told for all beyond it.
fn low(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_the_line_that_was_noted_for_it_and_only_jumps_are_kept() {
        let mut lines = RowLines::default();
        assert_eq!(lines.of(RowNumber(1)), 0);
        // Row 3 is left out; a row of three lines and blank lines stand before 5 and 8.
        let noted = [(1, 2), (2, 3), (4, 5), (5, 9), (6, 10), (7, 11), (8, 14)];
        for (row, line) in noted {
            lines.note(RowNumber(row), line);
        }
        for (row, line) in noted {
            assert_eq!(lines.of(RowNumber(row)), line, "row {row}");
        }
        assert_eq!(lines.jumps.len(), 3);
    }
}
