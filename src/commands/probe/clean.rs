//! Deleting what an earlier probe has left.

use super::room::Room;
use crate::commands::Invocation;
use crate::commands::licensed::licensed;
use crate::commands::signals::{self, During};
use crate::commands::target::{Access, access};
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::phone::E164;
use crate::model::request::Address;
use crate::probe::journal::Journal;
use crate::probe::{self, Asker, Evidence, Halt, Probing};
use crate::report::notice::Notice;
use crate::settings;
use crate::settings::probe::Probe;

/// Deletes what an earlier probe has left.
pub(super) async fn clean(settings: Probe, invocation: &Invocation) -> Result<ExitCode, Error> {
    let journal = Journal::resume(&settings.journal())?;
    let room = Room::new(&settings, invocation);
    let Some(begins) = journal.account().begins() else {
        journal.discard();
        invocation.console.say(&Notice::info(
            "probe_cleaned",
            "nothing was made: the probe ended before it began",
        ));
        return Ok(ExitCode::Done);
    };
    let same = begins.host == room.binding.api_host
        && begins.environment() == Some(room.binding.environment);
    let Some(user) = begins.user().filter(|_| same) else {
        let what = format!("the journal is of another tenant, at {}", begins.host);
        return Err(settings::Error::new(what)
            .hint("set the variables as they were for that probe")
            .into());
    };
    let (stopper, stop) = stop();
    signals::watch(&stopper, &invocation.console, During::Probe)?;
    let Probe {
        tenant, mut pace, ..
    } = settings;
    let Access { client, tokens } = access(tenant, &pace)?;
    licensed(&mut pace, &client, &tokens).await?;
    // Any phone will do: nothing of an answer is shown but its codes.
    let own = Address::Phone(E164::from_digits("15125550100").expect("a phone for examples"));
    let asker = Asker::new(&client, tokens, pace.pacing, stop.clone(), own);
    let mut probing = Probing::new(asker, journal, user, Evidence::default());
    let (ending, halt) = probe::clean(&mut probing, room.patience).await;
    room.tell_of_devices(&ending);
    let cut_short = stop
        .reason()
        .filter(|_| !ending.is_clean())
        .map(Halt::Stopped);
    room.end([cut_short, halt], &ending, probing.take_unwritten(), &[])
}
