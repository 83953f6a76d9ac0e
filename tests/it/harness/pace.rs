//! As fast as was allowed, and no faster.

use std::time::Duration;

use super::case::Case;

#[test]
fn no_second_has_more_requests_than_the_rate_and_a_burst_of_five() {
    let case = Case::plain("pace", 60).told(&["--rate", "50/s"]);
    let ended = case.run();
    assert_eq!(ended.code(), Some(0), "{}", ended.said);
    let truth = case.server.truth();
    let requests = truth.requests();
    assert_eq!(requests.len(), 120);
    for (at, first) in requests.iter().enumerate() {
        let inside = requests[at..].iter();
        let inside = inside.take_while(|&request| *request - *first < Duration::from_secs(1));
        // One more for the edges, and five that were held up on their way.
        let count = inside.count();
        assert!(count <= 50 + 5 + 1 + 5, "F: {count} requests in a second");
    }
}
