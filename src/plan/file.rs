//! The form of a plan: JSON lines, a head, a row for each row of the wave, and a seal.
//!
//! The head says what the plan rests on, the seal is a digest of all that stands before it. A phone
//! or a mailbox stands in it as a digest alone, made with a key that only the wave gives: whoever
//! has the wave can tell which rows share a number, and whoever has the plan alone can try none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::{AddressDigest, AddressKey, Digest};
use super::expectation::Expectation;
use super::named::{NamesPlan, one};
use super::texts::{text, text_or_null};
use super::totals::Totals;
use crate::model::ids::{DeviceId, EnvironmentId, PolicyId, RunId, UserId};
use crate::model::ledger_mark::LedgerMark;
use crate::model::names::{NameAnswer, PolicyAnswer};
use crate::model::request::{DeviceRequest, DeviceStatus, DeviceType};

/// The form that is written, and read.
pub(crate) const VERSION: u32 = 1;

/// Settings that decide about rows: each by the name of its option without dashes, with its value
/// where it has one.
pub(crate) type Deciding = BTreeMap<String, Option<String>>;

/// What a plan rests on, and what it comes to: its first object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    /// The form of the plan.
    pub wavepair_plan: u32,
    /// The file of the wave, by the last part of its name; it may be called otherwise later.
    pub wave: String,
    /// SHA-256 of its bytes, as a file system has them.
    #[serde(with = "text")]
    pub sha256: Digest,
    /// How many rows it has, or the shard that is meant.
    pub rows: u64,
    /// The environment that was asked.
    #[serde(with = "text")]
    pub environment: EnvironmentId,
    /// The host of its API.
    pub host: String,
    /// Every setting that decides about rows.
    pub settings: Deciding,
    /// How far the ledger had come.
    #[serde(with = "Mark")]
    pub ledger: LedgerMark,
    /// What the plan comes to.
    pub totals: Totals,
}

/// How a plan writes how far a ledger had come.
#[derive(Serialize, Deserialize)]
#[serde(remote = "LedgerMark", deny_unknown_fields)]
struct Mark {
    runs: u64,
    events: u64,
    #[serde(with = "text_or_null")]
    last_run: Option<RunId>,
}

/// What is expected of one row of the wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowPlan {
    /// The number of the row, from 1.
    pub row: u64,
    /// The physical line on which it starts.
    pub line: u64,
    /// What a run is expected to do.
    #[serde(with = "text")]
    pub expect: Expectation,
    /// What the dry run said of it, where nothing is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The code of that, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it asks for, where it is well-formed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DevicePlan>,
    /// What was told of its names, where it is not known for whom or under which policy it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<NamesPlan>,
    /// The ID of the device, where there is one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "text_or_null"
    )]
    pub device_id: Option<DeviceId>,
    /// What a person may want to look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl RowPlan {
    /// What it tells of the names in its row: of the user's, and of the policy's. Nothing where it tells
    /// nothing of one.
    pub(crate) fn told(&self) -> (Option<NameAnswer>, Option<PolicyAnswer>) {
        match (&self.device, &self.names) {
            (Some(device), _) => (
                Some(one(device.user_id)),
                Some(PolicyAnswer::One(device.policy_id)),
            ),
            (None, Some(names)) => (Some(names.user()), names.policy()),
            (None, None) => (None, None),
        }
    }

    /// A row of which a plan says this, and nothing else; it stands on the line after its number.
    #[cfg(test)]
    pub(crate) fn bare(row: u64, expect: Expectation) -> Self {
        Self {
            row,
            line: row + 1,
            expect,
            outcome: None,
            code: None,
            device: None,
            names: None,
            device_id: None,
            warnings: Vec::new(),
        }
    }
}

/// The device that a row asks for: of whom, and what a name stands for, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DevicePlan {
    /// Whose device it is.
    #[serde(with = "text")]
    pub user_id: UserId,
    /// The policy that it is made under.
    #[serde(with = "text")]
    pub policy_id: PolicyId,
    /// What kind it is.
    #[serde(rename = "type", with = "text")]
    pub kind: DeviceType,
    /// The status, where the row or the command line names one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "text_or_null"
    )]
    pub status: Option<DeviceStatus>,
    /// Its phone or mailbox, as a digest.
    #[serde(with = "text")]
    pub address: AddressDigest,
}

impl DevicePlan {
    /// What a request asks for.
    pub(crate) fn of(request: &DeviceRequest, key: &AddressKey) -> Self {
        Self {
            user_id: request.key.user,
            policy_id: request.policy,
            kind: request.key.kind,
            status: request.status,
            address: key.digest(&request.key.address),
        }
    }
}

/// What closes a plan: its last object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    /// SHA-256 of every byte before this object.
    #[serde(with = "text")]
    pub sha256: Digest,
}

/// An object of a plan as it stands in the file, its end of line included.
///
/// # Errors
///
/// None that can happen: everything in a plan has a form in JSON.
pub(crate) fn line<T: Serialize>(object: &T) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(object)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;
    use crate::plan::digest::WaveSum;

    fn round_trip<T>(object: &T) -> String
    where
        T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
    {
        let written = String::from_utf8(line(object).unwrap()).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&written).unwrap(), object);
        written
    }

    #[test]
    fn every_object_is_one_line_and_is_read_as_it_was_written() {
        let (sha256, key) = WaveSum::new().finish();
        let mark = LedgerMark {
            runs: 2,
            events: 40,
            last_run: Some(RunId::from_bytes([7; 16])),
        };
        let head = Head {
            wavepair_plan: VERSION,
            wave: "wave.csv".to_owned(),
            sha256,
            rows: 3,
            environment: EnvironmentId::from_bytes([1; 16]),
            host: "api.pingone.eu".to_owned(),
            settings: [("policy".to_owned(), None)].into(),
            ledger: mark,
            totals: Totals::default(),
        };
        let row = RowPlan {
            row: 1,
            line: 2,
            expect: Expectation::Nothing,
            outcome: Some("rejected".to_owned()),
            code: Some("user_not_found".to_owned()),
            device: Some(DevicePlan::of(&samples::request(1), &key)),
            names: None,
            device_id: Some(DeviceId::from_bytes([3; 16])),
            warnings: vec!["phone_shared".to_owned()],
        };
        let bare = RowPlan::bare(1, Expectation::Create);
        assert_eq!(
            round_trip(&bare),
            "{\"row\":1,\"line\":2,\"expect\":\"create\"}\n"
        );
        for written in [
            round_trip(&head),
            round_trip(&row),
            round_trip(&Seal { sha256 }),
        ] {
            assert_eq!(written.matches('\n').count(), 1, "{written}");
        }
    }
}
