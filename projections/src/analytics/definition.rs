//! What an analytics view is: the one source of its SQL, its comments, the data dictionary and the columns of an export.

/// A view for analysts. It is stable: columns are added at its end, and never renamed, retyped or removed.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Its name in the schema `analytics`.
    pub name: &'static str,
    /// What a row stands for: `one row a ticket`.
    pub rows: &'static str,
    /// What it is for, and what is to be known.
    pub meaning: &'static str,
    /// Its rows: what follows `from`. A read model's table is written `{table}`.
    pub(super) from: &'static str,
    /// The columns that tell its rows apart, in which it is exported in order.
    pub key: &'static [&'static str],
    /// Its columns, in order.
    pub columns: &'static [Column],
}

/// A column of a view.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// What it counts or measures, if it does.
    pub unit: Option<&'static str>,
    /// How it is masked for those who do not see personal data.
    pub mask: Option<Mask>,
    /// What it means.
    pub meaning: &'static str,
    /// The SQL that gives it.
    pub(super) sql: &'static str,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A floating-point number of 64 bits.
    Number,
    /// Yes or no.
    Flag,
    /// A moment in UTC, to the microsecond.
    Moment,
    /// A day in UTC.
    Day,
}

/// How a personal value is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// A name: its initials, `A. R.`.
    Name,
    /// An address: `u***@example.com`.
    Email,
    /// A number: `98****5678`.
    Phone,
    /// What somebody wrote: `[redacted]`.
    Words,
}

impl Kind {
    /// The type in SQL.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Number => "double precision",
            Self::Flag => "boolean",
            Self::Moment => "timestamptz",
            Self::Day => "date",
        }
    }
}

impl Mask {
    /// The function that masks, in the schema `escalon`.
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::Name => "masked_name",
            Self::Email => "masked_email",
            Self::Phone => "masked_phone",
            Self::Words => "masked_words",
        }
    }

    /// What is left of a value.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Name => "A. R.",
            Self::Email => "u***@example.com",
            Self::Phone => "98****5678",
            Self::Words => "[redacted]",
        }
    }
}

const fn column(name: &'static str, kind: Kind, sql: &'static str, meaning: &'static str) -> Column {
    Column { name, kind, unit: None, mask: None, meaning, sql }
}

/// A text.
pub(super) const fn text(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    column(name, Kind::Text, sql, meaning)
}

/// A text that belongs to a person.
pub(super) const fn personal(
    name: &'static str,
    mask: Mask,
    sql: &'static str,
    meaning: &'static str,
) -> Column {
    Column { mask: Some(mask), ..text(name, sql, meaning) }
}

/// How many there are of something.
pub(super) const fn count(
    name: &'static str,
    unit: &'static str,
    sql: &'static str,
    meaning: &'static str,
) -> Column {
    Column { unit: Some(unit), ..whole(name, sql, meaning) }
}

/// A whole number that counts nothing: a rank, a position.
pub(super) const fn whole(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    column(name, Kind::Integer, sql, meaning)
}

/// A span of time.
pub(super) const fn seconds(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    Column { unit: Some("seconds"), ..column(name, Kind::Number, sql, meaning) }
}

/// The seconds from one moment to another, null while there is no other. Imported history may be out of order by its own
/// clock; a span is never negative. (Not `greatest`, to which null is less than nothing.)
macro_rules! span {
    ($since:literal, $until:literal) => {
        concat!(
            "case when ",
            $until,
            " < ",
            $since,
            " then 0 else extract(epoch from ",
            $until,
            " - ",
            $since,
            ") end"
        )
    };
}
pub(super) use span;

/// Yes or no.
pub(super) const fn flag(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    column(name, Kind::Flag, sql, meaning)
}

/// A moment.
pub(super) const fn moment(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    column(name, Kind::Moment, sql, meaning)
}

/// A day.
pub(super) const fn day(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    column(name, Kind::Day, sql, meaning)
}
