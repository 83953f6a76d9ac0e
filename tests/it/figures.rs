//! README shows the figures of the last `cargo bench`, with a line for each goal.

use crate::support::binary::root;
use crate::support::readme::under;

#[path = "../../benches/wave/lines.rs"]
mod lines;

fn figures() -> String {
    std::fs::read_to_string(root().join("benches/figures.md")).unwrap()
}

#[test]
fn the_readme_shows_the_figures_as_the_benchmark_wrote_them() {
    let (shown, figures) = (under("What it costs"), figures());
    assert!(shown.contains(&figures), "copy this to README:\n{figures}");
}

#[test]
fn the_figures_have_a_line_for_each_goal_and_say_where_they_were_measured() {
    let figures = figures();
    let (measured, table) = figures.split_once("\n\n").unwrap();
    for said in [", commit `", " cores with a load of ", " rows."] {
        assert!(measured.contains(said), "{measured}");
    }
    // The header, and the line below it.
    for ((what, goal), line) in lines::ALL.iter().zip(table.lines().skip(2)) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let ["", name, measured, ratio, aim, ""] = cells[..] else {
            panic!("{line}");
        };
        assert_eq!((name, aim), (*what, *goal));
        assert!(!measured.is_empty() && !ratio.is_empty(), "{line}");
    }
    assert_eq!(table.lines().count(), 2 + lines::ALL.len());
}
