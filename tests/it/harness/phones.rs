//! Phones, and the spellings in which people write them down.

use super::dice::Dice;

/// Country code and first digits, how many digits follow, and where a space goes.
const RANGES: [(&str, usize, &[usize]); 8] = [
    ("44740", 7, &[2, 6]),
    ("491512", 7, &[2, 6]),
    ("336", 8, &[2, 3, 5, 7, 9]),
    ("34612", 6, &[2, 5, 8]),
    ("8190", 8, &[2, 4, 8]),
    ("61412", 6, &[2, 5, 8]),
    ("48512", 6, &[2, 5, 8]),
    ("551196", 7, &[2, 4, 9]),
];
const AREAS: [u64; 6] = [512, 415, 212, 303, 617, 206];

/// The digits of the `n`-th phone; every `n` below eight million has its own.
pub(crate) fn digits(n: u64) -> u64 {
    let (place, turn) = (n % 16, n / 16);
    let Some(&(range, free, _)) = usize::try_from(place).ok().and_then(|at| RANGES.get(at)) else {
        return american(turn * 8 + place - 8);
    };
    // A step that shares no factor with a power of ten visits every number once. The
    // first free digit is kept from being one that its country does not give out.
    let room = 10_u64.pow(u32::try_from(free - 1).unwrap());
    let rest = (turn * 6_553) % room + room * (1 + turn / room);
    format!("{range}{rest:0free$}").parse().unwrap()
}

/// A number of the North American plan: exchanges run from 220 to 899, without those like 911.
fn american(n: u64) -> u64 {
    let exchanges: Vec<u64> = (220..900).filter(|exchange| exchange % 100 != 11).collect();
    let area = AREAS[usize::try_from(n % 6).unwrap()];
    let exchange = exchanges[usize::try_from(n / 6 % exchanges.len() as u64).unwrap()];
    let line = (n / 6 / exchanges.len() as u64 * 7_919) % 10_000;
    10_000_000_000 + area * 10_000_000 + exchange * 10_000 + line
}

/// One of the spellings that are accepted.
pub(crate) fn spelled(digits: u64, dice: &mut Dice) -> String {
    let text = digits.to_string();
    if let Some(rest) = text.strip_prefix('1') {
        let (area, exchange, line) = (&rest[..3], &rest[3..6], &rest[6..]);
        return match dice.below(4) {
            0 => format!("+1.{rest}"),
            1 => format!("+1{rest}"),
            2 => format!("+1.{area}.{exchange}.{line}"),
            _ => format!("+1 ({area}) {exchange}-{line}"),
        };
    }
    if dice.below(2) == 0 {
        return format!("+{text}");
    }
    let range = RANGES
        .iter()
        .find(|(range, ..)| text.starts_with(range))
        .unwrap();
    let mut spelled = String::from("+");
    for (at, digit) in text.chars().enumerate() {
        if range.2.contains(&at) {
            spelled.push(' ');
        }
        spelled.push(digit);
    }
    spelled
}

#[test]
fn every_phone_is_there_once_and_all_spellings_have_its_digits() {
    let many: std::collections::HashSet<u64> = (0..200_000).map(digits).collect();
    assert_eq!(many.len(), 200_000);
    let mut dice = Dice::of(1, &[]);
    for n in 0..2_000 {
        let spelled = spelled(digits(n), &mut dice);
        let bare: String = spelled.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(bare, digits(n).to_string(), "{spelled}");
    }
}
