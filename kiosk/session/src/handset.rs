//! What is known of the handset. Where there is no hook switch nothing is known, and nothing is said about it.

/// What the hook switch said last.
#[derive(Debug, Default)]
pub(crate) struct Handset {
    lies: Option<bool>,
    readable: bool,
}

/// What somebody did with the handset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    Lifted,
    PutDown,
}

impl Handset {
    /// The switch says where the handset is. Only a change is somebody's doing: what the switch says first is how
    /// things stand.
    pub(crate) fn says(&mut self, lies: bool) -> Option<Moved> {
        self.readable = true;
        let before = self.lies.replace(lies)?;
        match (before, lies) {
            (true, false) => Some(Moved::Lifted),
            (false, true) => Some(Moved::PutDown),
            (true, true) | (false, false) => None,
        }
    }

    /// The switch cannot be read any more. Where the handset was is remembered: what the switch says when it is back
    /// may be a change.
    pub(crate) fn gone(&mut self) {
        self.readable = false;
    }

    /// Whether the handset is known to lie on its hook.
    pub(crate) fn lies(&self) -> bool {
        self.readable && self.lies == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_somebodys_doing() {
        let mut handset = Handset::default();
        assert!(!handset.lies(), "without a switch nothing is known");
        assert_eq!(
            handset.says(false),
            None,
            "off its hook since before the start"
        );
        assert_eq!(handset.says(true), Some(Moved::PutDown));
        assert!(handset.lies());
        assert_eq!(handset.says(true), None);
        handset.gone();
        assert!(!handset.lies());
        assert_eq!(handset.says(true), None);
        assert!(handset.lies());
        handset.gone();
        assert_eq!(
            handset.says(false),
            Some(Moved::Lifted),
            "lifted while nobody could see it"
        );
    }
}
