//! The one owner of standard error: log lines, screens, and the progress below them.
//!
//! Writing to a terminal can block for ever (`^S`), and a pipe whose reader sleeps
//! can too, so a thread does it. Whoever reports only hands text over: that never
//! waits and never fails, whatever standard error is connected to.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

use super::line_limit::LineLimit;
use super::manner::{Manner, Style};
use super::notice::Notice;
use super::painter::{Message, Painter};
use super::progress_line::ProgressLine;
use super::wrap::wrapped;

/// How much text may wait for a reader that does not read.
const QUEUE_BYTES: usize = 4 << 20;

/// How long the end of a run waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes text for standard error; a handle that may be cloned.
#[derive(Clone)]
pub(crate) struct Console {
    manner: Manner,
    queue: Sender<Message>,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
    kept: Arc<Mutex<Kept>>,
    limit: LineLimit,
}

/// Where notices are kept besides: the log file.
enum Kept {
    /// It is not known yet whether there is one; until then they wait here.
    Waiting(Vec<String>),
    File(Arc<File>),
    Nowhere,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

/// Ends the thread behind a [`Console`] when it is dropped.
#[derive(Debug)]
pub(crate) struct Closer {
    console: Console,
    done: Receiver<()>,
    patience: Duration,
}

impl Console {
    /// Starts on standard error.
    pub(crate) fn start(manner: Manner) -> (Self, Closer) {
        Self::start_on(Box::new(io::stderr()), manner, PATIENCE)
    }

    fn start_on(sink: Box<dyn Write + Send>, manner: Manner, patience: Duration) -> (Self, Closer) {
        let (queue, messages) = mpsc::channel();
        let (ended, done) = mpsc::channel();
        let console = Self {
            manner,
            queue,
            waiting: Arc::default(),
            lost: Arc::default(),
            kept: Arc::new(Mutex::new(Kept::Waiting(Vec::new()))),
            limit: LineLimit::default(),
        };
        let painter = Painter::new(
            sink,
            manner,
            Arc::clone(&console.waiting),
            Arc::clone(&console.lost),
        );
        // Without a thread there is nobody to read the queue, and the run goes on in silence.
        let started = thread::Builder::new()
            .name("console".to_owned())
            .spawn(move || {
                painter.run(&messages);
                drop(ended);
            });
        drop(started);
        let closer = Closer {
            console: console.clone(),
            done,
            patience,
        };
        (console, closer)
    }

    /// Says something, above the progress, and keeps it in the log file.
    pub(crate) fn say(&self, notice: &Notice) {
        self.keep(notice);
        let Manner {
            json,
            quiet,
            colored,
            errors: _,
            run,
        } = self.manner;
        if quiet && !notice.is_urgent() {
            return;
        }
        let text = if json {
            notice.json(run)
        } else {
            notice.text(Self::width(), colored)
        };
        if !text.is_empty() {
            self.hand_over(text.into_bytes());
        }
    }

    /// Keeps everything that is said from now on, and was said before, in this file too.
    pub(super) fn keep_in(&self, file: Option<Arc<File>>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Kept::Waiting(lines), Some(file)) = (&*kept, &file) {
            for line in lines {
                append(file, line);
            }
        }
        *kept = file.map_or(Kept::Nowhere, Kept::File);
    }

    fn keep(&self, notice: &Notice) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *kept {
            Kept::Waiting(lines) => lines.push(notice.json(self.manner.run)),
            Kept::File(file) => append(file, &notice.json(self.manner.run)),
            Kept::Nowhere => {}
        }
    }

    /// What keeps lines about rows from filling the screen.
    pub(crate) fn line_limit(&self) -> &LineLimit {
        &self.limit
    }

    /// In which manner it speaks.
    pub(crate) fn manner(&self) -> Manner {
        self.manner
    }

    /// How wide lines may be; `None` where standard error is no terminal.
    pub(crate) fn width() -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
        Some(usize::from(width.0))
    }

    /// Shows progress below the lines from now on.
    pub(crate) fn show(&self, line: Arc<Mutex<ProgressLine>>, style: Style) {
        self.queue.send(Message::Show(line, style)).ok();
    }

    /// Waits until what was said is on its way, so long at most.
    pub(crate) fn flush(&self, patience: Duration) {
        let (said, heard) = mpsc::channel();
        if self.queue.send(Message::Flush(said)).is_ok() {
            heard.recv_timeout(patience).ok();
        }
    }

    /// Shows no progress any more.
    pub(crate) fn hide(&self) {
        self.queue.send(Message::Hide).ok();
    }

    fn hand_over(&self, text: Vec<u8>) {
        let length = text.len();
        if self.waiting.fetch_add(length, Ordering::Relaxed) > QUEUE_BYTES {
            self.waiting.fetch_sub(length, Ordering::Relaxed);
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.queue.send(Message::Text(text)).ok();
    }
}

/// Adds a line in one write, so that lines of others do not get into it. A log that cannot be
/// written fails no run.
fn append(mut file: &File, line: &str) {
    file.write_all(line.as_bytes()).ok();
}

/// Takes whole lines of the log.
impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let width = Self::width().filter(|_| !self.manner.json);
        let text = match (std::str::from_utf8(bytes), width) {
            (Ok(text), Some(_)) => text
                .lines()
                .flat_map(|line| wrapped(line, width).into_bytes())
                .collect(),
            _ => bytes.to_vec(),
        };
        self.hand_over(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Console {
    type Writer = Console;

    fn make_writer(&'a self) -> Console {
        self.clone()
    }
}

impl Drop for Closer {
    /// Waits for what is still queued, as long as it is being read.
    fn drop(&mut self) {
        self.console.queue.send(Message::Close).ok();
        loop {
            let waiting = self.console.waiting.load(Ordering::Relaxed);
            let timed_out = self.done.recv_timeout(self.patience) == Err(RecvTimeoutError::Timeout);
            if !timed_out || self.console.waiting.load(Ordering::Relaxed) == waiting {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::report::fixture::{Pipe, run_id};
    use crate::report::progress_line::Goal;

    fn read(pipe: &Receiver<Vec<u8>>) -> String {
        String::from_utf8(pipe.iter().flatten().collect()).unwrap()
    }

    fn start(sink: mpsc::SyncSender<Vec<u8>>, manner: Manner) -> (Console, Closer) {
        Console::start_on(Box::new(Pipe(sink)), manner, PATIENCE)
    }

    #[test]
    fn lines_arrive_in_order_and_the_end_waits_for_them() {
        let (sink, pipe) = mpsc::sync_channel(100);
        let (mut console, closer) = start(sink, Manner::default());
        console.say(&Notice::info("plan", "one"));
        console.write_all(b"two\n").unwrap();
        console.say(&Notice::warning("three"));
        drop(closer);
        assert_eq!(read(&pipe), "one\ntwo\nwarning: three\n");
    }

    #[test]
    fn a_line_steers_no_terminal_whatever_is_in_it() {
        let (sink, pipe) = mpsc::sync_channel(100);
        let (console, closer) = start(sink, Manner::default());
        let evil = "\u{1b}[2Jone\u{7}\rtwo\n\n\u{202e}three";
        console.say(&Notice::info("plan", "x").shown_as(evil));
        console.say(&Notice::error(evil).hint(Some(evil)));
        drop(closer);
        let one_line = r"\u{1b}[2Jone\u{7}\u{d}two\u{a}\u{a}\u{202e}three";
        assert_eq!(
            read(&pipe),
            format!(
                "\\u{{1b}}[2Jone\\u{{7}}\\u{{d}}two\n\n\\u{{202e}}three\n\
                 error: {one_line}\nhint: {one_line}\n"
            )
        );
    }

    #[test]
    fn the_manner_is_kept_to() {
        let notices = [
            Notice::info("plan", "one"),
            Notice::info("messages", "two").even_if_quiet(),
            Notice::error("three"),
        ];
        let said = |manner: Manner| {
            let (sink, pipe) = mpsc::sync_channel(100);
            let (console, closer) = start(sink, manner);
            for notice in &notices {
                console.say(notice);
            }
            drop(closer);
            read(&pipe)
        };
        let quiet = Manner {
            quiet: true,
            ..Manner::default()
        };
        assert_eq!(said(quiet), "two\nerror: three\n");
        let json = Manner {
            json: true,
            run: Some(run_id()),
            ..Manner::default()
        };
        let text = said(json);
        assert_eq!(text.lines().count(), 3, "{text}");
        for (line, message) in text.lines().zip(["one", "two", "three"]) {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["message"], message);
            assert_eq!(object["run_id"], run_id().to_string());
        }
    }

    #[test]
    fn a_log_file_hears_what_was_said_before_it_and_what_quiet_hides() {
        let (sink, _pipe) = mpsc::sync_channel(100);
        let quiet = Manner {
            quiet: true,
            ..Manner::default()
        };
        let (console, closer) = start(sink, quiet);
        console.say(&Notice::info("began", "one").for_programs());
        let file = tempfile::NamedTempFile::new().unwrap();
        console.keep_in(Some(Arc::new(file.reopen().unwrap())));
        console.say(&Notice::info("ended", "two").for_programs());
        drop(closer);
        let kept = std::fs::read_to_string(file.path()).unwrap();
        let messages: Vec<_> = kept
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone())
            .collect();
        assert_eq!(messages, ["began", "ended"]);
    }

    #[test]
    fn a_standard_error_that_blocks_for_ever_blocks_nobody_else() {
        let (sink, pipe) = mpsc::sync_channel(0);
        let (console, closer) =
            Console::start_on(Box::new(Pipe(sink)), Manner::default(), Duration::ZERO);
        let line = "x".repeat(1 << 16);
        let notice = Notice::info("plan", &line);
        for _ in 0..200 {
            console.say(&notice);
        }
        assert!(
            console.lost.load(Ordering::Relaxed) > 0,
            "memory is bounded"
        );
        drop(closer);
        let text = read(&pipe);
        assert!(text.len() <= QUEUE_BYTES + 3 * line.len());
        assert!(text.contains("lines missing here"));
    }

    #[test]
    fn a_standard_error_that_is_closed_is_nobodys_business() {
        let (sink, pipe) = mpsc::sync_channel(0);
        drop(pipe);
        let (console, closer) = start(sink, Manner::default());
        let line = ProgressLine::new(clock::now(), 1, Goal::Created);
        console.show(Arc::new(Mutex::new(line)), Style::Plain);
        console.say(&Notice::error("into the void"));
        console.hide();
        drop(closer);
    }
}
