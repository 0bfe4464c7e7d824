//! The running counts of the open period: one row of fixed size, every cell
//! always present, so that a file of it shows a state and never a history.

use thiserror::Error;
use xinting_wire::{CELL_COUNT, CELL_LIMIT, CELLS_OF_VERSION_1, Cell, Cells};

use crate::bounds::VisitFacts;

/// Why a stored row is not a tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TallyError {
    /// Not [`Tally::ROW_LEN`] bytes: the row of a later version, or damage.
    #[error("the tally row has {found} bytes instead of {expected}")]
    Length {
        /// Bytes in the row.
        found: usize,
        /// Bytes it should have.
        expected: usize,
    },
    /// A count that cannot have come about by counting.
    #[error("the tally row holds an impossible count for {0}")]
    Range(Cell),
}

/// How often each cell was raised since the period began; each 0 to
/// [`CELL_LIMIT`], where it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally([i64; CELL_COUNT]);

impl Tally {
    /// Nothing counted.
    pub const ZERO: Self = Self([0; CELL_COUNT]);

    /// Length of [`Self::to_row`], whatever was counted.
    pub const ROW_LEN: usize = CELL_COUNT * 8;

    /// Counts one visit: at most one on each cell, and at most
    /// [`CONTRIBUTION_BOUND`](crate::CONTRIBUTION_BOUND) in all.
    pub fn add(&mut self, visit: &VisitFacts) {
        for cell in visit.cells() {
            let count = &mut self.0[cell.index()];
            *count = (*count + 1).min(CELL_LIMIT);
        }
    }

    /// One count.
    #[must_use]
    pub const fn get(&self, cell: Cell) -> i64 {
        self.0[cell.index()]
    }

    /// The counts in wire order.
    #[must_use]
    pub const fn to_cells(&self) -> [i64; CELL_COUNT] {
        self.0
    }

    /// Takes counts in wire order.
    ///
    /// # Errors
    /// [`TallyError::Range`] naming the first cell that is negative or beyond
    /// [`CELL_LIMIT`].
    pub fn from_cells(counts: [i64; CELL_COUNT]) -> Result<Self, TallyError> {
        match Cell::ALL
            .into_iter()
            .find(|c| !(0..=CELL_LIMIT).contains(&counts[c.index()]))
        {
            Some(cell) => Err(TallyError::Range(cell)),
            None => Ok(Self(counts)),
        }
    }

    /// The row to keep: 8 bytes a cell, little-endian, in wire order. Always
    /// the same length, so that nothing can be read from the size of a record.
    #[must_use]
    pub fn to_row(&self) -> [u8; Self::ROW_LEN] {
        let mut row = [0; Self::ROW_LEN];
        for (bytes, count) in row.chunks_exact_mut(8).zip(self.0) {
            bytes.copy_from_slice(&count.to_le_bytes());
        }
        row
    }

    /// Reads a row, also one of the version before, in which the newer cells were
    /// not counted yet.
    ///
    /// # Errors
    /// [`TallyError`] if it is not one that [`Self::to_row`] makes or made. The safe
    /// state is then [`Self::ZERO`].
    pub fn from_row(row: &[u8]) -> Result<Self, TallyError> {
        if ![Self::ROW_LEN, CELLS_OF_VERSION_1 * 8].contains(&row.len()) {
            return Err(TallyError::Length {
                found: row.len(),
                expected: Self::ROW_LEN,
            });
        }
        let mut counts = [0; CELL_COUNT];
        for (count, bytes) in counts.iter_mut().zip(row.chunks_exact(8)) {
            let mut word = [0; 8];
            word.copy_from_slice(bytes);
            *count = i64::from_le_bytes(word);
        }
        Self::from_cells(counts)
    }

    pub(crate) fn wire_cells(&self) -> Cells {
        Cells::new(self.0).expect("invariant: every count is within 0 and CELL_LIMIT")
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::ZERO
    }
}
