//! `wavepair sandbox`: a small PingOne on loopback, until it is stopped.

use super::print::print;
use super::signals::{self, During};
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::stop::StopReason;
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::sandbox;
use crate::settings::sandbox::Sandbox;

/// Serves a sandbox until SIGINT or SIGTERM. The folder of its ledger is there for as long as it is.
///
/// # Errors
///
/// The address is taken, or there is no place for a ledger.
pub(crate) async fn sandbox(settings: Sandbox, console: &Console) -> Result<ExitCode, Error> {
    let sandbox = sandbox::start(settings.options).await?;
    // A sandbox forgets all when it ends, and so must what is known of it.
    let folder = tempfile::Builder::new()
        .prefix("wavepair-sandbox-")
        .tempdir()
        .map_err(|source| Error::System {
            what: "no folder for the ledger of the sandbox",
            source,
        })?;
    let ledger = folder.path().join("ledger.db");
    let mut out = sandbox.exports();
    out += &sandbox::export("WAVEPAIR_POLICY", sandbox::WAVE_POLICY);
    out += &sandbox::export("WAVEPAIR_LEDGER", &ledger.to_string_lossy());
    if settings.print_users {
        for user in sandbox.users() {
            out.push_str(&user);
            out.push('\n');
        }
    }
    // A broken pipe does not stop the server; without its settings nobody finds it.
    print(&out)?;
    let address = sandbox.address();
    let text = format!("sandbox at {address}; stop it with Ctrl-C");
    let notice = Notice::info("serving", text);
    console.say(&notice.fact("address", address.to_string()));
    let (stopper, mut asked) = stop();
    signals::watch(&stopper, console, During::Other)?;
    asked.requested().await;
    Ok(match asked.reason() {
        Some(StopReason::Interrupted) => ExitCode::Interrupted,
        _ => ExitCode::Terminated,
    })
}
