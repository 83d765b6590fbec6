//! Apache Parquet by the low-level writer: a column at a time within groups of rows, which bound what is held in memory.

use std::{io, sync::Arc};

use ::parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};
use chrono::{Datelike, NaiveDate};
use escalon_projections::analytics::{Cell, Column, Kind, View};

use super::{Rows, file::Unfinished};

/// The most rows of a group.
const ROWS: usize = 50_000;
/// The most bytes of a group, before they are compressed; a row more may pass it.
const BYTES: usize = 16 << 20;

pub(super) struct ParquetRows {
    writer: SerializedFileWriter<Unfinished>,
    columns: Vec<Chunk>,
    rows: usize,
    bytes: usize,
}

/// The values of a column in a group of rows.
struct Chunk {
    values: Values,
    /// 1 for a value, 0 for null.
    levels: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Long(Vec<i64>),
    Double(Vec<f64>),
    Flag(Vec<bool>),
    Day(Vec<i32>),
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

impl ParquetRows {
    pub(super) fn new(view: &View, file: Unfinished) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("escalon ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = schema(view).map_err(failed)?;
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        let columns = view.columns.iter().map(|column| Chunk::new(column.kind)).collect();
        Ok(Self { writer, columns, rows: 0, bytes: 0 })
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for chunk in &mut self.columns {
            let Some(column) = group.next_column()? else { break };
            chunk.write(column)?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Rows for ParquetRows {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for (chunk, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += chunk.push(cell);
        }
        self.rows += 1;
        if self.rows < ROWS && self.bytes < BYTES { Ok(()) } else { self.flush().map_err(failed) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<Unfinished> {
        if self.rows > 0 {
            self.flush().map_err(failed)?;
        }
        self.writer.into_inner().map_err(failed)
    }
}

impl Chunk {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Integer | Kind::Moment => Values::Long(Vec::new()),
            Kind::Number => Values::Double(Vec::new()),
            Kind::Flag => Values::Flag(Vec::new()),
            Kind::Day => Values::Day(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    /// Keeps a value; says how many bytes it takes. A cell of another kind than its column's does not occur.
    fn push(&mut self, cell: &Cell) -> usize {
        let bytes = match (&mut self.values, cell) {
            (Values::Text(texts), Cell::Text(text)) => {
                texts.push(text.as_str().into());
                Some(text.len())
            }
            (Values::Long(numbers), Cell::Integer(number)) => pushed(numbers, *number),
            (Values::Long(numbers), Cell::Moment(moment)) => pushed(numbers, moment.timestamp_micros()),
            (Values::Double(numbers), Cell::Number(number)) => pushed(numbers, *number),
            (Values::Flag(flags), Cell::Flag(flag)) => pushed(flags, *flag),
            (Values::Day(days), Cell::Day(day)) => pushed(days, since_1970(*day)),
            _ => None,
        };
        self.levels.push(bytes.is_some().into());
        bytes.unwrap_or(0) + size_of::<i16>()
    }

    fn write(&mut self, mut column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match &mut self.values {
            Values::Text(texts) => column.typed::<ByteArrayType>().write_batch(&drained(texts), levels, None),
            Values::Long(numbers) => column.typed::<Int64Type>().write_batch(&drained(numbers), levels, None),
            Values::Double(numbers) => {
                column.typed::<DoubleType>().write_batch(&drained(numbers), levels, None)
            }
            Values::Flag(flags) => column.typed::<BoolType>().write_batch(&drained(flags), levels, None),
            Values::Day(days) => column.typed::<Int32Type>().write_batch(&drained(days), levels, None),
        }?;
        self.levels.clear();
        column.close()
    }
}

fn pushed<T>(values: &mut Vec<T>, value: T) -> Option<usize> {
    values.push(value);
    Some(size_of::<T>())
}

fn drained<T>(values: &mut Vec<T>) -> Vec<T> {
    std::mem::take(values)
}

fn since_1970(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - NaiveDate::default().num_days_from_ce()
}

fn schema(view: &View) -> Result<TypePtr, ParquetError> {
    let fields = view.columns.iter().map(|column| field(column).map(Arc::new));
    Type::group_type_builder(view.name).with_fields(fields.collect::<Result<_, _>>()?).build().map(Arc::new)
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Moment => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
    };
    Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}
