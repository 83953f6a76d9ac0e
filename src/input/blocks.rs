//! The bytes of a file, block by block; a block is handed out only as it was at first.

use std::io::{self, BufRead, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::error::Change;
use super::opened::Opened;

/// How many bytes are read, and checked, at once.
pub(super) const BLOCK: usize = 128 * 1024;

/// One pass over a file, with a place of its own.
///
/// A block that is not what it was, and a file that was written to, replaced or deleted
/// since it was opened, is an [`io::Error`] that holds the [`Change`]; nothing of
/// that block is handed out. The end of the file is told only while it is still the end.
#[derive(Debug)]
pub(super) struct Blocks {
    opened: Arc<Opened>,
    /// The number of the block to read next.
    next: usize,
    /// How much of that block lies before the start of this pass.
    skip: usize,
    held: Held,
    at: usize,
}

/// The bytes of a block. They hold phones: `Debug` shows none.
#[derive(Default)]
struct Held(Vec<u8>);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Held({})", self.0.len())
    }
}

impl Blocks {
    /// Reads from a place on that this or an earlier pass has come to.
    pub(super) fn new(opened: &Arc<Opened>, from: u64) -> Self {
        let block = BLOCK as u64;
        let place = |number: u64| usize::try_from(number).expect("blocks are counted in memory");
        Self {
            opened: Arc::clone(opened),
            next: place(from / block),
            skip: place(from % block),
            held: Held::default(),
            at: 0,
        }
    }

    /// How many physical lines the file has, once a pass has come to its end.
    pub(super) fn physical_lines(&self) -> u64 {
        self.opened.memory.lines()
    }

    fn load(&mut self) -> io::Result<()> {
        self.at = 0;
        let start = (self.next * BLOCK) as u64;
        let left = self.opened.size.saturating_sub(start);
        let length = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
        let bytes = &mut self.held.0;
        bytes.resize(length, 0);
        let read = self.opened.file.read_exact_at(bytes, start);
        let checked = match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(io::Error::other(Change::Written))
            }
            Err(error) => Err(error),
            // The file is looked at after it was read: what was written before that is noticed.
            Ok(()) => match self.opened.change() {
                Err(error) => Err(error),
                Ok(Some(change)) => Err(io::Error::other(change)),
                Ok(None) if bytes.is_empty() => return Ok(()),
                Ok(None) if self.opened.is_same(self.next, bytes) => Ok(()),
                Ok(None) => Err(io::Error::other(Change::Written)),
            },
        };
        match checked {
            Ok(()) => {
                self.next += 1;
                self.at = std::mem::take(&mut self.skip).min(length);
            }
            Err(_) => bytes.clear(),
        }
        checked
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.held.0.len() {
            self.load()?;
        }
        Ok(&self.held.0[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::*;
    use crate::input::source::Source;

    fn open(path: &Path) -> Arc<Opened> {
        Arc::new(Opened::open(&Source::Path(path.to_owned())).unwrap())
    }

    /// Reads to the end of a pass; the change where one is noticed.
    fn rest(mut blocks: Blocks) -> Result<Vec<u8>, Change> {
        let mut bytes = Vec::new();
        match blocks.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.downcast().unwrap()),
        }
    }

    /// A file of two blocks and a half, each filled with another letter.
    fn file(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("wave.csv");
        let text: Vec<u8> = (0..BLOCK * 5 / 2)
            .map(|at| {
                if at % 100 == 99 {
                    b'\n'
                } else {
                    b'a' + u8::from(at > BLOCK)
                }
            })
            .collect();
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_pass_may_start_anywhere_and_gives_every_byte_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let bytes = std::fs::read(&path).unwrap();
        let opened = open(&path);
        for from in [0, 7, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, bytes.len()] {
            let pass = Blocks::new(&opened, from as u64);
            assert!(rest(pass).unwrap() == bytes[from..], "from {from}");
        }
        assert_eq!(opened.memory.lines(), 3_277);
    }

    #[test]
    fn a_block_that_changed_is_not_handed_out_though_size_and_time_stayed() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let opened = open(&path);
        rest(Blocks::new(&opened, 0)).unwrap();
        let mut second = Blocks::new(&opened, 0);
        second.fill_buf().unwrap();

        let file = File::options().write(true).open(&path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        file.write_all_at(b"x", BLOCK as u64 + 5).unwrap();
        file.set_modified(modified).unwrap();
        assert_eq!(opened.change().unwrap(), None, "the file shows nothing");

        second.consume(BLOCK);
        let error = second.fill_buf().unwrap_err();
        assert_eq!(error.downcast::<Change>().unwrap(), Change::Written);
        file.write_all_at(b"b", BLOCK as u64 + 5).unwrap();
        file.set_modified(modified).unwrap();
        assert_eq!(second.fill_buf().unwrap().len(), BLOCK, "it is as it was");
    }

    #[test]
    fn what_happens_to_the_file_ends_every_pass_at_its_next_block_or_its_end() {
        type Act = fn(&Path);
        let acts: [(Act, Change); 4] = [
            (
                |path| {
                    let file = File::options().append(true).open(path).unwrap();
                    io::Write::write_all(&mut &file, b"more").unwrap();
                },
                Change::Written,
            ),
            (
                |path| {
                    File::options()
                        .write(true)
                        .open(path)
                        .unwrap()
                        .set_len(9)
                        .unwrap();
                },
                Change::Written,
            ),
            (
                |path| {
                    std::fs::copy(path, path.with_extension("new")).unwrap();
                    std::fs::rename(path.with_extension("new"), path).unwrap();
                },
                Change::Replaced,
            ),
            (|path| std::fs::remove_file(path).unwrap(), Change::Deleted),
        ];
        for (act, change) in acts {
            for read in [0, BLOCK, BLOCK * 5 / 2] {
                let folder = tempfile::tempdir().unwrap();
                let path = file(folder.path());
                let mut pass = Blocks::new(&open(&path), 0);
                pass.read_exact(&mut vec![0; read]).unwrap();
                act(&path);
                assert_eq!(rest(pass), Err(change), "after {read} bytes");
            }
        }
    }

    #[test]
    fn links_modes_and_readers_are_no_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let pass = Blocks::new(&open(&path), 0);
        std::fs::hard_link(&path, folder.path().join("link.csv")).unwrap();
        let mut mode = std::fs::metadata(&path).unwrap().permissions();
        mode.set_readonly(true);
        std::fs::set_permissions(&path, mode).unwrap();
        std::fs::read(&path).unwrap();
        assert!(rest(pass).is_ok());
    }
}
