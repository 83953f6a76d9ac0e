//! Room on the disk for the last words of a run.
//!
//! On a full disk even an update fails, so what became of requests that are on the
//! wire could not be written down any more. A file of 1 MiB beside the ledger is
//! given up then, and its room is used for that.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{beside, create_private, if_there, remove_if_there};

const SIZE: usize = 1024 * 1024;

/// The file that keeps the room.
#[derive(Debug)]
pub(super) struct Ballast {
    path: PathBuf,
}

impl Ballast {
    /// Makes the file, unless an earlier run left a whole one.
    pub(super) fn load(ledger: &Path) -> io::Result<Self> {
        let path = beside(ledger, ".ballast");
        let there = if_there(std::fs::symlink_metadata(&path))?;
        if there.is_some_and(|there| there.is_file() && there.len() == SIZE as u64) {
            return Ok(Self { path });
        }
        remove_if_there(&path)?;
        let mut file = create_private(&path)?;
        // Bytes that no file system stores as a hole.
        let written = file
            .write_all(&vec![0xB5; SIZE])
            .and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half of it would only fill a full disk.
            std::fs::remove_file(&path).ok();
            return Err(error);
        }
        Ok(Self { path })
    }

    /// Gives the room up; tells whether there was any to give.
    pub(super) fn drop_overboard(&self) -> bool {
        std::fs::remove_file(&self.path).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_in_whole_blocks_given_up_once_and_kept_by_the_next_run() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        let ballast = Ballast::load(&ledger).unwrap();
        let metadata = std::fs::metadata(folder.path().join("ledger.db.ballast")).unwrap();
        assert_eq!(metadata.len(), 1_048_576);
        assert!(
            metadata.blocks() * 512 >= SIZE as u64,
            "not a file with holes"
        );
        assert!(ballast.drop_overboard());
        assert!(!ballast.drop_overboard());
        assert!(Ballast::load(&ledger).unwrap().drop_overboard());
    }

    #[test]
    fn a_whole_one_is_left_as_it_is_and_a_link_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let [here, there] = ["ledger.db.ballast", "elsewhere"].map(|name| folder.path().join(name));
        let whole = vec![0x5B; SIZE];
        std::fs::write(&here, &whole).unwrap();
        Ballast::load(&folder.path().join("ledger.db")).unwrap();
        assert!(std::fs::read(&here).unwrap() == whole, "written anew");

        std::fs::rename(&here, &there).unwrap();
        std::os::unix::fs::symlink(&there, &here).unwrap();
        Ballast::load(&folder.path().join("ledger.db")).unwrap();
        assert!(std::fs::symlink_metadata(&here).unwrap().is_file());
        assert!(std::fs::read(&there).unwrap() == whole, "written through");
    }

    #[test]
    fn a_file_that_was_cut_short_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        std::fs::write(folder.path().join("ledger.db.ballast"), "short").unwrap();
        Ballast::load(&ledger).unwrap();
        let size = std::fs::metadata(folder.path().join("ledger.db.ballast"))
            .unwrap()
            .len();
        assert_eq!(size, SIZE as u64);
    }
}
