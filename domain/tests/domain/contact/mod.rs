//! How members are reached.

mod address;
mod hours;
mod reach;
