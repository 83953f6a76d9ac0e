//! libphonenumber and its metadata, without the cost of digits of other scripts.
//!
//! `metadata.bin` is the file that the crate `rlibphonenumber` carries, byte for byte: the crate keeps
//! its own copy to itself. Its patterns say `\d`, which the crate's regular expressions take for the
//! digits of every script: a thousand numbers of all regions cost 135 MB and a second. The same
//! patterns with `[0-9]` cost a tenth of it, and mean the same, as libphonenumber matches them against
//! ASCII digits alone.

use std::sync::LazyLock;

use prost::Message;
use rlibphonenumber::{PhoneMetadata, PhoneMetadataCollection, PhoneNumberUtil};

/// Google's metadata, in the version that `rlibphonenumber` has (Apache License 2.0).
const METADATA: &[u8] = include_bytes!("metadata.bin");

/// The version of libphonenumber that the metadata is of.
pub(crate) const VERSION: &str = "9.0.42";

/// libphonenumber, over [`metadata`].
pub(super) static LIBRARY: LazyLock<PhoneNumberUtil> = LazyLock::new(|| {
    PhoneNumberUtil::new_for_metadata(metadata()).expect("the regions are those of the crate")
});

/// The numbering plans of all regions, their patterns over ASCII digits; nothing of how numbers are
/// laid out.
pub(super) fn metadata() -> PhoneMetadataCollection {
    let mut all = PhoneMetadataCollection::decode(METADATA).expect("the file is whole");
    for region in &mut all.metadata {
        forget_layout(region);
        patterns(region).for_each(over_ascii);
    }
    all
}

#[expect(
    deprecated,
    reason = "the crate empties these fields only once it has taken them over"
)]
fn forget_layout(region: &mut PhoneMetadata) {
    region.number_format.clear();
    region.intl_number_format.clear();
}

fn over_ascii(pattern: &mut String) {
    // `[\d]` becomes `[[0-9]]`, which is the same.
    *pattern = pattern.replace(r"\d", "[0-9]");
}

/// Every pattern of a region that numbers are held against.
#[expect(
    deprecated,
    reason = "the crate empties these fields only once it has taken them over"
)]
fn patterns(region: &mut PhoneMetadata) -> impl Iterator<Item = &mut String> {
    let own = [
        &mut region.leading_digits,
        &mut region.international_prefix,
        &mut region.national_prefix_for_parsing,
    ];
    let kinds = [
        &mut region.general_desc,
        &mut region.fixed_line,
        &mut region.mobile,
        &mut region.toll_free,
        &mut region.premium_rate,
        &mut region.shared_cost,
        &mut region.personal_number,
        &mut region.voip,
        &mut region.pager,
        &mut region.uan,
        &mut region.voicemail,
    ];
    let kinds = kinds.into_iter().flatten();
    let of_kinds = kinds.filter_map(|kind| kind.national_number_pattern.as_mut());
    own.into_iter().flatten().chain(of_kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program of the toolchain prints.
    fn told(program: &str, arguments: &[&str]) -> String {
        let said = std::process::Command::new(program)
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let trouble = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{program}: {trouble}");
        String::from_utf8(said.stdout).unwrap()
    }

    /// The file that the crate was built from, wherever it lies.
    fn file_of_the_crate() -> std::path::PathBuf {
        // For this platform alone: the crates of others are nowhere where none was built for them.
        let version = told("rustc", &["-vV"]);
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let platform = ["--filter-platform", host.unwrap()];
        let asked = ["metadata", "--format-version", "1", "--locked", "--offline"];
        let cargo = std::env::var("CARGO").expect("cargo runs the tests");
        let listed = told(&cargo, &[asked.as_slice(), &platform].concat());
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let packages = listed["packages"].as_array().unwrap();
        let named = |package: &&serde_json::Value| package["name"] == "rlibphonenumber";
        let package = packages.iter().find(named).unwrap();
        let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
        manifest.with_file_name("src/generated/metadata/metadata.bin")
    }

    #[test]
    fn the_metadata_is_that_of_the_crate() {
        let of_the_crate = std::fs::read(file_of_the_crate()).unwrap();
        assert!(
            of_the_crate == METADATA,
            "copy the crate's metadata.bin here whenever its version rises"
        );
    }

    #[test]
    fn no_pattern_asks_for_digits_of_other_scripts() {
        for mut region in metadata().metadata {
            for pattern in patterns(&mut region) {
                assert!(!pattern.contains('\\'), "{pattern}");
            }
        }
    }
}
