//! What wavepair promises, proved from outside; one binary, linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

// The happy road, and every accepted spelling of a phone.
mod created_anew;
mod creates;
// Files that are no wave, and lines that are no rows.
mod whole_files;
// Damaged and odd files of all kinds, line by line.
mod damage;
// How many rows there are, and whether all of them are right.
mod whole_waves;
// The same wave in every form of a file.
mod forms;
// A real wave against the sandbox, before the tenant.
mod rehearsals;
// What is refused, by wavepair or by PingOne, and how a person gets it back.
mod rejects;
// Why a row is not done, and what to do.
mod reasons;
// What is tried again, and what never.
mod retries;
// Files that go back to people.
mod round_trips;
// Files that go back to people as workbooks.
mod workbooks;
// The access token: fetched once, renewed early, not used again once refused.
mod tokens;
// One 429 slows every row.
mod throttling;
// The answer is lost: ask, never send again blindly.
mod lost_responses;
// Users and policies by their names.
mod names;
// One device, asked for more than once.
mod duplicates;
// One phone, several users.
mod shared_phones;
// What a run has made is deleted again, and nothing else.
mod undo;
// Old phones are taken out of a ledger, and every device is known all the same.
mod purge;
// Both, killed at any system call.
mod killed_anywhere;
// What no run settles, settled by a person.
mod resolve;
// Told to stop while it waits.
mod signals;
// What a ledger tells of its runs.
mod looking_back;
// Beside others, without room, without an environment.
mod surroundings;
// Files that are not as the last run left them.
mod tampered;
// Which ledger is trusted, and which is refused and left as it is.
mod ledgers;
// What is shown, and how to go on.
mod screens;
// How many messages go to people, and whether a person wants that.
mod questions;
// What README shows and tells to type.
mod readme;
mod readme_example;
// README's tables, held to the code.
mod readme_tables;
// Users who cannot use MFA.
mod mfa;
// What a second run does, for what a first one can leave.
mod resumes;
// One report of all devices in place of a listing for each user.
mod reports;
// Two waves that ask for the same devices, each in its own way.
mod two_waves;
// One wave, several processes.
mod shards;
// What ends a run early, and what the next one finds.
mod stops;
// A part of wavepair itself fails.
mod panics;
// The file of a wave is changed while it is read.
mod changed_input;
// The summary, on every end.
mod summaries;
// Who is told of an end besides.
mod on_end;
// What a program is told of an end that is not 0.
mod error_format;
// A wave every night.
mod cron;
// What Prometheus is told of a run.
mod metrics;
// What is written, and never over what.
mod outputs;
// Says what a run then does; sends nothing, changes nothing.
mod dry_run;
mod dry_run_limits;
mod dry_run_messages;
mod dry_run_users;
// A dry run that is a plan: written, reviewed, demanded.
mod plans;
// No secret, token or full phone is seen where it has no business.
mod leaks;
// Any rows, any faults, dropped at any event, then gone on with.
mod never_twice;

// Answers that may be to another request.
mod connections;
// Literal documents from PingOne's documentation, held against both halves.
mod contract;
// One request, one answer: literal bytes on real sockets.
mod wire_client;
// What goes wrong when the sandbox is told to.
mod sandbox_faults;
// Certificates, and who has none.
mod trust;
// A proxy that the environment names.
mod proxies;
// Listings that go on.
mod pages;
// The page about a wave.
mod page;
// What a wave costs, as the README shows it.
mod figures;
// Answers that no PingOne gives.
mod forged;
// What is compiled in besides our own code.
mod supply;
// What is typed to build, test and release it.
mod tasks;
// What the fuzz targets start from, without a fuzzer.
mod corpus;
// Each line of the doctor is true.
mod doctor;
// What PingOne really does, found out with a test user.
mod probe;
// What is given is checked, whatever is done with it.
mod settings;
// The settings file: where it is found, and what wins over it.
mod settings_file;
// The tenant of another program's file.
mod pingcli;
// The command line from outside, and the README that describes it.
mod cli;
// Completions and man pages.
mod manual;
// Which source, which parts.
mod version;
// The Debian package: what it is made of.
#[cfg(target_os = "linux")]
mod package;
// The sample files say what they claim to.
mod samples;
// Rules of the source that no compiler checks.
mod tidy;
// The real program, killed and lied to, judged by what a server of its own saw.
mod harness;
