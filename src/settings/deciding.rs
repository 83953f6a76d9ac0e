//! Every setting that decides about rows, as a plan has them.

use super::rows::{RowSettings, word};
use super::run::Common;
use super::values::SHARING;
use crate::model::dialect::NamedForm;
use crate::model::row::Column;
use crate::plan::file::Deciding;
use crate::settings::pace::Pace;

/// Every setting that decides what becomes of a row, with its value where it has one: two runs with
/// the same ones judge the same wave alike.
///
/// `shared_phones` is a digest of the phones that may be shared, where a file of them is named: its
/// name decides nothing.
pub(crate) fn deciding(common: &Common, shared_phones: Option<String>) -> Deciding {
    // Field by field here and below: whoever adds one says whether it decides about rows.
    let Common {
        wave: _,
        rows,
        // Whether a run begins at all: with them it sends nothing, or what it sends without them.
        checks: _,
        shard,
        pace,
        // When a run ends: what it does not come to stays as it is.
        stops: _,
    } = common;
    let Pace {
        existing,
        recreate,
        mfa,
        pacing: _,
        retry: _,
        concurrency: _,
        timeout: _,
        connect_timeout: _,
    } = pace;
    let RowSettings {
        policy,
        user_by,
        // Of the defaults below.
        kind: _,
        status,
        country,
        columns,
        form,
        sharing: _,
        shared_phones_file: _,
        // How results are written.
        phones: _,
        raw_cells: _,
    } = rows;
    let NamedForm {
        delimiter,
        encoding,
        sheet,
    } = form;
    [
        ("policy", policy.as_ref().map(ToString::to_string)),
        ("user-by", user_by.map(|by| by.column().name().to_owned())),
        ("type", Some(rows.defaults().kind.to_string())),
        ("status", status.map(|status| status.to_string())),
        ("country", country.map(|country| country.to_string())),
        ("column", joined(columns)),
        (
            "delimiter",
            delimiter.map(|delimiter| delimiter.to_string()),
        ),
        (
            "encoding",
            encoding.map(|encoding| encoding.name().to_owned()),
        ),
        ("sheet", sheet.clone()),
        ("shared-phones", word(&SHARING, rows.sharing())),
        ("shared-phones-file", shared_phones),
        ("existing", Some(existing.as_str().to_owned())),
        ("recreate", recreate.then(|| "yes".to_owned())),
        ("mfa", Some(mfa.as_str().to_owned())),
        ("shard", (!shard.is_whole()).then(|| shard.to_string())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Columns with the headers that they are under, one a line; nothing where there are none.
fn joined(columns: &[(Column, String)]) -> Option<String> {
    let lines: Vec<_> = columns
        .iter()
        .map(|(column, header)| format!("{}={header}", column.name()))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::settings::env::Env;
    use crate::settings::run::{DryRun, Settings};
    use crate::settings::sources::Sources;
    use crate::settings::usage::typed_of;

    fn decided(options: &[&str]) -> Deciding {
        let typed = typed_of(&[&["run", "w.csv", "--dry-run"], options].concat());
        let env = Env::new(&|_| None);
        let settings = Settings::resolve(&Sources::new(&typed, &env), &clock::local()).unwrap();
        let Settings::DryRun(dry_run) = settings else {
            panic!("it is a dry run");
        };
        let DryRun { common, .. } = *dry_run;
        let file = common.rows.shared_phones_file();
        let digest = file.map(|file| file.display().to_string());
        deciding(&common, digest)
    }

    #[test]
    fn each_option_that_decides_about_rows_changes_its_own_name_and_no_other() {
        let before = decided(&[]);
        for option in [
            "--policy=6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10",
            "--user-by=email",
            "--type=sms",
            "--status=active",
            "--country=de",
            "--mfa=enable",
            "--column=phone=Mobile",
            "--delimiter=;",
            "--encoding=latin1",
            "--sheet=2",
            "--shared-phones=reject",
            "--shared-phones-file=desks.txt",
            "--existing=unchecked",
            "--shard=2/3",
        ] {
            let name = option[2..].split('=').next().unwrap();
            let after = decided(&[option]);
            let changed = after
                .iter()
                .filter(|(name, value)| before[*name] != **value);
            let changed: Vec<_> = changed.map(|(name, _)| name.as_str()).collect();
            assert_eq!(changed, [name], "{option}");
        }
    }

    #[test]
    fn what_says_how_fast_how_long_or_how_it_is_written_decides_nothing() {
        let before = decided(&[]);
        for option in [
            "--rate=5/s",
            "--attempts=1",
            "--settle=2h",
            "--limit=5",
            "--canary=1",
            "--strict",
            "--expect-rows=3",
            "--results-phone=none",
            "--raw-cells",
            "--rejects=r.csv",
            "--type=whatsapp",
            "--shared-phones=warn",
            "--existing=skip",
        ] {
            assert_eq!(decided(&[option]), before, "{option}");
        }
    }
}
