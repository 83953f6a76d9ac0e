//! What `undo` says: before it begins, and at its end. Pure.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{at_best, count, counted, elapsed, span};
use super::wrap::wrapped;
use crate::model::ids::{EnvironmentId, RunId};
use crate::model::standard_stream::is_standard;
use crate::model::undo::{UndoCounts, UndoVerdict};

/// What is about to be undone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<'a> {
    /// The run whose devices are deleted.
    pub run: RunId,
    /// Its wave.
    pub wave: &'a str,
    /// Where the devices are.
    pub environment: EnvironmentId,
    /// Whom PingOne is asked by.
    pub host: &'a str,
    /// The ledger.
    pub ledger: &'a Path,
    /// How many devices are to be deleted.
    pub devices: u64,
    /// How many were undone before.
    pub done: u64,
    /// Some of them, masked.
    pub examples: &'a [String],
    /// How fast, where there is a ceiling.
    pub rate: Option<f64>,
    /// Whether devices are looked at alone.
    pub dry_run: bool,
}

impl Before<'_> {
    /// Says what is about to happen.
    pub(crate) fn notice(&self, width: Option<usize>) -> Notice {
        let (wave, host) = (neutral(self.wave), neutral(self.host));
        let ledger = self.ledger.to_string_lossy();
        let what = if self.dry_run {
            "to look at; nothing is deleted"
        } else {
            "to delete"
        };
        let devices = counted(self.devices, "device");
        let mut lines = vec![
            format!("undo         run {} of {wave}", self.run),
            format!("devices      {devices} {what}"),
        ];
        if self.done > 0 {
            let done = count(self.done);
            lines.push(format!("             {done} more are undone already"));
        }
        for example in self.examples {
            lines.push(format!("such as      {}", neutral(example)));
        }
        lines.push(format!("environment  {}", self.environment));
        lines.push(format!("host         {host}"));
        lines.push(format!("ledger       {}", neutral(&ledger)));
        // Each device is looked at first.
        let requests = self.devices * if self.dry_run { 1 } else { 2 };
        if let Some(time) = at_best(requests, self.rate) {
            lines.push(format!("takes        {} at best", span(time)));
        }
        let text: String = lines.iter().map(|line| wrapped(line, width)).collect();
        Notice::info("undo", format!("run {}: {devices} {what}", self.run))
            .fact("undoes", self.run.to_string())
            .fact("devices", self.devices)
            .fact("environment", self.environment.to_string())
            .fact("host", host.into_owned())
            .shown_as(text)
    }

    /// Asks for the number of devices.
    pub(crate) fn question(&self) -> Notice {
        let text = format!(
            "These devices are deleted in PingOne, for good. Type their number ({}) to go on: ",
            count(self.devices)
        );
        Notice::info("question", text).into_prompt()
    }
}

/// What it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct After<'a> {
    /// The verdicts.
    pub counts: &'a UndoCounts,
    /// How long it took.
    pub took: Duration,
    /// Where the file is; `-` is standard output.
    pub file: &'a Path,
    /// The command that goes on, where something is left for it.
    pub again: Option<&'a str>,
    /// Whether devices were looked at alone.
    pub dry_run: bool,
}

impl After<'_> {
    /// What became of the devices, as a table, and what is left to do.
    pub(crate) fn notices(&self, width: Option<usize>) -> Vec<Notice> {
        let total: u64 = self.counts.iter().map(|(_, devices)| devices).sum();
        let took = elapsed(self.took);
        let head = format!("{} in {took}", counted(total, "device"));
        let mut text = "\n".to_owned() + &wrapped(&head, width) + "\n";
        let lengths = self.counts.iter().map(|(_, devices)| count(devices).len());
        let longest = lengths.max().unwrap_or_default();
        let mut facts = Map::new();
        for (verdict, devices) in self.counts.iter() {
            let word = self.word(verdict);
            facts.insert(word.to_owned(), devices.into());
            if devices > 0 {
                let line = format!("  {word:<14}{:>longest$}", count(devices));
                text += &wrapped(&line, width);
            }
        }
        let file = self.file.to_string_lossy();
        if !is_standard(self.file) {
            text += &wrapped(&format!("\ndevices: {}", neutral(&file)), width);
        }
        let mut notices = vec![
            Notice::info("undone", head)
                .fact("devices", total)
                .fact("seconds", self.took.as_secs_f64())
                .fact("verdicts", Value::Object(facts))
                .fact("file", file.as_ref())
                .shown_as(text)
                .even_if_quiet(),
        ];
        notices.extend(self.left(width));
        notices
    }

    fn word(&self, verdict: UndoVerdict) -> &'static str {
        match verdict {
            UndoVerdict::Pending if self.dry_run => "would go",
            UndoVerdict::Deleted
            | UndoVerdict::AlreadyGone
            | UndoVerdict::Kept
            | UndoVerdict::Failed
            | UndoVerdict::Pending => verdict.as_str(),
        }
    }

    fn left(&self, width: Option<usize>) -> Vec<Notice> {
        let of = |wanted: &[UndoVerdict]| -> u64 {
            let counts = self.counts.iter();
            let wanted = counts.filter(|(verdict, _)| wanted.contains(verdict));
            wanted.map(|(_, devices)| devices).sum()
        };
        let say = |event, text: String| {
            let shown = "\n".to_owned() + &wrapped(&text, width);
            Notice::info(event, text).shown_as(shown).even_if_quiet()
        };
        let mut notices = Vec::new();
        let kept = of(&[UndoVerdict::Kept]);
        if kept > 0 {
            let are = if kept == 1 { "was" } else { "were" };
            let text = format!(
                "{} {are} kept: the file says why, and with which option each is deleted all the same.",
                counted(kept, "device")
            );
            notices.push(say("kept", text));
        }
        let left = of(&[UndoVerdict::Failed, UndoVerdict::Pending]);
        if let Some(again) = self.again.filter(|_| left > 0 && !self.dry_run) {
            let are = if left == 1 { "is" } else { "are" };
            let text = format!("{} {are} left. Go on with:", counted(left, "device"));
            let shown = "\n".to_owned() + &wrapped(&text, width) + "  " + again + "\n";
            let notice = Notice::info("go_on", format!("{text} {again}"));
            notices.push(notice.shown_as(shown).even_if_quiet());
        }
        notices
    }
}
