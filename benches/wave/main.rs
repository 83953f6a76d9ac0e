//! What a wave costs, next to the least that it could cost.
//!
//! `cargo bench` measures each part beside a peer that does nothing else: a run beside a bare
//! `reqwest` loop and a loop of Python's aiohttp with the same requests to the same server, a dry run
//! beside `csv` that reads and writes the same bytes, phones beside libphonenumber. Machines differ
//! and are shared, so the figures that count are the ratios. The table also goes to
//! `benches/figures.md`, with the commit, the day, how many cores there are and how busy they were;
//! README.md shows it.
//!
//! `WAVEPAIR_BENCH_ROWS` sets the number of rows, `WAVEPAIR_BENCH_PYTHON` names the Python, and
//! `WAVEPAIR_BENCH_BEFORE` an earlier build of wavepair to compare with.

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

use std::path::{Path, PathBuf};
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
    let runs = Runs {
        server: Server::start(),
        folder: folder.path(),
    };
    runs.measure(&mut table, rows);
    runs.measure_again(&mut table, rows * 5);
    phones::measure(&mut table);
    measure_dry_runs(&mut table, folder.path(), rows * 50);
    table.write();
}

/// What runs need: somebody who answers, and a place for their files.
struct Runs<'a> {
    server: Server,
    folder: &'a Path,
}

impl Runs<'_> {
    fn wave(&self, name: &str, rows: u64) -> PathBuf {
        let wave = self.folder.join(name).with_extension("csv");
        waves::good(&wave, rows);
        wave
    }

    fn ledger(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("db")
    }

    /// Runs a wave on a ledger of this name.
    fn run(&self, binary: &str, wave: &Path, ledger: &str) -> Cost {
        child(run(binary, &self.server, wave, &self.ledger(ledger)))
    }

    /// Measures runs beside what sends the same requests, and the ledger that they leave.
    fn measure(&self, table: &mut Table, rows: u64) {
        let wave = self.wave("wave", rows);
        // Beside results of a run that a ledger does not know nothing is created unchecked.
        let own = |round: usize| self.wave(&round.to_string(), rows);
        let (mut runs, mut bare, mut aiohttp) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            runs.push(self.run(BINARY, &own(round), &round.to_string()));
            bare.push(child(peers::bare(&wave, &self.server)));
            aiohttp.extend(peers::aiohttp(&wave, &self.server).map(child));
        }
        let (run, bare) = (Cost::median(&runs), Cost::median(&bare));
        let compare = |peer: &Cost| format!("{} ÷ {}", per_row(&run, rows), per_row(peer, rows));
        let ratio = format!("{:.1}", run.cpu / bare.cpu);
        table.add(lines::REQWEST, &compare(&bare), &ratio);
        if aiohttp.is_empty() {
            table.skip(lines::AIOHTTP, "aiohttp is not installed");
        } else {
            let peer = Cost::median(&aiohttp);
            let ratio = format!("{:.2}", run.cpu / peer.cpu);
            table.add(lines::AIOHTTP, &compare(&peer), &ratio);
        }
    }

    /// Measures what many rows take, and what they take once all of them are done.
    fn measure_again(&self, table: &mut Table, rows: u64) {
        let (small, wave) = (self.wave("few", rows / 10), self.wave("many", rows));
        let few = self.run(BINARY, &small, "few");
        let first = self.run(BINARY, &wave, "many");
        let said = format!("{:.1} MiB ÷ {:.1} MiB, {rows} rows", first.peak, few.peak);
        let ratio = format!("{:.2}", first.peak / few.peak);
        table.add(lines::RUN_MEMORY, &said, &ratio);
        let bytes = std::fs::metadata(self.ledger("many")).unwrap().len();
        let bytes = format!("{:.0}", bytes as f64 / rows as f64);
        table.add(lines::LEDGER, &format!("{rows} rows"), &bytes);
        let again = |binary: &str, wave: &Path, ledger: &str| {
            let before = self.server.creates();
            let again = self.run(binary, wave, ledger);
            assert_eq!(self.server.creates(), before, "it asks for nothing");
            again
        };
        let Some(earlier) = std::env::var("WAVEPAIR_BENCH_BEFORE").ok() else {
            let once = again(BINARY, &wave, "many");
            add_again(table, (&once, &first), rows);
            return table.skip(lines::AGAIN_BEFORE, "no earlier build is named");
        };
        let same = self.wave("before", rows);
        self.run(&earlier, &same, "before");
        let (mut now, mut before) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            now.push(again(BINARY, &wave, "many"));
            before.push(again(&earlier, &same, "before"));
        }
        let (now, before) = (Cost::median(&now), Cost::median(&before));
        add_again(table, (&now, &first), rows);
        let said = format!("{} ÷ {}", per_row(&now, rows), per_row(&before, rows));
        let ratio = format!("{:.2}", now.cpu / before.cpu);
        table.add(lines::AGAIN_BEFORE, &said, &ratio);
    }
}

fn add_again(table: &mut Table, (again, first): (&Cost, &Cost), rows: u64) {
    let said = format!("{}, {:.1} MiB", per_row(again, rows), again.peak);
    let ratio = format!("{:.2}", again.cpu / first.cpu);
    table.add(lines::AGAIN, &said, &ratio);
}

fn per_row(cost: &Cost, rows: u64) -> String {
    format!("{:.1} µs", cost.cpu * 1e6 / rows as f64)
}

fn measure_dry_runs(table: &mut Table, folder: &Path, rows: u64) {
    let (wave, copy) = (folder.join("dry.csv"), folder.join("copy.csv"));
    waves::of_all_regions(&wave, rows);
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
    waves::of_all_regions(&wave, 1_000);
    let small = format!("{:.1} MiB", child(dry_run(&wave)).peak);
    table.add(lines::SMALL_DRY_MEMORY, "1000 rows", &small);
}

fn dry_run(wave: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.args(["run", "--dry-run", "--quiet"]).arg(wave);
    command.env_clear();
    command
}

fn run(binary: &str, server: &Server, wave: &Path, ledger: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["run", "--rate", "max", "--concurrency", "64"])
        .args(["--existing", "unchecked", "--quiet", "--ledger"])
        .arg(ledger)
        .arg(wave)
        .env_clear()
        .envs(server.settings());
    command
}
