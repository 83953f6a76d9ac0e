//! What is kept of users.

use super::*;
use crate::model::ids::UserId;
use crate::model::mfa::{MfaNote, MfaState};

fn note(user: u8, state: MfaState) -> MfaNote {
    MfaNote {
        user: UserId::from_bytes([user; 16]),
        state,
    }
}

fn known(place: &Place, user: u8) -> Option<(MfaState, i64)> {
    let noted = read(place).mfa(UserId::from_bytes([user; 16])).unwrap();
    noted.map(|noted| (noted.state, noted.noted_ms))
}

async fn commit(ledger: &Ledger, noted: Vec<MfaNote>, seconds: i64) {
    let committed = ledger.commit(noted, Vec::new(), Vec::new(), moment(seconds));
    committed.await.unwrap();
}

#[tokio::test]
async fn what_is_noted_of_a_user_is_kept_with_its_time_and_the_last_note_holds() {
    let place = place();
    let ledger = open(&place, 1);
    assert_eq!(known(&place, 7), None, "nothing is noted of anybody");
    let off = [note(7, MfaState::Off), note(8, MfaState::Already)];
    commit(&ledger, off.into(), 1).await;
    let at = |seconds| moment(seconds).wall_ms;
    assert_eq!(known(&place, 7), Some((MfaState::Off, at(1))));
    assert_eq!(known(&place, 9), None);
    let own = ledger.mfa(UserId::from_bytes([8; 16])).unwrap();
    assert_eq!(own.map(|noted| noted.state), Some(MfaState::Already));
    commit(&ledger, vec![note(7, MfaState::Switching)], 2).await;
    drop(ledger);
    let ledger = open(&place, 2);
    commit(&ledger, vec![note(7, MfaState::Already)], 3).await;
    let ours = Some((MfaState::Enabled, at(3)));
    assert_eq!(known(&place, 7), ours, "the run before was about to");
    assert_eq!(known(&place, 8), Some((MfaState::Already, at(1))));
}

#[tokio::test]
async fn a_reader_beside_a_run_tells_of_users_and_devices_at_one_time() {
    let place = place();
    let ledger = open(&place, 1);
    let before = read(&place);
    assert_eq!(before.entry(&request(7).key).unwrap(), None);
    commit(&ledger, vec![note(7, MfaState::Enabled)], 1).await;
    let user = UserId::from_bytes([7; 16]);
    assert_eq!(
        before.mfa(user).unwrap(),
        None,
        "its state is the older one"
    );
    assert!(read(&place).mfa(user).unwrap().is_some());
}
