//! The Debian package: each file that it names is there or made, and all that is made is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use wavepair::testing::settings::COMMANDS;

use crate::support::binary::{entries, ran, root};

/// Where `.ci/package` puts what it makes, as `Cargo.toml` says it.
const STAGED: &str = "target/package/";

fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).expect("a text")
}

/// What is made for a package of the binary under test.
fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut script = Command::new(root().join(".ci/package"));
    script
        .args(["--make", env!("CARGO_BIN_EXE_wavepair")])
        .arg(folder.path())
        .env("SOURCE_DATE_EPOCH", "0");
    let ended = ran(&mut script);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    folder
}

fn deb() -> toml::Table {
    let manifest: toml::Table = text(Path::new("Cargo.toml")).parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    deb.as_table().unwrap().clone()
}

fn words(value: &toml::Value) -> Vec<&str> {
    let all = value.as_array().unwrap().iter();
    all.map(|word| word.as_str().unwrap()).collect()
}

/// The sources that `Cargo.toml` names for the package.
fn sources(deb: &toml::Table) -> Vec<String> {
    let assets = deb["assets"].as_array().unwrap().iter();
    let mut sources: Vec<_> = assets.map(|asset| words(asset)[0].to_owned()).collect();
    sources.push(deb["changelog"].as_str().unwrap().to_owned());
    sources.push(words(&deb["license-file"])[0].to_owned());
    sources
}

/// The files that a source of the package is.
fn files(source: &Path) -> Vec<PathBuf> {
    let name = source.file_name().unwrap().to_str().unwrap();
    let Some(ending) = name.strip_prefix("*.") else {
        return vec![source.to_owned()];
    };
    let pages = entries(source.parent().unwrap());
    let is_page = |file: &PathBuf| file.extension().is_some_and(|found| found == ending);
    pages.into_iter().filter(is_page).collect()
}

#[test]
fn each_file_that_the_package_names_is_there_and_each_made_one_is_named() {
    let made = made();
    let mut named = BTreeSet::new();
    for source in sources(&deb()) {
        let path = source.strip_prefix(STAGED);
        let path = path.map_or_else(|| root().join(&source), |name| made.path().join(name));
        let files = files(&path);
        assert!(!files.is_empty(), "{source}");
        for file in &files {
            let size = file.metadata().map_or(0, |about| about.len());
            assert!(size > 0, "{}", file.display());
        }
        named.extend(files);
    }
    let below = |file: PathBuf| {
        if file.is_dir() {
            entries(&file)
        } else {
            vec![file]
        }
    };
    for file in entries(made.path()).into_iter().flat_map(below) {
        assert!(named.contains(&file), "{} is left out", file.display());
    }
}

#[test]
fn the_package_has_a_man_page_of_each_command_and_completes_in_3_shells() {
    let made = made();
    let pages = entries(&made.path().join("man"));
    for usage in COMMANDS {
        let page = format!("wavepair-{}.1", usage.name.replace(' ', "-"));
        assert!(pages.iter().any(|file| file.ends_with(&page)), "{page}");
    }
    let deb = deb();
    let assets: Vec<_> = deb["assets"].as_array().unwrap().iter().collect();
    for (file, place, mark) in [
        (
            "wavepair.bash",
            "bash-completion/completions/wavepair",
            "complete -F _wavepair",
        ),
        ("_wavepair", "zsh/vendor-completions/", "#compdef wavepair"),
        (
            "wavepair.fish",
            "fish/vendor_completions.d/",
            "complete -c wavepair",
        ),
    ] {
        let asset = [
            &format!("{STAGED}{file}"),
            &format!("usr/share/{place}"),
            "644",
        ];
        assert!(
            assets.iter().any(|asset_words| words(asset_words) == asset),
            "{file}"
        );
        assert!(text(&made.path().join(file)).contains(mark), "{file}");
    }
}

/// The lines of a unit without its comments.
fn lines(unit: &str) -> Vec<&str> {
    let lines = unit.lines();
    lines.filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn unit_and_timer_are_those_of_the_security_page_and_start_the_installed() {
    let page = text(Path::new("SECURITY.md"));
    let blocks = page.split("```ini\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let [service, timer] = blocks.collect::<Vec<_>>()[..] else {
        panic!("a unit and a timer");
    };
    let sample = text(Path::new("samples/systemd/wavepair.service"));
    assert_eq!(lines(&sample), lines(service));
    assert!(text(Path::new("samples/systemd/wavepair.timer")).ends_with(timer));
    let packed = text(&made().path().join("wavepair.service"));
    let program = "/usr/local/bin/wavepair";
    assert!(service.contains(program), "{service}");
    let service = service.replace(program, "/usr/bin/wavepair");
    assert_eq!(lines(&packed), lines(&service));
}

#[test]
fn what_is_told_of_the_package_is_the_task_and_the_version() {
    let mut make = Command::new("make");
    make.args(["-n", "package", "BINARY=x"]).current_dir(root());
    if make.output().is_ok() {
        assert_eq!(ran(&mut make).stdout.trim(), ".ci/package x");
    }
    let version = env!("CARGO_PKG_VERSION");
    let readme = text(Path::new("README.md"));
    assert!(readme.contains(&format!("./wavepair_{version}-1_amd64.deb")));
}
