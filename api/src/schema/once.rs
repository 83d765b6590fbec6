//! The inputs of mutations: what each needs, and how it is done once.

use std::{fmt::Display, str::FromStr};

use async_graphql::InputType;
use escalon_application::{Failure, Once};

/// How a command with this input wants to be done. The input's type is part of what a key remembers: a note is not the
/// comment of the same words.
pub(super) fn once<I: InputType>(key: Option<&String>, expected_version: Option<u64>, input: &I) -> Once {
    Once::new(key.cloned(), expected_version, &(I::type_name(), input.to_value()))
}

/// An id, short name, address … that was given as text.
pub(super) fn given<T, const N: usize>(path: [&str; N], text: &str) -> Result<T, Failure>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error: T::Err| Failure::invalid(path, error.to_string()))
}

/// The same where it may be absent.
pub(super) fn maybe<T, const N: usize>(path: [&str; N], text: Option<&String>) -> Result<Option<T>, Failure>
where
    T: FromStr<Err: Display>,
{
    text.map(|text| given(path, text)).transpose()
}

/// Several of them; a fault names the place in the list.
pub(super) fn several<T, C>(name: &str, texts: &[String]) -> Result<C, Failure>
where
    T: FromStr<Err: Display>,
    C: FromIterator<T>,
{
    let numbered = texts.iter().enumerate();
    numbered.map(|(place, text)| given([name, &place.to_string()], text)).collect()
}

/// Declares the input of a mutation. `creates` gives it an idempotency key, `changes own` an expected version too, and
/// `changes` an id as well.
macro_rules! input {
    ($(#[$doc:meta])+ $name:ident creates { $($(#[$field_doc:meta])+ $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])+
        #[derive(async_graphql::InputObject)]
        pub(super) struct $name {
            $($(#[$field_doc])+ pub(super) $field: $ty,)*
            /// A key of your choice, a UUID for example. The same command with the same key is done once.
            pub(super) idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn once(&self) -> escalon_application::Once {
                $crate::schema::once::once(self.idempotency_key.as_ref(), None, self)
            }
        }
    };
    ($(#[$doc:meta])+ $name:ident changes own { $($(#[$field_doc:meta])+ $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])+
        #[derive(async_graphql::InputObject)]
        pub(super) struct $name {
            $($(#[$field_doc])+ pub(super) $field: $ty,)*
            /// The version you saw; the command is refused when it is another by now.
            pub(super) expected_version: Option<u64>,
            /// A key of your choice, a UUID for example. The same command with the same key is done once.
            pub(super) idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn once(&self) -> escalon_application::Once {
                $crate::schema::once::once(self.idempotency_key.as_ref(), self.expected_version, self)
            }
        }
    };
    ($(#[$doc:meta])+ $name:ident changes { $($(#[$field_doc:meta])+ $field:ident: $ty:ty),* $(,)? }) => {
        $crate::schema::once::input! {
            $(#[$doc])+
            $name changes own {
                /// The id of what is to change.
                id: async_graphql::ID,
                $($(#[$field_doc])+ $field: $ty),*
            }
        }

        impl $name {
            pub(super) fn id<T: escalon_domain::id::Named>(
                &self,
            ) -> Result<escalon_domain::id::Id<T>, escalon_application::Failure> {
                $crate::schema::once::given(["id"], &self.id)
            }
        }
    };
}

pub(super) use input;
