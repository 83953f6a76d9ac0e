//! What starts the shards of a wave: units for systemd, manifests for Kubernetes.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use wavepair::testing::exit::ExitCode;
use wavepair::testing::settings::options;

use crate::support::binary::root;
use crate::support::skipped;

/// The exposure that `systemd-analyze security` may find, in tenths.
const EXPOSURE: &str = "20";

fn sample(name: &str) -> String {
    fs::read_to_string(root().join("samples").join(name)).unwrap()
}

/// Runs `systemd-analyze`; nothing where there is none.
fn analyze(words: &[&str], folder: &std::path::Path) -> Option<std::process::Output> {
    let output = Command::new("systemd-analyze")
        .args(words)
        .current_dir(folder)
        .output();
    if output.is_err() {
        skipped("this machine has no systemd-analyze (Debian: the package systemd)");
    }
    output.ok()
}

#[test]
fn systemd_takes_the_units_and_finds_them_locked_up() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "wavepair.service",
        "wavepair.timer",
        "wavepair@.service",
        "wavepair@.timer",
    ] {
        let unit = sample(&format!("systemd/{name}"));
        // The program is not installed where this is tested.
        let unit = unit.replace("/usr/local/bin/wavepair", env!("CARGO_BIN_EXE_wavepair"));
        for name in [name.to_owned(), name.replace('@', "@2")] {
            fs::write(folder.path().join(name), &unit).unwrap();
        }
    }
    let units = [
        "wavepair.service",
        "wavepair.timer",
        "wavepair@2.service",
        "wavepair@2.timer",
    ];
    let units = units.map(|name| format!("./{name}"));
    let units: Vec<_> = units.iter().map(String::as_str).collect();
    let Some(output) = analyze(
        &[&["verify", "--man=no"][..], &units].concat(),
        folder.path(),
    ) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let ours = said.lines().filter(|line| line.contains("wavepair"));
    assert_eq!(ours.collect::<Vec<_>>(), [""; 0], "{said}");
    assert!(output.status.success(), "{said}");
    for unit in ["./wavepair.service", "./wavepair@2.service"] {
        let threshold = format!("--threshold={EXPOSURE}");
        let words = ["security", "--offline=true", "--no-pager", &threshold, unit];
        let output = analyze(&words, folder.path()).unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

/// The documents of a manifest.
fn documents(name: &str) -> Vec<String> {
    let text = sample(&format!("kubernetes/{name}"));
    let documents = text.split("\n---\n").map(str::to_owned);
    documents.filter(|text| text.contains("kind: ")).collect()
}

#[test]
fn each_shard_has_a_job_and_a_disk_and_ends_as_its_exit_code_says() {
    let wave = documents("wave.yaml");
    let of = |kind: &str| {
        let kind = format!("kind: {kind}\n");
        wave.iter()
            .filter(|text| text.contains(&kind))
            .collect::<Vec<_>>()
    };
    let (claims, jobs) = (of("PersistentVolumeClaim"), of("Job"));
    assert_eq!((claims.len(), jobs.len()), (3, 3));
    for (shard, (claim, job)) in (1..).zip(claims.into_iter().zip(jobs)) {
        assert!(claim.contains("accessModes: [ReadWriteOncePod]"), "{claim}");
        assert!(
            claim.contains(&format!("name: wavepair-{shard}\n")),
            "{claim}"
        );
        for line in [
            format!("claimName: wavepair-{shard}\n"),
            format!("- --shard={shard}/3\n"),
            format!("- --ledger=/state/ledger/{shard}.db\n"),
            "podReplacementPolicy: Failed\n".to_owned(),
            "restartPolicy: Never\n".to_owned(),
            "subPath: wave.csv\n".to_owned(),
            "- type: DisruptionTarget\n".to_owned(),
        ] {
            assert!(job.contains(&line), "shard {shard}: {line}");
        }
        assert!(!job.contains("completionMode"), "an ordinary Job");
    }
    let nightly = documents("nightly.yaml");
    assert!(nightly[0].contains("concurrencyPolicy: Forbid\n"));
    for text in wave
        .iter()
        .filter(|text| text.contains("kind: Job"))
        .chain(&nightly)
    {
        let codes: BTreeSet<u8> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("values: ["))
            .flat_map(|codes| codes.trim_end_matches(']').split(", "))
            .map(|code| code.parse().unwrap())
            .collect();
        let all = ExitCode::ALL
            .iter()
            .map(|code| code.code())
            .filter(|code| *code != 0);
        assert_eq!(codes, all.collect(), "every end has its rule");
        let fails = text
            .split("action: FailJob")
            .nth(1)
            .unwrap()
            .lines()
            .nth(4)
            .unwrap();
        assert!(fails.contains("[1, 2, 3, 5]"), "{fails}");
    }
}

#[test]
fn the_manifests_use_options_that_there_are() {
    for name in ["wave.yaml", "nightly.yaml", "merge.yaml"] {
        let text = sample(&format!("kubernetes/{name}"));
        let flags = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- --"));
        let flags: BTreeSet<_> = flags
            .map(|flag| format!("--{}", flag.split('=').next().unwrap()))
            .collect();
        assert!(!flags.is_empty());
        for flag in flags {
            assert!(options().any(|about| about.name == flag), "{name}: {flag}");
        }
    }
    let merge = sample("kubernetes/merge.yaml");
    for shard in 1..=3 {
        assert!(merge.contains(&format!("- --ledger=/state-{shard}/ledger/{shard}.db\n")));
        assert!(merge.contains(&format!("claimName: wavepair-{shard}\n")));
    }
}

/// The versions of Kubernetes whose schemas are asked: the first that has all that the manifests name
/// without a feature gate, and the newest that the tool knows.
const KUBERNETES: [&[&str]; 2] = [&["--kubernetes-version=1.29"], &[]];

#[test]
fn the_manifests_are_what_the_schemas_of_kubernetes_ask_for() {
    let validate = || {
        let mut command = Command::new("kubernetes-validate");
        command.current_dir(root().join("samples/kubernetes"));
        command
    };
    if validate().arg("--version").output().is_err() {
        skipped("this machine has no kubernetes-validate (pip install kubernetes-validate)");
        return;
    }
    for version in KUBERNETES {
        let mut checked = 0;
        for name in ["wave.yaml", "nightly.yaml", "merge.yaml"] {
            let mut command = validate();
            let output = command.args(version).args(["--strict", name]).output();
            let output = output.unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}");
            checked += said.lines().filter(|line| line.contains("passed")).count();
        }
        assert_eq!(
            checked, 9,
            "each document: four disks, four Jobs, a CronJob"
        );
    }
}
