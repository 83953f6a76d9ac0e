//! The README and the pages in `docs`, for the tests that hold them to what the program does.

use std::path::PathBuf;
use std::str::Lines;

use super::binary::root;

/// Each page by its path from the root, the README first.
pub(crate) fn pages() -> Vec<(PathBuf, String)> {
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    let mut paths: Vec<_> = docs
        .map(|entry| PathBuf::from("docs").join(entry.unwrap().file_name()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    paths.sort();
    paths.insert(0, PathBuf::from("README.md"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// What all pages say, one behind the other.
pub(crate) fn readme() -> String {
    let texts: Vec<_> = pages().into_iter().map(|(_, text)| text).collect();
    texts.join("\n")
}

/// The level of a heading and what it says.
pub(crate) fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let title = text.strip_prefix(' ')?;
    (level > 0).then_some((level, title))
}

/// What stands under the heading with this title, to the next one of its level or above.
pub(crate) fn under(title: &str) -> String {
    let readme = readme();
    let mut lines = readme.lines();
    let found = lines.find_map(|line| heading(line).filter(|(_, found)| *found == title));
    let (level, _) = found.expect(title);
    let mut is_code = false;
    let body: Vec<_> = lines
        .take_while(|line| {
            is_code ^= line.trim_start().starts_with("```");
            is_code || heading(line).is_none_or(|(next, _)| next > level)
        })
        .collect();
    body.join("\n") + "\n"
}

/// The language of the block that a line begins, and the block, which is taken from the lines behind it.
pub(crate) fn block<'a>(line: &'a str, behind: &mut Lines<'a>) -> Option<(&'a str, String)> {
    let language = line.strip_prefix("```")?;
    let block: Vec<_> = behind.take_while(|line| *line != "```").collect();
    Some((language, block.join("\n") + "\n"))
}
