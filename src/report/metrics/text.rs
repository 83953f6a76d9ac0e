//! The text format of Prometheus, version 0.0.4, which the textfile collector of the node exporter
//! reads.
//!
//! Source: "Exposition formats" and "Metric and label naming" of the documentation of Prometheus.
//! The libraries write `OpenMetrics`, whose counters are named otherwise in their `TYPE` lines.

use std::fmt::{Display, Write};

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) name: &'static str,
    kind: &'static str,
    help: &'static str,
}

impl Family {
    /// One that only rises, from nothing with each run.
    pub(super) const fn counter(name: &'static str, help: &'static str) -> Self {
        let kind = "counter";
        Self { name, kind, help }
    }

    /// One that is what it is.
    pub(super) const fn gauge(name: &'static str, help: &'static str) -> Self {
        let kind = "gauge";
        Self { name, kind, help }
    }
}

/// What tells a value from the others of its metric.
pub(super) type Label<'a> = (&'static str, &'a str);

/// A document being written.
#[derive(Debug)]
pub(super) struct Text {
    /// What all of it is about.
    about: String,
    text: String,
}

impl Text {
    /// Begins a document in which every metric has these labels.
    pub(super) fn about(labels: &[Label<'_>]) -> Self {
        Self {
            about: list(labels),
            text: String::new(),
        }
    }

    /// Writes a metric, where it has any value, each with its labels.
    pub(super) fn family<'a, L: AsRef<[Label<'a>]>>(
        &mut self,
        family: &Family,
        samples: impl IntoIterator<Item = (L, f64)>,
    ) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        self.line(&format_args!("# HELP {} {}", family.name, family.help));
        self.line(&format_args!("# TYPE {} {}", family.name, family.kind));
        for (labels, value) in samples {
            let start = start(family, &self.about, labels.as_ref());
            self.line(&format_args!("{start}{value}"));
        }
    }

    /// The value that a document of this kind has for a metric without labels of its own.
    pub(super) fn value_in(&self, document: &str, family: &Family) -> Option<f64> {
        let start = start(family, &self.about, &[]);
        let mut lines = document.lines();
        lines.find_map(|line| line.strip_prefix(&start)?.parse().ok())
    }

    /// The document.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, line: &dyn Display) {
        writeln!(self.text, "{line}").expect("a String takes any text");
    }
}

/// What stands before a value.
fn start(family: &Family, about: &str, labels: &[Label<'_>]) -> String {
    let own = list(labels);
    let comma = if own.is_empty() { "" } else { "," };
    format!("{}{{{about}{comma}{own}}} ", family.name)
}

fn list(labels: &[Label<'_>]) -> String {
    let labels = labels.iter();
    let labels: Vec<_> = labels
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    labels.join(",")
}

/// The value of a label: three characters of it mean something else.
fn escaped(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: Family = Family::gauge("wavepair_rows", "Rows.");

    #[test]
    fn a_metric_has_its_help_its_type_and_a_line_for_each_sample() {
        let mut text = Text::about(&[("wave", "a\"b\\c\nd.csv")]);
        let created: (&[Label<'_>], _) = (&[("outcome", "created")], 2.0);
        text.family(&ROWS, [created, (&[], 0.5)]);
        text.family::<&[Label<'_>]>(&ROWS, []);
        assert_eq!(
            text.into_text(),
            "# HELP wavepair_rows Rows.\n\
             # TYPE wavepair_rows gauge\n\
             wavepair_rows{wave=\"a\\\"b\\\\c\\nd.csv\",outcome=\"created\"} 2\n\
             wavepair_rows{wave=\"a\\\"b\\\\c\\nd.csv\"} 0.5\n"
        );
    }

    #[test]
    fn a_value_is_found_again_in_a_document_about_the_same() {
        let about = |wave: &str| Text::about(&[("wave", wave)]);
        let mut text = about("a.csv");
        text.family(&ROWS, [(&[][..], 1_796_000_000.0)]);
        let text = text.into_text();
        assert_eq!(about("a.csv").value_in(&text, &ROWS), Some(1_796_000_000.0));
        assert_eq!(about("b.csv").value_in(&text, &ROWS), None);
        for torn in ["", "wavepair_rows{wave=\"a.csv\"} ", "\u{0}"] {
            assert_eq!(about("a.csv").value_in(torn, &ROWS), None, "{torn:?}");
        }
    }
}
