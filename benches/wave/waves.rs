//! Waves to measure with, the same ones every time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use wavepair::testing::model::E164;
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::phones::examples;

/// Two rows in a hundred are no valid rows, as in real waves.
const BAD: u64 = 50;

/// Writes a wave of valid rows, of a few countries.
pub(crate) fn good(wave: &Path, rows: u64) {
    write(wave, rows, |row| {
        let number = row % 800_000 + 200_000;
        match row % 5 {
            0 => format!("+1.512{}{:04}", 200 + row % 700, row % 10_000),
            1 => format!("+1 (512) {}-{:04}", 200 + row % 700, row % 10_000),
            2 => format!("+44 7400 {number:06}"),
            3 => format!("+49 1512 3{number:06}"),
            _ => format!("+61 412 {number:06}"),
        }
    });
}

/// Writes a wave of all regions, with some bad rows.
pub(crate) fn of_all_regions(wave: &Path, rows: u64) {
    let mut regions: Vec<_> = examples().into_iter().map(Numbers::new).collect();
    let count = regions.len() as u64;
    write(wave, rows, |row| {
        if row % BAD == BAD - 1 {
            return "4.41E+11".to_owned();
        }
        let region = usize::try_from(row % count).unwrap();
        regions[region].next_valid()
    });
}

/// Phones of one region: an example of it, counted up in its last digits.
struct Numbers {
    example: String,
    next: u64,
}

impl Numbers {
    /// How many of the last digits count.
    const DIGITS: usize = 5;

    fn new(example: String) -> Self {
        Self { example, next: 0 }
    }

    fn next_valid(&mut self) -> String {
        loop {
            let mut digits = self.next;
            self.next += 1;
            let mut text: Vec<char> = self.example.chars().collect();
            let places = text.iter_mut().rev().filter(|it| it.is_ascii_digit());
            for place in places.take(Self::DIGITS) {
                *place = char::from(b'0' + u8::try_from(digits % 10).unwrap());
                digits /= 10;
            }
            let text: String = text.into_iter().collect();
            if E164::parse(&text).is_ok() {
                return text;
            }
        }
    }
}

fn write(wave: &Path, rows: u64, mut phone: impl FnMut(u64) -> String) {
    let mut file = BufWriter::new(File::create(wave).unwrap());
    writeln!(file, "user_id,phone,policy_id").unwrap();
    for row in 0..rows {
        let phone = phone(row);
        // Users are in no order, as UUIDs are.
        let user = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        writeln!(
            file,
            "{user:08x}-1111-4222-8333-{row:012x},{phone},{WAVE_POLICY}"
        )
        .unwrap();
    }
    file.flush().unwrap();
}
