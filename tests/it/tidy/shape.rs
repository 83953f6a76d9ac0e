//! How long a file and a function may be, and that nothing goes in circles.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use super::house::{HOUSE, House};
use super::source::{Source, sources};
use super::today;

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 70;
/// A name is read in one go, in the list of a failed run too.
const LONGEST_NAME: usize = 70;

/// Everything that is ours and is compiled.
fn everything() -> impl Iterator<Item = (&'static str, Source)> {
    let folders = ["src", "tests", "benches", "fuzz/src"];
    folders
        .into_iter()
        .flat_map(|folder| sources(folder).into_iter().map(move |file| (folder, file)))
}

fn too_long(source: &Source) -> bool {
    source.text.lines().count() > LONGEST_FILE
}

/// The functions of a file: their names, and on how many lines they stand.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn of(source: &Source) -> Vec<(String, usize)> {
        let mut found = Self::default();
        found.visit_file(&source.syntax());
        found.0
    }

    fn note(&mut self, head: &syn::Signature, body: &syn::Block) {
        let first = head.fn_token.span.start().line;
        let last = body.brace_token.span.close().end().line;
        self.0.push((head.ident.to_string(), last - first + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

/// The functions of a file that are too long.
fn long_functions(source: &Source) -> Vec<String> {
    let functions = Functions::of(source).into_iter();
    let long = functions.filter(|(_, lines)| *lines > LONGEST_FUNCTION);
    long.map(|(name, _)| name).collect()
}

/// The functions of a file whose names are too long.
fn long_names(source: &Source) -> Vec<String> {
    let names = Functions::of(source).into_iter().map(|(name, _)| name);
    names.filter(|name| name.len() > LONGEST_NAME).collect()
}

/// What is found of such functions in everything that is ours, each with its place.
fn everywhere(found: fn(&Source) -> Vec<String>) -> BTreeMap<String, Vec<String>> {
    none(everything().flat_map(|(folder, source)| {
        let place = format!("{folder}/{}", source.name());
        let found = found(&source).into_iter();
        found.map(move |name| format!("{place}: {name}"))
    }))
}

/// The files from which there is a way back to themselves, each with where it goes first.
fn circles(ways: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, Vec<String>> {
    let reached = |start: &String| {
        let mut reached = BTreeSet::new();
        let mut left = vec![start];
        while let Some(file) = left.pop() {
            for next in ways.get(file).into_iter().flatten() {
                if reached.insert(next) {
                    left.push(next);
                }
            }
        }
        reached
    };
    let from: BTreeMap<_, _> = ways.keys().map(|file| (file, reached(file))).collect();
    let around = from
        .iter()
        .filter(|(file, reached)| reached.contains(*file));
    around
        .map(|(&file, _)| {
            let back = |next: &&String| from.get(*next).is_some_and(|all| all.contains(file));
            (
                file.clone(),
                ways[file].iter().filter(back).cloned().collect(),
            )
        })
        .collect()
}

/// The ways from file to file: by what they mention, or by methods that they call on `self`.
fn ways(house: &House) -> [BTreeMap<String, BTreeSet<String>>; 2] {
    [house.mentions(), house.calls()].map(|found| {
        let mut ways: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for one in found {
            ways.entry(one.from).or_default().insert(one.to);
        }
        ways
    })
}

/// Holds what was found against the exceptions of today: nothing new, and nothing that is over.
#[track_caller]
fn holds(rule: &str, found: &BTreeMap<String, Vec<String>>, today: &[&str]) {
    let new: Vec<_> = found
        .iter()
        .filter(|(name, _)| !today.contains(&name.as_str()))
        .collect();
    assert!(new.is_empty(), "{rule}: {new:#?}");
    let over = today.iter().filter(|name| !found.contains_key(**name));
    let over: Vec<_> = over.collect();
    assert!(
        over.is_empty(),
        "{rule}: take out of tests/it/tidy/today.rs: {over:#?}"
    );
}

fn none(names: impl Iterator<Item = String>) -> BTreeMap<String, Vec<String>> {
    names.map(|name| (name, Vec::new())).collect()
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = everything().filter(|(_, source)| too_long(source));
    let long = none(long.map(|(folder, source)| format!("{folder}/{}", source.name())));
    holds("split it", &long, today::LONG_FILES);
}

#[test]
fn no_function_is_longer_than_70_lines() {
    let long = everywhere(long_functions);
    holds("cut it into steps with names", &long, today::LONG_FUNCTIONS);
}

#[test]
fn no_name_of_a_function_is_longer_than_70_letters() {
    let long = everywhere(long_names);
    holds("say the same in fewer words", &long, &[]);
}

#[test]
fn a_type_has_one_impl_beside_those_of_traits() {
    let scattered = HOUSE.scattered();
    holds("one owner, one place", &scattered, today::SCATTERED_TYPES);
}

#[test]
fn no_files_speak_of_each_other() {
    let [mentions, _] = ways(&HOUSE);
    holds(
        "turn one of these around",
        &circles(&mentions),
        today::CIRCLES,
    );
}

#[test]
fn no_files_call_each_others_methods() {
    let [_, calls] = ways(&HOUSE);
    holds(
        "turn one of these around",
        &circles(&calls),
        today::CIRCLES_OF_METHODS,
    );
}

fn house(files: &[(&str, &str)]) -> House {
    House::new(
        files
            .iter()
            .map(|(path, text)| Source::new(*path, *text))
            .collect(),
    )
}

#[test]
fn a_long_file_and_a_long_function_are_seen() {
    let line = "    let _ = 1;\n";
    let function = |lines| format!("fn f() {{\n{}}}\n", line.repeat(lines));
    let seen = |text: String| {
        let source = Source::new("a.rs", text);
        (too_long(&source), long_functions(&source))
    };
    assert_eq!(seen(function(68)), (false, vec![]));
    assert_eq!(seen(function(69)), (false, vec!["f".to_owned()]));
    let method = format!("impl A {{\n{}}}", function(69));
    assert_eq!(seen(method), (false, vec!["f".to_owned()]));
    assert!(!seen(function(1).repeat(133)).0);
    assert!(seen(function(1).repeat(134)).0);
}

#[test]
fn a_long_name_is_seen_of_a_test_and_of_a_method() {
    let seen = |text: String| long_names(&Source::new("a.rs", text));
    let name = |letters| "a".repeat(letters);
    assert_eq!(seen(format!("fn {}() {{}}", name(70))), [""; 0]);
    let test = format!(
        "#[cfg(test)] mod tests {{ #[test] fn {}() {{}} }}",
        name(71)
    );
    assert_eq!(seen(test), [name(71)]);
    let method = format!("impl A {{ fn {}() {{}} }}", name(71));
    assert_eq!(seen(method), [name(71)]);
}

#[test]
fn a_second_impl_is_seen_wherever_it_is() {
    let scattered = |second: &str| {
        let files = [
            ("a/mod.rs", "mod b; pub use b::B; pub struct A; impl A {}"),
            ("a/b.rs", second),
        ];
        house(&files).scattered().into_keys().collect::<Vec<_>>()
    };
    assert_eq!(scattered("use super::A; impl A { fn f() {} }"), ["a::A"]);
    assert_eq!(scattered("impl crate::a::A {}"), ["a::A"]);
    assert_eq!(scattered("struct B; impl B {} impl B {}"), ["a::b::B"]);
    assert_eq!(scattered("use super::A; impl Clone for A {}"), [""; 0]);
    assert_eq!(scattered("struct A; impl A {}"), [""; 0]);
    assert_eq!(
        scattered("#[cfg(test)] mod tests { impl super::super::A {} }"),
        [""; 0]
    );
}

#[test]
fn a_circle_of_files_is_seen_by_use_by_path_and_behind_a_re_export() {
    let around = |root: &str, b: &str| {
        let files = [
            ("lib.rs", root),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", b),
        ];
        let [mentions, _] = ways(&house(&files));
        circles(&mentions).into_keys().collect::<Vec<_>>()
    };
    let plain = "mod a; mod b;";
    assert_eq!(around(plain, "use super::a::A;"), ["a.rs", "b.rs"]);
    assert_eq!(
        around(plain, "fn f() -> crate::a::A { todo!() }"),
        ["a.rs", "b.rs"]
    );
    assert_eq!(
        around(plain, "fn f() { g!(crate::a::A) }"),
        ["a.rs", "b.rs"]
    );
    assert_eq!(
        around("mod a; mod b; use a::A;", "use super::A;"),
        ["a.rs", "b.rs"]
    );
    assert_eq!(
        around("mod a; mod b; use b::B; struct C;", "use super::C;"),
        [""; 0]
    );
    assert_eq!(
        around(plain, "#[cfg(test)] mod tests { use crate::a::A; }"),
        [""; 0]
    );
    assert_eq!(
        around("#[cfg(test)] mod b; mod a;", "use crate::a::A;"),
        [""; 0]
    );
}

#[test]
fn a_circle_of_methods_is_seen() {
    let around = |call: &str| {
        let a = format!("pub struct A; impl A {{ fn f(&self) {{ {call} }} }}");
        let b = "use crate::a::A; impl A { fn g(&self) { self.f(); } fn h() { Self::i(); } }";
        let [_, calls] = ways(&house(&[("a.rs", &a), ("b.rs", b)]));
        circles(&calls).into_keys().collect::<Vec<_>>()
    };
    assert_eq!(around("self.g()"), ["a.rs", "b.rs"]);
    assert_eq!(around("Self::h()"), ["a.rs", "b.rs"]);
    assert_eq!(around("self.f()"), [""; 0]);
    assert_eq!(around("other.g()"), [""; 0]);
}
