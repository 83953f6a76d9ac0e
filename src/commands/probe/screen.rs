//! What a person sees of a probe.

use tracing::Level;

use super::check::Checked;
use crate::probe::{Ending, MOST, Standing, Subject, Verdict};
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::quantity::counted;
use crate::report::wrap::hanging;

/// What is about to happen, as far as a person has to agree to it.
pub(super) fn plan(subject: &Subject, checked: &Checked, host: &str, rate: &str) -> Notice {
    let (user, phone) = (subject.user, subject.phone.masked());
    let policy = checked.shown();
    let mut lines = vec![
        format!("This is what the probe is going to do at {host}:"),
        format!(
            "- make up to a dozen devices for the test user {user} (three at a time at most), by the policy {policy}"
        ),
        "- look at them, and delete each of them again".to_owned(),
        format!("- send {MOST} requests at most, at {rate}; nothing else is changed"),
        format!(
            "wavepair sends no message to {phone}, but one of the devices is asked for with a notification, and PingOne may send it"
        ),
    ];
    if let Some(how) = &checked.tells {
        lines.push(format!(
            "the policy tells users of each new device ({how}): the test user may get such a message for each"
        ));
    }
    let text: String = lines
        .iter()
        .map(|line| hanging(line, 2, Console::width()))
        .collect();
    let message = format!(
        "the probe makes devices for the test user {user} at {host}, and deletes them again"
    );
    Notice::info("probe_plan", message)
        .fact("user", user.to_string())
        .fact("host", host)
        .fact("policy", subject.policy.to_string())
        .fact("requests_at_most", MOST)
        .shown_as(text)
}

/// Asks whether the probe may begin.
pub(super) fn question() -> Notice {
    Notice::info("question", "Begin? [y/N]").into_prompt()
}

/// The line of a question that is through.
pub(super) fn answered(verdict: &Verdict) -> Notice {
    let (number, standing) = (verdict.question.number(), verdict.standing);
    let asked = verdict.question.asked();
    let line = format!(
        "{number:>2}  {:<12}{asked}: {}",
        standing.as_str(),
        verdict.came
    );
    let level = match standing {
        Standing::Confirmed | Standing::Noted | Standing::Unasked => Level::INFO,
        Standing::Otherwise | Standing::Failed => Level::WARN,
    };
    Notice::new("probe", level, &verdict.came)
        .fact("question", number)
        .fact("asked", asked)
        .fact("standing", standing.code())
        .fact("answer", verdict.answer.as_str())
        .shown_as(hanging(&line, 16, Console::width()))
}

/// All answers beside each other, and what follows where one is otherwise than assumed.
pub(super) fn table(verdicts: &[Verdict]) -> Notice {
    let mut text = String::new();
    for verdict in verdicts {
        let (number, asked) = (verdict.question.number(), verdict.question.asked());
        let answer = verdict.answer.replace(',', ", ");
        let standing = verdict.standing.as_str();
        let line = format!("{number:>2}  {standing:<12}{asked}: {answer}");
        let line = line.trim_end_matches([':', ' ']);
        text += &hanging(line, 16, Console::width());
    }
    let otherwise = |verdict: &&Verdict| verdict.standing == Standing::Otherwise;
    if verdicts.iter().any(|verdict| otherwise(&verdict)) {
        text += "\nWhat follows:\n";
    }
    for verdict in verdicts.iter().filter(otherwise) {
        let line = format!("{:>2}  {}", verdict.question.number(), verdict.follows);
        text += &hanging(&line, 4, Console::width());
    }
    let of = |standing| {
        verdicts
            .iter()
            .filter(|verdict| verdict.standing == standing)
            .count()
    };
    let message = format!(
        "{} as assumed, {} otherwise, {} noted, {} not asked, {} without an answer",
        of(Standing::Confirmed),
        of(Standing::Otherwise),
        of(Standing::Noted),
        of(Standing::Unasked),
        of(Standing::Failed)
    );
    Notice::info("probe_result", &message)
        .fact("confirmed", of(Standing::Confirmed))
        .fact("otherwise", of(Standing::Otherwise))
        .shown_as(format!("\n{text}\n{message}"))
}

/// What became of the devices.
pub(super) fn cleaned(ending: &Ending, command: &str) -> Vec<Notice> {
    let mut notices = Vec::new();
    let Ending {
        made,
        left,
        open,
        others,
        ..
    } = *ending;
    let deleted = made - left;
    let devices = |number: usize| counted(number as u64, "device");
    let message = format!("{} made, {deleted} deleted", devices(made));
    let facts = |notice: Notice| {
        notice
            .fact("made", made)
            .fact("deleted", deleted)
            .fact("left", left)
            .fact("unknown", open)
    };
    if ending.is_clean() {
        notices.push(facts(Notice::info("probe_cleaned", message)));
    } else {
        let message = format!(
            "{message}; {} left, and {} of which nobody knows whether it made one",
            devices(left),
            counted(open as u64, "create")
        );
        let hint = format!("`{command}` deletes what is left");
        let notice = Notice::new("probe_cleaned", Level::WARN, message).hint(Some(hint));
        notices.push(facts(notice).even_if_quiet());
    }
    if others > 0 {
        let what = format!(
            "{} of the user's appeared meanwhile that the probe did not make; left alone",
            devices(others)
        );
        notices.push(Notice::warning(what));
    }
    notices
}
