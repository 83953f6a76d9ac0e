//! What is used for empty cells and missing columns, and how results are written.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::sources::Sources;
use super::table;
use super::values::{PHONES, SHARING, column_in};
use crate::model::country::Country;
use crate::model::dialect::{NamedForm, encoding_of};
use crate::model::policy_ref::PolicyRef;
use crate::model::request::{DeviceStatus, DeviceType, RowDefaults};
use crate::model::row::Column;
use crate::model::shared_phones::Sharing;
use crate::model::user_name::UserBy;
use crate::report::results_writer::{Options, Phones};

/// How the rows of a wave are judged and written, as far as it was said: what a results file is a
/// function of, besides input and ledger.
///
/// The ledger keeps it for each run, so that `results` writes the same bytes without
/// being told again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSettings {
    pub(super) policy: Option<PolicyRef>,
    pub(super) user_by: Option<UserBy>,
    pub(super) kind: Option<DeviceType>,
    pub(super) status: Option<DeviceStatus>,
    pub(super) country: Option<Country>,
    pub(super) columns: Vec<(Column, String)>,
    pub(super) form: NamedForm,
    pub(super) sharing: Option<Sharing>,
    pub(super) shared_phones_file: Option<PathBuf>,
    pub(super) phones: Option<Phones>,
    pub(super) raw_cells: bool,
}

/// The form in which the ledger keeps it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_by: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    country: Option<String>,
    columns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    shared_phones: Option<String>,
    shared_phones_file: Option<PathBuf>,
    phones: Option<String>,
    raw_cells: bool,
}

impl RowSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub(super) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        Ok(Self {
            policy: sources.find(&table::POLICY)?,
            user_by: sources.find(&table::USER_BY)?,
            kind: sources.find(&table::TYPE)?,
            status: sources.find(&table::STATUS)?,
            country: sources.find(&table::COUNTRY)?,
            columns: sources.values(&table::COLUMN)?,
            form: NamedForm {
                delimiter: sources.find(&table::DELIMITER)?,
                encoding: sources.find(&table::ENCODING)?,
                sheet: sources.find(&table::SHEET)?,
            },
            sharing: sources.find(&table::SHARED_PHONES)?,
            shared_phones_file: sources.find(&table::SHARED_PHONES_FILE)?,
            phones: sources.find(&table::RESULTS_PHONE)?,
            raw_cells: sources.is_on(&table::RAW_CELLS),
        })
    }

    /// The same; where nothing was said, what `earlier` says.
    #[must_use]
    pub fn over(&self, earlier: Option<Self>) -> Self {
        let earlier = earlier.unwrap_or_default();
        let columns = if self.columns.is_empty() {
            earlier.columns
        } else {
            self.columns.clone()
        };
        Self {
            policy: self.policy.clone().or(earlier.policy),
            user_by: self.user_by.or(earlier.user_by),
            kind: self.kind.or(earlier.kind),
            status: self.status.or(earlier.status),
            country: self.country.or(earlier.country),
            columns,
            form: NamedForm {
                delimiter: self.form.delimiter.or(earlier.form.delimiter),
                encoding: self.form.encoding.or(earlier.form.encoding),
                sheet: self.form.sheet.clone().or(earlier.form.sheet),
            },
            sharing: self.sharing.or(earlier.sharing),
            shared_phones_file: self
                .shared_phones_file
                .clone()
                .or(earlier.shared_phones_file),
            phones: self.phones.or(earlier.phones),
            raw_cells: self.raw_cells || earlier.raw_cells,
        }
    }

    /// Reads what [`to_json`](Self::to_json) wrote; nothing where it is not that.
    pub fn from_json(json: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(json).ok()?;
        Some(Self {
            policy: kept.policy.and_then(|policy| policy.parse().ok()),
            user_by: kept.user_by.and_then(|name| user_by_of(&name)),
            kind: kept.kind.and_then(|kind| kind.parse().ok()),
            status: kept.status.and_then(|status| status.parse().ok()),
            country: kept.country.and_then(|country| country.parse().ok()),
            columns: kept
                .columns
                .iter()
                .filter_map(|text| column_in(text))
                .collect(),
            form: NamedForm {
                delimiter: kept.delimiter.and_then(|word| word.parse().ok()),
                encoding: kept.encoding.and_then(|label| encoding_of(&label)),
                sheet: kept.sheet,
            },
            sharing: kept.shared_phones.and_then(|word| meant(&SHARING, &word)),
            shared_phones_file: kept.shared_phones_file,
            phones: kept.phones.and_then(|word| meant(&PHONES, &word)),
            raw_cells: kept.raw_cells,
        })
    }

    /// The form in which the ledger keeps it.
    pub fn to_json(&self) -> String {
        let columns = self.columns.iter();
        let kept = Kept {
            policy: self.policy.as_ref().map(ToString::to_string),
            user_by: self.user_by.map(|by| by.column().name().to_owned()),
            kind: self.kind.map(|kind| kind.as_str().to_owned()),
            status: self.status.map(|status| status.as_str().to_owned()),
            country: self.country.map(|country| country.to_string()),
            columns: columns
                .map(|(column, header)| format!("{}={header}", column.name()))
                .collect(),
            delimiter: self.form.delimiter.map(|delimiter| delimiter.to_string()),
            encoding: self
                .form
                .encoding
                .map(|encoding| encoding.name().to_owned()),
            sheet: self.form.sheet.clone(),
            shared_phones: self.sharing.and_then(|sharing| word(&SHARING, sharing)),
            shared_phones_file: self.shared_phones_file.clone(),
            phones: self.phones.and_then(|phones| word(&PHONES, phones)),
            raw_cells: self.raw_cells,
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// What is used for empty cells and missing columns.
    pub fn defaults(&self) -> RowDefaults {
        RowDefaults {
            policy: self.policy.clone(),
            kind: self.kind.unwrap_or(DeviceType::USUAL),
            status: self.status,
            country: self.country,
        }
    }

    /// How users are named, where that was said.
    pub fn user_by(&self) -> Option<UserBy> {
        self.user_by
    }

    /// Columns with other headers.
    pub fn columns(&self) -> &[(Column, String)] {
        &self.columns
    }

    /// What was said of the form of the file.
    pub fn form(&self) -> &NamedForm {
        &self.form
    }

    /// What is done about phones of several users.
    pub fn sharing(&self) -> Sharing {
        self.sharing.unwrap_or_default()
    }

    /// The file of phones that may stand with several users.
    pub fn shared_phones_file(&self) -> Option<&Path> {
        self.shared_phones_file.as_deref()
    }

    /// How cells are written to the files about the wave.
    pub(crate) fn cells(&self) -> Options {
        Options {
            phones: self.phones.unwrap_or_default(),
            raw_cells: self.raw_cells,
        }
    }
}

/// How users are named, by the column that does it.
fn user_by_of(name: &str) -> Option<UserBy> {
    UserBy::ALL
        .into_iter()
        .find(|by| by.column().name() == name)
}

/// The value that a word of a list stands for.
fn meant<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    let mut words = words.iter();
    let (_, value) = words.find(|(known, _)| *known == word)?;
    Some(*value)
}

/// The word of a list that stands for a value.
pub(super) fn word<T: Copy + PartialEq>(words: &[(&str, T)], value: T) -> Option<String> {
    let mut words = words.iter();
    let (word, _) = words.find(|(_, known)| *known == value)?;
    Some((*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    fn said(words: &[&str]) -> RowSettings {
        let typed = typed_of(&[&["results", "w.csv"], words].concat());
        RowSettings::resolve(&Sources::new(&typed, &Env::new(&|_| None))).unwrap()
    }

    const ALL: [&str; 18] = [
        "--policy=6F1B3C52-8a0e-4d39-9c47-2e5d1a7b9f10",
        "--user-by=email",
        "--type",
        "sms",
        "--status",
        "active",
        "--country=de",
        "--column",
        "phone = Mobile=1",
        "--column=nickname=N",
        "--delimiter=;",
        "--encoding=latin1",
        "--sheet=Wave 2",
        "--shared-phones=reject",
        "--shared-phones-file=desks.txt",
        "--results-phone",
        "none",
        "--raw-cells",
    ];

    #[test]
    fn the_ledger_keeps_what_was_said_and_nothing_else() {
        let kept = r#"{"policy":"6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10","user_by":"email","type":"SMS","status":"ACTIVE","country":"DE","columns":["phone= Mobile=1","nickname=N"],"delimiter":"semicolon","encoding":"windows-1252","sheet":"Wave 2","shared_phones":"reject","shared_phones_file":"desks.txt","phones":"none","raw_cells":true}"#;
        let nothing = r#"{"policy":null,"type":null,"status":null,"country":null,"columns":[],"shared_phones":null,"shared_phones_file":null,"phones":null,"raw_cells":false}"#;
        for (said, json) in [(said(&ALL), kept), (said(&[]), nothing)] {
            assert_eq!(said.to_json(), json);
            assert_eq!(RowSettings::from_json(json), Some(said));
        }
        assert_eq!(RowSettings::from_json("{}"), Some(RowSettings::default()));
        assert_eq!(RowSettings::from_json("?"), None);
    }

    #[test]
    fn what_is_typed_wins_over_the_last_run_one_by_one() {
        let earlier = || Some(said(&ALL));
        assert_eq!(said(&[]).over(earlier()), said(&ALL));
        assert_eq!(said(&ALL).over(None), said(&ALL));
        let mixed = said(&["--type=voice", "--column=locale=L"]).over(earlier());
        assert_eq!(mixed.defaults().kind, DeviceType::Voice);
        assert_eq!(mixed.defaults().policy, said(&ALL).defaults().policy);
        assert_eq!(mixed.columns(), [(Column::Locale, "L".to_owned())]);
        assert_eq!(mixed.cells().phones, Phones::None);
    }

    #[test]
    fn what_nobody_says_is_the_default_of_the_table() {
        let nothing = said(&[]);
        assert_eq!(Ok(nothing.defaults().kind), table::TYPE.read_default());
        assert_eq!(
            Ok(nothing.cells().phones),
            table::RESULTS_PHONE.read_default()
        );
        assert_eq!(Ok(nothing.sharing()), table::SHARED_PHONES.read_default());
    }
}
