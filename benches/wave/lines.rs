//! What the table of figures says, line by line: its names, and the goals.

/// What is measured, and what it should be.
pub(crate) type Line = (&'static str, &'static str);

pub(crate) const REQWEST: Line = ("run: CPU a row ÷ a bare reqwest loop's", "≤ 2.5");
pub(crate) const AIOHTTP: Line = (
    "run: CPU a row ÷ that of a loop in Python's aiohttp",
    "≤ 0.25",
);
pub(crate) const RUN_MEMORY: Line = (
    "run: peak memory ÷ that of a tenth of the rows",
    "≤ 1.1, under 32 MiB",
);
pub(crate) const AGAIN: Line = (
    "finished wave, run again: CPU ÷ that of its first run",
    "no request, ≤ 32 MiB",
);
pub(crate) const AGAIN_BEFORE: Line = (
    "finished wave, run again: CPU ÷ an earlier build's",
    "≤ 0.5 of that of 2026-11-27",
);
pub(crate) const LEDGER: Line = ("ledger: bytes a created row", "≤ 250");
pub(crate) const PHONES: Line = (
    "phone check, all regions: libphonenumber's time ÷ wavepair's",
    "≥ 10",
);
pub(crate) const DRY_RUN: Line = (
    "dry run, one core: CPU ÷ csv's that reads and writes the same",
    "≤ 5",
);
pub(crate) const ALL_CORES: Line = ("dry run: time on all cores ÷ on one", "≤ 0.6 on two");
pub(crate) const DRY_MEMORY: Line = (
    "dry run, all regions: peak memory",
    "≤ 300 MiB for 10,000,000 rows",
);
pub(crate) const SMALL_DRY_MEMORY: Line = (
    "dry run, all regions: peak memory of 1,000 rows",
    "≤ 40 MiB",
);

/// All of them, in the order of the table.
pub(crate) const ALL: [Line; 11] = [
    REQWEST,
    AIOHTTP,
    RUN_MEMORY,
    LEDGER,
    AGAIN,
    AGAIN_BEFORE,
    PHONES,
    DRY_RUN,
    ALL_CORES,
    DRY_MEMORY,
    SMALL_DRY_MEMORY,
];
