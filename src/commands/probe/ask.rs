//! Asking the questions.

use super::check::{self, Checked};
use super::files::Files;
use super::room::Room;
use super::screen;
use crate::clock;
use crate::commands::Invocation;
use crate::commands::licensed::licensed;
use crate::commands::question::{can_be_answered, is_wanted};
use crate::commands::signals::{self, During};
use crate::commands::target::{Access, access};
use crate::engine::{Stop, stop};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::ids::UserId;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::Address;
use crate::model::stop::Stopped;
use crate::probe::journal::{self, Journal};
use crate::probe::{self, Asker, Begins, Evidence, Halt, Probing, Question, Subject};
use crate::report::notice::Notice;
use crate::settings::probe::Probe;

/// Whom to ask about, by what device.
type About = (UserId, E164, PolicyRef);

/// Asks everything, deletes what that made, and writes the report.
pub(super) async fn ask(
    settings: Probe,
    (user, phone, policy): About,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    can_be_answered(invocation)?;
    let files = Files {
        report: settings.report.clone(),
        json: settings.json(),
    };
    files.check()?;
    let journal = settings.journal();
    journal::check(&journal)?;
    let room = Room::new(&settings, invocation);
    let (stopper, mut stop) = stop();
    signals::watch(&stopper, &invocation.console, During::Probe)?;
    let Probe {
        tenant, mut pace, ..
    } = settings;
    let Access { client, tokens } = access(tenant, &pace)?;
    licensed(&mut pace, &client, &tokens).await?;
    let mut asker = Asker::new(
        &client,
        tokens,
        pace.pacing,
        stop.clone(),
        Address::Phone(phone),
    );
    let mut evidence = Evidence::default();
    let checked = match check::check(&mut asker, user, &policy, &mut evidence).await {
        Ok(checked) => checked,
        Err(unfit) => return room.unfit(unfit),
    };
    let subject = Subject {
        user,
        phone,
        policy: checked.policy,
        not_allowed: checked.not_allowed,
    };
    let plan = screen::plan(
        &subject,
        &checked,
        &room.binding.api_host,
        &pace.pacing.to_string(),
    );
    if let Some(code) = agree(&plan, invocation, &mut stop).await? {
        return Ok(code);
    }
    if !invocation.yes
        // A person takes time to answer, and the user may have got a device meanwhile.
        && let Err(unfit) = check::has_no_device(&mut asker, user, &mut evidence).await
    {
        return room.unfit(unfit);
    }
    let began = moment();
    let host = room.binding.api_host.clone();
    let begins = Begins::new(began.clone(), host, room.binding.environment, user);
    let journal = Journal::begin(&journal, begins)?;
    let probing = Probing::new(asker, journal, user, evidence);
    carry_out(probing, &subject, (&room, &checked, &files), began).await
}

/// Tells what is about to happen, and asks whether it may; gives how the command ends where it may not.
async fn agree(
    plan: &Notice,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<Option<ExitCode>, Error> {
    invocation.console.say(plan);
    let wanted = is_wanted(&screen::question(), invocation, stop).await?;
    if let Some(reason) = stop.reason() {
        return Ok(Some(reason.exit_code()));
    }
    if !wanted {
        let console = &invocation.console;
        console.say(&Notice::error(
            "nothing was made, because the answer was not yes",
        ));
        return Ok(Some(ExitCode::Usage));
    }
    Ok(None)
}

/// Asks, deletes, tells and writes: whatever comes in between, all of it.
async fn carry_out(
    mut probing: Probing<'_>,
    subject: &Subject,
    (room, checked, files): (&Room<'_>, &Checked, &Files),
    began: String,
) -> Result<ExitCode, Error> {
    let console = &room.invocation.console;
    let mut done = |question: Question, probing: &Probing<'_>| {
        console.say(&screen::answered(&probe::judge(
            question,
            probing.evidence(),
        )));
    };
    let asked = probe::ask_all(&mut probing, subject, &mut done).await;
    let (mut ending, halt) = probe::clean(&mut probing, room.patience).await;
    let verdicts = probe::all(probing.evidence());
    let about = probe::About {
        at: (began, moment()),
        host: room.binding.api_host.clone(),
        environment: short(&room.binding.environment.to_string()),
        user: short(&subject.user.to_string()),
        phone: subject.phone.masked(),
        policy: checked.shown(),
        requests: probing.spent(),
        sent: Question::ALL.map(|question| subject.sent(question)).into(),
    };
    ending.cut_short = asked.as_ref().err().map(in_words);
    let written = files.write(&about, &verdicts, &ending);
    console.say(&screen::table(&verdicts));
    room.tell_of_devices(&ending);
    written?;
    console.say(&files.notice());
    room.end(
        [asked.err(), halt],
        &ending,
        probing.take_unwritten(),
        &verdicts,
    )
}

fn in_words(halt: &Halt) -> String {
    match halt {
        Halt::Stopped(reason) => Stopped::from(reason).message,
        Halt::Pointless(what, _) | Halt::Unavailable(what) => what.clone(),
        Halt::Journal(error) => error.to_string(),
    }
}

/// As much of an ID as tells two of them apart.
fn short(id: &str) -> String {
    id.chars().take(8).chain(['…']).collect()
}

/// A moment to the second: nobody needs more of it.
fn moment() -> String {
    let now = clock::wall();
    jiff::Timestamp::from_second(now.as_second())
        .unwrap_or(now)
        .to_string()
}
