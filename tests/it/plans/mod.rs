//! A dry run that is a plan: written, reviewed, demanded.

use std::fmt::Write;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use wavepair::testing::sandbox::{Options, Policies, SMS_ONLY_POLICY, Users, WAVE_POLICY};

use crate::support::rehearsal::{Rehearsal, user};

mod demanded;
mod gone_on;
mod named;
mod readme;
mod refused;
mod written;

/// A plan, read as a person or another program would.
struct Plan {
    text: String,
    lines: Vec<Value>,
}

impl Plan {
    /// Has a dry run write it, which ends with this code, and reads it.
    #[track_caller]
    fn written(rehearsal: &Rehearsal, code: i32) -> Self {
        rehearsal.run(&WRITE).exits(code);
        Self::read(&rehearsal.path("review.plan"))
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        Self {
            lines: lines.collect(),
            text,
        }
    }

    fn head(&self) -> &Value {
        &self.lines[0]
    }

    fn rows(&self) -> &[Value] {
        &self.lines[1..self.lines.len() - 1]
    }

    fn seal(&self) -> &Value {
        &self.lines[self.lines.len() - 1]
    }

    /// What is expected of the rows, in their order.
    fn expected(&self) -> Vec<&str> {
        let rows = self.rows().iter();
        rows.map(|row| row["expect"].as_str().unwrap()).collect()
    }
}

/// What writes a plan of the wave.
const WRITE: [&str; 4] = ["--dry-run", "--online", "--plan", "review.plan"];

/// A wave with rows of each kind, the plan of it, and the users that PingOne knows.
fn mixed() -> (Rehearsal, Vec<String>) {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(5),
        policies: Policies::Known,
        ..Options::default()
    });
    let users: Vec<_> = rehearsal.sandbox().users();
    let row = |user: &str, phone: &str, policy| format!("{user},{phone},{policy}\n");
    let header = "user_id,phone,policy_id\n";
    let done = row(&users[0], "+15125551230", WAVE_POLICY);
    rehearsal.wave(&format!("{header}{done}")).run(&[]).exits(0);
    rehearsal.pair(&users[1], "WHATSAPP", "+1.512.555.1231");
    let wave = [
        header.to_owned(),
        done,
        row(&users[1], "+15125551231", WAVE_POLICY),
        row(&users[2], "+15125551232", WAVE_POLICY),
        row(&users[2], "+1 512 555 1232", WAVE_POLICY),
        row(&users[3], "07911", WAVE_POLICY),
        row(&user(77), "+15125551234", WAVE_POLICY),
        row(&users[3], "+15125551235", SMS_ONLY_POLICY),
        row(&users[4], "+15125551236", WAVE_POLICY),
    ];
    Plan::written(rehearsal.wave(&wave.concat()), 3);
    (rehearsal, users)
}

/// The SHA-256 of bytes, as `sha256sum` shows it.
fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest(&SHA256, bytes).as_ref() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
