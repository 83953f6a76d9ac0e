//! What tests, benchmarks and fuzz targets use of the inside, and nothing else.
//!
//! Whatever is in here the compiler takes for used. So an item goes out again with the
//! last test that needs it.

/// What has one meaning everywhere.
pub mod model {
    pub use crate::model::code;
    pub use crate::model::device_report::{
        DeviceReport, Gathered, Reported, ReportedAddress, ReportedDevice, ReportedStatus,
    };
    pub use crate::model::dialect::{Container, Delimiter, LineEnd};
    pub use crate::model::entry::Moment;
    pub use crate::model::event::Event;
    pub use crate::model::ids::{EnvironmentId, PolicyId, RunId, UserId};
    pub use crate::model::imprint::Imprint;
    pub use crate::model::invalid::InvalidCode;
    pub use crate::model::mfa::{MfaOutcome, MfaRule, UserState};
    pub use crate::model::names::Names;
    pub use crate::model::outcome::{
        Ambiguity, Answer, AttemptOutcome, Device, Listing, LookOutcome, Outcome, Proof, Refusal,
    };
    pub use crate::model::phone::E164;
    pub use crate::model::policy_ref::PolicyRef;
    pub use crate::model::request::{
        Address, DeviceKey, DeviceRequest, DeviceStatus, DeviceType, RowDefaults,
    };
    pub use crate::model::row::{Column, Header, InputRow, RowNumber};
    pub use crate::model::secret::Secret;
    pub use crate::model::shard::Shard;
    pub use crate::model::stop::StopCode;
    pub use crate::model::undo::UndoVerdict;
    pub use crate::model::user_name::{NameKind, UserBy, UserName};
    pub use crate::model::validate::{Unasked, validate};
    pub use crate::model::verdict::Verdict;
    pub use crate::model::warning::WarningCode;
    pub use crate::model::why_nothing::WhyNothing;
}

/// The exit codes.
pub mod exit {
    pub use crate::exit::ExitCode;
}

/// The time.
pub mod clock {
    pub use crate::clock::{age, local, moment, now, wall};
}

/// What a run does about a row that it has seen before.
pub mod plan {
    pub use crate::plan::{Bar, Existing};
}

/// How many requests a second.
pub mod pace {
    pub use crate::pace::{Pacing, Rate};
}

/// What is tried again, and when.
pub mod retry {
    pub use crate::retry::RetryPolicy;
}

/// A wave, read.
pub mod input {
    pub use crate::input::source::Source;
    pub use crate::input::{ReadOptions, Wave};
}

/// What is remembered.
pub mod ledger {
    pub use crate::ledger::{
        Binding, Error, Flaw, Found, Intent, Ledger, Opened, Reader, RunEnd, RunRecord,
    };
}

/// PingOne, spoken to.
pub mod pingone {
    pub use crate::pingone::Answered;
    pub use crate::pingone::classify::{Listed, create_answer, list_answer};
    pub use crate::pingone::client::Client;
    pub use crate::pingone::connections::Connection;
    pub use crate::pingone::credentials::{ClientAuth, Credentials};
    pub use crate::pingone::device_reports::{NextReportPage, ReportPage, report_answer};
    pub use crate::pingone::grant::{Bearer, LONGEST_TOKEN, TokenFailure, token_answer};
    pub use crate::pingone::head::Head;
    pub use crate::pingone::listing::Pages;
    pub use crate::pingone::options::ClientOptions;
    pub use crate::pingone::proxy::{Direct, Proxy};
    pub use crate::pingone::read::{ListedPolicies, ReadFailure, policies_answer, read_answer};
    pub use crate::pingone::retry_after::{LONGEST, retry_after};
    pub use crate::pingone::tls::ClientError;
    pub use crate::pingone::token::{AccessToken, TokenCache, TokenState};
    pub use crate::pingone::user_filter::UserFilter;
    pub use crate::pingone::users::{FoundUsers, ListedUser, ListedUsers, UserPages};
    pub use crate::pingone::wire::MfaSettings;
}

/// A PingOne of our own.
pub mod sandbox {
    pub use crate::sandbox::faults::FaultPlan;
    pub use crate::sandbox::kinds::Kind;
    pub use crate::sandbox::stats::{Held, Stats};
    pub use crate::sandbox::variants::{Variant, Variants};
    pub use crate::sandbox::{
        Duplicates, Options, Policies, SMS_ONLY_POLICY, Sandbox, Users, WAVE_POLICY, start,
    };
}

/// A run, as far as it needs no file.
pub mod engine {
    pub use crate::engine::{
        EngineOptions, Error, GuardOptions, PlannedRow, UserSource, run, stop,
    };
}

/// The columns of the results, and the options that name a tenant.
pub mod report {
    pub use crate::report::next_command::TENANT_OPTIONS;
    pub use crate::report::results_writer::COLUMNS;
    pub use crate::report::undo_writer::COLUMNS as UNDO_COLUMNS;
    pub use crate::report::verdict_writer::COLUMNS as VERDICT_COLUMNS;
}

/// What was asked for.
pub mod settings {
    pub use crate::settings::Error;
    pub use crate::settings::env::Env;
    pub use crate::settings::given::duration;
    pub use crate::settings::hand_over::HandOver;
    pub use crate::settings::keys::keyed;
    pub use crate::settings::on_end::GIVEN;
    pub use crate::settings::probe::Probe;
    pub use crate::settings::purge::Purge;
    pub use crate::settings::report::Report;
    pub use crate::settings::resolve::Resolve;
    pub use crate::settings::results::Results;
    pub use crate::settings::rows::RowSettings;
    pub use crate::settings::run::{Doctor, DryRun, Run, Target};
    pub use crate::settings::setting::{About, Command, Takes, Unset, Usage};
    pub use crate::settings::show::Show;
    pub use crate::settings::sources::Sources;
    pub use crate::settings::status::Status;
    pub use crate::settings::table::{COMMANDS, VARIABLES, options};
    pub use crate::settings::tenant::Tenant;
    pub use crate::settings::undo::Undo;
    pub use crate::settings::usage::{Read, read};
    pub use crate::settings::verify::Verify;
}
