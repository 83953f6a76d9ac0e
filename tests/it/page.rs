//! The page about a wave, and what a real browser makes of it.

use std::fs;

use serde_json::Value;

use crate::support::browser::{self, Seen};
use crate::support::rehearsal::{Rehearsal, rows, user};

/// A wave that was run twice: rows of every kind, one of them with hostile cells.
fn reported() -> (Rehearsal, String, Value) {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = \"create\"\nfirst = 1\nstatus = 429\n");
    let hostile = format!(
        "{},+1 512 555 9999,8b3d1f3e-5d7c-4b0d-9f0e-1a2b3c4d5e6f,\"<script>alert(1)</script>\"\n",
        user(90)
    );
    let wave = rows(12).replace("policy_id\n", "policy_id,nickname\n");
    let rest = wave
        .trim_end()
        .replace('\n', ",\n")
        .replace("nickname,", "nickname");
    rehearsal.wave(&format!("{rest},\n{hostile}{},12,,\n", user(91)));
    let summary = ["--summary", "summary.json"];
    rehearsal.run(&summary);
    let last = rehearsal.run(&summary).exits(3);
    assert_eq!(last.rows.len(), 14, "{}", last.stderr);
    let report = rehearsal.bare(&["report", "wave.csv"]).output().unwrap();
    rehearsal.ended(&report).exits(0);
    let page = fs::read_to_string(rehearsal.path("wave.report.html")).unwrap();
    let summary = fs::read(rehearsal.path("summary.json")).unwrap();
    (rehearsal, page, serde_json::from_slice(&summary).unwrap())
}

#[test]
fn the_page_counts_as_the_summary_does_and_shows_no_phone() {
    let (rehearsal, page, summary) = reported();
    for (outcome, rows) in summary["outcomes"].as_object().unwrap() {
        let rows = rows.as_u64().unwrap();
        let cell = format!("data-outcome=\"{outcome}\">{rows}<");
        assert_eq!(page.contains(&cell), rows > 0, "{cell}");
    }
    for (code, rows) in summary["codes"].as_object().unwrap() {
        let title = format!("<code>{code}</code> <span class=\"number\">{rows} row");
        assert!(page.contains(&title), "{title}: {page}");
    }
    for device in rehearsal.held() {
        let phone = device.phone.unwrap();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        assert!(
            !page.contains(&digits) && !page.contains(&phone),
            "{digits}"
        );
    }
    // What people wrote into the wave is left out, as text too.
    assert!(!page.contains("alert(1)"), "{page}");
    assert!(page.contains("wavepair run wave.rejects.csv"), "{page}");
}

#[test]
fn a_page_about_what_nobody_ran_is_refused() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1);
    for (arguments, words) in [
        (&["report", "wave.csv"][..], "there is no ledger"),
        (&["report", "wave.csv", "-o", "page.csv"], "ends in `.html`"),
        (&["report", "wave.csv", "-o", "wave.csv"], "ends in `.html`"),
    ] {
        let ended = rehearsal
            .ended(&rehearsal.bare(arguments).output().unwrap())
            .exits(2);
        assert!(ended.said().contains(words), "{}", ended.stderr);
    }
    assert!(!rehearsal.path("wave.report.html").exists());
}

/// Measures the page in a frame of this width, as a phone or a screen shows it.
fn measured(page: &str, width: u32) -> Option<Seen> {
    let measure = format!(
        "<!DOCTYPE html><link rel=icon href=data:,><title>waits</title>\
         <iframe src=/page style='width:{width}px;height:600px;border:0'></iframe><script>\
         onload = () => {{ const d = document.querySelector('iframe').contentDocument;\
         const root = d.documentElement;\
         document.title = [root.scrollWidth - root.clientWidth, d.scripts.length,\
         d.querySelectorAll('h1, h2').length, d.querySelectorAll('svg rect').length].join(' ') }}\
         </script>"
    );
    browser::open(&[("/", measure), ("/page", page.to_owned())], 1_000)
}

#[test]
fn a_browser_shows_the_page_without_a_scroll_a_script_or_a_request() {
    let (_rehearsal, page, _) = reported();
    for width in [360, 900] {
        let Some(seen) = measured(&page, width) else {
            return;
        };
        assert_eq!(seen.asked, ["/", "/page"], "{seen:?}");
        assert!(seen.complaints.is_empty(), "{seen:?}");
        let title = seen.dom.split("<title>").nth(1).unwrap();
        let title = title.split('<').next().unwrap();
        let numbers: Vec<u32> = title
            .split(' ')
            .map(|it| it.parse().expect(title))
            .collect();
        let [beside, scripts, headings, bars] = numbers[..] else {
            panic!("{title}");
        };
        assert_eq!((beside, scripts), (0, 0), "{width}: {seen:?}");
        assert!(headings >= 5 && bars >= 5, "{title}");
    }
}
