//! What became of a run, and how to go on. Pure.

mod countries;
mod ending;
mod left;
mod outcomes;

pub(crate) use ending::Ending;

use tracing::Level;

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{count, counted};
use super::start_line::messages_of_a_run;
use super::wrap::wrapped;
use crate::model::earlier_use::file_of;
use crate::model::shared_phones::SharedPhones;
use left::incomplete;
use outcomes::result;

/// Says what became of the rows, then what is left and how to go on.
pub(crate) fn closing(ending: &Ending<'_>, width: Option<usize>) -> Vec<Notice> {
    let mut notices = Vec::new();
    if ending.held_back > 0 {
        let more = count(ending.held_back);
        let place = ending.results.map_or("the results".into(), neutral);
        let text = format!("and {more} more in {place}");
        notices.push(
            Notice::new("more_rows", Level::WARN, &text)
                .fact("lines", ending.held_back)
                .shown_as(wrapped(&text, width)),
        );
    }
    let summary = ending.summary;
    notices.extend(shared(&summary.shared_phones));
    if summary.dry_run && summary.messages.total() > 0 {
        notices.push(messages_of_a_run(&summary.messages));
    }
    notices.push(result(ending, width));
    notices.extend(incomplete(ending, width));
    notices
}

/// Says how many phones stand with more than one user, and where to look.
fn shared(found: &SharedPhones) -> impl Iterator<Item = Notice> {
    let in_wave = (found.phones > 0).then(|| {
        let phones = counted(found.phones, "phone");
        let [one, other] = found.lines;
        format!("{phones} with more than one user, such as in lines {one} and {other}")
    });
    let earlier = found.earlier.as_ref().map(|(line, wave)| {
        let (rows, wave) = (counted(found.rows, "row"), file_of(wave));
        format!(
            "{rows} with a phone that another user has from an earlier wave, such as line {line}, \
             from {wave}"
        )
    });
    in_wave.into_iter().chain(earlier).map(|what| {
        Notice::warning(format!(
            "{what}. Whoever has such a phone gets the passcodes of each of its users."
        ))
    })
}

/// What is left to do, without the table.
pub(crate) fn left_over(ending: &Ending<'_>) -> Vec<Notice> {
    incomplete(ending, None)
}

#[cfg(test)]
mod tests;
