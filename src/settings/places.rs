//! Whether what a command writes leads to what it reads, keeps or writes otherwise.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::Error;
use crate::model::standard_stream::is_standard;

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Standard output.
    Output,
    /// A file, there or not yet.
    File {
        /// Its path without links, as far as that is there.
        path: PathBuf,
        /// Device and inode of what is there: a file may have several names.
        identity: Option<(u64, u64)>,
    },
}

impl Place {
    /// Looks where a path leads to.
    pub(super) fn of(path: &Path) -> Self {
        let mut place = PathBuf::new();
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        for component in whole.components() {
            if component == Component::ParentDir {
                place.pop();
            } else {
                place.push(component);
                // What is not there has no links, so that its `..` is what stands before it.
                place = place.canonicalize().unwrap_or(place);
            }
        }
        let identity = fs::metadata(&place).ok().map(|it| (it.dev(), it.ino()));
        Self::File {
            path: place,
            identity,
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Place::Output, Place::Output) => true,
            (
                Place::File { path, identity },
                Place::File {
                    path: other_path,
                    identity: other_identity,
                },
            ) => path == other_path || identity.is_some() && identity == other_identity,
            (Place::Output, Place::File { .. }) | (Place::File { .. }, Place::Output) => false,
        }
    }
}

/// A place, what it is for, and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) what: String,
    pub(super) written: PathBuf,
    pub(super) place: Place,
}

impl Named {
    /// A file.
    pub(super) fn file(what: impl Into<String>, path: &Path) -> Self {
        Self {
            what: what.into(),
            written: path.to_owned(),
            place: Place::of(path),
        }
    }

    /// A file, or standard input.
    pub(super) fn input(what: &str, path: &Path) -> Self {
        let mut input = Self::file(what, path);
        if is_standard(path) {
            // A shell may have opened any file for it.
            input.place = Place::of(Path::new("/dev/stdin"));
        }
        input
    }

    /// A file, or standard output.
    pub(super) fn output(what: &str, path: &Path) -> Self {
        let mut output = Self::file(what, path);
        if is_standard(path) {
            output.place = Place::Output;
        }
        output
    }
}

/// Refuses an output that leads to what is `kept`, or to where another output does.
pub(super) fn check(kept: &[Named], outputs: &[Named]) -> Result<(), Error> {
    let Some((one, other)) = clash(kept, outputs) else {
        return Ok(());
    };
    let also = if one.written == other.written {
        String::new()
    } else {
        format!(" ({})", other.written.display())
    };
    Err(Error::new(format!(
        "{} and {} would be the same file, {}{also}",
        one.what,
        other.what,
        one.written.display()
    )))
}

/// The first two that lead to one place, the second of them an output.
fn clash<'a>(kept: &'a [Named], outputs: &'a [Named]) -> Option<(&'a Named, &'a Named)> {
    outputs.iter().enumerate().find_map(|(before, output)| {
        let mut others = kept.iter().chain(&outputs[..before]);
        let other = others.find(|other| other.place.is(&output.place))?;
        Some((other, output))
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn named(what: &str, place: Place) -> Named {
        Named {
            what: what.to_owned(),
            written: PathBuf::from(what),
            place,
        }
    }

    fn file(path: &str, inode: Option<u64>) -> Place {
        Place::File {
            path: PathBuf::from(path),
            identity: inode.map(|inode| (1, inode)),
        }
    }

    #[test]
    fn an_output_shares_its_place_with_nothing() {
        let (free, there) = (
            |path| file(path, None),
            |path, inode| file(path, Some(inode)),
        );
        for (kept, outputs, expected) in [
            (vec![], vec![free("/a"), free("/b")], None),
            (
                vec![],
                vec![free("/a"), free("/b"), free("/a")],
                Some(("0", "2")),
            ),
            (vec![], vec![Place::Output, free("/-")], None),
            (
                vec![],
                vec![Place::Output, free("/a"), Place::Output],
                Some(("0", "2")),
            ),
            (vec![there("/a", 7)], vec![there("/b", 8)], None),
            (
                vec![there("/a", 7)],
                vec![there("/b", 7)],
                Some(("kept 0", "0")),
            ),
            (
                vec![free("/a")],
                vec![Place::Output, free("/a")],
                Some(("kept 0", "1")),
            ),
            (
                vec![free("/a"), free("/b")],
                vec![free("/b")],
                Some(("kept 1", "0")),
            ),
            // Two inputs may be one file.
            (vec![there("/a", 7), there("/a", 7)], vec![free("/b")], None),
        ] {
            let name = |start: &str, places: &[Place]| -> Vec<Named> {
                let places = places.iter().cloned().enumerate();
                places
                    .map(|(at, place)| named(&format!("{start}{at}"), place))
                    .collect()
            };
            let (kept, outputs) = (name("kept ", &kept), name("", &outputs));
            let found = clash(&kept, &outputs);
            let found = found.map(|(one, other)| (one.what.as_str(), other.what.as_str()));
            assert_eq!(found, expected, "{kept:?} {outputs:?}");
        }
    }

    #[test]
    fn both_are_named_and_the_path_as_it_was_written() {
        let wave = [named("the wave", file("/w", None))];
        let mut results = named("the results", file("/w", None));
        let said = |results| check(&wave, &[results]).unwrap_err().to_string();
        assert_eq!(
            said(results.clone()),
            "the wave and the results would be the same file, the wave (the results)"
        );
        results.written.clone_from(&wave[0].written);
        assert_eq!(
            said(results),
            "the wave and the results would be the same file, the wave"
        );
    }

    #[test]
    fn a_path_leads_where_the_system_takes_it_and_a_missing_one_where_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |name: &str| root.join(name);
        fs::create_dir_all(at("deep/deeper")).unwrap();
        fs::write(at("file"), "").unwrap();
        fs::hard_link(at("file"), at("twin")).unwrap();
        symlink(at("deep/deeper"), at("jump")).unwrap();
        symlink(at("file"), at("deep/link")).unwrap();
        for (path, leads_to) in [
            ("file", "file"),
            ("./deep/../file", "file"),
            ("deep/link", "file"),
            ("twin", "twin"),
            ("new", "new"),
            ("jump/new", "deep/deeper/new"),
            // The folder above a linked folder is not the one that the link lies in.
            ("jump/../new", "deep/new"),
            ("jump/../link", "file"),
            ("absent/../file", "file"),
            ("absent/./new/../newer", "absent/newer"),
            ("file/", "file"),
        ] {
            let Place::File { path: found, .. } = Place::of(&at(path)) else {
                panic!("{path} is no standard output");
            };
            assert_eq!(found, at(leads_to), "{path}");
        }
        assert!(Place::of(&at("twin")).is(&Place::of(&at("file"))));
        assert!(!Place::of(&at("new")).is(&Place::of(&at("newer"))));
    }
}
