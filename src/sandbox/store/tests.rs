//! What is kept of devices, and in which order.

use super::device::PENDING_MS;
use super::*;

const USER: Uuid = Uuid::from_u128(7);

fn device(kind: DeviceType, address: &str, pending: bool) -> NewDevice {
    NewDevice {
        kind,
        address: address.to_owned(),
        nickname: String::new(),
        pending,
        testing: false,
    }
}

fn whatsapp(phone: &str) -> NewDevice {
    device(DeviceType::WhatsApp, phone, false)
}

fn add(store: &mut Store, new: NewDevice, duplicates: Duplicates) -> Result<Uuid, NotStored> {
    store
        .add(USER, new, 0, rules(duplicates))
        .map(|stored| stored.id)
}

fn rules(duplicates: Duplicates) -> Rules {
    Rules {
        max_devices: 2,
        duplicates,
        by_spelling: false,
    }
}

#[test]
fn a_million_devices_fit_in_a_few_hundred_megabytes() {
    assert!(size_of::<Stored>() <= 96);
    assert!(size_of::<(Uuid, Chain)>() <= 24);
}

#[test]
fn an_identical_device_is_one_more_or_refused_whatever_its_spelling() {
    let mut store = Store::default();
    let first = add(&mut store, whatsapp("+1.5125551234"), Duplicates::Allow).unwrap();
    let again = || whatsapp("+1 (512) 555-1234");
    for refuse in [Duplicates::Refuse400, Duplicates::Refuse409] {
        assert_eq!(
            add(&mut store, again(), refuse),
            Err(NotStored::Duplicate { existing: first })
        );
    }
    assert_eq!(store.most_per_key(), 1);
    add(&mut store, again(), Duplicates::Allow).unwrap();
    assert_eq!((store.most_per_key(), store.len()), (2, 2));
}

#[test]
fn where_the_spelling_counts_another_one_is_another_device() {
    let mut store = Store::default();
    let rules = Rules {
        by_spelling: true,
        ..rules(Duplicates::Refuse400)
    };
    let mut add = |phone| store.add(USER, whatsapp(phone), 0, rules).is_ok();
    assert!(add("+1.5125551234"));
    assert!(!add("+1.5125551234"));
    assert!(add("+15125551234"));
    assert_eq!(store.most_per_key(), 2);
}

#[test]
fn another_type_or_another_user_is_another_device() {
    let mut store = Store::default();
    add(&mut store, whatsapp("+15125551234"), Duplicates::Refuse400).unwrap();
    let sms = device(DeviceType::Sms, "+15125551234", false);
    add(&mut store, sms, Duplicates::Refuse400).unwrap();
    let other = Uuid::from_u128(8);
    store
        .add(
            other,
            whatsapp("+15125551234"),
            0,
            rules(Duplicates::Refuse400),
        )
        .map(drop)
        .unwrap();
    assert_eq!((store.most_per_key(), store.len()), (1, 3));
}

#[test]
fn a_user_with_as_many_devices_as_allowed_gets_no_more_until_one_goes() {
    let mut store = Store::default();
    let first = add(&mut store, whatsapp("+15125551231"), Duplicates::Allow).unwrap();
    add(&mut store, whatsapp("+15125551232"), Duplicates::Allow).unwrap();
    let full = Err(NotStored::Full { maximum: 2 });
    let third = || whatsapp("+15125551233");
    assert_eq!(add(&mut store, third(), Duplicates::Allow), full);
    let pending = device(DeviceType::Sms, "+15125551234", true);
    add(&mut store, pending, Duplicates::Allow).unwrap();

    assert!(store.delete(USER, first, 0));
    assert!(!store.delete(USER, first, 0));
    assert!(store.get(USER, first, 0).is_none());
    let third = add(&mut store, third(), Duplicates::Allow).unwrap();
    assert!(store.get(USER, third, 0).is_some());
    assert!(store.get(Uuid::from_u128(8), third, 0).is_none());
    assert_eq!(store.len(), 3);
}

#[test]
fn a_device_that_is_never_activated_goes_after_a_day() {
    let mut store = Store::default();
    for n in 0..MAX_PENDING {
        let pending = device(DeviceType::Sms, &format!("+151255512{n:02}"), true);
        add(&mut store, pending, Duplicates::Allow).unwrap();
    }
    let one_more = device(DeviceType::Sms, "+4915112345678", true);
    assert_eq!(
        add(&mut store, one_more, Duplicates::Allow),
        Err(NotStored::Full { maximum: 50 })
    );
    assert_eq!(store.of_user(USER, PENDING_MS - 1).count(), 50);
    assert_eq!(store.of_user(USER, PENDING_MS).count(), 0);
}

#[test]
fn pages_hold_every_device_once_and_in_order() {
    let mut store = Store::default();
    let mut made = Vec::new();
    for n in 0..5_u128 {
        let user = Uuid::from_u128(n);
        let new = whatsapp("+15125551234");
        let id = store
            .add(user, new, 0, rules(Duplicates::Allow))
            .unwrap()
            .id;
        made.push(id);
    }
    store.delete(Uuid::from_u128(1), made.remove(1), 0);
    let (mut seen, mut from) = (Vec::new(), 0);
    while let Some((page, next)) = store.page(from, 2, 0) {
        seen.extend(page.into_iter().map(|device| device.id));
        from = next;
    }
    assert_eq!(seen, made);
}

#[test]
fn a_device_is_changed_while_it_is_there() {
    let mut store = Store::default();
    let id = add(&mut store, whatsapp("+15125551234"), Duplicates::Allow).unwrap();
    let named = store.change(USER, id, 5, |device| device.nickname = "Work".into());
    let named = named.map(|device| (&*device.nickname, device.at, device.changed));
    assert_eq!(named, Some(("Work", 0, 5)));
    let other = Uuid::from_u128(8);
    assert!(store.change(other, id, 6, |_| ()).is_none());
    store.delete(USER, id, 6);
    assert!(store.change(USER, id, 7, |_| ()).is_none());
}

#[test]
fn the_order_is_that_of_activation_until_it_is_set() {
    let mut store = Store::default();
    let pending = device(DeviceType::Sms, "+15125551231", true);
    let pending = add(&mut store, pending, Duplicates::Allow).unwrap();
    let first = add(&mut store, whatsapp("+15125551232"), Duplicates::Allow).unwrap();
    let gone = add(&mut store, whatsapp("+15125551233"), Duplicates::Allow).unwrap();
    let order =
        |store: &Store| -> Vec<Uuid> { store.of_user(USER, 9).map(|device| device.id).collect() };

    let full = Err(NotStored::Full { maximum: 2 });
    let activated = store.activate(USER, pending, 9, 2).unwrap();
    assert_eq!(activated.map(|device| device.id), full);
    store.delete(USER, gone, 9);
    let activated = store.activate(USER, pending, 9, 2).unwrap();
    assert_eq!(activated.map(|device| device.pending), Ok(false));
    assert_eq!(order(&store), [first, pending]);

    assert!(!store.reorder(USER, &[pending, gone], 9));
    assert!(!store.reorder(USER, &[pending, pending], 9));
    assert!(store.reorder(USER, &[pending], 9));
    assert_eq!(order(&store), [pending, first]);
    let last = add(
        &mut store,
        device(DeviceType::Email, "a@b", true),
        Duplicates::Allow,
    )
    .unwrap();
    assert_eq!(order(&store), [pending, first, last]);

    assert!(store.reorder(USER, &[last, first], 9));
    assert_eq!(order(&store), [last, first, pending]);
    store.forget_order(USER);
    assert_eq!(order(&store), [pending, first, last]);
    assert!(store.reorder(Uuid::from_u128(8), &[], 9));
}
