//! What PingOne really does: thirteen questions that its documents leave open, asked on a live tenant.
//!
//! A test user gets devices, which are looked at and deleted again. So this room sends creates, too, the
//! only one besides `engine::job`; they make no row of a wave, and are held to the same order: what is
//! about to be made is on disk before it is asked for. Nothing is ever deleted but what this probe
//! made, by the IDs in its journal.
//!
//! | part | what it knows |
//! | --- | --- |
//! | `question` | what is asked, and what wavepair assumes |
//! | `budget` | how many requests that may take |
//! | `subject` | what is sent, and how it may be shown |
//! | `evidence` | what was seen, as data |
//! | `judge` | what that means: pure |
//! | `account`, `journal` | what was made and is still there; the same on disk |
//! | `asker` | sends at the pace, repeats what may be repeated |
//! | `probing`, `steps` | what is done for each question |
//! | `cleaning` | deleting what was made, whatever ended the probe |
//! | `document` | the report |

mod account;
mod asker;
mod budget;
mod cleaning;
mod document;
mod evidence;
pub(crate) mod journal;
mod judge;
mod probing;
mod question;
mod steps;
mod subject;

pub(crate) use self::account::Begins;
pub(crate) use self::asker::{Asker, Halt};
pub(crate) use self::budget::MOST;
pub(crate) use self::cleaning::{Ending, clean};
pub(crate) use self::document::{About, json, markdown};
pub(crate) use self::evidence::{Came, Evidence, Shown};
pub(crate) use self::judge::{Standing, Verdict, all, judge};
pub(crate) use self::probing::Probing;
pub(crate) use self::question::Question;
pub(crate) use self::steps::ask_all;
pub(crate) use self::subject::Subject;
