//! What a booth can show: instruments and their scoring, articles, practices, hotlines, support
//! words, the daily sentence; and the signed pack file they arrive in.
//!
//! Deliberately not here: devices, screens, network, media codecs. Nothing is read but the
//! `Read + Seek` the caller hands in, and nothing but verified values comes out.

pub mod article;
pub mod calendar;
pub mod document;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod hotline;
pub mod id;
pub mod instrument;
pub mod layer;
pub mod library;
pub mod pack;
pub mod practice;
pub mod source;
pub mod support;
pub mod text;
pub mod trust;

pub use document::Document;
pub use id::{ArticleId, BedId, InstrumentId, LineId, PackId, PracticeId};
pub use layer::{Fault, Layer, PackInfo, PackKind};
pub use library::{Library, LibraryError};
pub use pack::{Glance, PackError, PublicKey, VerifiedPack};
pub use source::Source;
pub use text::{Audience, Lang, Text};
pub use trust::{Forbidden, KeyList, SignedBy, Trust};
