//! The table of what was measured.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use wavepair::testing::clock;

use crate::lines::{ALL, Line};

/// What was measured.
pub(crate) struct Table {
    text: String,
    lines: Vec<Line>,
}

impl Table {
    pub(crate) fn new(rows: u64) -> Self {
        let commit = Command::new("git")
            .args(["rev-parse", "--short", "HEAD"])
            .output();
        let commit = commit
            .ok()
            .and_then(|said| String::from_utf8(said.stdout).ok());
        let commit = commit.unwrap_or_default();
        let cores = std::thread::available_parallelism().unwrap();
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let text = format!(
            "{}, commit `{}`, {cores} cores with a load of {load}, {rows} rows.\n\n| what | measured | ratio | goal |\n| --- | --- | --- | --- |\n",
            clock::wall().strftime("%Y-%m-%d"),
            commit.trim()
        );
        Self {
            text,
            lines: Vec::new(),
        }
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: Line, measured: &str, ratio: &str) {
        let (what, goal) = line;
        self.lines.push(line);
        println!("{what:<62} {ratio:>8}  ({goal})  {measured}");
        writeln!(self.text, "| {what} | {measured} | {ratio} | {goal} |").unwrap();
    }

    /// Adds a line of a peer that is not there.
    pub(crate) fn skip(&mut self, line: Line, why: &str) {
        self.add(line, why, "skipped");
    }

    /// Writes it where README's test finds it.
    pub(crate) fn write(&self) {
        assert_eq!(self.lines, ALL, "one line each, in their order");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures.md");
        std::fs::write(&path, &self.text).unwrap();
        println!("written to {}; README.md shows it", path.display());
    }
}
