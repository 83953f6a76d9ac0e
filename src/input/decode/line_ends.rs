//! What ends the lines of a source.

use std::io::{self, Read};

use crate::input::lines::Terminator;

/// Finds out what ends a line: LF, or CR where there is no LF at all.
///
/// Nearly every file has an LF near its start, and is read no further.
pub(super) fn terminator(source: &mut dyn Read) -> io::Result<Terminator> {
    let mut buffer = vec![0; 1 << 14];
    let mut has_cr = false;
    loop {
        let count = source.read(&mut buffer)?;
        let read = &buffer[..count];
        if read.contains(&b'\n') {
            return Ok(Terminator::Lf);
        }
        has_cr = has_cr || read.contains(&b'\r');
        if read.is_empty() {
            return Ok(if has_cr {
                Terminator::Cr
            } else {
                Terminator::Lf
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_ends_a_line_only_where_there_is_no_line_feed_at_all() {
        let far = [&b"a\r".repeat(40_000)[..], b"\n"].concat();
        for (bytes, expected) in [
            (&b""[..], Terminator::Lf),
            (b"a", Terminator::Lf),
            (b"a\nb", Terminator::Lf),
            (b"a\r\nb", Terminator::Lf),
            (b"a\rb", Terminator::Cr),
            (b"a\r", Terminator::Cr),
            (&far, Terminator::Lf),
            (&far[..far.len() - 1], Terminator::Cr),
        ] {
            assert_eq!(terminator(&mut &bytes[..]).unwrap(), expected);
        }
    }
}
