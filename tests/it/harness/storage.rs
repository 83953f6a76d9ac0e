//! How files get where they are to be, and what comes of it where there is no room or no leave.

use super::case::{Case, TRUST_THE_LEDGER};
use super::disk::in_namespace;
use super::program::LEDGER;
use super::strace;

#[test]
fn no_room_for_the_results_is_an_error_and_the_next_run_writes_them() {
    for room in ["size=4k", "nr_inodes=2"] {
        let script = format!(
            r#"
            mount -t tmpfs -o {room},mode=700 none "$1" || exit 9
            out=$1; shift
            "$@"; echo "first: $?"; echo "left: $(ls "$out" | wc -l)"
            mount -o remount,size=64m,nr_inodes=1000 none "$out"
            "$@"; code=$?
            cat "$out/results.csv" >"$out/../kept.csv"
            exit $code"#
        );
        let case = Case::new("no room for results", 80);
        let Some(ended) = in_namespace(&case, &script, "out") else {
            return;
        };
        assert!(ended.said.contains("first: 1\n"), "{room}: {}", ended.said);
        assert_eq!(ended.code(), Some(3), "{room}: {}", ended.said);
        let posts = case.server.truth().counted("create");
        let kept = case.place.read("kept.csv");
        let created = kept.matches(",created,").count() as u64;
        assert!(created > 0 && posts >= created, "{room}: {posts} {created}");
        case.next_run_is_clean();
        assert_eq!(case.server.truth().counted("create"), posts, "{room}");
    }
}

#[test]
fn a_folder_without_an_inode_for_the_ledger_is_noticed_before_sending() {
    for inodes in [2, 4] {
        let script = format!(
            r#"mount -t tmpfs -o nr_inodes={inodes},mode=700 none "$1" && shift && exec "$@""#
        );
        let case = Case::new("no inodes", 20);
        let Some(ended) = in_namespace(&case, &script, "state") else {
            return;
        };
        assert_eq!(ended.code(), Some(1), "{inodes}: {}", ended.said);
        let counts = case.server.truth().counts().clone();
        assert!(counts.is_empty(), "{inodes}: {counts:?} were sent");
        case.next_run_is_clean();
    }
}

#[test]
fn a_ledger_file_that_may_not_be_written_is_noticed_before_sending() {
    let script = r#"
        file=$1; shift
        mount --bind "$file" "$file" && mount -o remount,bind,ro "$file" && exec "$@""#;
    let case = Case::new("read-only file", 20).told(&["--limit", "5"]);
    case.run();
    let sent = case.server.truth().counted("create");
    assert_eq!(sent, 5);
    let Some(ended) = in_namespace(&case, script, LEDGER) else {
        return;
    };
    assert_eq!(ended.code(), Some(2), "{}", ended.said);
    assert_eq!(case.server.truth().counted("create"), sent);
    case.run();
    assert_eq!(case.server.truth().counted("create"), 10);
}

#[test]
fn a_write_of_the_ledger_that_is_interrupted_is_made_again_unnoticed() {
    if !strace::is_there() {
        return;
    }
    let case = Case::new("interrupted writes", 20).told(&TRUST_THE_LEDGER);
    let ended = strace::run(&case, "pwrite64", &["pwrite64:error=EINTR:when=1+2"]);
    let calls = strace::calls(&case.place);
    let interrupted = calls.iter().filter(|call| call.was_injected()).count();
    assert!(interrupted > 20, "{interrupted}");
    assert!(case.check(&ended).is_finished(), "{}", ended.said);
    case.nothing_is_left(true);
}

#[test]
fn an_output_is_written_beside_its_name_made_durable_and_then_renamed() {
    if !strace::is_there() {
        return;
    }
    let case = Case::new("durable", 20);
    let trace = "openat,fsync,?rename,?renameat,renameat2";
    strace::run(&case, trace, &[]);
    let calls = strace::calls(&case.place);
    for name in ["results.csv", "rejects.csv", "summary.json"] {
        let temporary = format!("/out/.{name}.");
        let of = |call: &&strace::Call| call.rest.contains(&temporary);
        let opened = calls.iter().filter(of).find(|call| call.name == "openat");
        let opened = &opened.expect(name).rest;
        for flag in ["O_CREAT", "O_EXCL", "O_NOFOLLOW", "0600"] {
            assert!(opened.contains(flag), "{name}: {opened}");
        }
        let renamed = |call: &strace::Call| call.name.starts_with("rename") && of(&call);
        let renamed = calls.iter().position(renamed).expect(name);
        let synced = |call: &strace::Call| call.name == "fsync" && of(&call);
        assert!(calls[..renamed].iter().any(synced), "{name}: the file");
        let folder = |call: &strace::Call| call.name == "fsync" && call.rest.contains("/out>");
        assert!(calls[renamed..].iter().any(folder), "{name}: its folder");
    }
    case.next_run_is_clean();
}
