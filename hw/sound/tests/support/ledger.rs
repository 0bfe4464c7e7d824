//! An allocator that keeps books on what the present thread takes and gives back. For tests only.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
    static MOST: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator with its ledger.
#[derive(Debug)]
pub(crate) struct Ledger;

fn book(change: i64) {
    // While a thread ends there is nowhere left to write; nothing is measured then.
    let held = HELD.try_with(|held| {
        held.set(held.get() + change);
        held.get()
    });
    if let Ok(held) = held {
        let _gone = MOST.try_with(|most| most.set(most.get().max(held)));
    }
    let _gone = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

fn bytes(layout: Layout) -> i64 {
    i64::try_from(layout.size()).unwrap_or(i64::MAX)
}

// SAFETY: every call goes to the system's allocator unchanged; the books beside it allocate nothing themselves.
unsafe impl GlobalAlloc for Ledger {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        book(bytes(layout));
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        book(bytes(layout));
        // SAFETY: the caller keeps the promises of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        book(-bytes(layout));
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        book(i64::try_from(size).unwrap_or(i64::MAX) - bytes(layout));
        // SAFETY: the caller keeps the promises of `realloc`.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[allow(dead_code, reason = "not every test reads every figure")]
/// What a piece of work did to the heap of its thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    /// Times something was taken or given back.
    pub(crate) calls: u64,
    /// The most that was held at once beyond what was held before, in bytes.
    pub(crate) most: i64,
}

/// Does the work and settles its account.
pub(crate) fn watched<T>(work: impl FnOnce() -> T) -> (T, Account) {
    let (calls, held) = (CALLS.get(), HELD.get());
    MOST.set(held);
    let result = work();
    let account = Account {
        calls: CALLS.get() - calls,
        most: MOST.get() - held,
    };
    (result, account)
}
