//! The bytes of a source as a file system has them, whatever form they are in.

use std::io::{self, BufRead};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::blocks::{BLOCK, Blocks};
use super::opened::Opened;

/// Gives all bytes of a source, in order: those that its rows are read from, or were decoded from.
///
/// # Errors
///
/// It cannot be read, or has changed since it was opened.
pub(super) fn source_bytes(opened: &Arc<Opened>, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    if let Some((file, size)) = opened.original() {
        let (mut at, mut bytes) = (0, vec![0; BLOCK]);
        while at < *size {
            let left = usize::try_from(size - at).map_or(BLOCK, |left| left.min(BLOCK));
            file.read_exact_at(&mut bytes[..left], at)?;
            take(&bytes[..left]);
            at += left as u64;
        }
        return opened
            .change()?
            .map_or(Ok(()), |change| Err(io::Error::other(change)));
    }
    // Every later pass finds the same bytes, or ends.
    let mut pass = Blocks::new(opened, 0);
    loop {
        let bytes = pass.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        take(bytes);
        let read = bytes.len();
        pass.consume(read);
    }
}
