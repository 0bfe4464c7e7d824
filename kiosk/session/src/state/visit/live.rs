//! A count, in tests only, of the values that hold answers or a score: after a visit there is none.

/// Held by every value that holds answers or a score. Nothing at all outside tests.
pub(super) struct Live(());

#[cfg(not(test))]
impl Live {
    pub(super) fn new() -> Self {
        Self(())
    }
}

#[cfg(test)]
pub(crate) use counted::count;

#[cfg(test)]
mod counted {
    use super::Live;
    use std::cell::Cell;

    thread_local! {
        static LIVE: Cell<usize> = const { Cell::new(0) };
    }

    impl Live {
        pub(in super::super) fn new() -> Self {
            LIVE.set(LIVE.get() + 1);
            Self(())
        }
    }

    impl Drop for Live {
        fn drop(&mut self) {
            LIVE.set(LIVE.get() - 1);
        }
    }

    /// How many such values this thread holds.
    pub(crate) fn count() -> usize {
        LIVE.get()
    }
}
