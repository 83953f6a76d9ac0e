//! What is used for empty cells and missing columns, and how results are written.

use serde::{Deserialize, Serialize};

use super::Error;
use super::env::{Env, flag, given};
use crate::cli::{OutputArgs, PhoneStyle, RowArgs};
use crate::model::ids::PolicyId;
use crate::model::request::{DeviceStatus, DeviceType, RowDefaults};
use crate::report::results_writer::Phones;

/// How the rows of a wave are judged and written: what a results file is a function of,
/// besides input and ledger.
///
/// The ledger keeps it for each run, so that `results` writes the same bytes without
/// being told again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowSettings {
    policy: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    columns: Vec<String>,
    phones: Option<String>,
    raw_cells: bool,
}

impl RowSettings {
    /// Resolves what was typed; where nothing was, what `earlier` says.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub fn resolve(
        rows: &RowArgs,
        output: &OutputArgs,
        env: &Env<'_>,
        earlier: Option<Self>,
    ) -> Result<Self, Error> {
        let earlier = earlier.unwrap_or_default();
        let policy = match given(rows.policy.as_ref(), "--policy", env, "WAVEPAIR_POLICY")? {
            None => None,
            Some(given) => Some(given.parse::<PolicyId>()?.to_string()),
        };
        let kind = flag(rows.kind.as_ref(), "--type")
            .map(|given| given.parse::<DeviceType>())
            .transpose()?
            .map(|kind| kind.as_str().to_owned());
        let status = flag(rows.status.as_ref(), "--status")
            .map(|given| given.parse::<DeviceStatus>())
            .transpose()?
            .map(|status| status.as_str().to_owned());
        let phones = output.results_phone.map(|style| {
            match style {
                PhoneStyle::Full => "full",
                PhoneStyle::Masked => "masked",
                PhoneStyle::None => "none",
            }
            .to_owned()
        });
        let columns = if rows.columns.is_empty() {
            earlier.columns
        } else {
            rows.columns.clone()
        };
        Ok(Self {
            policy: policy.or(earlier.policy),
            kind: kind.or(earlier.kind),
            status: status.or(earlier.status),
            columns,
            phones: phones.or(earlier.phones),
            raw_cells: output.raw_cells || earlier.raw_cells,
        })
    }

    /// Reads what [`to_json`](Self::to_json) wrote; nothing where it is not that.
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The form in which the ledger keeps it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What is used for empty cells and missing columns.
    pub fn defaults(&self) -> RowDefaults {
        RowDefaults {
            policy: self
                .policy
                .as_deref()
                .and_then(|policy| policy.parse().ok()),
            kind: self
                .kind
                .as_deref()
                .and_then(|kind| kind.parse().ok())
                .unwrap_or(DeviceType::WhatsApp),
            status: self
                .status
                .as_deref()
                .and_then(|status| status.parse().ok()),
        }
    }

    /// Columns with other headers, as they were typed.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How phones are written to the results file.
    pub fn phones(&self) -> Phones {
        match self.phones.as_deref() {
            Some("masked") => Phones::Masked,
            Some("none") => Phones::None,
            _ => Phones::Full,
        }
    }

    /// Whether cells that a spreadsheet would run are written as they are.
    pub fn raw_cells(&self) -> bool {
        self.raw_cells
    }
}
