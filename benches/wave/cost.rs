//! What a process cost.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use wavepair::testing::clock;

/// What something cost.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// In seconds.
    pub(crate) wall: f64,
    /// In seconds, user and system.
    pub(crate) cpu: f64,
    /// The highest resident memory, in MiB.
    pub(crate) peak: f64,
}

impl Cost {
    /// Each figure in the middle of those that were measured.
    pub(crate) fn median(all: &[Cost]) -> Self {
        let middle = |figure: fn(&Cost) -> f64| {
            let mut figures: Vec<f64> = all.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Self {
            wall: middle(|cost| cost.wall),
            cpu: middle(|cost| cost.cpu),
            peak: middle(|cost| cost.peak),
        }
    }
}

/// Measures a process from its start to its end.
pub(crate) fn child(mut command: Command) -> Cost {
    let start = clock::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let pid = Pid::from_child(&child);
    let mut peak: f64 = 0.0;
    loop {
        // The highest mark is gone with the process, so it is read now and then.
        peak = peak_of(&id).unwrap_or(peak).max(peak);
        let left = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        if waitid(WaitId::Pid(pid), left).unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let cost = Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu_of(&id),
        peak,
    };
    let ended = child.wait().unwrap();
    // A wave with rows that are no valid ones ends with 3.
    assert!(matches!(ended.code(), Some(0 | 3)), "{command:?}: {ended}");
    cost
}

/// The CPU time of a process in seconds, user and system.
pub(crate) fn cpu_of(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = &stat[stat.rfind(')').unwrap()..];
    let ticks = after_name.split(' ').skip(12).take(2);
    let ticks: f64 = ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

fn peak_of(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes / 1024.0)
}
