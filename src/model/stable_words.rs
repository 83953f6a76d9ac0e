//! Enums of stable words, each with what it means and what to do about it.

/// An enum of stable words that users script against, their meanings, which are the documentation
/// of the variants, and what to do about each.
macro_rules! stable_words {
    (
        $(#[$about:meta])+
        pub enum $code:ident {
            $($(#[doc = $doc:literal])+ $name:ident = $word:literal => $advice:literal,)+
        }
    ) => {
        $(#[$about])+
        pub enum $code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl $code {
            /// Every code, in the order in which the documentation lists them.
            pub const ALL: &[$code] = &[$($code::$name,)+];

            /// The word that users script against.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($code::$name => $word,)+
                }
            }

            /// What it means, in one line; the README prints the same text.
            pub fn meaning(self) -> &'static str {
                match self {
                    $($code::$name => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// What to do about it, in one line; the README prints the same text.
            pub fn advice(self) -> &'static str {
                match self {
                    $($code::$name => $advice,)+
                }
            }
        }
    };
}

pub(super) use stable_words;
