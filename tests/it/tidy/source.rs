//! A file of the source, and what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, UseTree};

use crate::support::binary::root;

/// Names of a path, from the root of the crate on.
pub(super) type Names = Vec<String>;

/// A file of the source.
pub(super) struct Source {
    /// Where it is in its folder.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        Self { path, text }
    }

    pub(super) fn syntax(&self) -> syn::File {
        syn::parse_file(&self.text).unwrap_or_else(|e| panic!("{}: {e}", self.name()))
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The module that it is.
    pub(super) fn module(&self) -> Names {
        let names = self.path.iter().map(|name| name.to_str().unwrap());
        let mut names: Names = names
            .map(|n| n.trim_end_matches(".rs").to_owned())
            .collect();
        let last = names.last().map(String::as_str);
        if last == Some("mod") || names == ["lib"] {
            names.pop();
        }
        names
    }
}

/// The files below a folder of the project, in their order.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let mut found = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source::new(path.strip_prefix(&base).unwrap(), text));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

pub(super) fn join(start: &[String], end: &[String]) -> Names {
    [start, end].concat()
}

/// Whether something is there for unit tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list().ok();
        attribute.path().is_ident("cfg")
            && list.is_some_and(|list| list.tokens.to_string() == "test")
    })
}

/// An `impl` block.
pub(super) struct Impl {
    pub(super) of: Names,
    pub(super) of_trait: bool,
    pub(super) methods: Vec<String>,
    /// The methods that it calls on `self` or `Self`.
    pub(super) calls: BTreeSet<String>,
}

/// What a file says outside its tests.
#[derive(Default)]
pub(super) struct Words {
    /// The modules within the file, down to where we are.
    inner: Names,
    /// What `use` names: in which inner module, by which name, and its path.
    pub(super) uses: Vec<(Names, String, Names)>,
    /// Paths of two names and more: in which inner module, and the path.
    pub(super) paths: Vec<(Names, Names)>,
    pub(super) impls: Vec<Impl>,
    pub(super) functions: BTreeSet<String>,
}

impl Words {
    pub(super) fn of(syntax: &syn::File) -> Self {
        let mut words = Self::default();
        for item in &syntax.items {
            if let Item::Fn(function) = item {
                words.functions.insert(function.sig.ident.to_string());
            }
        }
        words.visit_file(syntax);
        words
    }

    fn note_use(&mut self, tree: &UseTree, start: &[String]) {
        let (end, name) = match tree {
            UseTree::Path(path) => {
                let start = join(start, &[path.ident.to_string()]);
                return self.note_use(&path.tree, &start);
            }
            UseTree::Group(group) => {
                return group
                    .items
                    .iter()
                    .for_each(|item| self.note_use(item, start));
            }
            UseTree::Name(name) if name.ident == "self" => (None, start.last().cloned()),
            UseTree::Name(name) => (Some(name.ident.to_string()), Some(name.ident.to_string())),
            UseTree::Rename(new) => (Some(new.ident.to_string()), Some(new.rename.to_string())),
            UseTree::Glob(_) => (None, Some("*".to_owned())),
        };
        let path = join(start, end.as_slice());
        self.uses
            .push((self.inner.clone(), name.unwrap_or_default(), path));
    }

    fn note_path(&mut self, path: Names) {
        // One name alone came by a `use`, or is the file's own.
        if path.len() < 2 {
            return;
        }
        if path[0] == "Self"
            && let Some(one) = self.impls.last_mut()
        {
            one.calls.insert(path[1].clone());
        }
        self.paths.push((self.inner.clone(), path));
    }

    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.note_path(std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.note_path(std::mem::take(&mut path));
                    self.note_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.note_path(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.note_path(path);
    }
}

impl<'ast> Visit<'ast> for Words {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_test(&item.attrs) {
            return;
        }
        self.inner.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inner.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.note_use(&item.tree, &[]);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if is_test(&item.attrs) {
            return;
        }
        let mut methods = Vec::new();
        for inner in &item.items {
            if let ImplItem::Fn(method) = inner {
                methods.push(method.sig.ident.to_string());
            }
        }
        let mut of = Names::new();
        if let syn::Type::Path(path) = &*item.self_ty {
            of = names(&path.path);
        }
        self.impls.push(Impl {
            of,
            of_trait: item.trait_.is_some(),
            methods,
            calls: BTreeSet::new(),
        });
        visit::visit_item_impl(self, item);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let syn::Expr::Path(receiver) = &*call.receiver
            && receiver.path.is_ident("self")
            && let Some(one) = self.impls.last_mut()
        {
            one.calls.insert(call.method.to_string());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note_path(names(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.note_tokens(call.tokens.clone());
    }
}

fn names(path: &syn::Path) -> Names {
    path.segments
        .iter()
        .map(|part| part.ident.to_string())
        .collect()
}
