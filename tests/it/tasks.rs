//! The tasks of whoever changes wavepair: written down once, and as README and workflows say.

use std::process::Command;

use crate::support::binary::root;

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// The names of the steps of `.ci/run`, in their order.
fn steps() -> Vec<String> {
    let output = Command::new(root().join(".ci/run")).arg("--list").output();
    let listed = String::from_utf8(output.unwrap().stdout).unwrap();
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// What `make` would do; nothing where there is no `make`.
fn made(task: &str) -> Option<String> {
    let mut make = Command::new("make");
    let output = make.args(["-n", task]).current_dir(root()).output().ok()?;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{task}: {said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_step_of_ci_is_a_task_that_calls_it() {
    let steps = steps();
    let all = [
        "setup", "fetch", "fmt", "lint", "doc", "test", "first", "deny",
    ];
    assert_eq!(steps, all);
    for step in steps {
        if let Some(made) = made(&step) {
            assert_eq!(made.trim(), format!(".ci/run {step}"));
        }
    }
    if let Some(made) = made("ci") {
        assert_eq!(made.trim(), ".ci/run");
    }
}

#[test]
fn ci_runs_the_commands_that_the_readme_begins_with() {
    let (readme, ci) = (text("README.md"), text(".ci/run"));
    let (_, block) = readme.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let commands: Vec<_> = block.lines().collect();
    let [first, test] = commands[..] else {
        panic!("{block}");
    };
    let locked = first.replacen("cargo run", "cargo run --locked", 1);
    assert!(ci.contains(&format!("run {locked};")), "{first}");
    assert!(ci.contains(&format!("run {test} --locked")), "{test}");
}

#[test]
fn every_workflow_but_the_release_reads_only_and_none_has_a_secret() {
    for entry in std::fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let workflow = std::fs::read_to_string(&path).unwrap();
        let name = path.display();
        assert!(
            workflow.contains("\npermissions:\n  contents: read\n"),
            "{name}"
        );
        let is_release = path.ends_with("release.yml");
        let blocks = if is_release { 2 } else { 1 };
        assert_eq!(workflow.matches("permissions:").count(), blocks, "{name}");
        assert_eq!(granted(&workflow).is_empty(), !is_release, "{name}");
        assert!(!workflow.contains("secrets."), "{name}");
        let uses = workflow.matches("actions/checkout@").count();
        let kept_out = workflow.matches("persist-credentials: false").count();
        assert_eq!(uses, kept_out, "{name}");
    }
}

#[test]
fn the_workflow_covers_the_systems_and_the_rust_that_are_promised() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    let workflow = text(".github/workflows/ci.yml");
    let contributing = text("CONTRIBUTING.md");
    assert!(contributing.contains(&format!("Rust {version} by ")));
    assert!(text("README.md").contains("Linux and macOS only"));
    for system in ["ubuntu-latest", "macos-latest"] {
        let line = format!("{{ system: {system}, rust: {version}.0");
        assert!(workflow.contains(&line), "{line}");
    }
}

#[test]
fn what_contributing_names_is_there() {
    let page = text("CONTRIBUTING.md");
    let code: Vec<_> = page.split('`').skip(1).step_by(2).collect();
    let paths = code
        .iter()
        .filter(|word| word.contains('/') && !word.contains(' '));
    let mut found = 0;
    for path in paths {
        let is_there = |folder: &str| root().join(folder).join(path).exists();
        assert!(is_there("") || is_there("src"), "{path}");
        found += 1;
    }
    assert!(found > 8, "the paths were not found");
    let (_, block) = page.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let typed = block.lines().chain(code.iter().copied());
    let tasks = typed.filter_map(|words| words.strip_prefix("make "));
    let tasks = tasks.flat_map(|words| words.split('#').next().unwrap().split_whitespace());
    for task in tasks {
        made(task);
    }
}

/// Which permissions a workflow's jobs are given besides reading, each a line.
fn granted(workflow: &str) -> Vec<&str> {
    let lines = workflow.lines().map(str::trim);
    lines.filter(|line| line.ends_with(": write")).collect()
}

#[test]
fn a_release_builds_for_each_system_and_only_its_last_job_may_write() {
    let workflow = text(".github/workflows/release.yml");
    let (build, publish) = workflow.split_once("\n  publish:\n").unwrap();
    for target in [
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "aarch64-apple-darwin",
        "x86_64-apple-darwin",
    ] {
        assert!(build.contains(&format!("target: {target} }}")), "{target}");
    }
    assert_eq!(granted(build), [""; 0]);
    assert_eq!(
        granted(publish),
        ["contents: write", "id-token: write", "attestations: write"]
    );
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(build.contains(&format!("RUSTUP_TOOLCHAIN: {version}.0\n")));
    for line in workflow.lines().filter(|line| line.contains("uses: ")) {
        let (_, version) = line.split_once('@').unwrap();
        let numbers: Vec<_> = version.trim_start_matches('v').split('.').collect();
        assert_eq!(numbers.len(), 3, "{line}: pin the whole version");
    }
    let page = text("RELEASING.md");
    for step in [
        ".ci/reproducible auditable",
        "cargo cyclonedx --format json",
        "SHA256SUMS",
    ] {
        assert!(workflow.contains(step) && page.contains(step), "{step}");
    }
}
