//! Tells the binary which commit it is built from, and when: `wavepair --version` names both.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is said of a source that knows no commit.
const UNKNOWN: &str = "unknown";

/// The hash of the commit, where the source is an archive of git's; see `.gitattributes`.
const ARCHIVED: &str = ".commit";

fn main() {
    for path in ["build.rs", "src", "Cargo.toml", "Cargo.lock", ARCHIVED] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let commit = of_git().or_else(of_archive);
    let commit = commit.as_deref().unwrap_or(UNKNOWN);
    println!("cargo::rustc-env=WAVEPAIR_COMMIT={commit}");
    println!("cargo::rustc-env=WAVEPAIR_BUILT_AT={}", built_at());
}

/// The commit that this folder is a checkout of, and whether files differ from it.
fn of_git() -> Option<String> {
    // A folder of sources may lie inside the checkout of something else.
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(".").canonicalize().ok()? {
        return None;
    }
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in [Some("HEAD"), branch.as_deref(), Some("packed-refs")] {
        let path = git(&["rev-parse", "--git-path", name.unwrap_or("HEAD")])?;
        // Cargo takes what is not there for changed, each time.
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let commit = git(&["rev-parse", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changes.is_empty() {
        commit
    } else {
        format!("{commit} with changes")
    })
}

/// The commit that an archive names.
fn of_archive() -> Option<String> {
    let text = std::fs::read_to_string(ARCHIVED).ok()?;
    let commit = text.trim();
    // In a checkout it is the placeholder.
    let is_hash = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| commit.to_owned())
}

/// What git answers, where there is git and it does.
fn git(words: &[&str]) -> Option<String> {
    // To ask must not write to the index, which another process may hold.
    let output = Command::new("git")
        .args(words)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}

/// When it is built, in seconds since 1970: <https://reproducible-builds.org/specs/source-date-epoch>
#[expect(
    clippy::disallowed_methods,
    reason = "the rooms of the program are not there yet"
)]
fn built_at() -> u64 {
    if let Ok(said) = std::env::var("SOURCE_DATE_EPOCH") {
        return said
            .parse()
            .expect("SOURCE_DATE_EPOCH is a number of seconds");
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
