//! `man`: the man pages, as one text or as one file each.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::print::print;
use crate::error::Error;
use crate::report::safe_file;
use crate::settings::manual::{Page, pages};

/// Writes every page into a folder, which is made where it is missing; without one, all of them to
/// standard output.
///
/// # Errors
///
/// They cannot be written there.
pub(crate) fn man(folder: Option<&Path>) -> Result<(), Error> {
    let pages = pages();
    let Some(folder) = folder else {
        let all: Vec<_> = pages.into_iter().map(|page| page.text).collect();
        return print(&all.concat());
    };
    let failed = |path: &Path, source| Error::Output {
        what: "man page",
        source: safe_file::Error::Io {
            path: path.to_owned(),
            what: "written",
            source,
        },
        hint: "name another folder with `--out`".to_owned(),
    };
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for page in &pages {
        write(folder, page).map_err(|source| failed(&folder.join(&page.file), source))?;
    }
    Ok(())
}

/// A page holds nothing of anybody: whoever uses the machine may read it.
const READABLE: u32 = 0o644;

fn write(folder: &Path, page: &Page) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(page.text.as_bytes())?;
    file.as_file()
        .set_permissions(Permissions::from_mode(READABLE))?;
    file.persist(folder.join(&page.file))?;
    Ok(())
}
