//! What an answered question says of a device.

use super::whose;
use crate::model::code;
use crate::model::ids::PolicyId;
use crate::model::outcome::{Answer, Device, LookOutcome, Outcome};
use crate::model::request::{DeviceKey, DeviceRequest};
use crate::model::row::RowNumber;
use crate::pingone::Answered;

/// What PingOne says of a device that nobody has asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What it means for the row: `ready`, `existing`, `rejected` or `failed`.
    pub outcome: Outcome,
    /// The device, where PingOne lists one.
    pub device: Option<Device>,
    /// What the answer said.
    pub answer: Answer,
    /// How many devices of the user count against the limit, where they were listed without this one.
    pub devices: Option<u64>,
}

impl Finding {
    /// PingOne lists no such device; so many devices of the user count against the limit.
    pub(crate) fn ready(devices: Option<u64>) -> Self {
        Self {
            outcome: Outcome::Ready,
            device: None,
            answer: Answer::default(),
            devices,
        }
    }
}

/// A request that is never sent, for the rules of a row.
pub(super) fn unsent(key: &DeviceKey) -> DeviceRequest {
    DeviceRequest {
        row: RowNumber(1),
        line: 1,
        key: key.clone(),
        policy: PolicyId::from_bytes([0; 16]),
        status: None,
        nickname: None,
        notification: None,
    }
}

/// What the listing that ended the asking says.
pub(super) fn finding(outcome: Outcome, answered: Answered<LookOutcome>) -> Finding {
    let device = whose::listed(&answered.outcome).cloned();
    let answer = answered.answer;
    if outcome == Outcome::Failed && answer.http_status == Some(404) {
        return Finding {
            outcome: Outcome::Rejected,
            device,
            answer: Answer {
                code: Some(code::USER_NOT_FOUND.to_owned()),
                ..answer
            },
            devices: None,
        };
    }
    Finding {
        outcome,
        device,
        answer,
        devices: None,
    }
}
