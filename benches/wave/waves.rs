//! Waves to measure with, the same ones every time.

use std::fmt::Write as _;

use wavepair::testing::sandbox::WAVE_POLICY;

/// Two rows in a hundred are no valid rows, as in real waves.
const BAD: u64 = 50;

/// A wave of valid rows.
pub(crate) fn good(rows: u64) -> String {
    wave(rows, u64::MAX)
}

/// A wave with some bad rows.
pub(crate) fn mixed(rows: u64) -> String {
    wave(rows, BAD)
}

fn wave(rows: u64, bad: u64) -> String {
    let mut text = String::from("user_id,phone,policy_id\n");
    for row in 0..rows {
        let number = row % 800_000 + 200_000;
        let phone = match row % 5 {
            _ if row % bad == bad - 1 => "4.41E+11".to_owned(),
            0 => format!("+1.512{}{:04}", 200 + row % 700, row % 10_000),
            1 => format!("+1 (512) {}-{:04}", 200 + row % 700, row % 10_000),
            2 => format!("+44 7400 {number:06}"),
            3 => format!("+49 1512 3{number:06}"),
            _ => format!("+61 412 {number:06}"),
        };
        // Users are in no order, as UUIDs are.
        let user = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        writeln!(
            text,
            "{user:08x}-1111-4222-8333-{row:012x},{phone},{WAVE_POLICY}"
        )
        .unwrap();
    }
    text
}
