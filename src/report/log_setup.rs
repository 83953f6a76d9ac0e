//! What is logged, and where it goes.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};

use super::console::Console;
use super::line_limit::LineLimit;
use super::log::TARGET;
use super::log_lines::{Format, Lines};
use super::safe_file::{self, Error, failing, refuse_if_occupied};
use crate::model::ids::RunId;

/// What the command line and the environment say about the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// How often `-v` was given.
    pub verbose: u8,
    /// Whether `-q` was given.
    pub quiet: bool,
    /// The level that `RUST_LOG` gives; flags win over it.
    pub rust_log: Option<LevelFilter>,
    /// What lines look like.
    pub format: Format,
    /// The run that lines are about, where the command is one.
    pub run: Option<RunId>,
    /// A file that gets everything down to `DEBUG`, as JSON, whatever else is asked for.
    pub file: Option<PathBuf>,
}

impl Options {
    /// The level of what goes to the writer.
    pub(crate) fn level(&self) -> LevelFilter {
        match (self.quiet, self.verbose) {
            (true, _) => LevelFilter::ERROR,
            (false, 0) => self.rust_log.unwrap_or(LevelFilter::WARN),
            (false, 1) => LevelFilter::INFO,
            (false, _) => LevelFilter::DEBUG,
        }
    }
}

/// The level that `RUST_LOG` gives our own target, by name or for all.
///
/// Directives for other targets are passed over: what libraries log of their
/// requests may hold tokens.
pub(crate) fn level_in(directives: &str) -> Option<LevelFilter> {
    let level = |wanted: Option<&str>| {
        directives
            .split(',')
            .map(|directive| match directive.trim().split_once('=') {
                Some((target, level)) => (Some(target), level),
                None => (None, directive.trim()),
            })
            .filter(|(target, _)| *target == wanted)
            .filter_map(|(_, level)| level.parse().ok())
            .next_back()
    };
    level(Some(TARGET)).or_else(|| level(None))
}

/// The level that `RUST_LOG` gives our own target and that there is not, where it does.
pub(crate) fn unknown_level(directives: &str) -> Option<&str> {
    let ours = directives
        .split(',')
        .filter_map(|directive| directive.trim().split_once('='))
        .filter(|(target, _)| *target == TARGET);
    ours.map(|(_, level)| level)
        .find(|level| level.parse::<LevelFilter>().is_err())
}

/// The first of the directives that is neither a level nor `TARGET=LEVEL`, where one is not.
pub(crate) fn no_directive(directives: &str) -> Option<&str> {
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let mut directives = directives.split(',').map(str::trim);
    directives.find(|directive| match directive.split_once('=') {
        Some((target, level)) => target.is_empty() || !is_level(level),
        None => !is_level(directive),
    })
}

/// Starts logging, for the whole process and for good.
///
/// # Errors
///
/// Where the log file cannot be opened.
pub(crate) fn init(options: &Options, console: &Console) -> Result<(), Error> {
    let file = options.file.as_deref().map(open).transpose()?.map(Arc::new);
    console.keep_in(file.clone());
    let limit = console.line_limit().clone();
    let subscriber = subscriber(options, file, limit, console.clone());
    // A process that logs already goes on as it does.
    tracing::subscriber::set_global_default(subscriber).ok();
    Ok(())
}

/// Builds what [`init`] starts.
pub(super) fn subscriber<W>(
    options: &Options,
    file: Option<Arc<File>>,
    limit: LineLimit,
    writer: W,
) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let only_ours = |level| Targets::new().with_target(TARGET, level);
    let level = options.level();
    // Who asks for everything gets it.
    let limit = (level < LevelFilter::DEBUG).then_some(limit);
    let lines = |format| Lines {
        format,
        run: options.run,
    };
    // Trouble with the log is not logged: by default it would go to a standard error that may be closed.
    let shown = fmt::layer()
        .event_format(lines(options.format))
        .log_internal_errors(false)
        .with_writer(writer)
        .with_filter(only_ours(level).and(limit));
    let kept = file.map(|file| {
        fmt::layer()
            .event_format(lines(Format::Json))
            .log_internal_errors(false)
            .with_writer(file)
            .with_filter(only_ours(LevelFilter::DEBUG))
    });
    tracing_subscriber::registry().with(shown).with(kept)
}

/// Opens a private file to append to; a symbolic link is not followed.
fn open(path: &Path) -> Result<File, Error> {
    refuse_if_occupied(path)?;
    let private = |file: File| {
        // Something else may have taken the name in the meantime.
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(file)
    };
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(safe_file::flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)
        .and_then(private)
        .map_err(failing(path, "opened"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn flags_win_over_rust_log_and_rust_log_over_the_default() {
        let rust_log = level_in;
        for (verbose, quiet, rust_log, level) in [
            (0, false, None, LevelFilter::WARN),
            (1, false, None, LevelFilter::INFO),
            (2, false, None, LevelFilter::DEBUG),
            (9, false, None, LevelFilter::DEBUG),
            (0, true, rust_log("debug"), LevelFilter::ERROR),
            (1, false, rust_log("off"), LevelFilter::INFO),
            (0, false, rust_log("debug"), LevelFilter::DEBUG),
            (
                0,
                false,
                rust_log("hyper=trace, wavepair=info"),
                LevelFilter::INFO,
            ),
            (0, false, rust_log("wavepair=info,debug"), LevelFilter::INFO),
            (0, false, rust_log("hyper=trace"), LevelFilter::WARN),
        ] {
            let options = Options {
                verbose,
                quiet,
                rust_log,
                ..Options::default()
            };
            assert_eq!(options.level(), level, "{options:?}");
        }
    }

    #[test]
    fn a_level_of_ours_that_does_not_exist_is_named_and_others_are_ignored() {
        for (directives, unknown) in [
            ("wavepair=loud", Some("loud")),
            ("hyper=trace, wavepair=loud", Some("loud")),
            ("wavepair=debug", None),
            ("wavepair=OFF", None),
            ("hyper=loud", None),
            ("loud", None),
            ("", None),
        ] {
            assert_eq!(unknown_level(directives), unknown, "{directives:?}");
        }
    }

    #[test]
    fn a_directive_is_a_level_or_a_target_with_one() {
        for (directives, wrong) in [
            ("debug", None),
            ("WARN", None),
            ("wavepair=debug", None),
            ("hyper=trace, wavepair=off", None),
            ("loud", Some("loud")),
            ("wavepair", Some("wavepair")),
            ("info,hyper=loud", Some("hyper=loud")),
            ("=info", Some("=info")),
            ("wavepair=", Some("wavepair=")),
            ("info,", Some("")),
            ("", Some("")),
        ] {
            assert_eq!(no_directive(directives), wrong, "{directives:?}");
        }
    }

    #[test]
    fn the_log_file_is_private_appended_to_and_hears_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        fs::write(&path, "{}\n").unwrap();
        let options = Options {
            quiet: true,
            rust_log: level_in("trace"),
            ..Options::default()
        };
        let file = open(&path).map(Arc::new).unwrap();
        let subscriber = subscriber(&options, Some(file), LineLimit::default(), io::sink);
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "wavepair", "ours");
            tracing::error!(target: "hyper", "authorization: Bearer x");
        });
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("{}\n{\"time\""), "{text}");
        assert!(text.contains("ours") && !text.contains("Bearer"), "{text}");
        assert_eq!(text.lines().count(), 2);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }

    #[test]
    fn a_log_file_behind_a_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("real"), &link).unwrap();
        assert!(matches!(open(&link), Err(Error::Occupied { .. })));
    }
}
