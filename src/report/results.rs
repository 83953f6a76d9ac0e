//! The results: the input joined with the ledger, in one pass.
//!
//! Nothing is kept per row but what [`EarlierRows`](crate::plan::EarlierRows) needs, and nothing that
//! is written depends on anything but the input and the ledger: written again it is the same, byte
//! for byte.

use std::io;

use super::judged_ahead::judge_ahead;
use super::known_row::{Judge, KnownRow, Lookups};
use super::known_state::Mode;
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use crate::model::row::InputRow;

/// Whether the file tells of a run, or of what a run would do, row by row.
pub(crate) type ModeOf<'a> = &'a dyn Fn(&KnownRow) -> &'a Mode;

/// Tells all `sinks` what became of each row of the input, in input order.
///
/// `mode` says of a row what the file tells of; `lookups` tell what is known beside it; `unwritten` makes an
/// error of what a sink says.
///
/// # Errors
///
/// The input cannot be read on, or a lookup or a sink fails.
pub(crate) fn join<E: Send>(
    mut rows: impl Iterator<Item = Result<InputRow, E>> + Send,
    mut judge: Judge<'_>,
    mode: ModeOf<'_>,
    lookups: &mut Lookups<'_, E>,
    unwritten: fn(io::Error) -> E,
    sinks: &mut [&mut dyn RowSink],
) -> Result<(), E> {
    let reader = judge.reader();
    judge_ahead(&mut rows, reader, &mut |input, judged| {
        let row = judge.compare(input, judged, lookups)?;
        tell(&row, mode(&row), sinks).map_err(unwritten)
    })
}

/// Tells all `sinks` what became of a row.
///
/// # Errors
///
/// A sink fails.
pub(crate) fn tell(row: &KnownRow, mode: &Mode, sinks: &mut [&mut dyn RowSink]) -> io::Result<()> {
    let result = ResultRow::of(row, mode);
    for sink in sinks {
        if row.is_ours {
            sink.take(row, &result)?;
        } else {
            sink.pass(&result);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::names::Names;
    use crate::model::outcome::Outcome;
    use crate::model::request::{DeviceKey, RowDefaults};
    use crate::model::row::Header;
    use crate::model::row_judge::{RowJudge, RowReader};
    use crate::model::shard::Shard;
    use crate::model::shared_phones::SharingRule;
    use crate::model::tally::Tally;
    use crate::report::fixture::{defaults, entry, header, key, known_row, row};
    use crate::report::known_state::{Known, KnownState, NotReached};
    use crate::report::results_writer::{Options, ResultsWriter};
    use crate::report::table::Form;

    fn run() -> Mode {
        Mode::Run(NotReached::NoRun)
    }

    /// Hears in which order rows come, and which are no news.
    #[derive(Default)]
    struct Heard(Vec<(u64, bool)>);

    impl RowSink for Heard {
        fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
            self.0.push((row.input.number.0, result.finished.earlier));
            Ok(())
        }
    }

    fn rows_of<'a>(header: &'a Header, defaults: &'a RowDefaults) -> RowJudge<'a> {
        static NOBODY: LazyLock<Names> = LazyLock::new(Names::default);
        let reader = RowReader::new(header, defaults, &NOBODY);
        RowJudge::new(reader, SharingRule::default().of_run(), Shard::WHOLE)
    }

    fn wave() -> Header {
        header(&["user_id", "phone", "note"])
    }

    /// Row `number` of the wave asks for this device.
    fn asking(number: u64, device: u64) -> InputRow {
        let cells = known_row(device, KnownState::Untouched).input.cells;
        row(number, &[cells.get(0), cells.get(1), "=x"])
    }

    /// Row `n` asks for device `n % 4`; row 3 is wrong; the ledger knows device 1.
    fn joined(rows: u64, mode: &Mode) -> (String, Tally, Vec<(u64, bool)>) {
        let (header, defaults) = (wave(), defaults());
        let rows = (1..=rows).map(|number| match number {
            3 => Ok(row(3, &["", "", "=x"])),
            number => Ok(asking(number, number % 4)),
        });
        let lookup = &mut |asked: &DeviceKey| {
            let known = *asked == key(1);
            let state = KnownState::from(known.then(|| entry(DeviceState::Created)));
            Ok(Known::from(state))
        };
        let form = Form::Text(header.dialect());
        let mut writer =
            ResultsWriter::new(Vec::new(), &form, &header, Options::default()).unwrap();
        let (mut tally, mut heard) = (Tally::default(), Heard::default());
        let sinks: &mut [&mut dyn RowSink] = &mut [&mut writer, &mut tally, &mut heard];
        let judge = Judge::new(rows_of(&header, &defaults));
        let lookups = &mut Lookups {
            device: lookup,
            elsewhere: &mut |_, _| Ok(None),
        };
        join(rows, judge, &|_| mode, lookups, |error| error, sinks).unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        (text, tally, heard.0)
    }

    #[test]
    fn every_row_has_its_line_in_input_order() {
        let (text, tally, heard) = joined(6, &run());
        insta::assert_snapshot!(text, @r#"
        row,line,outcome,device_id,user_id,type,phone,policy_id,status,code,message,http_status,attempts,correlation_id,created_at,run_id,mfa_enabled,warning,input.user_id,input.phone,input.note
        1,2,created,00000000-0000-0000-0000-00000000000d,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100001,00000000-0000-0000-0000-00000000000a,ACTIVE,,,,2,,2026-11-01T08:00:00.000Z,00000000-0000-0000-0000-00000000000f,,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+447911100001,'=x
        2,3,pending,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100002,00000000-0000-0000-0000-00000000000a,ACTIVE,not_run_yet,nothing was sent: no run of this wave has begun; run it,,0,,,,,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+447911100002,'=x
        3,4,invalid,,,WHATSAPP,,00000000-0000-0000-0000-00000000000a,ACTIVE,user_id_missing,the user ID is empty; fill it in; phone_missing: the phone is empty; fill it in,,0,,,,,,,,'=x
        4,5,pending,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100000,00000000-0000-0000-0000-00000000000a,ACTIVE,not_run_yet,nothing was sent: no run of this wave has begun; run it,,0,,,,,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+447911100000,'=x
        5,6,duplicate,00000000-0000-0000-0000-00000000000d,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100001,00000000-0000-0000-0000-00000000000a,ACTIVE,same_device,"same user, type and phone as row 1; what became of that row holds for this one, so there is nothing to do",,0,,,,,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+447911100001,'=x
        6,7,duplicate,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,WHATSAPP,+447911100002,00000000-0000-0000-0000-00000000000a,ACTIVE,same_device,"same user, type and phone as row 2; what became of that row holds for this one, so there is nothing to do",,0,,,,,,9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+447911100002,'=x
        "#);
        assert_eq!(tally.outcomes.total(), 6);
        assert_eq!(tally.outcomes.get(Outcome::Duplicate), 2);
        let news = |row| (row, false);
        assert_eq!(
            heard,
            [(1, true), news(2), news(3), news(4), news(5), news(6)]
        );
    }

    #[test]
    fn written_again_it_is_the_same_to_the_byte() {
        assert_eq!(joined(6, &run()), joined(6, &run()));
        assert!(joined(6, &Mode::DryRun).0.contains(",ready,"));
    }

    #[test]
    fn on_one_core_and_on_several_it_is_the_same_to_the_byte() {
        let on = |cores| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build();
            pool.unwrap().install(|| joined(5_000, &run()))
        };
        let one = on(1);
        assert_eq!(one.1.outcomes.total(), 5_000);
        assert!(one == on(2) && one == on(5));
    }

    #[test]
    fn an_input_that_fails_fails_the_results() {
        let (header, defaults) = (wave(), defaults());
        let changed = || io::Error::other("the input changed");
        let rows = [Ok(asking(1, 1)), Err(changed()), Ok(asking(3, 3))].into_iter();
        let mut heard = Heard::default();
        let judge = Judge::new(rows_of(&header, &defaults));
        let lookup = &mut |_: &DeviceKey| Ok(KnownState::Untouched.into());
        let mode = run();
        let error = join(
            rows,
            judge,
            &|_| &mode,
            &mut Lookups {
                device: lookup,
                elsewhere: &mut |_, _| Ok(None),
            },
            |error| error,
            &mut [&mut heard],
        );
        assert_eq!(error.unwrap_err().to_string(), changed().to_string());
        assert_eq!(heard.0, [(1, false)]);
    }
}
