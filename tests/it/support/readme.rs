//! The README, for the tests that hold it to what the program does.

use std::str::Lines;

use super::binary::root;

pub(crate) fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// What stands under a heading, to the next chapter.
pub(crate) fn under(heading: &str) -> String {
    let readme = readme();
    let (_, rest) = readme.split_once(&format!("\n{heading}\n")).unwrap();
    let (text, _) = rest.split_once("\n## ").unwrap();
    text.to_owned()
}

/// The language of the block that a line begins, and the block, which is taken from the lines behind it.
pub(crate) fn block<'a>(line: &'a str, behind: &mut Lines<'a>) -> Option<(&'a str, String)> {
    let language = line.strip_prefix("```")?;
    let block: Vec<_> = behind.take_while(|line| *line != "```").collect();
    Some((language, block.join("\n") + "\n"))
}
