//! Where a bar is drawn: standard error, but for its last columns.
//!
//! A bar fills its line with spaces. What a terminal shows of `Ctrl-C` behind it would break the
//! line, and the old bar would stay on the screen above the new one.

use std::io::{self, Write};

use indicatif::TermLike;

/// What is left free: room for `^C` and the cursor.
pub(super) const MARGIN: usize = 4;

/// How many columns and lines a terminal has where it does not say.
const USUAL: (usize, usize) = (80, 24);

/// Standard error as a terminal.
#[derive(Debug)]
pub(super) struct BarScreen;

impl BarScreen {
    fn size() -> (usize, usize) {
        terminal_size::terminal_size_of(io::stderr())
            .map_or(USUAL, |(width, height)| (width.0.into(), height.0.into()))
    }

    /// How many columns there are, the last ones included.
    pub(super) fn columns() -> usize {
        Self::size().0
    }

    fn moves(columns_or_lines: usize, direction: char) -> io::Result<()> {
        if columns_or_lines == 0 {
            return Ok(());
        }
        write!(io::stderr(), "\u{1b}[{columns_or_lines}{direction}")
    }
}

/// Control sequences of ECMA-48, which every terminal knows that is not dumb.
impl TermLike for BarScreen {
    fn width(&self) -> u16 {
        let width = Self::columns().saturating_sub(MARGIN).max(1);
        u16::try_from(width).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from(Self::size().1).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        Self::moves(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        Self::moves(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        Self::moves(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        Self::moves(n, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{text}")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        io::stderr().write_all(text.as_bytes())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\r\u{1b}[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
