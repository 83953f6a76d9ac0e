//! What a wave costs, next to the least that it could cost.
//!
//! `cargo bench` measures each part beside a peer that does nothing else: a run beside a bare
//! `reqwest` loop and a loop of Python's aiohttp with the same requests to the same server, a dry run
//! beside `csv` that reads and writes the same bytes, phones beside libphonenumber. Machines differ
//! and are shared, so the figures that count are the ratios. The table also goes to
//! `target/figures.md`, with the commit and how many cores there are.
//!
//! `WAVEPAIR_BENCH_ROWS` sets the number of rows, and `WAVEPAIR_BENCH_PYTHON` names the Python.

#![expect(clippy::print_stdout, reason = "a benchmark is for reading")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark whose set-up fails has nothing to measure"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "rows and microseconds are far below 2^52"
)]

mod cost;
mod lines;
mod peers;
mod phones;
mod server;
mod table;
mod waves;

use std::path::Path;
use std::process::Command;

use self::cost::{Cost, child};
use self::server::Server;
use self::table::Table;

const BINARY: &str = env!("CARGO_BIN_EXE_wavepair");
/// How often what is compared is measured, in turn.
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [peer, wave, at] = &arguments[..] {
        return peers::be(peer, Path::new(wave), at);
    }
    let rows = std::env::var("WAVEPAIR_BENCH_ROWS").ok();
    let rows: u64 = rows.and_then(|rows| rows.parse().ok()).unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let mut table = Table::new(rows);
    measure_runs(&mut table, folder.path(), rows);
    phones::measure(&mut table);
    measure_dry_runs(&mut table, folder.path(), rows * 10);
    table.write();
}

fn measure_runs(table: &mut Table, folder: &Path, rows: u64) {
    let (small, large) = (waves::good(rows / 10), waves::good(rows));
    let server = Server::start();
    let file = |name: &str, rows: &str| {
        let file = folder.join(name).with_extension("csv");
        std::fs::write(&file, rows).unwrap();
        file
    };
    let run_with = |name: &str, rows: &str| {
        let ledger = folder.join(name).with_extension("db");
        child(run(&server, &file(name, rows), &ledger))
    };
    let few = run_with("few", &small);
    let (mut runs, mut bare, mut aiohttp) = (Vec::new(), Vec::new(), Vec::new());
    let wave = file("bare", &large);
    for round in 0..ROUNDS {
        runs.push(run_with(&round.to_string(), &large));
        bare.push(child(peers::bare(&wave, &server)));
        aiohttp.extend(peers::aiohttp(&wave, &server).map(child));
    }
    let (run, bare) = (Cost::median(&runs), Cost::median(&bare));
    let per_row = |cost: &Cost| format!("{:.0} µs", cost.cpu * 1e6 / rows as f64);
    let compare = |peer: &Cost| format!("{} ÷ {}", per_row(&run), per_row(peer));
    let ratio = format!("{:.1}", run.cpu / bare.cpu);
    table.add(lines::REQWEST, &compare(&bare), &ratio);
    if aiohttp.is_empty() {
        table.add(lines::AIOHTTP, "aiohttp is not installed", "skipped");
    } else {
        let peer = Cost::median(&aiohttp);
        let ratio = format!("{:.2}", run.cpu / peer.cpu);
        table.add(lines::AIOHTTP, &compare(&peer), &ratio);
    }
    let said = format!("{:.1} MiB ÷ {:.1} MiB", run.peak, few.peak);
    table.add(
        lines::RUN_MEMORY,
        &said,
        &format!("{:.2}", run.peak / few.peak),
    );
    let bytes = std::fs::metadata(folder.join("0.db")).unwrap().len();
    let bytes = format!("{:.0}", bytes as f64 / rows as f64);
    table.add(lines::LEDGER, &format!("{rows} rows"), &bytes);
    let before = server.creates();
    let again = run_with("0", &large);
    assert_eq!(server.creates(), before, "a finished wave asks for nothing");
    let said = format!("{}, {:.1} MiB", per_row(&again), again.peak);
    table.add(lines::AGAIN, &said, &format!("{:.2}", again.cpu / run.cpu));
}

fn measure_dry_runs(table: &mut Table, folder: &Path, rows: u64) {
    let (wave, copy) = (folder.join("dry.csv"), folder.join("copy.csv"));
    std::fs::write(&wave, waves::mixed(rows)).unwrap();
    let one_core = |command: Command| {
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", "0"]).arg(command.get_program());
        pinned.args(command.get_args()).env_clear();
        pinned
    };
    let (mut one, mut all, mut csv) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(child(one_core(dry_run(&wave))));
        csv.push(child(peers::csv(&wave, &copy)));
        all.push(child(dry_run(&wave)));
    }
    let (one, all, csv) = (Cost::median(&one), Cost::median(&all), Cost::median(&csv));
    let said = format!("{:.2} s ÷ {:.2} s", one.cpu, csv.cpu);
    let ratio = format!("{:.1}", one.cpu / csv.cpu);
    table.add(lines::DRY_RUN, &format!("{said}, {rows} rows"), &ratio);
    let said = format!("{:.2} s ÷ {:.2} s", all.wall, one.wall);
    let ratio = format!("{:.2}", all.wall / one.wall);
    table.add(lines::ALL_CORES, &said, &ratio);
    let peak = format!("{:.0} MiB", all.peak);
    table.add(lines::DRY_MEMORY, &format!("{rows} rows"), &peak);
}

fn dry_run(wave: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.args(["run", "--dry-run", "--quiet"]).arg(wave);
    command.env_clear();
    command
}

fn run(server: &Server, wave: &Path, ledger: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(["run", "--rate", "max", "--concurrency", "64"])
        .args(["--existing", "unchecked", "--quiet", "--ledger"])
        .arg(ledger)
        .arg(wave)
        .env_clear()
        .envs(server.settings());
    command
}
