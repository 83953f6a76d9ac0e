//! The one owner of standard error: log lines, screens, and the progress below them.
//!
//! Writing to a terminal can block for ever (`^S`), and a pipe whose reader sleeps
//! can too, so a thread does it. Whoever reports only hands text over: that never
//! waits and never fails, whatever standard error is connected to.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;
use tracing_subscriber::fmt::MakeWriter;

use super::cell::neutral;
use super::gauge::Gauge;
use crate::clock;

/// How much text may wait for a reader that does not read.
const QUEUE_BYTES: usize = 4 << 20;

/// How long the end of a run waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_secs(2);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A bar below the other lines, ten times a second.
    Bar,
    /// A line every 30 seconds.
    Plain,
}

impl Style {
    fn period(self) -> Duration {
        match self {
            Style::Bar => Duration::from_millis(100),
            Style::Plain => Duration::from_secs(30),
        }
    }
}

enum Message {
    Text(Vec<u8>),
    Show(Arc<Mutex<Gauge>>, Style),
    Hide,
    Close,
}

/// Takes text for standard error; a handle that may be cloned.
#[derive(Clone)]
pub struct Console {
    queue: Sender<Message>,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

/// Ends the thread behind a [`Console`] when it is dropped.
#[derive(Debug)]
pub struct Closer {
    console: Console,
    done: Receiver<()>,
    patience: Duration,
}

impl Console {
    /// Starts on standard error.
    pub fn start() -> (Self, Closer) {
        Self::start_on(Box::new(io::stderr()), PATIENCE)
    }

    fn start_on(sink: Box<dyn Write + Send>, patience: Duration) -> (Self, Closer) {
        let (queue, messages) = mpsc::channel();
        let (ended, done) = mpsc::channel();
        let console = Self {
            queue,
            waiting: Arc::default(),
            lost: Arc::default(),
        };
        let painter = Painter {
            sink,
            waiting: Arc::clone(&console.waiting),
            lost: Arc::clone(&console.lost),
            shown: None,
        };
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

    /// Shows lines above the progress; an end of line is added where there is none.
    ///
    /// Whatever is in them, nothing but an end of line steers the terminal.
    pub fn print(&self, text: &str) {
        let mut safe = String::with_capacity(text.len() + 1);
        for line in text.lines() {
            safe.push_str(&neutral(line));
            safe.push('\n');
        }
        self.hand_over(safe.into_bytes());
    }

    /// Shows progress below the lines from now on.
    pub fn show(&self, gauge: Arc<Mutex<Gauge>>, style: Style) {
        self.queue.send(Message::Show(gauge, style)).ok();
    }

    /// Shows no progress any more.
    pub fn hide(&self) {
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

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hand_over(bytes.to_vec());
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

struct Painter {
    sink: Box<dyn Write + Send>,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
    shown: Option<Shown>,
}

struct Shown {
    gauge: Arc<Mutex<Gauge>>,
    style: Style,
    bar: ProgressBar,
    due: Instant,
}

impl Painter {
    fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let next = match &self.shown {
                Some(shown) => {
                    messages.recv_timeout(shown.due.saturating_duration_since(clock::now()))
                }
                None => messages.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(Message::Text(text)) => self.write(&text),
                Ok(Message::Show(gauge, style)) => {
                    self.hide();
                    self.shown = Some(Shown::new(gauge, style));
                }
                Ok(Message::Hide) => self.hide(),
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => {
                    self.hide();
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.paint();
        }
    }

    fn write(&mut self, text: &[u8]) {
        let lost = match self.lost.swap(0, Ordering::Relaxed) {
            0 => String::new(),
            lost => format!("warning: {lost} lines are missing here: nobody read them in time\n"),
        };
        let sink = &mut self.sink;
        let mut write = || {
            // A closed or full standard error is nobody's business.
            sink.write_all(lost.as_bytes()).ok();
            sink.write_all(text).ok();
            sink.flush().ok();
        };
        match &self.shown {
            Some(shown) => shown.bar.suspend(write),
            None => write(),
        }
        self.waiting.fetch_sub(text.len(), Ordering::Relaxed);
    }

    fn paint(&mut self) {
        let now = clock::now();
        let Some(shown) = self.shown.as_mut().filter(|shown| shown.due <= now) else {
            return;
        };
        shown.due = now + shown.style.period();
        // The lock is never held while something is written.
        let (line, thousandths) = {
            let gauge = shown.gauge.lock().unwrap_or_else(PoisonError::into_inner);
            (gauge.line(now), gauge.thousandths())
        };
        match shown.style {
            Style::Bar => {
                shown.bar.set_position(thousandths);
                shown.bar.set_message(line);
            }
            Style::Plain => {
                writeln!(self.sink, "{line}").ok();
                self.sink.flush().ok();
            }
        }
    }

    fn hide(&mut self) {
        if let Some(shown) = self.shown.take() {
            shown.bar.finish_and_clear();
        }
    }
}

impl Shown {
    fn new(gauge: Arc<Mutex<Gauge>>, style: Style) -> Self {
        let target = match style {
            Style::Bar => ProgressDrawTarget::stderr_with_hz(10),
            Style::Plain => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(1000), target);
        // Without colors: there is nothing for `NO_COLOR` to turn off.
        if let Ok(template) = ProgressStyle::with_template("{bar:10} {wide_msg}") {
            bar.set_style(template.progress_chars("##-"));
        }
        Self {
            gauge,
            style,
            bar,
            due: clock::now() + style.period(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::SyncSender;

    /// Passes on what is written; full, it blocks like a terminal after `^S`.
    struct Pipe(SyncSender<Vec<u8>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let sent = self.0.send(bytes.to_vec());
            sent.map(|()| bytes.len())
                .map_err(|_| io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn read(pipe: &Receiver<Vec<u8>>) -> String {
        String::from_utf8(pipe.iter().flatten().collect()).unwrap()
    }

    #[test]
    fn lines_arrive_in_order_and_the_end_waits_for_them() {
        let (sink, pipe) = mpsc::sync_channel(100);
        let (mut console, closer) = Console::start_on(Box::new(Pipe(sink)), PATIENCE);
        console.print("one");
        console.write_all(b"two\n").unwrap();
        console.print("three\nfour\n");
        drop(closer);
        assert_eq!(read(&pipe), "one\ntwo\nthree\nfour\n");
    }

    #[test]
    fn a_line_steers_no_terminal_whatever_is_in_it() {
        let (sink, pipe) = mpsc::sync_channel(100);
        let (console, closer) = Console::start_on(Box::new(Pipe(sink)), PATIENCE);
        console.print("\u{1b}[2Jone\u{7}\rtwo\n\n\u{202e}three");
        drop(closer);
        assert_eq!(
            read(&pipe),
            "\\u{1b}[2Jone\\u{7}\\u{d}two\n\n\\u{202e}three\n"
        );
    }

    #[test]
    fn a_standard_error_that_blocks_for_ever_blocks_nobody_else() {
        let (sink, pipe) = mpsc::sync_channel(0);
        let (console, closer) = Console::start_on(Box::new(Pipe(sink)), Duration::ZERO);
        let line = "x".repeat(1 << 16);
        for _ in 0..200 {
            console.print(&line);
        }
        assert!(
            console.lost.load(Ordering::Relaxed) > 0,
            "memory is bounded"
        );
        drop(closer);
        let text = read(&pipe);
        assert!(text.len() <= QUEUE_BYTES + 3 * line.len());
        assert!(text.contains("lines are missing here"));
    }

    #[test]
    fn a_standard_error_that_is_closed_is_nobodys_business() {
        let (sink, pipe) = mpsc::sync_channel(0);
        drop(pipe);
        let (console, closer) = Console::start_on(Box::new(Pipe(sink)), PATIENCE);
        let gauge = Gauge::new(clock::now(), Some(1), 1);
        console.show(Arc::new(Mutex::new(gauge)), Style::Plain);
        console.print("into the void");
        console.hide();
        drop(closer);
    }

    #[test]
    fn plain_progress_is_a_line_when_it_is_due_even_between_many_others() {
        let (sink, pipe) = mpsc::sync_channel(100);
        let gauge = Arc::new(Mutex::new(Gauge::new(clock::now(), Some(7), 1)));
        let mut shown = Shown::new(gauge, Style::Plain);
        shown.due = clock::now();
        let mut painter = Painter {
            sink: Box::new(Pipe(sink)),
            waiting: Arc::default(),
            lost: Arc::default(),
            shown: Some(shown),
        };
        painter.paint();
        painter.paint();
        drop(painter);
        assert_eq!(read(&pipe), "0/7, 0 created, 0 failed\n");
    }
}
