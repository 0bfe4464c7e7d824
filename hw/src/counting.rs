//! Tests only: counts what each thread takes from the heap, so that a callback can be shown to take nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    // Without a destructor or lazy start, so that reading it never allocates itself.
    static TAKEN: Cell<u64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

/// Times this thread has taken or given back memory.
pub(crate) fn allocations() -> u64 {
    TAKEN.get()
}

/// Bytes this thread has taken and not given back.
pub(crate) fn held() -> i64 {
    HELD.get()
}

fn note(bytes: i64) {
    TAKEN.set(TAKEN.get() + 1);
    HELD.set(HELD.get() + bytes);
}

// SAFETY: every call goes to the system's allocator unchanged; the counters beside it touch no memory of its.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as i64);
        // SAFETY: the caller's promises about the layout are passed on as they are.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(-(layout.size() as i64));
        // SAFETY: the pointer came from the system's allocator with this layout, as `alloc` passes everything on.
        unsafe { System.dealloc(pointer, layout) }
    }
}
