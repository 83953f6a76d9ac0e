//! `--metrics`: a file for Prometheus, kept up to date while a run goes on.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::finish::how_it_ended;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::event::Event;
use crate::model::summary::Summary;
use crate::pingone::client::Client;
use crate::pingone::heard::Heard;
use crate::report::Reporters;
use crate::report::console::Console;
use crate::report::metrics::{self, Metrics};
use crate::report::notice::Notice;
use crate::report::safe_file;

/// How often the file is written.
const EVERY: Duration = Duration::from_secs(15);

/// The metrics of a run, and the file that they go to, where one is wanted.
#[derive(Debug)]
pub(super) struct MetricsFile {
    path: Option<PathBuf>,
    metrics: RefCell<Metrics>,
    heard: RefCell<Heard>,
    console: Console,
    /// Whether it was said that it cannot be written.
    warned: Cell<bool>,
}

impl MetricsFile {
    /// Starts from what the file says of an earlier run.
    pub(super) fn begin(path: Option<PathBuf>, console: &Console) -> Self {
        let metrics = path.as_deref().map(Metrics::after).unwrap_or_default();
        Self {
            path,
            metrics: RefCell::new(metrics),
            heard: RefCell::default(),
            console: console.clone(),
            warned: Cell::new(false),
        }
    }

    /// Counts what is answered to this client.
    pub(super) fn listen_to(&self, client: &Client) {
        self.heard.replace(client.heard().clone());
    }

    /// Takes an event in.
    pub(super) fn on(&self, event: &Event) {
        self.metrics.borrow_mut().on(event);
    }

    /// Waits for the end of something, and writes the file now and every 15 seconds meanwhile. Nothing
    /// writes any more when this returns.
    pub(super) async fn beside<T>(
        &self,
        reporters: &RefCell<Reporters>,
        going: impl Future<Output = T>,
    ) -> T {
        let Some(path) = &self.path else {
            return going.await;
        };
        let mut going = pin!(going);
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                ended = &mut going => return ended,
                _ = tick.tick() => {}
            }
            let text = self.text(&reporters.borrow().summary, None);
            let path = path.clone();
            // The disk may be slow, and requests are not.
            let mut writing = tokio::task::spawn_blocking(move || metrics::write(&path, &text));
            let written = tokio::select! {
                biased;
                ended = &mut going => {
                    self.warn(writing.await);
                    return ended;
                }
                written = &mut writing => written,
            };
            self.warn(written);
        }
    }

    /// Writes the file for the last time: the run has ended.
    pub(super) fn finish(&self, end: &Result<ExitCode, Error>, summary: &Summary) {
        if let Some(path) = &self.path {
            let (exit, _) = how_it_ended(end);
            let text = self.text(summary, Some(exit));
            self.warn(Ok(metrics::write(path, &text)));
        }
    }

    fn text(&self, summary: &Summary, ended: Option<ExitCode>) -> String {
        let counts = self.heard.borrow().counts();
        let ended = ended.map(|exit| (exit, clock::wall()));
        self.metrics.borrow().text(summary, &counts, ended)
    }

    /// Says the first time that the file cannot be written: a run does not end for it.
    fn warn(&self, written: Result<Result<(), safe_file::Error>, tokio::task::JoinError>) {
        let why = match written {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Error::from(error).in_words(),
            Err(error) => error.to_string(),
        };
        if !self.warned.replace(true) {
            let notice = Notice::warning(format!("the metrics are not written: {why}"));
            let hint = "what they say of the run is older than the run itself until they are";
            self.console.say(&notice.hint(Some(hint)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::model::event::RowFinished;
    use crate::model::ids::RunId;
    use crate::model::outcome::Outcome;
    use crate::model::samples::label;
    use crate::report::console::Closer;
    use crate::report::manner::Manner;

    fn created(row: u64) -> Event {
        let finished = RowFinished::new(label(row), Outcome::Created, None);
        Event::RowFinished(finished)
    }

    fn begun() -> Summary {
        let run = RunId::from_uuid(uuid::Uuid::nil());
        Summary::new(run, "w.csv".to_owned(), None, false, clock::wall())
    }

    fn silent() -> (Console, Closer) {
        Console::start(Manner {
            quiet: true,
            ..Manner::default()
        })
    }

    /// How many rows are created, by the file.
    fn told(path: &Path) -> String {
        let text = fs::read_to_string(path).unwrap();
        let line = text.lines().find(|line| line.contains("\"created\""));
        line.unwrap().rsplit(' ').next().unwrap().to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn the_file_is_written_at_once_and_every_fifteen_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.prom");
        let (console, _closer) = silent();
        let file = MetricsFile::begin(Some(path.clone()), &console);
        let reporters = RefCell::new(Reporters::new(begun(), None));
        let going = async {
            let mut seen = Vec::new();
            for row in 1..=4 {
                tokio::time::sleep(Duration::from_secs(10)).await;
                seen.push(told(&path));
                reporters.borrow_mut().on(&created(row));
            }
            seen
        };
        // Read at 10, 20, 30 and 40 seconds; written at 0, 15, 30 (after the reading) and so on.
        let seen = file.beside(&reporters, going).await;
        assert_eq!(seen, ["0", "1", "1", "3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_written_where_nobody_wants_it_and_a_failure_ends_nothing() {
        let (console, _closer) = silent();
        let reporters = RefCell::new(Reporters::new(begun(), None));
        let folder = tempfile::tempdir().unwrap();
        for path in [None, Some(folder.path().join("missing/w.prom"))] {
            let file = MetricsFile::begin(path, &console);
            let going = tokio::time::sleep(Duration::from_mins(1));
            file.beside(&reporters, going).await;
            file.finish(&Ok(ExitCode::Done), &begun());
            assert_eq!(file.warned.get(), file.path.is_some());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
