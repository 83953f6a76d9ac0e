//! The report of a probe, for people and for programs. It is safe to mail: no token, no full phone,
//! no more of an ID than tells two of them apart.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::cleaning::Ending;
use super::judge::Verdict;

/// What the report is about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// When the probe began and ended, RFC 3339.
    pub at: (String, String),
    /// The API's host.
    pub host: String,
    /// The environment, cut short.
    pub environment: String,
    /// The test user, cut short.
    pub user: String,
    /// The phone, masked.
    pub phone: String,
    /// The policy: its name, where it was told, and its ID.
    pub policy: String,
    /// How many requests were sent, the token's included.
    pub requests: usize,
    /// What was sent for each question, in the order of the numbers.
    pub sent: Vec<String>,
}

/// The report as Markdown.
pub(crate) fn markdown(about: &About, verdicts: &[Verdict], ending: &Ending) -> String {
    let mut text = String::from("# What PingOne really does\n\n");
    let version = env!("CARGO_PKG_VERSION");
    let (began, ended) = &about.at;
    line(
        &mut text,
        &format!(
            "`wavepair probe` {version}, {began} to {ended}: {} requests to {} for the environment `{}`, \
         user `{}`, phone {}, policy {}.",
            about.requests, about.host, about.environment, about.user, about.phone, about.policy
        ),
    );
    line(&mut text, &devices(ending));
    if let Some(why) = &ending.cut_short {
        line(
            &mut text,
            &format!("It ended before its last question: {}.", cell(why)),
        );
    }
    text.push_str("| # | asked | as wavepair assumes? | what came |\n| --- | --- | --- | --- |\n");
    for verdict in verdicts {
        let (number, asked) = (verdict.question.number(), verdict.question.asked());
        let (standing, came) = (verdict.standing.as_str(), cell(&verdict.came));
        writeln!(text, "| {number} | {asked} | {standing} | {came} |")
            .expect("a String takes any text");
    }
    for (verdict, sent) in verdicts.iter().zip(&about.sent) {
        let (number, asked) = (verdict.question.number(), verdict.question.asked());
        writeln!(text, "\n## {number}. {}\n", capital(asked)).expect("a String takes any text");
        for (word, what) in [
            ("Sent", sent.as_str()),
            ("Assumed", verdict.question.assumed()),
            ("Came", &verdict.came),
            ("So", &verdict.follows),
        ] {
            if !what.is_empty() {
                writeln!(text, "- {word}: {}.", cell(what)).expect("a String takes any text");
            }
        }
    }
    text
}

fn line(text: &mut String, what: &str) {
    text.push_str(what);
    text.push_str("\n\n");
}

/// What became of the devices, as a sentence.
fn devices(ending: &Ending) -> String {
    let Ending {
        made,
        left,
        open,
        others,
        ..
    } = ending;
    let mut text = format!("It made {made} devices and deleted {}.", made - left);
    if *left > 0 || *open > 0 {
        write!(
            text,
            " **{left} of them are still there, and of {open} creates nobody knows whether they made one: \
             `wavepair probe --clean FILE` deletes them.**"
        )
        .expect("a String takes any text");
    }
    if *others > 0 {
        write!(
            text,
            " {others} devices appeared meanwhile that it did not make; they were left alone."
        )
        .expect("a String takes any text");
    }
    text
}

/// A text in a cell of a table, or behind a dash: one line, and no bar.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The report as JSON.
pub(crate) fn json(about: &About, verdicts: &[Verdict], ending: &Ending) -> Value {
    let question = |(verdict, sent): (&Verdict, &String)| {
        json!({
            "number": verdict.question.number(),
            "asked": verdict.question.asked(),
            "assumed": verdict.question.assumed(),
            "sent": sent,
            "standing": verdict.standing.code(),
            "answer": verdict.answer,
            "came": verdict.came,
            "follows": verdict.follows,
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "started_at": about.at.0,
        "finished_at": about.at.1,
        "host": about.host,
        "environment": about.environment,
        "user": about.user,
        "phone": about.phone,
        "policy": about.policy,
        "requests": about.requests,
        "cut_short": ending.cut_short,
        "devices": {
            "made": ending.made,
            "left": ending.left,
            "unknown": ending.open,
            "of_others": ending.others,
        },
        "questions": verdicts.iter().zip(&about.sent).map(question).collect::<Vec<_>>(),
    })
}
