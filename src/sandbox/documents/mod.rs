//! What the sandbox says, in the shapes that the PingOne Platform API reference shows.

pub(super) mod devices;
pub(super) mod notifications;
pub(super) mod policies;
pub(super) mod reports;
pub(super) mod settings;
pub(super) mod users;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::time::Clock;
use super::variants::{Variant, Variants};
use crate::pingone::wire::Reference;

/// Where everything is that documents link to, and when.
pub(super) struct Home {
    /// The environment.
    pub(super) id: Uuid,
    /// Its address, `http://127.0.0.1:8787/v1/environments/…`.
    pub(super) address: String,
    pub(super) clock: Clock,
    pub(super) variants: Variants,
}

impl Home {
    /// Tells whether an open question is answered so.
    pub(super) fn is(&self, variant: Variant) -> bool {
        self.variants.has(variant)
    }

    /// The address of something in the environment.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    /// A listing that is one page.
    fn listing(&self, name: &str, members: &[Value]) -> Value {
        json!({
            "_links": self.links(name),
            "_embedded": { (name): members },
            "count": members.len(),
            "size": members.len(),
        })
    }

    /// The links of something in the environment: to itself and to the environment.
    fn links(&self, path: &str) -> Value {
        json!({ "self": { "href": self.at(path) }, "environment": { "href": self.address } })
    }

    /// When the sandbox started, which is when all was set up that nobody has changed since.
    fn start(&self) -> String {
        self.clock.timestamp(0)
    }
}

fn reference(id: Uuid) -> Reference {
    Reference { id: id.to_string() }
}

fn links<const N: usize>(links: [(&str, &str); N]) -> Map<String, Value> {
    let links = links.map(|(name, href)| (name.to_owned(), json!({ "href": href })));
    links.into_iter().collect()
}
