//! The machine that runs wavepair: its clocks, and what its ledger holds of one device.

use wavepair::testing::model::{
    Answer, Device, DeviceState, LedgerEntry, Moment, RESENDS_MAX, RunId, UnansweredSend,
};

/// A wall clock that may be set, and a monotonic one that ends with the boot.
#[derive(Debug, Default)]
pub(super) struct Clocks {
    /// By how much the wall clock is ahead of the true time.
    pub(super) ahead_ms: i64,
    booted_at: i64,
    boots: u32,
}

impl Clocks {
    pub(super) fn moment(&self, now: i64) -> Moment {
        Moment {
            wall_ms: now + self.ahead_ms,
            boot_ms: now - self.booted_at,
            boot_id: format!("boot {}", self.boots),
        }
    }

    pub(super) fn reboot(&mut self, now: i64) {
        self.booted_at = now;
        self.boots += 1;
    }
}

/// The ledger's entry of the device, changed only as the ledger's writer changes it.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) entry: Option<LedgerEntry>,
}

impl Ledger {
    pub(super) fn state(&self) -> Option<DeviceState> {
        self.entry.as_ref().map(|entry| entry.state)
    }

    /// What was left in flight may have been sent until now.
    pub(super) fn open(&mut self, now: &Moment, from_intent: bool) {
        if let Some(entry) = &mut self.entry
            && entry.state == DeviceState::InFlight
        {
            entry.state = DeviceState::Unresolved;
            entry.answer = Answer::default();
            if let Some(doubt) = &mut entry.doubt
                && !from_intent
            {
                doubt.last_send = now.clone();
            }
        }
    }

    /// Whether the writer accepts this intent.
    pub(super) fn accepts(&self, resend: bool, was_absent: bool) -> bool {
        let Some(entry) = &self.entry else {
            return !resend;
        };
        match entry.state {
            DeviceState::Failed | DeviceState::Rejected => !resend,
            DeviceState::Several => !resend && was_absent,
            DeviceState::Unresolved => resend && entry.resends < RESENDS_MAX,
            DeviceState::InFlight | DeviceState::Created | DeviceState::Found => false,
        }
    }

    pub(super) fn intend(&mut self, resend: bool, was_absent: bool, now: Moment) {
        let entry = self.entry.get_or_insert_with(unsent);
        entry.state = DeviceState::InFlight;
        entry.attempts += 1;
        entry.resends += u32::from(resend);
        entry.was_absent = was_absent;
        entry.device = None;
        entry.answer = Answer::default();
        entry.doubt = Some(UnansweredSend {
            since_ms: now.wall_ms,
            last_send: now,
        });
    }

    pub(super) fn settle(
        &mut self,
        state: DeviceState,
        device: Option<&Device>,
        status: Option<u16>,
        now: Moment,
    ) {
        let entry = self.entry.get_or_insert_with(unsent);
        let since_ms = entry
            .doubt
            .as_ref()
            .map_or(now.wall_ms, |doubt| doubt.since_ms);
        entry.state = state;
        entry.device = device.and_then(|device| device.id);
        entry.answer.http_status = status;
        entry.doubt = (state == DeviceState::Unresolved).then_some(UnansweredSend {
            since_ms,
            last_send: now,
        });
    }
}

fn unsent() -> LedgerEntry {
    LedgerEntry::new(DeviceState::Failed, RunId::from_bytes([0; 16]))
}
