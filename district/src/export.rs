//! The export: one line a report, exact counts, the fields of the wire schema
//! and the school. Adds nothing up and hides nothing.

use std::io::Write;

use jiff::civil::Date;
use thiserror::Error;
use xinting_wire::Cell;

use crate::store::{Store, StoreError};

/// What stands before the cells.
const LEADING: [&str; 6] = ["school", "booth", "epoch", "sequence", "period", "noise"];

/// Why there is no export, or only a part of one.
#[derive(Debug, Error)]
pub(crate) enum ExportError {
    #[error("cannot read the reports")]
    Store(#[source] StoreError),
    #[error("cannot write a line")]
    Write(#[source] csv::Error),
    #[error("cannot finish writing")]
    Flush(#[source] std::io::Error),
}

/// Writes the reports of the days `from` to `to`, both included, by day,
/// school, booth, epoch and sequence. One day at a time is held in memory.
pub(crate) async fn csv<W: Write>(
    store: &Store,
    from: Option<Date>,
    to: Option<Date>,
    out: W,
) -> Result<(), ExportError> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header()).map_err(ExportError::Write)?;
    for day in store
        .report_days(from, to)
        .await
        .map_err(ExportError::Store)?
    {
        for row in store.reports_of(&day).await.map_err(ExportError::Store)? {
            let leading = [
                row.school,
                row.booth,
                row.epoch.to_string(),
                row.sequence.to_string(),
                row.day,
                row.noise,
            ];
            let cells = row.cells.iter().map(i64::to_string);
            writer
                .write_record(leading.into_iter().chain(cells))
                .map_err(ExportError::Write)?;
        }
    }
    writer.flush().map_err(ExportError::Flush)
}

fn header() -> impl Iterator<Item = &'static str> {
    LEADING.into_iter().chain(Cell::ALL.map(Cell::name))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    #[test]
    fn the_header_is_this_and_stays_so() {
        let header: Vec<&str> = super::header().collect();
        expect!["school,booth,epoch,sequence,period,noise,visits,visits_primary,visits_junior,visits_senior,visits_parent,door_self_check,door_learn,door_relax,door_talk,door_immersive,door_counsellor,check_phq_a,check_gad_7,check_who_5,check_check_in,check_other,articles_read,practice_breathing_started,practice_breathing_finished,practice_muscle_started,practice_muscle_finished,practice_soundscape_started,practice_soundscape_finished,practice_other_started,practice_other_finished,call_line_open,call_busy,call_no_answer,call_no_line,call_cancelled,call_failed,practice_felt_calmer,practice_felt_same,practice_felt_not"].assert_eq(&header.join(","));
    }
}
