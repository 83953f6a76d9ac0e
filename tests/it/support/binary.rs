//! The real binary, with an environment that holds nothing but what a test gives it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Something that was run to its end.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary, about to be called in a folder.
pub(crate) fn wavepair(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wavepair"));
    command.env_clear().current_dir(folder);
    command
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Ran {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Runs the binary with these words, separated by white space.
pub(crate) fn run(folder: &Path, words: &str) -> Ran {
    ran(wavepair(folder).args(words.split_whitespace()))
}

/// Runs a command to its end, with these bytes on its standard input through a pipe.
pub(crate) fn fed(command: &mut Command, bytes: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(bytes).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What is in a folder, in the order of the names.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// A folder of its own, with copies of these samples.
pub(crate) fn folder_with(samples: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for sample in samples {
        std::fs::copy(
            root().join("samples").join(sample),
            folder.path().join(sample),
        )
        .unwrap();
    }
    folder
}
