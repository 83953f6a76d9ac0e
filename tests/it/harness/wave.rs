//! A wave, and what must become of each of its rows: made here, so that nothing
//! has to be read the way the judged program reads it.

use std::collections::{HashMap, HashSet};

use super::device::{Device, uuid};
use super::dice::Dice;
use super::names::{name, twin};
use super::phones;
use super::ways::Ways;

pub(crate) const HEADER: &str = "user_id,phone,policy_id,type,nickname,note";
const HEADER_BY_NAMES: &str = "username,phone,policy_id,type,nickname,note";
const POLICIES: [&str; 2] = [
    "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10",
    "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11",
];
const NICKNAMES: [&str; 4] = [
    "Work phone",
    "Ada's \"big\" one",
    "Büro, Nord",
    "back\\slash",
];

/// What is sent for a device besides what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) policy: &'static str,
    pub(crate) nickname: Option<&'static str>,
}

/// One record of the file, whatever its place.
#[derive(Clone, Debug)]
struct Record {
    text: String,
    lines: u64,
    means: Means,
}

#[derive(Clone, Copy, Debug)]
enum Means {
    Device(Device),
    Wrong,
    /// It is right, and nobody has the name.
    Nobody,
}

/// What a row must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A device.
    Device(Device),
    /// The device that an earlier row, counted from 1, asks for.
    Again(Device, usize),
    /// Nothing: it is wrong.
    Wrong,
    /// Nothing: there is no user of this name.
    Nobody,
}

/// A row as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) meaning: Meaning,
}

#[derive(Clone, Debug)]
pub(crate) struct Wave {
    records: Vec<Record>,
    pub(crate) wishes: HashMap<Device, Wish>,
    /// Devices that somebody made before, each in the spelling it was made with.
    pub(crate) there_before: Vec<(Device, String)>,
    pub(crate) ways: Ways,
    /// The names in it.
    names: HashSet<String>,
    /// Users whom it does not name, and who are there all the same.
    strangers: Vec<u128>,
}

/// How many rows of a hundred are out of the ordinary.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mix {
    pub(crate) wrong: u64,
    pub(crate) again: u64,
    pub(crate) there_before: u64,
    /// Of names that nobody has.
    pub(crate) nobody: u64,
    pub(crate) ways: Ways,
}

/// As many of each as a careless export has.
pub(crate) const CARELESS: Mix = Mix {
    wrong: 3,
    again: 3,
    there_before: 0,
    nobody: 0,
    ways: Ways {
        names: false,
        report: false,
        mfa: false,
    },
};

/// The same, run in other ways.
pub(crate) fn careless(ways: Ways) -> Mix {
    let nobody = if ways.names { 2 } else { 0 };
    Mix {
        nobody,
        ways,
        ..CARELESS
    }
}

impl Wave {
    pub(crate) fn new(seed: u64, rows: u64, mix: Mix) -> Self {
        let mut wave = Self {
            records: Vec::new(),
            wishes: HashMap::new(),
            there_before: Vec::new(),
            ways: mix.ways,
            names: HashSet::new(),
            strangers: Vec::new(),
        };
        let mut latest: Vec<Device> = Vec::new();
        for n in 0..rows {
            let mut dice = Dice::of(seed, &[0x3A, n]);
            let out_of = dice.below(100);
            let earlier = latest.len().checked_sub(1).map(|last| {
                let back = usize::try_from(dice.below(50)).unwrap();
                latest[last.saturating_sub(back)]
            });
            let Some(at) = out_of.checked_sub(mix.wrong) else {
                wave.add_wrong(n, &mut dice);
                continue;
            };
            let Some(at) = at.checked_sub(mix.nobody) else {
                wave.add_nobody(n, &mut dice);
                continue;
            };
            let device = device(n, at, earlier, mix, &mut dice);
            let is_new = !wave.wishes.contains_key(&device);
            let wish = wave
                .wishes
                .entry(device)
                .or_insert_with(|| Wish::drawn(&mut dice))
                .clone();
            let record = record(device, &wish, mix.ways, &mut dice);
            wave.add(device.user, record);
            latest.push(device);
            if is_new && dice.below(100) < mix.there_before {
                let spelled = phones::spelled(device.digits, &mut dice);
                wave.there_before.push((device, spelled));
            }
        }
        wave
    }

    fn add(&mut self, user: u128, record: Record) {
        if self.ways.names {
            self.names.insert(name(user));
            if (user >> 1).is_multiple_of(3) {
                self.strangers.push(twin(user));
            }
        }
        self.records.push(record);
    }

    fn add_wrong(&mut self, n: u64, dice: &mut Dice) {
        let user = dice.wide();
        let text = wrong(n, user, self.ways);
        let (lines, means) = (1, Means::Wrong);
        self.names.insert(name(user));
        self.records.push(Record { text, lines, means });
    }

    /// A row of a name that nobody has, or that somebody has but for the case.
    fn add_nobody(&mut self, n: u64, dice: &mut Dice) {
        let device = device(n, 99, None, Mix::default(), dice);
        let record = record(device, &Wish::drawn(dice), self.ways, dice);
        self.names.insert(name(device.user));
        if n.is_multiple_of(2) {
            self.strangers.push(twin(device.user));
        }
        self.records.push(Record {
            means: Means::Nobody,
            ..record
        });
    }

    /// The first line of the file.
    pub(crate) fn header(&self) -> &'static str {
        if self.ways.names {
            HEADER_BY_NAMES
        } else {
            HEADER
        }
    }

    /// The names that somebody has a reason to ask for.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// All users that there are.
    pub(crate) fn users(&self) -> impl Iterator<Item = u128> {
        let wished = self.wishes.keys().map(|device| device.user);
        wished.chain(self.strangers.iter().copied())
    }

    /// The first rows of it, as many as it takes for one that asks for a device.
    pub(crate) fn first_rows(&self) -> Self {
        let is_device = |record: &Record| matches!(record.means, Means::Device(_));
        let first = self.records.iter().position(is_device);
        let records = &self.records[..first.map_or(0, |at| at + 1)];
        Self {
            records: records.to_vec(),
            ..self.clone()
        }
    }

    /// The rows in another order, as after an export that was sorted differently.
    pub(crate) fn shuffle(&mut self, dice: &mut Dice) {
        for last in (1..self.records.len()).rev() {
            let other = usize::try_from(dice.below(last as u64 + 1)).unwrap();
            self.records.swap(last, other);
        }
    }

    /// The file.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}\n", self.header());
        for record in &self.records {
            text.push_str(&record.text);
            text.push('\n');
        }
        text
    }

    /// What each row must come to.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut first = HashMap::new();
        let mut line = 2;
        let mut rows = Vec::with_capacity(self.records.len());
        for record in &self.records {
            let number = rows.len() + 1;
            let meaning = match record.means {
                Means::Wrong => Meaning::Wrong,
                Means::Nobody => Meaning::Nobody,
                Means::Device(device) => match *first.entry(device).or_insert(number) {
                    row if row == number => Meaning::Device(device),
                    row => Meaning::Again(device, row),
                },
            };
            rows.push(Row { line, meaning });
            line += record.lines;
        }
        rows
    }

    /// The digits of every phone, which no log may hold.
    pub(crate) fn phones(&self) -> HashSet<String> {
        let digits = self.wishes.keys().map(|device| device.digits.to_string());
        digits.collect()
    }
}

impl Wish {
    fn drawn(dice: &mut Dice) -> Self {
        Self {
            policy: dice.one_of(&POLICIES),
            nickname: (dice.below(10) == 0).then(|| dice.one_of(&NICKNAMES)),
        }
    }
}

/// The device of the `n`-th row, which is `at` out of a hundred.
fn device(n: u64, at: u64, earlier: Option<Device>, mix: Mix, dice: &mut Dice) -> Device {
    let twins = if mix.ways.names { 2 } else { 0 };
    let digits = phones::digits(n);
    let of = |user, kind| Device { user, kind, digits };
    let device = match (at, earlier) {
        (at, Some(earlier)) if at < mix.again => earlier,
        // A user with two phones, and a phone that is two devices.
        (at, Some(Device { user, .. })) if at < mix.again + 2 => of(user, "WHATSAPP"),
        (at, Some(earlier)) if at < mix.again + 3 => Device {
            kind: "SMS",
            ..earlier
        },
        // Two who are called alike but for the case.
        (at, Some(Device { user, .. })) if at < mix.again + 3 + twins => of(twin(user), "WHATSAPP"),
        _ => {
            let user = dice.wide();
            let is_called = dice.below(20) == 0;
            of(user, if is_called { "VOICE" } else { "WHATSAPP" })
        }
    };
    if mix.ways.report {
        // One report takes as long as it takes; for more of them one waits five seconds each.
        return Device {
            kind: "WHATSAPP",
            ..device
        };
    }
    device
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn record(device: Device, wish: &Wish, ways: Ways, dice: &mut Dice) -> Record {
    let user = uuid(device.user);
    let user = if dice.below(10) == 0 {
        user.to_uppercase()
    } else {
        user
    };
    let user = if ways.names {
        quoted(&name(device.user))
    } else {
        user
    };
    let phone = phones::spelled(device.digits, dice);
    let kind = if device.kind == "WHATSAPP" && dice.below(2) == 0 {
        ""
    } else {
        device.kind
    };
    let nickname = wish.nickname.map(quoted).unwrap_or_default();
    let (note, lines) = match dice.below(40) {
        0 => (quoted("two\nlines"), 2),
        1 => (quoted("Legal, North"), 1),
        _ => ("Finance".to_owned(), 1),
    };
    let policy = wish.policy;
    let text = format!("{user},{phone},{policy},{kind},{nickname},{note}");
    let means = Means::Device(device);
    Record { text, lines, means }
}

/// A row that must be refused by itself, and cost no other row anything.
fn wrong(n: u64, user: u128, ways: Ways) -> String {
    let user = if ways.names {
        quoted(&name(user))
    } else {
        uuid(user)
    };
    let policy = POLICIES[0];
    match n % 9 {
        0 => format!("{user},512 555 1234,{policy},,,no plus"),
        1 => format!("{user},+1512555I234,{policy},,,a letter"),
        2 if !ways.names => format!("../../{user},+15125551234,{policy},,,a path"),
        3 => format!("{user},+15125551234"),
        4 => format!("{user},\"+15125551234,{policy},,,unterminated"),
        5 => format!("{user},+15125551234,nonsense,,,no policy"),
        6 => format!("{user},,{policy},,,no phone"),
        7 => format!("{user},\"+1512\"5551234,{policy},,,after a quote"),
        _ => format!("{user},1.51256E+10,{policy},,,a spreadsheet was here"),
    }
}

#[test]
fn a_wave_says_which_rows_are_wrong_and_which_ask_again() {
    let mut wave = Wave::new(1, 500, CARELESS);
    let before = wave.rows();
    assert_eq!(before.len(), 500);
    let count = |rows: &[Row], wanted: fn(&Meaning) -> bool| {
        rows.iter().filter(|row| wanted(&row.meaning)).count()
    };
    let wrong = count(&before, |meaning| *meaning == Meaning::Wrong);
    let devices = count(&before, |meaning| matches!(meaning, Meaning::Device(_)));
    assert!(wrong > 0 && devices < 500 - wrong);
    assert_eq!(devices, wave.wishes.len());
    wave.shuffle(&mut Dice::of(2, &[]));
    let after = wave.rows();
    assert_ne!(before, after);
    assert_eq!(
        count(&after, |meaning| matches!(meaning, Meaning::Device(_))),
        devices
    );
    assert_eq!(
        wave.text().matches('\n').count() as u64,
        after.last().map_or(0, |row| row.line)
    );
}
