//! The ledger in memory that other tests use holds what the real one holds.

use super::*;
use crate::ledger::InMemory;

/// Something that a ledger is told of a device.
#[derive(Clone, Copy)]
enum Told {
    Ends(DeviceState),
    EndsUnproven,
    EndsOwed,
    Asked { resend: bool, looked: bool },
}

const ALL: [Told; 11] = [
    Told::Ends(DeviceState::Created),
    Told::Ends(DeviceState::Found),
    Told::Ends(DeviceState::Several),
    Told::Ends(DeviceState::Rejected),
    Told::Ends(DeviceState::Failed),
    Told::Ends(DeviceState::Unresolved),
    Told::EndsUnproven,
    Told::EndsOwed,
    Told::Asked {
        resend: false,
        looked: false,
    },
    Told::Asked {
        resend: false,
        looked: true,
    },
    Told::Asked {
        resend: true,
        looked: false,
    },
];

impl Told {
    fn of(self, user: u8) -> (Vec<Settled>, Vec<Intent>) {
        let end = match self {
            Told::Ends(state) => settled(user, state),
            Told::EndsUnproven => Settled {
                unproven: true,
                ..settled(user, DeviceState::Failed)
            },
            Told::EndsOwed => Settled {
                recheck_owed: true,
                lost: Some(moment(4)),
                ..settled(user, DeviceState::Created)
            },
            Told::Asked { resend, looked } => {
                let intent = Intent {
                    resend,
                    looked,
                    ..intent(user)
                };
                return (Vec::new(), vec![intent]);
            }
        };
        (vec![end], Vec::new())
    }
}

#[tokio::test]
async fn a_ledger_in_memory_holds_what_the_real_one_does() {
    let place = place();
    let real = open(&place, 1);
    let mut memory = InMemory::default();
    memory.begin(&moment(0));
    let pairs = ALL.iter().flat_map(|a| ALL.iter().map(move |b| [*a, *b]));
    let users = (1..).zip(pairs);
    let mut taken = Vec::new();
    for (user, told) in users {
        for one in told {
            let (settled, intents) = one.of(user);
            if memory
                .commit(run(1).id, (&[], &settled), intents, &moment(2))
                .is_err()
            {
                break;
            }
            let (settled, intents) = one.of(user);
            real.commit(Vec::new(), settled, intents, moment(2))
                .await
                .unwrap();
        }
        let entry = real.entry(&request(user).key).unwrap();
        assert_eq!(memory.entry(&request(user).key), entry.as_ref());
        taken.extend(entry.map(|_| user));
    }
    assert_eq!(taken.len(), 110, "all but those that begin with a resend");
    drop(real);
    let real = open(&place, 2);
    memory.begin(&moment(0));
    for user in taken {
        let entry = real.entry(&request(user).key).unwrap();
        assert_eq!(memory.entry(&request(user).key), entry.as_ref());
    }
}

#[tokio::test]
async fn a_ledger_in_memory_refuses_what_only_the_files_own_rules_refuse() {
    let another_state = settled(7, DeviceState::Failed);
    let another_device = settled(8, DeviceState::Found).device;
    let another_device = Settled {
        device: another_device,
        ..settled(7, DeviceState::Found)
    };
    for (first, second) in [
        (settled(7, DeviceState::Created), another_state),
        (settled(8, DeviceState::Found), another_device),
    ] {
        let place = place();
        let real = open(&place, 1);
        let mut memory = InMemory::default();
        for (end, accepted) in [(first, true), (second, false)] {
            let ours = memory.commit(
                run(1).id,
                (&[], std::slice::from_ref(&end)),
                Vec::new(),
                &moment(2),
            );
            let theirs = real
                .commit(Vec::new(), vec![end], Vec::new(), moment(2))
                .await;
            assert_eq!((ours.is_ok(), theirs.is_ok()), (accepted, accepted));
        }
    }
}
