//! Lines of text on their way to a file, in the form of the wave.

use std::io::{self, BufWriter, IntoInnerError, Write};

use super::encoded::encoded;
use super::value::Value;
use crate::model::dialect::{BYTE_ORDER_MARK, Dialect};
use crate::model::fields::joined;

/// Lines on their way.
#[derive(Debug)]
pub(super) struct Lines<W: Write> {
    out: BufWriter<W>,
    dialect: Dialect,
}

impl<W: Write> Lines<W> {
    /// Begins with the byte order mark, where there is one.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(super) fn begin(out: W, dialect: Dialect) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        if dialect.marked {
            out.write_all(&encoded(BYTE_ORDER_MARK, dialect.encoding))?;
        }
        Ok(Self { out, dialect })
    }

    /// Writes a line of cells.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        let texts: Vec<_> = values.iter().map(Value::text).collect();
        let fields = texts.iter().map(|text| text.as_bytes());
        self.line(joined(fields, self.dialect.delimiter))
    }

    /// Writes a line that is there already, in UTF-8 and without its end.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn line(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        line.extend_from_slice(self.dialect.line_end.bytes());
        self.out.write_all(&encoded(&line, self.dialect.encoding))
    }

    /// Hands the last lines down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(super) fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(IntoInnerError::into_error)
    }
}
