//! A small valid wave, to begin with.

use crate::sandbox::WAVE_POLICY;

/// The text of the wave: it passes a dry run, and a run against the sandbox.
pub(crate) fn template() -> String {
    format!(
        "user_id,phone,policy_id,nickname
9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506,+1 (512) 555-0142,{WAVE_POLICY},Work phone
0b2d4f68-1a3c-4e5f-9b7d-2c4e6f8a0b1d,+447400123456,{WAVE_POLICY},
3c5e7a91-2b4d-4f60-8c8e-4d6f8a0c2e3f,+49 1512 3456789,{WAVE_POLICY},
"
    )
}
