//! Who holds a ledger, as the holder has written it beside it: for people, and nothing else.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};

use jiff::Timestamp;

use crate::model::hidden::neutral;

/// Who holds a ledger, as the holder has written it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process: u32,
    /// When it began.
    pub since: Timestamp,
    /// The wave, as an absolute path.
    pub wave: String,
}

/// The longest file that is read: a path has 4096 bytes at most on Linux.
const LONGEST: u64 = 8 * 1024;

impl Holder {
    pub(super) fn read(file: &File) -> Option<Self> {
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text).ok()?;
        let text = String::from_utf8_lossy(&text);
        let mut lines = text.lines();
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        Some(Self {
            process: field("process")?.parse().ok()?,
            since: field("since")?.parse().ok()?,
            wave: field("wave")?.to_owned(),
        })
    }

    pub(super) fn write(&self, mut file: &File) -> io::Result<()> {
        file.set_len(0)?;
        let wave = neutral(&self.wave);
        let text = format!(
            "process {}\nsince {}\nwave {wave}\n",
            self.process, self.since
        );
        file.write_all(text.as_bytes())
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.strftime("%Y-%m-%d %H:%M:%S UTC");
        write!(
            f,
            "process {}, since {since}, with the wave {}",
            self.process,
            // Whoever may write to the file may write anything.
            neutral(&self.wave)
        )
    }
}
