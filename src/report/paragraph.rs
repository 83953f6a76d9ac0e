//! Text that fits a terminal of 80 columns.

/// How wide that is.
const WIDTH: usize = 80;

/// Cuts a text, and shows that it did.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// Breaks a text at its spaces; what follows the first line is indented a little. Ends with a line end.
pub(super) fn wrapped(text: &str) -> String {
    hanging(text, 2)
}

/// Breaks a text at its spaces; what follows the first line is indented. Ends with a line end.
pub fn hanging(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_a_long_word_stays_whole() {
        let text = format!("{} bb {} c", "a".repeat(79), "d".repeat(90));
        let lines: Vec<String> = wrapped(&text).lines().map(str::to_owned).collect();
        assert_eq!(lines[0].len(), 79);
        assert_eq!(
            lines[1..3],
            ["  bb".to_owned(), format!("  {}", "d".repeat(90))]
        );
        assert_eq!(lines[3], "  c");
        assert_eq!(wrapped("short"), "short\n");
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
    }
}
