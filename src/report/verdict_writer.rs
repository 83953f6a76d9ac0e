//! The file of the verdicts: its columns, and how a line of it is written.

use std::io::{self, Write};

use super::cells::{Cells, Options, input_names, shown};
use super::sheet::Holds;
use super::table::{Form, Table};
use super::value::Value;
use crate::model::device_report::ReportedDevice;
use crate::model::ids::DeviceId;
use crate::model::mfa::UserState;
use crate::model::row::{Header, InputRow};
use crate::model::validate::JudgedRow;
use crate::model::verdict::Verdict;

/// The columns before the input's own.
pub const COLUMNS: [&str; 11] = [
    "row",
    "line",
    "verdict",
    "device_id",
    "user_id",
    "type",
    "phone",
    "found_device_ids",
    "found_status",
    "mfa_enabled",
    "message",
];

/// The columns of them that hold numbers.
const NUMBERS: [&str; 2] = ["row", "line"];

/// What is said of the device of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerdictRow {
    /// The verdict.
    pub verdict: Verdict,
    /// The device that the results name, where they name one.
    pub device: Option<DeviceId>,
    /// The devices that PingOne shows for it.
    pub found: Vec<ReportedDevice>,
    /// What decides whether it is of any use to the user, as far as that was asked.
    pub user: UserState,
    /// What happened and what to do, where there is anything to say.
    pub message: Option<String>,
}

/// Writes verdicts line by line.
#[derive(Debug)]
pub(crate) struct VerdictWriter<W: Write> {
    table: Table<W>,
    cells: Cells,
}

impl<W: Write + Send> VerdictWriter<W> {
    /// Writes the header, in the form that the file is to have.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(crate) fn new(out: W, form: &Form, header: &Header, options: Options) -> io::Result<Self> {
        let holds = |name| {
            if NUMBERS.contains(&name) {
                Holds::Numbers
            } else {
                Holds::Text
            }
        };
        let inputs = input_names(header);
        let ours = COLUMNS.map(|name| (name, holds(name)));
        let theirs = inputs.iter().map(|name| (name.as_str(), Holds::Text));
        let columns: Vec<_> = ours.into_iter().chain(theirs).collect();
        Ok(Self {
            table: Table::begin(out, form, "verdicts", &columns)?,
            cells: Cells::new(header, options),
        })
    }

    /// Writes the line of a row.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(crate) fn row(
        &mut self,
        input: &InputRow,
        judged: &JudgedRow,
        said: &VerdictRow,
    ) -> io::Result<()> {
        let (cells, asked) = (self.cells, &judged.requested);
        let asked_phone = asked.phone();
        let phone = asked_phone.map(|phone| cells.phone(phone));
        let ids: Vec<_> = said
            .found
            .iter()
            .map(|found| found.id.to_string())
            .collect();
        let statuses: Vec<_> = said
            .found
            .iter()
            .map(|found| found.status.as_str())
            .collect();
        let mfa = said.user.mfa;
        let mfa = mfa.map(|on| if on { "already" } else { "off" });
        let message = said.message.as_deref().unwrap_or_default();
        let mut values = Vec::with_capacity(COLUMNS.len() + input.cells.len());
        values.extend([
            Value::Number(input.number.0),
            Value::Number(judged.line),
            cells.text(said.verdict.as_str()),
            shown(said.device),
            shown(asked.user),
            cells.text(asked.kind.map_or("", |kind| kind.as_str())),
            cells.text(phone.unwrap_or_default()),
            cells.text(ids.join(" ")),
            cells.text(statuses.join(" ")),
            shown(mfa),
            cells.text(cells.message(message)),
        ]);
        values.extend(cells.inputs(input, asked_phone));
        self.table.row(&values)
    }

    /// Hands the last lines down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.table.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::device_report::{ReportedAddress, ReportedStatus};
    use crate::model::dialect::Dialect;
    use crate::report::cells::Phones;
    use crate::report::fixture::{header, known_row};
    use crate::report::known_state::KnownState;

    #[test]
    fn a_line_names_the_device_and_the_finding_and_masks_phones_as_results_do() {
        let found = |number: u8, status| ReportedDevice {
            user: crate::model::ids::UserId::from_bytes([9; 16]),
            id: DeviceId::from_bytes([number; 16]),
            address: ReportedAddress::OTHER,
            status,
        };
        let said = VerdictRow {
            verdict: Verdict::Twice,
            device: Some(DeviceId::from_bytes([1; 16])),
            found: vec![
                found(1, ReportedStatus::Active),
                found(2, ReportedStatus::ActivationRequired),
            ],
            user: UserState {
                mfa: Some(false),
                ..UserState::default()
            },
            message: Some("=remove one".to_owned()),
        };
        let known = known_row(1, KnownState::Untouched);
        for (phones, phone) in [
            (Phones::Full, "+447911100001"),
            (Phones::Masked, "'+44…01"),
            (Phones::None, ""),
        ] {
            let options = Options {
                phones,
                raw_cells: false,
            };
            let form = Form::Text(Dialect::default());
            let mut writer =
                VerdictWriter::new(Vec::new(), &form, &header(&["user_id", "phone"]), options)
                    .unwrap();
            writer.row(&known.input, &known.judged, &said).unwrap();
            let bytes = writer.finish().unwrap();
            let mut reader = csv::Reader::from_reader(&*bytes);
            let names: Vec<_> = reader
                .headers()
                .unwrap()
                .iter()
                .map(str::to_owned)
                .collect();
            assert_eq!(names[..11], COLUMNS);
            assert!(names[11..].iter().all(|name| name.starts_with("input.")));
            let line = reader.records().next().unwrap().unwrap();
            assert_eq!(&line[2], "twice");
            assert_eq!(line[3], DeviceId::from_bytes([1; 16]).to_string());
            assert_eq!(line[7].split(' ').count(), 2);
            assert_eq!(&line[8], "ACTIVE ACTIVATION_REQUIRED");
            assert_eq!(&line[9], "off");
            assert_eq!(&line[10], "'=remove one");
            assert_eq!(&line[6], phone, "{phones:?}");
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert_eq!(
                text.contains("7911100001"),
                phones == Phones::Full,
                "{text}"
            );
        }
    }
}
