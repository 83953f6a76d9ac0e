//! What `undo` may say of a device, and what PingOne tells it.

use super::outcome::Device;
use super::stable_words::stable_words;
use super::why_nothing::{MayTellNothing, WhyNothing};
use crate::exit::ExitCode;

stable_words! {
    /// What became of a device that was to be undone.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum UndoVerdict {
        /// It was there as the run left it, and was deleted
        Deleted = "deleted" => "nothing",
        /// It was there no more: somebody else removed it
        AlreadyGone = "already_gone" => "nothing",
        /// It was not deleted: somebody changed it since, or it is not known to be the same
        Kept = "kept" => "look at it in PingOne; to delete it all the same, give `--even-if-changed` with the reason that its message names",
        /// PingOne did not answer, or refused; it is there, or nobody knows
        Failed = "failed" => "give the same command again",
        /// The command stopped before it
        Pending = "pending" => "give the same command again",
    }
}

impl UndoVerdict {
    /// How a command ends that said it.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            UndoVerdict::Deleted | UndoVerdict::AlreadyGone => ExitCode::Done,
            UndoVerdict::Kept => ExitCode::NeedsPerson,
            UndoVerdict::Failed | UndoVerdict::Pending => ExitCode::RunAgain,
        }
    }
}

/// How many devices have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UndoCounts([u64; UndoVerdict::ALL.len()]);

impl UndoCounts {
    /// Counts a device.
    pub(crate) fn add(&mut self, verdict: UndoVerdict) {
        let all = UndoVerdict::ALL.iter().zip(&mut self.0);
        for (_, count) in all.filter(|(known, _)| **known == verdict) {
            *count += 1;
        }
    }

    /// Every verdict, in the order of the documentation, with its devices.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (UndoVerdict, u64)> + '_ {
        UndoVerdict::ALL.iter().copied().zip(self.0)
    }

    /// How a command ends that said all of this.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let found = self.iter().filter(|(_, count)| *count > 0);
        found.fold(ExitCode::Done, |code, (verdict, _)| {
            code.or(verdict.exit_code())
        })
    }
}

/// What of a device somebody may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its nickname.
    Nickname,
    /// Its status.
    Status,
    /// Something: PingOne says that it was changed later than our create.
    Updated,
}

impl Change {
    /// Each of them.
    pub(crate) const ALL: [(&'static str, Change); 3] = [
        ("nickname", Change::Nickname),
        ("status", Change::Status),
        ("updated", Change::Updated),
    ];

    /// The word for it in settings and messages.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Change::Nickname => "nickname",
            Change::Status => "status",
            Change::Updated => "updated",
        }
    }
}

/// Whether a device that PingOne shows under the ID of one of ours is that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// Same type and address.
    Same,
    /// Another type or address.
    Other(&'static str),
    /// Type or address is missing or masked.
    Unclear,
}

/// A device that PingOne shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownDevice {
    /// What it shows.
    pub(crate) device: Device,
    /// Whether it is ours.
    pub(crate) sameness: Sameness,
    /// Whether its status is none that wavepair knows.
    pub(crate) odd_status: bool,
}

/// What one request about a single device told us, a read and a deletion alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeviceOutcome {
    /// It is there.
    There(Box<ShownDevice>),
    /// It is there no more: a 204, or PingOne's 404.
    Gone,
    /// Another refusal of PingOne's: it will not pass by itself.
    Refused,
    /// Nothing.
    Nothing(WhyNothing),
}

impl MayTellNothing for DeviceOutcome {
    fn nothing(&self) -> Option<WhyNothing> {
        match self {
            DeviceOutcome::There(_) | DeviceOutcome::Gone | DeviceOutcome::Refused => None,
            DeviceOutcome::Nothing(why) => Some(*why),
        }
    }
}
