//! The table of what was measured.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

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
        let text = format!(
            "Commit `{}`, {cores} cores, {rows} rows.\n\n| what | measured | ratio | goal |\n| --- | --- | --- | --- |\n",
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

    /// Writes it where the binaries are.
    pub(crate) fn write(&self) {
        assert_eq!(self.lines, ALL, "one line each, in their order");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("figures.md");
        std::fs::write(&path, &self.text).unwrap();
        println!("written to {}", path.display());
    }
}
