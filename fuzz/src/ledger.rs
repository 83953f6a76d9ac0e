//! Ledgers that are none, or were one before something wrote over them.

use std::path::Path;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use wavepair::testing::ledger::{
    Binding, Error, Flaw, Found, Intent, Ledger, Opened, Reader, RunEnd, RunRecord,
};
use wavepair::testing::model::{DeviceRequest, Moment, RunId};

use super::subject::{environment, request};

/// Opens a file as a ledger, reads it, writes to it and closes it: whatever is wrong with it is
/// an error, and the thread that writes never dies of it.
///
/// `p` and edits are a sound ledger with these written over it, each a place (two bytes, big
/// endian), a count and so many bytes. Anything else is the file itself.
pub fn ledger_open(data: &[u8]) {
    let file = match data {
        [b'p', edits @ ..] => patched(edits),
        _ => data.to_vec(),
    };
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("ledger.db");
    std::fs::write(&path, file).expect("there is room for a ledger");
    read(&path);
    write(&path);
    read(&path);
}

fn read(path: &Path) {
    match Reader::open(path, Some(&binding())) {
        Ok(Some(reader)) => {
            drop(reader.entry(&request().key));
            drop(reader.last_run("wave.csv"));
        }
        Ok(None) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn write(path: &Path) {
    let opened = match open(path, 2, 2) {
        Ok(opened) => opened,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    drop(opened.ledger.entry(&request().key));
    let asked = intend(&opened.ledger, request());
    assert!(!is_poisoned(&asked), "{asked:?}");
    let closed = opened.ledger.close(ended(0), &moment(3));
    assert!(asked.is_err() || !is_poisoned(&closed));
}

fn is_poisoned(done: &Result<(), Error>) -> bool {
    matches!(done, Err(error) if matches!(error.flaw, Flaw::Poisoned))
}

fn open(path: &Path, number: u8, seconds: i64) -> Result<Opened, Error> {
    Found::look(path, &binding())?.begin(&run(number), &moment(seconds))
}

fn intend(ledger: &Ledger, request: DeviceRequest) -> Result<(), Error> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let runtime = Builder::new_current_thread().build();
        runtime.expect("a runtime without drivers")
    });
    let intent = Intent {
        request,
        resend: false,
        was_absent: true,
        looked: true,
        asked_ms: 1_764_000_000_000,
    };
    let commit = ledger.commit(Vec::new(), Vec::new(), vec![intent], moment(2));
    runtime.block_on(commit).map(drop)
}

/// A sound ledger that knows of a device, written over.
fn patched(edits: &[u8]) -> Vec<u8> {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    let mut file = SOUND.get_or_init(sound).clone();
    let mut edits = edits;
    while let [high, low, count, rest @ ..] = edits {
        let count = usize::from(*count).min(rest.len());
        let (bytes, rest) = rest.split_at(count);
        let places = file
            .iter_mut()
            .skip(usize::from(u16::from_be_bytes([*high, *low])));
        places.zip(bytes).for_each(|(place, byte)| *place = *byte);
        edits = rest;
    }
    file
}

fn sound() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("ledger.db");
    let opened = open(&path, 1, 1);
    let ledger = opened.expect("a new ledger can be made").ledger;
    intend(&ledger, request()).expect("an intent can be written");
    let mut other = request();
    other.key.user = wavepair::testing::model::UserId::from_bytes([0x22; 16]);
    intend(&ledger, other).expect("an intent can be written");
    ledger
        .close(ended(4), &moment(1))
        .expect("a ledger can be closed");
    std::fs::read(&path).expect("a ledger can be read")
}

fn binding() -> Binding {
    Binding {
        api_host: "api.pingone.eu".to_owned(),
        environment: environment(),
    }
}

fn run(number: u8) -> RunRecord {
    RunRecord {
        id: RunId::from_bytes([number; 16]),
        wave: "wave.csv".to_owned(),
        settings: "{}".to_owned(),
        looks_first: true,
        undoes: None,
        called: String::new(),
        rows: 1,
    }
}

/// How a run ended that came to its end.
fn ended(exit_code: u8) -> RunEnd {
    RunEnd {
        exit_code,
        ..RunEnd::default()
    }
}

fn moment(seconds: i64) -> Moment {
    Moment {
        wall_ms: 1_764_000_000_000 + seconds * 1000,
        boot_ms: seconds * 1000,
        boot_id: "boot".to_owned(),
    }
}
