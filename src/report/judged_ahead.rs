//! Rows judged by themselves ahead of whoever takes them, on all cores and in their order.
//!
//! What a row says by itself takes most of the time of a dry run, and needs no other row. It is read
//! off one block of rows after the other, while the block before it is compared, looked up and
//! written by the thread that asks, in the order of the wave. So no more than two blocks are held.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::model::row::InputRow;
use crate::model::row_judge::RowReader;
use crate::model::validate::JudgedRow;

/// Hands on every row, judged by itself, in the order in which they come.
///
/// # Errors
///
/// The first error of `rows`, once every row before it was taken; or the first of `take`.
pub(crate) fn judge_ahead<E: Send>(
    rows: &mut (impl Iterator<Item = Result<InputRow, E>> + Send),
    reader: RowReader<'_>,
    take: &mut dyn FnMut(InputRow, JudgedRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut block = Block::read(rows, reader);
    while block.end.is_none() {
        let mut next = Block::default();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| next = Block::read(rows, reader));
            block.hand_on(take)
        })?;
        block = next;
    }
    let end = block.end.take();
    block.hand_on(take)?;
    end.unwrap_or(Ok(()))
}

/// How many rows a block has, and how many bytes of the file at most, beyond its last row.
const ROWS: usize = 512;
const BYTES: usize = 1024 * 1024;

/// Rows that stand together.
struct Block<E> {
    rows: Vec<(InputRow, JudgedRow)>,
    /// How the wave ends, where it ends behind them.
    end: Option<Result<(), E>>,
}

impl<E> Default for Block<E> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            end: None,
        }
    }
}

impl<E: Send> Block<E> {
    fn read(rows: &mut impl Iterator<Item = Result<InputRow, E>>, reader: RowReader<'_>) -> Self {
        let mut read = Vec::with_capacity(ROWS);
        let (mut bytes, mut end) = (0, None);
        while end.is_none() && read.len() < ROWS && bytes < BYTES {
            match rows.next() {
                Some(Ok(row)) => {
                    bytes += row.raw.len();
                    read.push(row);
                }
                Some(Err(error)) => end = Some(Err(error)),
                None => end = Some(Ok(())),
            }
        }
        let judge = |row: InputRow| {
            let judged = reader.read(&row);
            (row, judged)
        };
        // A wave of one block is not worth waking anybody for.
        let rows = if end.is_some() {
            read.into_iter().map(judge).collect()
        } else {
            read.into_par_iter().map(judge).collect()
        };
        Self { rows, end }
    }

    fn hand_on(
        &mut self,
        take: &mut dyn FnMut(InputRow, JudgedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        for (row, judged) in self.rows.drain(..) {
            take(row, judged)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::Names;
    use crate::report::fixture::{defaults, header, row};

    /// Takes rows that end like this, until it has taken so many.
    fn taken(rows: u64, end: Option<&'static str>, most: usize) -> (Vec<u64>, Result<(), String>) {
        let (header, defaults, names) = (header(&["note"]), defaults(), Names::default());
        let reader = RowReader::new(&header, &defaults, &names);
        let all = (1..=rows).map(|number| Ok(row(number, &["x"])));
        let mut all = all.chain(end.map(|text| Err(text.to_owned())));
        let mut taken = Vec::new();
        let ended = judge_ahead(&mut all, reader, &mut |row, judged| {
            assert_eq!(judged, reader.read(&row));
            if taken.len() == most {
                return Err("full".to_owned());
            }
            taken.push(row.number.0);
            Ok(())
        });
        (taken, ended)
    }

    #[test]
    fn rows_come_in_their_order_and_each_with_its_own_judgment() {
        let block = ROWS as u64;
        for rows in [0, 1, block - 1, block, block + 1, 7 * block + 3] {
            let (taken, ended) = taken(rows, None, usize::MAX);
            assert_eq!(taken, (1..=rows).collect::<Vec<_>>());
            assert_eq!(ended, Ok(()));
        }
    }

    #[test]
    fn every_row_before_an_error_is_taken_and_none_after_one() {
        let block = ROWS as u64;
        for rows in [0, 1, block, 2 * block + 5] {
            let (taken, ended) = taken(rows, Some("gone"), usize::MAX);
            assert_eq!(taken.len() as u64, rows);
            assert_eq!(ended, Err("gone".to_owned()));
        }
        for most in [0, 1, ROWS, ROWS + 5] {
            let (taken, ended) = taken(3 * block, None, most);
            assert_eq!(taken.len(), most);
            assert_eq!(ended, Err("full".to_owned()));
        }
    }

    #[test]
    fn long_rows_make_short_blocks() {
        let (header, defaults, names) = (header(&["note"]), defaults(), Names::default());
        let reader = RowReader::new(&header, &defaults, &names);
        let long = InputRow {
            raw: vec![b'x'; BYTES / 4],
            ..row(1, &["x"])
        };
        let mut rows = std::iter::repeat_with(|| Ok::<_, ()>(long.clone()));
        assert_eq!(Block::read(&mut rows, reader).rows.len(), 4);
    }
}
