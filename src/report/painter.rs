//! The thread that writes to standard error, and draws the progress below what it writes.

use std::io::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use super::bar_screen::{BarScreen, MARGIN};
use super::manner::{Manner, Style};
use super::notice::Notice;
use super::progress_line::ProgressLine;
use super::quantity::counted;
use super::wrap::shortened;
use crate::clock;

/// How wide a bar is, and the space behind it.
const BAR: usize = 11;

/// What the thread is told.
pub(super) enum Message {
    Text(Vec<u8>),
    Show(Arc<Mutex<ProgressLine>>, Style),
    Hide,
    Flush(Sender<()>),
    Close,
}

/// Writes what it is told, one thing after the other.
pub(super) struct Painter {
    sink: Box<dyn Write + Send>,
    manner: Manner,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
    shown: Option<Shown>,
}

struct Shown {
    progress: Arc<Mutex<ProgressLine>>,
    style: Style,
    bar: ProgressBar,
    due: Instant,
}

impl Painter {
    pub(super) fn new(
        sink: Box<dyn Write + Send>,
        manner: Manner,
        waiting: Arc<AtomicUsize>,
        lost: Arc<AtomicU64>,
    ) -> Self {
        Self {
            sink,
            manner,
            waiting,
            lost,
            shown: None,
        }
    }

    pub(super) fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let next = match &self.shown {
                Some(shown) => {
                    messages.recv_timeout(shown.due.saturating_duration_since(clock::now()))
                }
                None => messages.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(Message::Text(text)) => self.write(&text),
                Ok(Message::Show(progress, style)) => {
                    self.hide();
                    self.shown = Some(Shown::new(progress, style));
                }
                Ok(Message::Hide) => self.hide(),
                Ok(Message::Flush(said)) => drop(said.send(())),
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
            lost => self.line(&missing(lost)),
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
        let (snapshot, thousandths) = {
            let progress = shown
                .progress
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            (progress.snapshot(now), progress.thousandths())
        };
        match shown.style {
            Style::Bar => shown.draw(&snapshot.to_string(), thousandths),
            Style::Plain => {
                let line = self.line(&snapshot.notice());
                self.sink.write_all(line.as_bytes()).ok();
                self.sink.flush().ok();
            }
        }
    }

    fn line(&self, notice: &Notice) -> String {
        if self.manner.json {
            notice.json(self.manner.run)
        } else {
            notice.text(None, false)
        }
    }

    fn hide(&mut self) {
        if let Some(shown) = self.shown.take() {
            shown.bar.finish_and_clear();
        }
    }
}

fn missing(lines: u64) -> Notice {
    let lines_are = counted(lines, "line");
    Notice::warning(format!(
        "{lines_are} missing here: nobody read standard error in time"
    ))
    .fact("lines", lines)
}

impl Shown {
    fn new(progress: Arc<Mutex<ProgressLine>>, style: Style) -> Self {
        let target = match style {
            Style::Bar => ProgressDrawTarget::term_like_with_hz(Box::new(BarScreen), 10),
            Style::Plain => ProgressDrawTarget::hidden(),
        };
        Self {
            progress,
            style,
            bar: ProgressBar::with_draw_target(Some(1000), target),
            due: clock::now() + style.period(),
        }
    }

    fn draw(&self, line: &str, thousandths: u64) {
        let (template, room) = layout(BarScreen::columns(), line);
        // Without colors: there is nothing for `NO_COLOR` to turn off.
        if let Ok(template) = ProgressStyle::with_template(template) {
            self.bar.set_style(template.progress_chars("##-"));
        }
        self.bar.set_message(shortened(line, room));
        self.bar.set_position(thousandths);
    }
}

/// What the line looks like, and how much room it has for text; the bar gives way to the text.
fn layout(width: usize, line: &str) -> (&'static str, usize) {
    let room = width.saturating_sub(MARGIN);
    let beside = room.saturating_sub(BAR);
    if line.chars().count() <= beside {
        ("{bar:10} {msg}", beside)
    } else {
        ("{msg}", room)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::report::fixture::Pipe;
    use crate::report::progress_line::Goal;

    #[test]
    fn the_line_of_a_bar_leaves_room_for_what_a_terminal_shows_of_ctrl_c() {
        for (width, length, bar) in [
            (80, 65, 11),
            (80, 66, 0),
            (40, 30, 0),
            (40, 25, 11),
            (20, 30, 0),
        ] {
            let line = "x".repeat(length);
            let (template, room) = layout(width, &line);
            assert_eq!(room + bar + MARGIN, width);
            assert_eq!(template.contains("bar"), bar > 0, "{width} {length}");
            assert!(shortened(&line, room).chars().count() <= room);
        }
    }

    /// What a painter writes that shows plain progress, and is asked for it twice when it is due once.
    fn painted(manner: Manner) -> String {
        let (sink, pipe) = mpsc::sync_channel(100);
        let progress = ProgressLine::new(clock::now(), 7, Goal::Created);
        let mut shown = Shown::new(Arc::new(Mutex::new(progress)), Style::Plain);
        shown.due = clock::now();
        let mut painter =
            Painter::new(Box::new(Pipe(sink)), manner, Arc::default(), Arc::default());
        painter.shown = Some(shown);
        painter.paint();
        painter.paint();
        drop(painter);
        String::from_utf8(pipe.iter().flatten().collect()).unwrap()
    }

    #[test]
    fn plain_progress_is_a_line_when_it_is_due_even_between_many_others() {
        assert_eq!(painted(Manner::default()), "0/7, 0 created, 0 errors\n");
    }

    #[test]
    fn progress_is_an_object_where_every_line_is_one() {
        let json = Manner {
            json: true,
            ..Manner::default()
        };
        let line = painted(json);
        assert_eq!(line.matches('\n').count(), 1);
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(object["event"], "progress");
        assert_eq!(object["rows"], 7);
    }
}
