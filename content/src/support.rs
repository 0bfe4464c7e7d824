//! What is said when somebody is at risk, and who there is to go to.
//!
//! No part of it may be blank: a pack whose support text is, is refused.

use crate::text::Text;

/// The words of the support path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Thanks for saying it; you are not alone. The headline.
    pub thanks: Text,
    /// One or two short sentences below it.
    pub beside_you: Text,
    /// Asks for an adult to be told: the heading.
    pub adult_title: Text,
    /// Which adults.
    pub adult_who: Text,
    /// A sentence that can be said to them.
    pub adult_say: Text,
    /// A sentence to begin a call with.
    pub call_say: Text,
    /// Where else a telephone may be found. Only from a school pack.
    pub phone_places: Option<Text>,
}

/// The school's counsellor: a role unless a school pack names somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counsellor {
    /// The role or, from a school pack only, the name.
    pub who: Text,
    /// The room. Only from a school pack.
    pub room: Option<Text>,
    /// Opening hours in words. Only from a school pack.
    pub hours: Option<Text>,
    /// How it works: no appointment, nothing to prepare.
    pub how: Text,
    /// What is talked about there, three short lines at most.
    pub about: Vec<Text>,
}
