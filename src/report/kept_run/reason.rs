//! Why a run stopped, in the form in which the ledger keeps it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::stop::{StopCode, StopReason};

/// A reason, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct KeptReason(#[serde(with = "Kept")] pub(super) StopReason);

impl From<KeptReason> for StopReason {
    fn from(kept: KeptReason) -> Self {
        kept.0
    }
}

/// The compiler holds it to what it stands for.
#[derive(Serialize, Deserialize)]
#[serde(remote = "StopReason", tag = "kind", rename_all = "snake_case")]
enum Kept {
    Interrupted,
    Terminated,
    TimeIsUp,
    LimitReached,
    Pointless {
        #[serde(serialize_with = "write_code", deserialize_with = "read_code")]
        code: StopCode,
        what: String,
        hint: String,
    },
    TooManyErrors {
        bad: u64,
    },
    InputChanged {
        what: String,
        hint: String,
    },
    InvalidRows {
        rows: u64,
        line: u64,
    },
    Unavailable {
        what: String,
    },
    AskedToWait {
        until_ms: i64,
    },
    Broken {
        what: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn write_code<S: Serializer>(code: &StopCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

fn read_code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StopCode, D::Error> {
    let word = String::deserialize(deserializer)?;
    let known = StopCode::ALL.iter().find(|code| code.as_str() == word);
    known
        .copied()
        .ok_or_else(|| serde::de::Error::custom("no reason to stop"))
}
