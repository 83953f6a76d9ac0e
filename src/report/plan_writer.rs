//! Writes a plan: what a dry run says of each row, closed by a digest.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::known_row::KnownRow;
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use super::safe_file::{Error, SafeFile, failing};
use crate::clock;
use crate::model::entry::Moment;
use crate::plan::digest::{AddressKey, Sum};
use crate::plan::file::{DevicePlan, Head, RowPlan, Seal, line};
use crate::plan::named::NamesPlan;
use crate::plan::{Expectation, OpenRequest, Totals, expectation};

/// A plan on its way to its name.
///
/// Its first line says what the rows come to, so they wait in a private file until all are known.
#[derive(Debug)]
pub(crate) struct PlanWriter {
    rows: BufWriter<File>,
    key: AddressKey,
    totals: Totals,
    settle: Duration,
    now: Moment,
}

impl PlanWriter {
    /// Begins a plan. `key` is that of its wave, and `settle` the age at which a request that was not
    /// answered may be followed by another one.
    ///
    /// # Errors
    ///
    /// There is no private file to be had.
    pub(crate) fn new(key: AddressKey, settle: Duration) -> io::Result<Self> {
        Ok(Self {
            rows: BufWriter::new(tempfile::tempfile()?),
            key,
            totals: Totals::default(),
            settle,
            now: clock::moment(),
        })
    }

    /// Gives the plan its name, whole; what it comes to.
    ///
    /// # Errors
    ///
    /// It cannot be written; an earlier file of that name is then as it was.
    pub(crate) fn finish(self, head: Head, path: &Path) -> Result<Totals, Error> {
        let Self { rows, totals, .. } = self;
        let head = Head {
            totals: totals.clone(),
            ..head
        };
        let mut out = SafeFile::create(path)?;
        write(&head, rows, &mut out).map_err(failing(path, "written"))?;
        out.commit()?;
        Ok(totals)
    }

    fn plan_of(&self, row: &KnownRow, result: &ResultRow) -> RowPlan {
        let open = row.open.as_ref().map(|open: &OpenRequest| {
            let age = clock::age(&open.last_send, &self.now);
            open.may_be_followed(age, self.settle)
        });
        let finished = &result.finished;
        let expect = expectation(finished.outcome, open);
        let is_nothing = expect == Expectation::Nothing;
        let valid = row.judged.verdict.as_ref().ok();
        RowPlan {
            row: finished.who.row.0,
            line: finished.who.line,
            expect,
            outcome: is_nothing.then(|| finished.outcome.as_str().to_owned()),
            code: finished.code.clone().filter(|_| is_nothing),
            device: valid.map(|valid| DevicePlan::of(&valid.request, &self.key)),
            names: NamesPlan::of(&row.judged),
            device_id: finished.device,
            warnings: { result.warnings.iter() }
                .map(|code| code.as_str().to_owned())
                .collect(),
        }
    }
}

impl RowSink for PlanWriter {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let plan = self.plan_of(row, result);
        let valid = row.judged.verdict.as_ref().ok();
        self.totals
            .add(plan.expect, valid.map(|valid| &valid.request));
        self.rows.write_all(&line(&plan)?)
    }
}

/// Writes head, rows and seal.
fn write(head: &Head, rows: BufWriter<File>, out: &mut dyn Write) -> io::Result<()> {
    let mut sum = Sum::new();
    let mut put = |bytes: &[u8], out: &mut dyn Write| {
        sum.add(bytes);
        out.write_all(bytes)
    };
    put(&line(head)?, out)?;
    let mut rows = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
    rows.rewind()?;
    let mut rows = BufReader::new(rows);
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = rows.read(&mut bytes)?;
        if read == 0 {
            break;
        }
        put(&bytes[..read], out)?;
    }
    let sha256 = sum.digest();
    out.write_all(&line(&Seal { sha256 })?)
}
