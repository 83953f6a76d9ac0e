//! Text broken into lines that fit a terminal. Pure.

/// Cuts a text, and shows that it did.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    text.chars().take(kept).chain(['…']).collect()
}

/// Breaks a text at its spaces; what follows the first line is indented a little. Ends with a line end.
pub(super) fn wrapped(text: &str, width: Option<usize>) -> String {
    hanging(text, 2, width)
}

/// Breaks a text at its spaces; what follows the first line is indented. Ends with a line end.
///
/// Without a width (a file, a pipe) nothing is broken: whoever searches it finds sentences whole.
/// A word that is longer than a line stays whole, and so does what stands between backticks: a
/// command is there to be copied.
pub(crate) fn hanging(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else {
        return format!("{text}\n");
    };
    // On a narrow terminal an indent would leave no room for the words.
    let indent = indent.min(width / 4);
    let inner = text.trim_start_matches(' ');
    let mut lines = text[..text.len() - inner.len()].to_owned();
    let mut column = lines.len();
    for (number, word) in words(inner).enumerate() {
        let length = shown_length(word);
        if number > 0 && column + 1 + length > width {
            lines.truncate(lines.trim_end_matches(' ').len());
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if number > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines.push('\n');
    lines
}

/// The words of a text, parted by single spaces; what stands between backticks is one word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = word_end(text);
        let word = &text[..end];
        rest = text.get(end + 1..);
        Some(word)
    })
}

fn word_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            // A backtick that is never closed quotes nothing.
            '`' => quoted = !quoted && text[at + 1..].contains('`'),
            ' ' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// How many characters of a word are seen: the colors of the first word of a log line are not.
fn shown_length(word: &str) -> usize {
    let mut length = 0;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(|&c| c == 'm');
        } else {
            length += 1;
        }
    }
    length
}

/// A command stands alone in its line, however long: it is to be copied.
pub(crate) fn command_line(command: &str) -> String {
    format!("  {command}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_a_long_word_stays_whole() {
        let text = format!("{} bb {} c", "a".repeat(79), "d".repeat(90));
        let broken = wrapped(&text, Some(80));
        let lines: Vec<&str> = broken.lines().collect();
        assert_eq!(lines[0].len(), 79);
        assert_eq!(
            lines[1..3],
            ["  bb".to_owned(), format!("  {}", "d".repeat(90))]
        );
        assert_eq!(lines[3], "  c");
        assert_eq!(wrapped("short", Some(80)), "short\n");
        assert_eq!(wrapped("  a  b", Some(80)), "  a  b\n");
        assert_eq!(wrapped("a    long", Some(8)), "a\n  long\n");
    }

    #[test]
    fn a_file_gets_its_sentences_whole() {
        let text = "word ".repeat(100);
        assert_eq!(hanging(&text, 20, None), format!("{text}\n"));
    }

    #[test]
    fn a_terminal_of_any_width_gets_no_longer_line_and_no_needless_break() {
        let text = "warning: the policies cannot be read, so they are not checked";
        for width in [20, 40, 80, 120] {
            for line in hanging(text, 20, Some(width)).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_command_between_backticks_is_never_broken() {
        let text = "hint: `wavepair doctor --policy 1` tells, `a lone one is no quote";
        for width in 10..60 {
            let broken = hanging(text, 2, Some(width));
            let whole = "`wavepair doctor --policy 1`";
            assert!(broken.contains(whole), "{width}: {broken}");
        }
        let broken = hanging(text, 2, Some(40));
        assert!(
            broken.ends_with("  tells, `a lone one is no quote\n"),
            "{broken}"
        );
    }

    #[test]
    fn colors_take_no_room() {
        let text = format!("\u{1b}[1;33mwarning:\u{1b}[0m {} b", "a".repeat(69));
        assert_eq!(hanging(&text, 2, Some(80)), format!("{text}\n"));
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
        assert_eq!(shortened("abcd", 0), "…");
    }
}
