//! The questions, one after the other: what is sent for each of them.

use std::time::Duration;

use uuid::Uuid;

use super::asker::Halt;
use super::budget::LOOKS;
use super::evidence::{Adorned, Came, Look, PhoneForm, Reported, Shown};
use super::probing::Probing;
use super::question::Question;
use super::subject::{NICKNAME, Subject};
use crate::clock;
use crate::model::ids::{DeviceId, EnvironmentId};
use crate::pingone::raw::Exchange;

/// The ages of a device, in milliseconds, at which it is looked for as long as it is not listed.
const AGES_MS: [u64; LOOKS] = [
    0, 100, 250, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000,
    20_000, 30_000, 45_000, 60_000, 90_000, 120_000,
];

/// Asks all questions; `done` hears of each that is through.
///
/// # Errors
///
/// Nothing more can be asked. What was made is not deleted yet.
pub(crate) async fn ask_all(
    probing: &mut Probing<'_>,
    subject: &Subject,
    done: &mut impl FnMut(Question, &Probing<'_>),
) -> Result<(), Halt> {
    twice(probing, subject).await?;
    done(Question::Twice, probing);
    done(Question::Spelling, probing);
    delete_twice(probing).await?;
    done(Question::DeleteTwice, probing);
    without_policy(probing, subject).await?;
    done(Question::NoPolicy, probing);
    refusals(probing, subject).await?;
    done(Question::Refusals, probing);
    probing.evidence.other_environment = other_environment(probing).await?;
    done(Question::OtherEnvironment, probing);
    adorned(probing, subject).await?;
    for question in [
        Question::Nickname,
        Question::Notification,
        Question::Listing,
        Question::Report,
        Question::ShownPhone,
        Question::Headers,
        Question::Transaction,
    ] {
        done(question, probing);
    }
    Ok(())
}

/// Why further creates are not asked for: the first one is refused.
fn barred(probing: &Probing<'_>) -> Option<Came> {
    let first = probing.evidence.first.seen()?;
    first.is_refusal().then(|| {
        let why = format!(
            "no WhatsApp device can be made for this user: {}",
            first.label()
        );
        Came::NotAsked(why)
    })
}

async fn twice(probing: &mut Probing<'_>, subject: &Subject) -> Result<(), Halt> {
    probing.evidence.first = probing.create(Question::Twice, &subject.usual()).await?;
    if let Some(why) = barred(probing) {
        let seen = &mut probing.evidence;
        for came in [
            &mut seen.again,
            &mut seen.respelled,
            &mut seen.deleted,
            &mut seen.deleted_again,
            &mut seen.without_policy,
            &mut seen.wrong_phone,
            &mut seen.unknown_policy,
        ] {
            *came = why.clone();
        }
        return Ok(());
    }
    probing.evidence.again = probing.create(Question::Twice, &subject.usual()).await?;
    let respelled = subject.respelled();
    probing.evidence.respelled = probing.create(Question::Spelling, &respelled).await?;
    Ok(())
}

async fn delete_twice(probing: &mut Probing<'_>) -> Result<(), Halt> {
    let Some(device) = probing.journal.account().there().first().copied() else {
        return Ok(());
    };
    probing.evidence.deleted = probing.delete(device).await?;
    probing.evidence.deleted_again = probing.delete(device).await?;
    probing.delete_all().await
}

async fn without_policy(probing: &mut Probing<'_>, subject: &Subject) -> Result<(), Halt> {
    if barred(probing).is_some() {
        return Ok(());
    }
    let device = subject.without_policy();
    probing.evidence.without_policy = probing.create(Question::NoPolicy, &device).await?;
    probing.delete_all().await
}

async fn refusals(probing: &mut Probing<'_>, subject: &Subject) -> Result<(), Halt> {
    let question = Question::Refusals;
    if barred(probing).is_none() {
        let wrong = subject.wrong_phone();
        probing.evidence.wrong_phone = probing.create(question, &wrong).await?;
        probing.delete_all().await?;
        let unknown = subject.unknown_policy();
        probing.evidence.unknown_policy = probing.create(question, &unknown).await?;
        probing.delete_all().await?;
    }
    let Some(other) = subject.other_type() else {
        let why = "not asked: every policy that is listed allows every type";
        probing.evidence.other_type = Came::NotAsked(why.to_owned());
        return Ok(());
    };
    probing.evidence.other_type = probing.create(question, &other).await?;
    probing.delete_all().await
}

async fn other_environment(probing: &mut Probing<'_>) -> Result<Came, Halt> {
    if !probing.affords(1) {
        return Ok(Came::NotAsked("no request was left for it".to_owned()));
    }
    let other = EnvironmentId::from_uuid(Uuid::new_v4());
    read(probing, &Exchange::PoliciesOf(other)).await
}

async fn read(probing: &mut Probing<'_>, asked: &Exchange) -> Result<Came, Halt> {
    let kept = probing.journal.account().there().len();
    let answer = probing
        .asker
        .ask(asked, kept, &mut probing.evidence)
        .await?;
    Ok(match &answer {
        Ok(answer) => Came::of(answer),
        Err(fault) => Came::Silence(fault.message.clone()),
    })
}

/// Questions 5, 6, 8, 9 and 3: a device with all that may be refused, and what is seen of it.
async fn adorned(probing: &mut Probing<'_>, subject: &Subject) -> Result<(), Halt> {
    if let Some(why) = barred(probing) {
        probing.evidence.adorned.push(Adorned {
            nickname: true,
            notification: true,
            came: why,
        });
    } else if let Some(device) = adorn(probing, subject).await? {
        let spelling = subject.other_spelling();
        probing.evidence.answered_phone = Some(PhoneForm::of(device.phone.as_deref(), &spelling));
        let listed = look(probing, device.id).await?;
        let seen = &mut probing.evidence;
        if let Some(listed) = &listed {
            seen.listed_phone = Some(PhoneForm::of(listed.phone.as_deref(), &spelling));
        }
        let has_it = |device: &Shown| device.nickname.as_deref() == Some(NICKNAME);
        seen.nickname_kept = Some(has_it(&device) || listed.as_ref().is_some_and(has_it))
            .filter(|kept| *kept || listed.is_some());
        report(probing, subject, Some(device.id)).await?;
        return probing.delete_all().await;
    }
    report(probing, subject, None).await?;
    probing.delete_all().await
}

/// Creates with nickname and notification, and again without what is refused.
async fn adorn(probing: &mut Probing<'_>, subject: &Subject) -> Result<Option<Shown>, Halt> {
    let mut next = Some((true, true));
    while let Some((nickname, notification)) = next {
        let question = if nickname {
            Question::Nickname
        } else {
            Question::Notification
        };
        let device = subject.adorned(nickname, notification);
        let came = probing.create(question, &device).await?;
        next = without_the_refused(nickname, notification, &came);
        let made = came.made().cloned();
        probing.evidence.adorned.push(Adorned {
            nickname,
            notification,
            came,
        });
        if made.is_some() {
            return Ok(made);
        }
    }
    Ok(None)
}

/// What is tried next where a create with these members is refused: without the one that the refusal
/// names, and where it names none, without the notification first.
fn without_the_refused(nickname: bool, notification: bool, came: &Came) -> Option<(bool, bool)> {
    let seen = came
        .seen()
        .filter(|seen| seen.is_refusal() && !seen.is_device_limit())?;
    let (no_name, no_note) = (seen.is_about("nickname"), seen.is_about("notification"));
    let next = if no_name || no_note {
        (nickname && !no_name, notification && !no_note)
    } else {
        (nickname && notification, false)
    };
    (next != (nickname, notification)).then_some(next)
}

/// Lists the user's devices right after a create, again and again; gives the device as it is listed.
async fn look(probing: &mut Probing<'_>, device: DeviceId) -> Result<Option<Shown>, Halt> {
    let made = clock::now();
    let mut shown = None;
    for age in AGES_MS {
        // A report, and another listing where an answer is lost, have to be asked for, too.
        if !probing.affords(2) {
            break;
        }
        if shown.is_none() {
            probing
                .asker
                .sleep_until(made + Duration::from_millis(age))
                .await?;
        }
        let after = clock::now().duration_since(made);
        let Some(listed) = probing.find().await? else {
            continue;
        };
        let found = listed.into_iter().find(|listed| listed.id == device);
        let seen = found.is_some();
        probing.evidence.looks.push(Look { after, seen });
        shown = found.or(shown);
    }
    Ok(shown)
}

async fn report(
    probing: &mut Probing<'_>,
    subject: &Subject,
    device: Option<DeviceId>,
) -> Result<(), Halt> {
    if !probing.affords(1) {
        probing.evidence.report = Came::NotAsked("no request was left for it".to_owned());
        return Ok(());
    }
    let kept = probing.journal.account().there().len();
    let answer = probing
        .asker
        .ask(&Exchange::Report, kept, &mut probing.evidence)
        .await?;
    match &answer {
        Ok(answer) => {
            probing.evidence.report = Came::of(answer);
            let made = (200..300).contains(&answer.status);
            probing.evidence.reported = answer
                .body
                .as_ref()
                .filter(|_| made)
                .map(|body| reported(body, &subject.other_spelling(), device));
        }
        Err(fault) => probing.evidence.report = Came::Silence(fault.message.clone()),
    }
    Ok(())
}

/// What is in a report: nothing of its entry is kept but the way in which the phone is written.
fn reported(body: &serde_json::Value, sent: &str, device: Option<DeviceId>) -> Reported {
    let entries = body
        .get("_embedded")
        .and_then(|embedded| embedded.get("entries"));
    let Some(entries) = entries.and_then(serde_json::Value::as_array) else {
        return Reported::Unreadable;
    };
    let Some(entry) = entries.first() else {
        return Reported::Empty;
    };
    let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str);
    let (Some(_), Some(id)) = (text("userId"), text("deviceId")) else {
        return Reported::Unreadable;
    };
    let ours = device.is_some_and(|device| id.parse() == Ok(device));
    let form = match text("phone") {
        phone if ours => PhoneForm::of(phone, sent),
        None => PhoneForm::Missing,
        Some(phone) => PhoneForm::by_looks(phone),
    };
    Reported::Entry { form, ours }
}
