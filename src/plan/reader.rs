//! Reads a plan: whether it is whole, what it rests on, and row by row what is expected.

use std::io::{self, BufRead, Read};

use serde::Deserialize;
use thiserror::Error;

use super::digest::Sum;
use super::file::{Head, RowPlan, Seal, VERSION};

/// More than any line of ours has; a head with so many policies is none.
const LONGEST: u64 = 16 << 20;

/// Why a file is no plan that can be carried out.
#[derive(Debug, Error)]
pub(crate) enum Flaw {
    /// Its first line is not the head of a plan.
    #[error("it is no plan of wavepair")]
    NotAPlan,
    /// Another wavepair wrote it.
    #[error("it is of form {0}, and this wavepair reads form {VERSION}")]
    OtherForm(u64),
    /// Its end is missing.
    #[error("its end is missing")]
    Cut,
    /// Its digest is not that of what stands before it.
    #[error("it was edited or damaged: its last line is not the digest of all lines before it")]
    Edited,
    /// A line is not as wavepair writes it, though the digest is right.
    #[error("its line {0} is none that wavepair writes")]
    Line(u64),
    /// The operating system does not give it.
    #[error("it cannot be read: {0}")]
    Unread(#[from] io::Error),
}

/// Reads a plan to its end; what it rests on, where it is as it was written.
///
/// # Errors
///
/// It is none, of another form, cut, edited, or cannot be read.
pub(crate) fn verify(mut plan: impl BufRead) -> Result<Head, Flaw> {
    let (mut sum, mut lines) = (Sum::new(), 0_u64);
    let (mut line, mut next) = (Vec::new(), Vec::new());
    read_line(&mut plan, &mut line)?;
    let head = head(&line)?;
    loop {
        read_line(&mut plan, &mut next)?;
        if next.is_empty() {
            break;
        }
        sum.add(&line);
        lines += 1;
        std::mem::swap(&mut line, &mut next);
    }
    // The head and the rows stand before the last line.
    if lines != head.rows.saturating_add(1) || line.last() != Some(&b'\n') {
        return Err(if lines > head.rows {
            Flaw::Edited
        } else {
            Flaw::Cut
        });
    }
    let seal: Seal = serde_json::from_slice(&line).map_err(|_| Flaw::Edited)?;
    if seal.sha256 != sum.digest() {
        return Err(Flaw::Edited);
    }
    Ok(head)
}

/// The rows of a plan, one by one.
#[derive(Debug)]
pub(crate) struct RowPlans<R> {
    plan: R,
    left: u64,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> RowPlans<R> {
    /// Begins with the first row of a plan that was [verified](verify).
    ///
    /// # Errors
    ///
    /// It is not what it was then, or cannot be read.
    pub(crate) fn new(mut plan: R) -> Result<Self, Flaw> {
        let mut line = Vec::new();
        read_line(&mut plan, &mut line)?;
        Ok(Self {
            left: head(&line)?.rows,
            plan,
            line,
            number: 1,
        })
    }

    /// What is expected of the next row; nothing behind the last.
    ///
    /// # Errors
    ///
    /// It is not what it was when it was verified, or cannot be read.
    pub(crate) fn next_row(&mut self) -> Result<Option<RowPlan>, Flaw> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.number += 1;
        read_line(&mut self.plan, &mut self.line)?;
        let row = serde_json::from_slice(&self.line);
        row.map(Some).map_err(|_| Flaw::Line(self.number))
    }
}

fn head(line: &[u8]) -> Result<Head, Flaw> {
    /// The head of any plan that there will ever be.
    #[derive(Deserialize)]
    struct AnyHead {
        wavepair_plan: u64,
    }
    let any: AnyHead = serde_json::from_slice(line).map_err(|_| Flaw::NotAPlan)?;
    if any.wavepair_plan != u64::from(VERSION) {
        return Err(Flaw::OtherForm(any.wavepair_plan));
    }
    serde_json::from_slice(line).map_err(|_| Flaw::Line(1))
}

/// Reads a line with its end; nothing where there is none any more.
fn read_line(plan: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    line.clear();
    plan.take(LONGEST).read_until(b'\n', line)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::EnvironmentId;
    use crate::model::ledger_mark::LedgerMark;
    use crate::plan::digest::WaveSum;
    use crate::plan::file::line;
    use crate::plan::{Expectation, Totals};

    fn head_of(rows: u64) -> Head {
        Head {
            wavepair_plan: VERSION,
            wave: "wave.csv".to_owned(),
            sha256: WaveSum::new().finish().0,
            rows,
            environment: EnvironmentId::from_bytes([1; 16]),
            host: "h".to_owned(),
            settings: [("type".to_owned(), Some("SMS".to_owned()))].into(),
            ledger: LedgerMark::default(),
            totals: Totals::default(),
        }
    }

    fn row(number: u64) -> RowPlan {
        RowPlan::bare(number, Expectation::Create)
    }

    fn sealed(mut text: Vec<u8>) -> Vec<u8> {
        let mut sum = Sum::new();
        sum.add(&text);
        let sha256 = sum.digest();
        text.extend(line(&Seal { sha256 }).unwrap());
        text
    }

    fn plan(rows: u64) -> Vec<u8> {
        let mut text = line(&head_of(rows)).unwrap();
        text.extend((1..=rows).flat_map(|number| line(&row(number)).unwrap()));
        sealed(text)
    }

    fn flaw(text: &[u8]) -> String {
        verify(text).unwrap_err().to_string()
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_row_by_row() {
        for rows in [0, 1, 3] {
            let text = plan(rows);
            assert_eq!(verify(text.as_slice()).unwrap(), head_of(rows));
            let mut plans = RowPlans::new(text.as_slice()).unwrap();
            for number in 1..=rows {
                assert_eq!(plans.next_row().unwrap(), Some(row(number)));
            }
            assert_eq!(plans.next_row().unwrap(), None);
        }
    }

    #[test]
    fn a_plan_that_is_cut_anywhere_or_changed_in_any_byte_is_refused() {
        let text = plan(2);
        for length in 0..text.len() {
            verify(&text[..length]).unwrap_err();
        }
        for at in 0..text.len() {
            let mut other = text.clone();
            other[at] ^= 1;
            assert!(verify(other.as_slice()).is_err(), "byte {at}");
        }
    }

    #[test]
    fn what_is_wrong_with_it_is_told() {
        let text = String::from_utf8(plan(2)).unwrap();
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let resealed = |lines: &[&str]| sealed(lines.concat().into_bytes());
        for (text, told) in [
            (Vec::new(), "it is no plan of wavepair"),
            (b"user_id,phone\n".to_vec(), "it is no plan of wavepair"),
            (b"{\"rows\":1}\n".to_vec(), "it is no plan of wavepair"),
            (
                b"{\"wavepair_plan\":2}\n".to_vec(),
                "it is of form 2, and this wavepair reads form 1",
            ),
            (lines[..2].concat().into_bytes(), "its end is missing"),
            (lines[..3].concat().into_bytes(), "its end is missing"),
            (resealed(&lines[..2]), "its end is missing"),
            (
                resealed(&[lines[0], lines[1], lines[2], lines[2]]),
                "it was edited",
            ),
            ([text.as_bytes(), b"\n"].concat(), "it was edited"),
            (
                text.replace("\"expect\":\"create\"", "\"expect\":\"settle\"")
                    .into_bytes(),
                "it was edited",
            ),
        ] {
            let found = flaw(&text);
            assert!(found.starts_with(told), "{found}, and not {told}");
        }
        let strange = resealed(&[lines[0], "{\"row\":1}\n", lines[2]]);
        assert!(verify(strange.as_slice()).is_ok());
        let mut rows = RowPlans::new(strange.as_slice()).unwrap();
        assert!(matches!(rows.next_row(), Err(Flaw::Line(2))));
    }
}
