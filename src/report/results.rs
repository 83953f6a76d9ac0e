//! The results file: the input joined with the ledger, in one pass.
//!
//! Nothing is kept per row but what [`EarlierRows`] needs, and nothing that is written
//! depends on anything but the input and the ledger: written again it is the
//! same, byte for byte.

use std::io::{self, Write};

use super::rejects::Rejects;
use super::result_row::ResultRow;
use super::results_writer::{Options, ResultsWriter};
use super::standing::{Mode, Standing};
use crate::model::event::RowFinished;
use crate::model::invalid::Invalid;
use crate::model::request::{DeviceKey, RowDefaults, ValidRow};
use crate::model::row::{Header, InputRow};
use crate::model::tally::Counts;
use crate::plan::EarlierRows;

/// Why the results file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error<I, L> {
    /// The input could not be read on.
    #[error(transparent)]
    Input(I),
    /// The ledger could not be asked.
    #[error(transparent)]
    Lookup(L),
    /// The results could not be written.
    #[error("the results could not be written")]
    Results(#[source] io::Error),
}

/// The two sides of the join, and what stands between them.
pub struct Join<'a, L> {
    /// The header of the input.
    pub header: &'a Header,
    /// What stands in for empty cells.
    pub defaults: &'a RowDefaults,
    /// Whether a row that was never sent is `pending` or `ready`.
    pub mode: Mode,
    /// Reads what a row asks for.
    pub validate: &'a dyn Fn(&InputRow) -> Result<ValidRow, Invalid>,
    /// Tells what is known of a device.
    pub lookup: &'a mut dyn FnMut(&DeviceKey) -> Result<Standing, L>,
}

/// Writes every row of the input with what became of it.
///
/// `on_row` hears of each row in input order, after it is written. The counts
/// are of all rows; committing `out` and `rejects` is the caller's.
///
/// # Errors
///
/// Where the input, the ledger or a file fails. What was written until then is of no use.
pub fn write<I, L>(
    rows: impl IntoIterator<Item = Result<InputRow, I>>,
    join: Join<'_, L>,
    options: Options,
    out: &mut dyn Write,
    mut rejects: Option<&mut Rejects>,
    on_row: &mut dyn FnMut(&RowFinished),
) -> Result<Counts, Error<I, L>> {
    let Join {
        header,
        defaults,
        mode,
        validate,
        lookup,
    } = join;
    let mut earlier_rows = EarlierRows::default();
    let mut counts = Counts::default();
    let mut writer = ResultsWriter::new(out, header, options).map_err(Error::Results)?;
    for row in rows {
        let row = row.map_err(Error::Input)?;
        let result = match validate(&row) {
            Err(invalid) => ResultRow::invalid(header, &row, defaults, &invalid),
            Ok(mut valid) => {
                let standing = lookup(&valid.request.key).map_err(Error::Lookup)?;
                let earlier = earlier_rows.note(row.number, &mut valid, standing.entry_number());
                ResultRow::valid(&row, &valid, &standing, earlier, &mode)
            }
        };
        writer.write(&row, &result).map_err(Error::Results)?;
        if let Some(rejects) = &mut rejects {
            rejects.offer(&row, &result);
        }
        counts.add(result.outcome);
        on_row(&result.finished());
    }
    writer.finish().map_err(Error::Results)?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::invalid::{InvalidCode, Problem};
    use crate::model::outcome::Outcome;
    use crate::report::fixture::{defaults, entry, header, key, row, valid_row};
    use crate::report::standing::NotReached;

    fn run() -> Mode {
        Mode::Run(NotReached::NoRun)
    }

    /// Row `n` asks for device `n % 4`; row 3 is wrong; the ledger knows device 1.
    fn joined(rows: u64, mode: Mode) -> (String, Counts, Vec<RowFinished>) {
        let header = header(&["user_id", "note"]);
        let mut out = Vec::new();
        let mut heard = Vec::new();
        let join = Join {
            header: &header,
            defaults: &defaults(),
            mode,
            validate: &|row| match row.number.0 {
                3 => Err(Problem::new(InvalidCode::PhoneMissing, "the phone is empty").into()),
                number => Ok(valid_row(number % 4)),
            },
            lookup: &mut |asked| {
                let known = *asked == key(1);
                let entry = known.then(|| entry(DeviceState::Created));
                Ok::<Standing, Infallible>(entry.into())
            },
        };
        let rows = (1..=rows).map(|number| Ok::<_, Infallible>(row(number, &["u", "=x"])));
        let options = Options::default();
        let mut on_row = |row: &RowFinished| heard.push(row.clone());
        let counts = write(rows, join, options, &mut out, None, &mut on_row).unwrap();
        (String::from_utf8(out).unwrap(), counts, heard)
    }

    #[test]
    fn every_row_has_its_line_in_input_order() {
        let (text, counts, heard) = joined(6, run());
        insta::assert_snapshot!(text, @r#"
        row,line,outcome,device_id,user_id,type,phone,policy_id,status,code,message,http_status,attempts,correlation_id,created_at,run_id,mfa_enabled,warning,input.user_id,input.note
        1,2,created,00000000-0000-0000-0000-00000000000d,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100001,00000000-0000-0000-0000-00000000000a,ACTIVE,,,,2,,2026-11-01T08:00:00.000Z,00000000-0000-0000-0000-00000000000f,,,u,'=x
        2,3,pending,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100002,00000000-0000-0000-0000-00000000000a,ACTIVE,not_run_yet,nothing was sent: no run of this wave has begun; run it,,0,,,,,,u,'=x
        3,4,invalid,,,WHATSAPP,,00000000-0000-0000-0000-00000000000a,ACTIVE,phone_missing,the phone is empty,,0,,,,,,u,'=x
        4,5,pending,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100000,00000000-0000-0000-0000-00000000000a,ACTIVE,not_run_yet,nothing was sent: no run of this wave has begun; run it,,0,,,,,,u,'=x
        5,6,duplicate,00000000-0000-0000-0000-00000000000d,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100001,00000000-0000-0000-0000-00000000000a,ACTIVE,same_device,"same user, type and phone as row 1; what became of that row holds for this one, so there is nothing to do",,0,,,,,,u,'=x
        6,7,duplicate,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100002,00000000-0000-0000-0000-00000000000a,ACTIVE,same_device,"same user, type and phone as row 2; what became of that row holds for this one, so there is nothing to do",,0,,,,,,u,'=x
        "#);
        assert_eq!(counts.total(), 6);
        assert_eq!(counts.get(Outcome::Duplicate), 2);
        let rows: Vec<u64> = heard.iter().map(|row| row.who.row.0).collect();
        assert_eq!(rows, [1, 2, 3, 4, 5, 6]);
        assert!(heard[0].earlier);
        assert!(!heard[1].earlier);
    }

    #[test]
    fn written_again_it_is_the_same_to_the_byte() {
        assert_eq!(joined(6, run()), joined(6, run()));
        assert!(joined(6, Mode::DryRun).0.contains(",ready,"));
    }

    #[test]
    fn an_input_that_fails_fails_the_results() {
        let header = header(&["user_id"]);
        let join = Join {
            header: &header,
            defaults: &defaults(),
            mode: run(),
            validate: &|_| Ok(valid_row(1)),
            lookup: &mut |_| Ok::<_, Infallible>(Standing::Untouched),
        };
        let rows = [Ok(row(1, &["u"])), Err("the input changed")];
        let mut out = Vec::new();
        let error = write(rows, join, Options::default(), &mut out, None, &mut |_| {});
        assert!(matches!(error, Err(Error::Input("the input changed"))));
    }
}
