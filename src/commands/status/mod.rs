//! `wavepair status`: the runs of a ledger, one that is going on included.

mod json;
mod known;
mod one;
mod text;

use std::io::{self, IsTerminal};
use std::time::Duration;

use super::looked_back::{LookedBack, position};
use super::print::print;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::print_form::PrintForm;
use crate::settings::Error as SettingsError;
use crate::settings::status::Status;
use known::Known;

/// How often `--watch` looks again.
const PERIOD: Duration = Duration::from_secs(1);

/// Home, and nothing behind what is written.
const HOME: &str = "\u{1b}[H";
const NOTHING_BELOW: &str = "\u{1b}[J";
const NOTHING_BEHIND: &str = "\u{1b}[K\r\n";

/// Shows the runs of a ledger, or one of them.
///
/// # Errors
///
/// There is no ledger, it cannot be read, it knows no such run, or there is no terminal to watch on.
pub(crate) fn status(settings: &Status) -> Result<ExitCode, Error> {
    if !settings.watch {
        return print(&shown(settings, width())?).map(|()| ExitCode::Done);
    }
    if !io::stdout().is_terminal() {
        let error =
            SettingsError::new("`--watch` draws on a terminal, and standard output is none");
        return Err(error
            .hint("leave it out: without it everything is printed once")
            .into());
    }
    print("\u{1b}[2J")?;
    loop {
        let (width, height) = terminal();
        let text = shown(settings, Some(width))?;
        // The last line stays empty: writing into it would scroll.
        let lines = text.lines().take(height.saturating_sub(1));
        let lines = lines.flat_map(|line| [line, NOTHING_BEHIND]);
        print(
            &[HOME]
                .into_iter()
                .chain(lines)
                .chain([NOTHING_BELOW])
                .collect::<String>(),
        )?;
        std::thread::sleep(PERIOD);
    }
}

/// What is shown, as things are now.
fn shown(settings: &Status, width: Option<usize>) -> Result<String, Error> {
    let ledger = LookedBack::open(&settings.ledger, settings.binding.as_ref())?;
    let now = clock::local().zoned();
    let runs = Known::all(&ledger, &now)?;
    let Some(run) = &settings.run else {
        return Ok(match settings.form {
            PrintForm::Text => text::list(&ledger, &runs, &now, width),
            PrintForm::Json => json::list(&ledger, &runs),
        });
    };
    let at = position(run, runs.iter().map(|run| run.entry.id), &ledger.path)?;
    let (later, run) = (&runs[..at], &runs[at]);
    Ok(match settings.form {
        PrintForm::Text => one::text(run, later, &now, width),
        PrintForm::Json => json::one(run, &now),
    })
}

/// How wide lines on standard output may be; `None` where it is no terminal.
pub(crate) fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| terminal().0)
}

/// The columns and lines of the terminal on standard output.
fn terminal() -> (usize, usize) {
    const USUAL: (usize, usize) = (80, 24);
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map_or(USUAL, |(width, height)| (width.0.into(), height.0.into()))
}
