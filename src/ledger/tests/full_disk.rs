//! What a run can still write down on a full disk.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::super::ballast::Ballast;
use super::super::counter::Counter;
use super::super::create::create;
use super::super::file::{connect, identity, prepare};
use super::super::writer::{Command, Writer};
use super::*;
use crate::model::shard::Shard;

/// A ledger whose file cannot grow any more, served by its writer.
struct Full {
    commands: mpsc::Sender<Command>,
    thread: JoinHandle<()>,
}

impl Full {
    fn open(path: &Path) -> Self {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = create(path, (&binding(), Shard::WHOLE)).unwrap();
        let mut connection = connect(path).unwrap();
        prepare(path, &mut connection).unwrap();
        let pages: u32 = connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
        let ballast = Ballast::load(path).unwrap();
        let mut writer = Writer::new(
            connection,
            path,
            run(1).id,
            ballast,
            Counter::of(path),
            identity(&file).unwrap(),
        );
        writer.begin_run(&run(1), &moment(0)).unwrap();
        let (commands, queue) = mpsc::channel();
        Self {
            commands,
            thread: std::thread::spawn(move || writer.serve(&queue)),
        }
    }

    fn commit(&self, settled: Vec<Settled>, intents: Vec<Intent>) -> Result<Committed, Error> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Batch {
            noted: Vec::new(),
            settled,
            intents,
            now: moment(1),
            reply,
        };
        self.commands.send(command).unwrap();
        answer.blocking_recv().unwrap()
    }
}

fn ballast(place: &Place) -> bool {
    place.path.with_file_name("ledger.db.ballast").exists()
}

#[test]
fn on_a_full_disk_outcomes_are_still_written_and_no_leave_is_given() {
    let place = place();
    let full = Full::open(&place.path);
    let first = full.commit(Vec::new(), vec![intent(1), intent(2)]).unwrap();
    assert_eq!((first.recorded.len(), first.disk_full), (2, false));
    assert!(ballast(&place), "not needed yet");

    let too_much = (3..=200).map(intent).collect();
    let second = full
        .commit(vec![settled(1, DeviceState::Created)], too_much)
        .unwrap();
    assert!(second.disk_full && second.recorded.is_empty());
    assert_eq!(second.settled.len(), 1);
    assert!(!ballast(&place), "its room is given up");

    // The third was not asked for after all: there is no entry of it that could be written over.
    let ends = [2, 3].map(|user| settled(user, DeviceState::Failed));
    let third = full.commit(ends.into(), vec![intent(3)]).unwrap();
    assert!(third.disk_full && third.recorded.is_empty());
    drop(full.commands);
    full.thread.join().unwrap();

    let sql = "SELECT group_concat(concat(state, ' ', attempts), ', ') FROM devices";
    let known: String = Connection::open(&place.path)
        .unwrap()
        .query_row(sql, [], |row| row.get(0))
        .unwrap();
    assert_eq!(
        known, "1 1, 5 1, 5 0",
        "nothing that was not sent is in flight"
    );
}

#[tokio::test]
async fn a_write_that_fails_for_another_reason_does_not_cost_the_room() {
    let place = place();
    let ledger = open(&place, 1);
    settle(&ledger, settled(7, DeviceState::Created)).await;
    let changed = settled(7, DeviceState::Failed);
    let refused = ledger
        .commit(Vec::new(), vec![changed], Vec::new(), moment(3))
        .await;
    assert!(matches!(flaw(refused), Flaw::Sqlite(_)));
    assert!(ballast(&place));
}
