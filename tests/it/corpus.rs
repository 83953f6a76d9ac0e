//! Every file that the fuzz targets start from, fed to the same functions without a fuzzer.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::support::binary::{entries, root};

#[expect(
    unreachable_pub,
    reason = "in `fuzz` the same file is a library's face"
)]
#[path = "../../fuzz/src/lib.rs"]
mod fuzzed;

type Target = (&'static str, fn(&[u8]));

/// The fuzz targets, and what they call.
const TARGETS: [Target; 7] = [
    ("config", fuzzed::config),
    ("csv", fuzzed::csv),
    ("device_list", fuzzed::device_list),
    ("json_error", fuzzed::json_error),
    ("ledger_open", fuzzed::ledger_open),
    ("phone", fuzzed::phone),
    ("retry_after", fuzzed::retry_after),
];

fn fuzz(folder: &str) -> PathBuf {
    root().join("fuzz").join(folder)
}

#[test]
fn every_target_is_fed_here_and_has_something_to_start_from() {
    let stems = |folder: &str| -> BTreeSet<String> {
        let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
        entries(&fuzz(folder)).iter().map(stem).collect()
    };
    let here: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(stems("fuzz_targets"), here);
    assert_eq!(stems("corpus"), here);
}

#[test]
fn nothing_in_the_corpus_breaks_a_promise() {
    for (target, feed) in TARGETS {
        let files = entries(&fuzz("corpus").join(target));
        assert!(files.len() > 3, "{target} has little to start from");
        for file in files {
            let data = std::fs::read(&file).unwrap();
            let fed = std::panic::catch_unwind(|| feed(&data));
            assert!(fed.is_ok(), "see above: {}", file.display());
        }
    }
}
