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
///
/// What stands between two backticks stays in one line, however long: it may be a command to copy.
pub fn hanging(text: &str, indent: usize) -> String {
    let words = text.trim_start_matches(' ');
    let mut column = text.len() - words.len();
    let mut lines = " ".repeat(column);
    for (at, word) in whole_words(words).into_iter().enumerate() {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if at > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines.push('\n');
    lines
}

fn whole_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, character) in text.char_indices() {
        match character {
            '`' => quoted = !quoted && text[at + 1..].contains('`'),
            ' ' if !quoted => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
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
        assert_eq!(hanging("  in a  column", 2), "  in a  column\n");
    }

    #[test]
    fn a_command_in_backticks_is_never_broken() {
        let command = format!("`wavepair doctor --policy {}`", "6".repeat(36));
        let text = hanging(&format!("{} {command} tells", "a".repeat(70)), 2);
        assert_eq!(
            text.lines().nth(1),
            Some(format!("  {command} tells").as_str())
        );
        let open = hanging(&format!("one ` {}", "b ".repeat(60)), 2);
        assert!(open.lines().all(|line| line.len() <= WIDTH), "{open}");
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
    }
}
