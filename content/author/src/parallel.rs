//! Many pieces of work on as many threads as are asked for, with the results in the order of the work.

use std::sync::{Mutex, PoisonError};

/// How many threads there are cores for.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// Does each piece of `work`, at most `threads` at once. What comes out does not depend on how many.
pub fn each<T: Send, R: Send>(
    threads: usize,
    work: Vec<T>,
    does: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.clamp(1, work.len().max(1));
    let todo = Mutex::new(work.into_iter().enumerate());
    let (todo, does) = (&todo, &does);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(move || {
                    let mut done = Vec::new();
                    loop {
                        let next = todo.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some((place, piece)) = next else {
                            return done;
                        };
                        done.push((place, does(piece)));
                    }
                })
            })
            .collect();
        let joined = running.into_iter().flat_map(|thread| match thread.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn results_stand_in_the_order_of_the_work() {
        let expected: Vec<u32> = (0..100).map(|n| n * 2).collect();
        for threads in [0, 1, 2, 7, 1_000] {
            assert_eq!(each(threads, (0..100).collect(), |n| n * 2), expected);
        }
        assert!(each(4, Vec::new(), |n: u32| n).is_empty());
    }
}
