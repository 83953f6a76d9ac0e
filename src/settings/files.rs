//! Where things are read from and written to.

use std::path::{Path, PathBuf};

use super::Error;
use super::file_names::{Kind, Writer, beside};
use super::places::{self, Named};
use super::sources::Sources;
pub(crate) use super::stream::is_stream;
use super::table;
use crate::ledger::companions;
use crate::model::file_form::FileForm;
use crate::model::ids::EnvironmentId;
use crate::model::standard_stream::{self, is_standard};

/// The files of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Whether the wave [is a stream](is_stream), which cannot be named again.
    pub wave_is_stream: bool,
    /// The results; `-` is standard output.
    pub results: PathBuf,
    /// Whether they were named, and not after the wave.
    pub results_named: bool,
    /// The rows that a person must look at; `None` where there is no name for it.
    pub rejects: Option<PathBuf>,
    /// Whether they were named, and not after the wave.
    pub rejects_named: bool,
    /// The summary as JSON, where one is wanted; `-` is standard output.
    pub summary: Option<PathBuf>,
    /// The metrics of a run, where they are wanted.
    pub metrics: Option<PathBuf>,
    /// The plan, where a dry run is to write one.
    pub plan: Option<PathBuf>,
}

impl Files {
    /// Resolves what was typed for a wave.
    pub(super) fn resolve(sources: &Sources<'_>, wave: &Path, kind: Kind) -> Self {
        let rejects = sources.path(&table::REJECTS);
        let (results, summary) = (
            sources.path(&table::RESULTS),
            sources.path(&table::telling::SUMMARY),
        );
        Self {
            rejects_named: rejects.is_some(),
            rejects: rejects
                .or_else(|| beside(wave, &kind.rejects()))
                .filter(|_| kind.by == Writer::Run),
            plan: sources.path(&table::PLAN).filter(|_| kind.dry_run),
            ..Self::named(results, summary, wave, kind)
        }
    }

    /// The files of a command that writes one about a wave, and a summary.
    pub(super) fn named(
        results: Option<PathBuf>,
        summary: Option<PathBuf>,
        wave: &Path,
        kind: Kind,
    ) -> Self {
        Self {
            wave_is_stream: is_stream(wave),
            results_named: results.is_some(),
            results: results
                .or_else(|| beside(wave, &kind.results()))
                .unwrap_or_else(|| PathBuf::from(standard_stream::NAME)),
            rejects: None,
            rejects_named: false,
            summary,
            metrics: None,
            plan: None,
        }
    }

    /// Where the page about a wave is written: `WAVE.report.html`.
    pub(super) fn of_page(sources: &Sources<'_>, wave: &Path) -> Self {
        let named = sources.path(&table::RESULTS);
        let page = beside(wave, "report").map(|beside| beside.with_extension("html"));
        Self {
            results_named: named.is_some(),
            ..Self::named(named.or(page), None, wave, Kind::default())
        }
    }

    /// Refuses a name that says the page is something else, and whatever [`check`](Self::check)
    /// refuses to write over.
    pub(super) fn check_page(
        &self,
        sources: &Sources<'_>,
        wave: &Path,
        ledger: &Path,
    ) -> Result<(), Error> {
        let ending = self.results.extension();
        let is_page =
            ending.is_some_and(|it| ["html", "htm"].iter().any(|ok| it.eq_ignore_ascii_case(ok)));
        if !is_page && !is_standard(&self.results) {
            let error = Error::new(format!(
                "`-o {}`: a page is written",
                self.results.display()
            ));
            return Err(error.hint("name a file that ends in `.html`"));
        }
        self.check_places(sources, wave, Some(ledger))
    }

    /// Refuses to write one file over another, or over what a command reads or keeps, and what a name
    /// promises that is not written.
    ///
    /// What is named and not used this time (a secret file or a ledger, in a rehearsal) is kept all
    /// the same.
    pub(super) fn check(
        &self,
        sources: &Sources<'_>,
        wave: &Path,
        ledger: Option<&Path>,
    ) -> Result<(), Error> {
        for (option, path) in [
            ("-o", Some(&self.results)),
            ("--rejects", self.rejects.as_ref()),
        ] {
            if let Some(path) = path.filter(|path| FileForm::of(path) == FileForm::Foreign) {
                let shown = path.display();
                let error = Error::new(format!("`{option} {shown}`: no such file is written"));
                return Err(error.hint("name a file that ends in `.csv` or `.xlsx`"));
            }
        }
        self.check_places(sources, wave, ledger)
    }

    fn check_places(
        &self,
        sources: &Sources<'_>,
        wave: &Path,
        ledger: Option<&Path>,
    ) -> Result<(), Error> {
        let file = |what, setting| Some(Named::file(what, &sources.path(setting)?));
        let mut kept = vec![Named::input("the wave", wave)];
        kept.extend(sources.files().map(|(what, path)| Named::file(what, path)));
        kept.extend(file("the secret file", &table::SECRET_FILE));
        kept.extend(file("the file of faults", &table::FAULTS));
        kept.extend(file("the authority file", &table::CA_FILE));
        kept.extend(file("the program of --on-end", &table::telling::ON_END));
        let output = |what, path: &Option<PathBuf>| Some(Named::output(what, path.as_ref()?));
        let mut outputs = vec![Named::output("the results", &self.results)];
        outputs.extend(output("the rejects", &self.rejects));
        outputs.extend(output("the summary", &self.summary));
        outputs.extend(output("the metrics", &self.metrics));
        outputs.extend(file("the log", &table::LOG_FILE));
        // A dry run writes it, a run reads it.
        let plan = file("the plan", &table::PLAN);
        let plans = if self.plan.is_some() {
            &mut outputs
        } else {
            &mut kept
        };
        plans.extend(plan);
        let named = sources.path(&table::LEDGER);
        if let Some(ledger) = ledger.or(named.as_deref()) {
            outputs.push(Named::file("the ledger", ledger));
            let beside = companions(ledger).into_iter();
            outputs.extend(
                beside.map(|(ending, path)| Named::file(format!("the ledger's {ending}"), &path)),
            );
        }
        places::check(&kept, &outputs)
    }
}

/// The wave, which the command line does not do without.
pub(super) fn wave(sources: &Sources<'_>) -> PathBuf {
    sources.path(&table::WAVE).unwrap_or_default()
}

/// The ledger: where it was named, or the environment's own.
///
/// # Errors
///
/// There is neither a name nor a home folder.
pub(super) fn ledger(sources: &Sources<'_>, environment: EnvironmentId) -> Result<PathBuf, Error> {
    if let Some(path) = sources.path(&table::LEDGER) {
        return Ok(path);
    }
    let state = sources.env.base_folder("XDG_STATE_HOME", ".local/state");
    let state = state.ok_or_else(|| {
        Error::new("there is no place for the ledger: neither `XDG_STATE_HOME` nor `HOME` is set")
            .hint("name a file with `--ledger` or `WAVEPAIR_LEDGER`")
    })?;
    Ok(state.join("wavepair").join(format!("{environment}.db")))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStringExt;

    use std::fs;

    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    fn files(options: &[&str], wave: &Path, kind: Kind) -> Files {
        let typed = typed_of(&[&["run", "w.csv"], options].concat());
        Files::resolve(&Sources::new(&typed, &Env::new(&|_| None)), wave, kind)
    }

    #[test]
    fn files_are_named_after_the_wave_and_lie_beside_it() {
        for (wave, results) in [
            ("waves/2026-11.csv", "waves/2026-11.results.csv"),
            ("2026-11.CSV", "2026-11.results.csv"),
            ("2026-11.csv.gz", "2026-11.results.csv"),
            ("2026-11.csv.GZ", "2026-11.results.csv"),
            ("2026-11.xlsx", "2026-11.results.xlsx"),
            ("2026-11.XLSX", "2026-11.results.xlsx"),
            ("2026.11", "2026.11.results.csv"),
            (".csv", ".csv.results.csv"),
            (".xlsx", ".xlsx.results.csv"),
        ] {
            let files = files(&[], Path::new(wave), Kind::default());
            assert_eq!(files.results, PathBuf::from(results));
        }
        for (dry_run, sandbox, results, rejects) in [
            (false, false, "w.results.csv", "w.rejects.csv"),
            (true, false, "w.dry-run.csv", "w.rejects.csv"),
            (
                false,
                true,
                "w.sandbox.results.csv",
                "w.sandbox.rejects.csv",
            ),
            (true, true, "w.dry-run.csv", "w.sandbox.rejects.csv"),
        ] {
            let kind = Kind {
                dry_run,
                sandbox,
                ..Kind::default()
            };
            let files = files(&[], Path::new("w.csv"), kind);
            assert_eq!(files.results, PathBuf::from(results));
            assert_eq!(files.rejects, Some(PathBuf::from(rejects)));
        }
    }

    #[test]
    fn the_files_of_a_shard_lie_beside_those_of_the_others() {
        let kind = Kind {
            shard: "2/3".parse().unwrap(),
            ..Kind::default()
        };
        let of_dry_run = Kind {
            dry_run: true,
            sandbox: true,
            ..kind
        };
        for (wave, kind, results, rejects) in [
            (
                "w.csv",
                kind,
                "w.results.2-of-3.csv",
                "w.rejects.2-of-3.csv",
            ),
            (
                "w.xlsx",
                kind,
                "w.results.2-of-3.xlsx",
                "w.rejects.2-of-3.xlsx",
            ),
            (
                "w.csv.gz",
                of_dry_run,
                "w.dry-run.2-of-3.csv",
                "w.sandbox.rejects.2-of-3.csv",
            ),
        ] {
            let files = files(&[], Path::new(wave), kind);
            assert_eq!(files.results, PathBuf::from(results));
            assert_eq!(files.rejects, Some(PathBuf::from(rejects)));
        }
        let named = files(&["-o", "r.csv"], Path::new("w.csv"), kind);
        assert_eq!(named.results, Path::new("r.csv"));
    }

    #[test]
    fn what_is_of_a_workbook_is_a_workbook_unless_a_name_says_otherwise() {
        let wave = Path::new("w.xlsx");
        let kind = Kind {
            dry_run: true,
            sandbox: true,
            ..Kind::default()
        };
        let default = files(&[], wave, kind);
        assert_eq!(default.results, Path::new("w.dry-run.xlsx"));
        assert_eq!(default.rejects, Some("w.sandbox.rejects.xlsx".into()));
        let named = files(&["-o", "r.csv", "--rejects", "x.csv"], wave, kind);
        assert_eq!(named.results, Path::new("r.csv"));
        assert_eq!(named.rejects, Some("x.csv".into()));
    }

    #[test]
    fn two_names_that_are_no_text_stay_two() {
        let results = |byte: u8| {
            let wave = PathBuf::from(OsString::from_vec(vec![b'w', byte, b'.', b'c', b's', b'v']));
            files(&[], &wave, Kind::default()).results
        };
        assert_ne!(results(0xfe), results(0xff));
        let name = results(0xff).into_os_string().into_vec();
        assert_eq!(name, b"w\xff.results.csv");
    }

    #[test]
    fn results_of_what_is_no_regular_file_go_to_standard_output() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mkfifo = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(at("pipe.csv"))
            .status();
        assert!(mkfifo.unwrap().success());
        std::os::unix::fs::symlink("pipe.csv", at("link.csv")).unwrap();
        std::os::unix::fs::symlink("/dev/stdin", at("stdin.csv")).unwrap();
        std::os::unix::fs::symlink("stdin.csv", at("again.csv")).unwrap();
        std::os::unix::fs::symlink("round.csv", at("round.csv")).unwrap();
        fs::write(at("real.csv"), "").unwrap();
        std::os::unix::fs::symlink("real.csv", at("named.csv")).unwrap();
        let regular = File::open(at("real.csv")).unwrap();
        let descriptor = |folder: &str| PathBuf::from(format!("{folder}/{}", regular.as_raw_fd()));
        for (wave, streams) in [
            (PathBuf::from("-"), true),
            (PathBuf::from("/dev/stdin"), true),
            (PathBuf::from("/dev/null"), true),
            // What is opened there is a regular file; its name is not one to write beside.
            (descriptor("/dev/fd"), true),
            (descriptor("/proc/self/fd"), true),
            (at("pipe.csv"), true),
            (at("link.csv"), true),
            (at("stdin.csv"), true),
            (at("again.csv"), true),
            (at("real.csv"), false),
            (at("named.csv"), false),
            (at("round.csv"), false),
            (at("not there.csv"), false),
        ] {
            for (dry_run, sandbox) in [(false, false), (true, false), (false, true)] {
                let kind = Kind {
                    dry_run,
                    sandbox,
                    ..Kind::default()
                };
                let files = files(&[], &wave, kind);
                assert_eq!(files.results == Path::new("-"), streams, "{wave:?}");
                assert_eq!(files.rejects.is_none(), streams, "{wave:?}");
            }
        }
        let files = files(
            &["--rejects=r.csv"],
            Path::new("/dev/stdin"),
            Kind::default(),
        );
        assert_eq!(files.rejects, Some(PathBuf::from("r.csv")));
    }
}
