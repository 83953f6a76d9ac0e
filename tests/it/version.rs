//! Which source, which parts: what `--version` says, and what the build takes it from.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::binary::{ran, root, run};

#[test]
fn the_version_is_that_of_the_package_and_in_full_it_names_what_is_inside() {
    let first = concat!("wavepair ", env!("CARGO_PKG_VERSION"));
    let short = run(&root(), "-V");
    assert_eq!((short.code, short.stdout), (Some(0), format!("{first}\n")));
    let long = run(&root(), "--version");
    assert_eq!((long.code, long.stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = long.stdout.lines().collect();
    let [version, commit, built, sqlite, metadata] = lines[..] else {
        panic!("{}", long.stdout);
    };
    assert_eq!(version, first);
    let commit = commit.strip_prefix("commit    ").unwrap();
    assert!(commit == "unknown" || commit.len() >= 40, "{commit}");
    let built = built.strip_prefix("built     ").unwrap();
    let is_day = built.len() == 10 && built.starts_with("20");
    assert!(is_day, "{built}");
    assert!(sqlite.starts_with("SQLite    3."), "{sqlite}");
    // What that script compares with must be of the same metadata.
    let compare = std::fs::read_to_string(root().join("tests/phonenumbers/compare")).unwrap();
    let known = compare.split("VERSION = \"").nth(1).unwrap();
    let known = known.split('"').next().unwrap();
    assert_eq!(metadata, format!("metadata  libphonenumber {known}"));
}

/// The build script, compiled into a folder; nothing where there is no compiler.
fn build_script(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("build-script");
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--edition", "2024", "-o"])
        .args([&program, &root().join("build.rs")]);
    rustc.output().ok()?.status.success().then_some(program)
}

/// What the build script says of the source in a folder.
fn told(program: &Path, source: &Path) -> (String, String) {
    let told = ran(Command::new(program)
        .current_dir(source)
        .env("SOURCE_DATE_EPOCH", "1764547200"));
    assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""));
    let value = |name: &str| {
        let start = format!("cargo::rustc-env={name}=");
        let mut lines = told.stdout.lines();
        lines.find_map(|line| Some(line.strip_prefix(&start)?.to_owned()))
    };
    let commit = value("WAVEPAIR_COMMIT").unwrap();
    (commit, value("WAVEPAIR_BUILT_AT").unwrap())
}

fn git(folder: &Path, words: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    let done = git.args(words).current_dir(folder).output();
    done.is_ok_and(|output| output.status.success())
}

#[test]
fn a_build_names_its_commit_with_git_by_an_archive_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = build_script(folder.path()) else {
        return;
    };
    let source = folder.path().join("source");
    std::fs::create_dir(&source).unwrap();
    let unknown = || {
        let (commit, built_at) = told(&program, &source);
        assert_eq!(built_at, "1764547200");
        assert_eq!(commit, "unknown");
    };
    unknown();
    std::fs::copy(root().join(".commit"), source.join(".commit")).unwrap();
    unknown();
    let hash = "0123456789abcdef0123456789abcdef01234567";
    std::fs::write(source.join(".commit"), format!("{hash}\n")).unwrap();
    assert_eq!(told(&program, &source).0, hash);

    if !git(&source, &["init"]) {
        return;
    }
    assert!(git(&source, &["add", ".commit"]));
    assert!(git(&source, &["commit", "-m", "Begin"]));
    let (commit, _) = told(&program, &source);
    assert!(commit.len() >= 40 && commit != hash, "{commit}");
    std::fs::write(source.join(".commit"), "changed").unwrap();
    assert_eq!(told(&program, &source).0, format!("{commit} with changes"));
    // Sources that lie inside another checkout are not of its commit.
    let inside = source.join("inside");
    std::fs::create_dir(&inside).unwrap();
    assert_eq!(told(&program, &inside).0, "unknown");
}
