//! The one name that is no file's.

use std::path::Path;

/// What stands for standard input or output where a path is asked for.
pub(crate) const NAME: &str = "-";

/// Whether a path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new(NAME)
}
