//! Questions 8 to 13: listings, reports, headers, deletions.

use std::time::Duration;

use super::super::evidence::{Evidence, Look, Reported, Seen};
use super::{AGAIN, Finding, Standing};
use crate::retry::FIRST_LOOK;

use Standing::{Confirmed, Failed, Noted, Otherwise, Unasked};

pub(super) fn listing(evidence: &Evidence) -> Finding {
    let looks = &evidence.looks;
    let Some(first) = looks.iter().position(|look| look.seen) else {
        let Some(last) = looks.last() else {
            return Finding::of_no_device(evidence);
        };
        return Finding::new(
            Otherwise,
            "never",
            format!(
                "not in {} looks within {}",
                looks.len(),
                seconds(last.after)
            ),
            "a listing says little here: raise `--settle`, and look at each `unknown` row in PingOne",
        );
    };
    let missed = looks[first..].iter().filter(|look| !look.seen).count();
    if missed > 0 {
        return Finding::new(
            Otherwise,
            "unsteady",
            format!(
                "first after {}, and then missing in {missed} looks",
                seconds(looks[first].after)
            ),
            "a look that does not show a device proves nothing yet: wavepair needs two that are 30 s apart, \
             and `--settle` before it sends again; do not lower it",
        );
    }
    if first == 0 {
        let text = format!(
            "in each of {} looks, the first {} after",
            looks.len(),
            seconds(looks[0].after)
        );
        let first_look = FIRST_LOOK.as_secs();
        let follows =
            format!("nothing: a lost answer's device is looked for after {first_look} s first");
        return Finding::new(Confirmed, "at_once", text, follows);
    }
    late(looks, first)
}

fn late(looks: &[Look], first: usize) -> Finding {
    let (missed, seen) = (looks[first - 1].after, looks[first].after);
    let text = format!(
        "missing after {}, there after {}",
        seconds(missed),
        seconds(seen)
    );
    let first_look = FIRST_LOOK.as_secs();
    let follows = if seen <= FIRST_LOOK {
        format!(
            "nothing: the first look for a lost answer's device comes later, after {first_look} s"
        )
    } else {
        format!(
            "the first look for a lost answer's device, after {first_look} s, may come too early; the later \
             ones (5 s, 15 s, 1 min, 2 min) find it. Do not lower `--settle` below 5m"
        )
    };
    Finding::new(Otherwise, "late", text, follows)
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

pub(super) fn report(evidence: &Evidence) -> Finding {
    const LISTING: &str = "devices are found by listing users one by one alone";
    let Some(seen) = evidence.report.seen() else {
        return Finding::none(&evidence.report);
    };
    let label = seen.label();
    match (seen.status, &evidence.reported) {
        (200..=299, Some(Reported::Entry { .. })) => Finding::new(
            Confirmed,
            "accepted",
            format!("{label}: an entry that can be read"),
            "one report can stand for the listings of all users",
        ),
        (200..=299, Some(Reported::Empty)) => Finding::new(
            Confirmed,
            "accepted_empty",
            format!("{label}: it has no entry yet; a report is up to 15 minutes old"),
            "whether entries can be read is not known: probe again once the environment has a WhatsApp device",
        ),
        (200..=299, Some(Reported::Unreadable) | None) => Finding::new(
            Otherwise,
            "unreadable",
            format!("{label}: its entries have no names that wavepair knows"),
            LISTING,
        ),
        (403, _) => Finding::new(
            Otherwise,
            "forbidden",
            label,
            format!("{LISTING}, unless the worker application gets a role that may make reports"),
        ),
        (400..=428 | 430..=499, _) => Finding::new(
            Otherwise,
            format!("refused_{}", seen.status),
            label,
            LISTING,
        ),
        _ => Finding::new(Failed, "", label, AGAIN),
    }
}

pub(super) fn headers(evidence: &Evidence) -> Finding {
    let Some(headers) = &evidence.limit_headers else {
        return Finding::new(Failed, "", "there was no good answer", AGAIN);
    };
    let names: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let (answer, limits) = if names.is_empty() {
        ("none", "no header is about limits".to_owned())
    } else {
        ("limit_headers", names.join(", "))
    };
    let throttled = match evidence.throttled {
        None => "; no answer was 429".to_owned(),
        Some((times, wait)) => {
            let wait = wait.map_or_else(
                || "without Retry-After".to_owned(),
                |wait| format!("the last with Retry-After {} s", wait.as_secs()),
            );
            let times = if times == 1 {
                "once".to_owned()
            } else {
                format!("{times} times")
            };
            format!("; 429 came {times} by itself, {wait}")
        }
    };
    let came = format!("{limits}{throttled}");
    let follows = if names.is_empty() {
        "nothing: the pace is `--rate`, and 429 with Retry-After is obeyed"
    } else {
        "these headers tell the limit: set `--rate` below it; wavepair does not read them by itself"
    };
    Finding::new(Noted, answer, came, follows)
}

pub(super) fn other_environment(evidence: &Evidence) -> Finding {
    let Some(seen) = evidence.other_environment.seen() else {
        return Finding::none(&evidence.other_environment);
    };
    let answer = seen.status.to_string();
    match seen.status {
        403 => Finding::new(
            Confirmed,
            answer,
            seen.label(),
            "nothing: a wrong environment is told like a missing role, and the message names both",
        ),
        400..=499 => Finding::new(
            Otherwise,
            answer,
            seen.label(),
            "a wrong environment looks like unknown users: where each row is `user_not_found`, check \
             `--environment` first",
        ),
        200..=299 => Finding::new(
            Otherwise,
            answer,
            format!(
                "{}: an environment that was made up is answered for",
                seen.label()
            ),
            "what answers is not PingOne, or a proxy before it: check `--api-url`",
        ),
        _ => Finding::new(Failed, "", seen.label(), AGAIN),
    }
}

pub(super) fn delete_twice(evidence: &Evidence) -> Finding {
    let (first, again) = (&evidence.deleted, &evidence.deleted_again);
    let (Some(one), Some(two)) = (first.seen(), again.seen()) else {
        let missing = if first.seen().is_none() { first } else { again };
        return Finding::none(missing);
    };
    let came = format!("{}, then {}", one.label(), two.label());
    let answer = format!("{},{}", one.status, two.status);
    match (one.status, two.status) {
        (204, 404) => Finding::new(
            Confirmed,
            answer,
            came,
            "nothing: a device that is gone is told from one that was deleted just now",
        ),
        (200..=299, 200..=299) => Finding::new(
            Otherwise,
            answer,
            came,
            "a deletion says nothing of whether the device was there: list it first where that counts",
        ),
        _ if is_answered(one) && is_answered(two) => Finding::new(
            Otherwise,
            answer,
            came,
            "wavepair takes 204 and 404 alone for gone: look for the device in PingOne",
        ),
        _ => Finding::new(Failed, "", came, AGAIN),
    }
}

fn is_answered(seen: &Seen) -> bool {
    seen.status < 500 && seen.status != 429
}

pub(super) fn transaction(evidence: &Evidence) -> Finding {
    match evidence.transactions {
        (0, 0) => Finding::new(Unasked, "", "there was no answer", AGAIN),
        (repeated, 0) => Finding::new(
            Confirmed,
            "echoed",
            format!("in each of {repeated} answers"),
            "nothing: an answer is known to be ours by it, and connections are kept",
        ),
        (0, silent) => Finding::new(
            Otherwise,
            "not_echoed",
            format!("in none of {silent} answers"),
            "an answer is known to be ours on a connection of its own alone: wavepair opens more of them, and \
             looks once more after a refusal; leave `--concurrency` as it is",
        ),
        (repeated, silent) => Finding::new(
            Otherwise,
            "sometimes",
            format!("in {repeated} answers of {}", repeated + silent),
            "as where no answer repeats it: something between PingOne and this machine may answer by itself",
        ),
    }
}
