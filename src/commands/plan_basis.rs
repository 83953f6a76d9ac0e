//! What a plan of a wave rests on, as it is now.

use super::opened_wave::OpenedWave;
use crate::error::Error;
use crate::ledger::Binding;
use crate::model::ledger_mark::LedgerMark;
use crate::plan::Totals;
use crate::plan::digest::{AddressKey, WaveSum};
use crate::plan::file::{Head, VERSION};
use crate::settings::deciding::deciding;
use crate::settings::run::Common;

/// The head that a plan of this wave has now, but for its totals, and the key of its addresses.
///
/// # Errors
///
/// The wave cannot be read, or has changed.
pub(super) fn basis(
    common: &Common,
    opened: &OpenedWave,
    binding: &Binding,
    mark: LedgerMark,
) -> Result<(Head, AddressKey), Error> {
    let mut sum = WaveSum::new();
    opened.wave.source_bytes(&mut |bytes| sum.add(bytes))?;
    let (sha256, key) = sum.finish();
    let is_named = common.rows.shared_phones_file().is_some();
    // By the phones, not by how they are spelled there.
    let shared = is_named.then(|| key.of(opened.sharing.allowed().as_bytes()).to_string());
    let head = Head {
        wavepair_plan: VERSION,
        wave: opened.wave.file_name().to_string_lossy().into_owned(),
        sha256,
        rows: opened.our_rows,
        environment: binding.environment,
        host: binding.api_host.clone(),
        settings: deciding(common, shared),
        ledger: mark,
        totals: Totals::default(),
    };
    Ok((head, key))
}
