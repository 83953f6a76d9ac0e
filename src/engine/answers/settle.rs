//! What the ledger is told of a row's device.

use tokio::time::Instant;

use crate::engine::row::Row;
use crate::ledger::Settled;
use crate::model::code;
use crate::model::entry::{DeviceState, Moment};
use crate::model::outcome::{Answer, Device};
use crate::retry::{RetryPolicy, Verdict};

/// What a person is told of a device that PingOne lists more than once.
const SEVERAL: &str = "PingOne lists this device more than once; remove all but one of them";

/// Whether a row ends with a refusal that may be the answer to another request.
pub(super) fn is_unproven(row: &Row, state: DeviceState) -> bool {
    row.history.unproven_since_ms.is_some() && state.is_refusal()
}

/// What the ledger is told of a row's device, with the answer that the row has now.
pub(in crate::engine) fn settled(
    row: &Row,
    state: DeviceState,
    device: Option<Device>,
    last_send: Option<Moment>,
) -> Settled {
    let recheck_owed =
        state == DeviceState::Created && row.history.is_recheck_owed(device.as_ref());
    let lost = row.last_send.as_ref().filter(|_| recheck_owed);
    Settled {
        key: row.request.key.clone(),
        request: row.request.digest(),
        state,
        device,
        last_send,
        recheck_owed,
        lost: lost.map(|sent| sent.moment.clone()),
        unproven: is_unproven(row, state),
        answer: row.answer.clone(),
    }
}

/// What the ledger is told after a listing. What stays unknown, or several, is on disk already.
pub(super) fn settle_by_look(
    row: &mut Row,
    verdict: &Verdict,
    in_doubt: bool,
    listed: &Answer,
) -> Option<Settled> {
    let with = |code: Option<&str>, message: &str| Answer {
        code: code.map(str::to_owned).or_else(|| listed.code.clone()),
        message: Some(message.to_owned()),
        ..listed.clone()
    };
    let answer = match verdict.state {
        DeviceState::Unresolved => return None,
        DeviceState::Several if verdict.device.is_none() => return None,
        DeviceState::Several => with(Some(code::DUPLICATE_FOUND), SEVERAL),
        DeviceState::Created if row.history.unproven_since_ms.is_some() => with(
            None,
            "the refusal was the answer to another request; PingOne's listing shows the device",
        ),
        DeviceState::Created if in_doubt => with(
            None,
            "the answer was lost; PingOne's listing shows the device",
        ),
        // The refusal that led to this look says more than the listing does.
        DeviceState::Rejected | DeviceState::Failed if row.history.refusal.is_some() => {
            row.answer.clone()
        }
        DeviceState::InFlight
        | DeviceState::Created
        | DeviceState::Found
        | DeviceState::Rejected
        | DeviceState::Failed
        | DeviceState::Undoing
        | DeviceState::Undone => listed.clone(),
    };
    row.answer = answer;
    let device = verdict.device.clone();
    Some(settled(row, verdict.state, device, None))
}

/// What the ledger is told where a listing shows that a refusal was ours, and the row goes on.
pub(super) fn settle_refusal(row: &Row) -> Settled {
    let state = row.refused.unwrap_or(DeviceState::Failed);
    settled(row, state, None, None)
}

/// What the ledger is told after the last look at a device of ours. `asked` is when the listing was
/// asked for.
pub(super) fn settle_recheck(
    policy: &RetryPolicy,
    row: &mut Row,
    device: &Device,
    verdict: &Verdict,
    listed: &Answer,
    asked: Instant,
) -> Option<Settled> {
    let device = verdict.device.as_ref().unwrap_or(device);
    if verdict.state == DeviceState::Several {
        row.answer.code = Some(code::DUPLICATE_FOUND.to_owned());
        row.answer.message = Some(SEVERAL.to_owned());
    } else if verdict.state == DeviceState::Created
        && row.answer.code.as_deref() == Some(code::DUPLICATE_FOUND)
    {
        row.answer = listed.clone();
    }
    if verdict.state == DeviceState::Unresolved {
        return None;
    }
    // A request that was sent later may still take effect: a later run looks again.
    let unsettled = row.age(asked) < policy.settle;
    let lost = row.last_send.as_ref().filter(|_| unsettled);
    Some(Settled {
        key: row.request.key.clone(),
        request: row.request.digest(),
        state: DeviceState::Created,
        device: Some(device.clone()),
        last_send: None,
        recheck_owed: lost.is_some(),
        lost: lost.map(|sent| sent.moment.clone()),
        unproven: false,
        answer: row.answer.clone(),
    })
}
