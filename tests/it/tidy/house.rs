//! The crate as its compiler sees it, as far as the rules need: the ways between its files, and
//! who owns which method.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use syn::Item;

use super::source::{Impl, Names, Source, Words, is_test, join, sources};

/// The crate without its tests.
pub(super) struct House {
    files: BTreeMap<Names, File>,
    /// What `use` brings into each module, by the name that it has there.
    imports: BTreeMap<Names, BTreeMap<String, Names>>,
}

/// A file of it.
struct File {
    name: String,
    words: Words,
}

/// One thing that a file speaks of.
pub(super) struct Mention {
    /// The module that speaks, and its file.
    pub(super) speaker: Names,
    pub(super) from: String,
    /// The module that it is in, and its file.
    pub(super) module: Names,
    pub(super) to: String,
}

/// The crate as it is.
pub(super) static HOUSE: LazyLock<House> = LazyLock::new(|| House::new(sources("src")));

impl House {
    pub(super) fn new(mut sources: Vec<Source>) -> Self {
        // The binary is another crate, of one call.
        sources.retain(|source| source.path != Path::new("main.rs"));
        let (mut files, mut tests) = (BTreeMap::new(), Vec::new());
        for source in sources {
            let (module, name, syntax) = (source.module(), source.name(), source.syntax());
            for item in &syntax.items {
                if let Item::Mod(inner) = item
                    && is_test(&inner.attrs)
                {
                    tests.push(join(&module, &[inner.ident.to_string()]));
                }
            }
            let words = Words::of(&syntax);
            files.insert(module, File { name, words });
        }
        files.retain(|module: &Names, _| !tests.iter().any(|test| module.starts_with(test)));
        let mut house = Self {
            files,
            imports: BTreeMap::new(),
        };
        for (module, file) in &house.files {
            let known = file.words.uses.iter().filter_map(|(inner, alias, path)| {
                let path = house.resolved(module, path)?;
                inner.is_empty().then(|| (alias.clone(), path))
            });
            let known = known.collect();
            house.imports.insert(module.clone(), known);
        }
        house
    }

    /// A path as it is from the root on; `None` where it leads out of the crate, or is a name of
    /// the module's own.
    fn resolved(&self, module: &[String], path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(join(module, rest)),
            "super" => {
                let (_, above) = module.split_last()?;
                let starts_here = rest.first().is_none_or(|next| next != "super");
                if starts_here {
                    return Some(join(above, rest));
                }
                self.resolved(above, rest)
            }
            name => {
                let imported = self.imports.get(module).and_then(|known| known.get(name));
                let inner = || join(module, std::slice::from_ref(first));
                imported
                    .cloned()
                    .or_else(|| Some(inner()).filter(|inner| self.is_file(inner)))
                    .map(|start| join(&start, rest))
            }
        }
    }

    fn is_file(&self, module: &[String]) -> bool {
        self.files.contains_key(module)
    }

    /// The module where a path ends, however often it is re-exported, and what is named in there.
    fn home(&self, path: &[String]) -> (Names, Names) {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let length = (0..=path.len()).rev().find(|&n| self.is_file(&path[..n]));
            let (module, rest) = path.split_at(length.unwrap_or(0));
            let further = rest.first().and_then(|name| self.re_exported(module, name));
            match further {
                Some(further) => path = join(further, &rest[1..]),
                None => return (module.to_vec(), rest.to_vec()),
            }
        }
        panic!("{} goes in circles", path.join("::"));
    }

    /// What a name of a module stands for elsewhere; a function of its own may be named like
    /// a module that it uses.
    fn re_exported(&self, module: &[String], name: &str) -> Option<&Names> {
        if self.files[module].words.functions.contains(name) {
            return None;
        }
        self.imports.get(module)?.get(name)
    }

    /// What each file speaks of in other files. What stands in the `mod.rs` above a file is there
    /// for it, and does not count.
    pub(super) fn mentions(&self) -> Vec<Mention> {
        let mut found = Vec::new();
        for (module, File { words, .. }) in &self.files {
            let uses = words.uses.iter().map(|(inner, _, path)| (inner, path));
            let paths = words.paths.iter().map(|(inner, path)| (inner, path));
            for (inner, path) in uses.chain(paths) {
                let Some(path) = self.resolved(&join(module, inner), path) else {
                    continue;
                };
                let (target, _) = self.home(&path);
                if !module.starts_with(&target) {
                    found.push(self.mention(module, &target));
                }
            }
        }
        found
    }

    /// The methods of other files that a file calls on `self`.
    pub(super) fn calls(&self) -> Vec<Mention> {
        let mut owners: BTreeMap<(Names, &str), Vec<&Names>> = BTreeMap::new();
        for (module, one) in self.impls() {
            for method in &one.methods {
                let owner = (self.owner(module, one), method.as_str());
                owners.entry(owner).or_default().push(module);
            }
        }
        let mut found = Vec::new();
        for (module, one) in self.impls() {
            for called in &one.calls {
                let places = owners.get(&(self.owner(module, one), called.as_str()));
                let elsewhere = places.filter(|places| !places.contains(&module));
                found.extend(elsewhere.map(|places| self.mention(module, places[0])));
            }
        }
        found
    }

    /// The types with more than one `impl` of their own, and the files that these are in.
    pub(super) fn scattered(&self) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (module, one) in self.impls().filter(|(_, one)| !one.of_trait) {
            let owner = self.owner(module, one).join("::");
            let name = self.files[module].name.clone();
            found.entry(owner).or_default().push(name);
        }
        found.retain(|_, files| files.len() > 1);
        found
    }

    fn impls(&self) -> impl Iterator<Item = (&Names, &Impl)> {
        let files = self.files.iter();
        files.flat_map(|(module, file)| file.words.impls.iter().map(move |one| (module, one)))
    }

    /// The type that an `impl` is of, from the root on.
    fn owner(&self, module: &[String], one: &Impl) -> Names {
        let known = self.resolved(module, &one.of);
        let (module, names) = self.home(&known.unwrap_or_else(|| join(module, &one.of)));
        join(&module, &names)
    }

    fn mention(&self, from: &Names, to: &Names) -> Mention {
        Mention {
            speaker: from.clone(),
            from: self.files[from].name.clone(),
            module: to.clone(),
            to: self.files[to].name.clone(),
        }
    }
}
