//! Waves that have no name which others can be made of.

use std::fs;
use std::path::Path;

use crate::model::standard_stream::is_standard;

/// Whether a wave has no name that others can be made of: standard input, a pipe, or whatever else
/// is no regular file, and what only the process itself has opened (`/dev/stdin`, `<(…)`).
pub(crate) fn is_stream(wave: &Path) -> bool {
    let is_special = |path: &Path| {
        fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
    };
    is_standard(wave) || is_descriptor(wave) || is_special(wave)
}

/// Whether a name stands for a descriptor of a process, directly or by links.
fn is_descriptor(path: &Path) -> bool {
    // More links in a row than any system follows.
    const LINKS: usize = 40;
    let mut path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for _ in 0..LINKS {
        let Some(folder) = path.parent() else {
            return false;
        };
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let is_of_process = real.starts_with("/proc") && real.ends_with("fd");
        if is_of_process || real == Path::new("/dev/fd") {
            return true;
        }
        match fs::read_link(&path) {
            Ok(target) => path = real.join(target),
            Err(_) => return false,
        }
    }
    false
}
