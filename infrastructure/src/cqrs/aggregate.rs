//! One generic implementation of `cqrs_es::Aggregate` over every pure aggregate.

use cqrs_es::{Aggregate as CqrsAggregate, DomainEvent, event_sink::EventSink};
use escalon_application::Recorded;
use escalon_domain::{
    aggregate::{Aggregate, Event},
    stamp::Stamp,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A pure aggregate, as `cqrs-es` wants it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cqrs<A>(pub A);

/// A command with the moment and the actor it is stamped with.
#[derive(Debug, Clone)]
pub struct CqrsCommand<C> {
    /// When and by whom.
    pub stamp: Stamp,
    /// What is asked.
    pub command: C,
}

/// A stamped event; its JSON is what the store keeps. One that was stored in a retired shape is read as what it means today,
/// which may be several events or none.
#[derive(Debug, Clone, PartialEq)]
pub struct CqrsEvent<E>(pub Vec<Recorded<E>>);

impl<E> From<Recorded<E>> for CqrsEvent<E> {
    fn from(recorded: Recorded<E>) -> Self {
        Self(vec![recorded])
    }
}

/// A refusal of the domain.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct CqrsError<E: std::error::Error>(pub E);

impl<E: Event> Serialize for CqrsEvent<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [recorded] => recorded.serialize(serializer),
            _ => Err(serde::ser::Error::custom("an event of a retired shape is read, never written")),
        }
    }
}

impl<'de, E: Event> Deserialize<'de> for CqrsEvent<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Recorded::read(text.get()).map(Self).map_err(serde::de::Error::custom)
    }
}

impl<E: Event> DomainEvent for CqrsEvent<E> {
    fn event_type(&self) -> String {
        self.0.first().map(|recorded| recorded.event.name().to_owned()).unwrap_or_default()
    }

    fn event_version(&self) -> String {
        self.0.first().map(|recorded| recorded.event.version().to_string()).unwrap_or_default()
    }
}

// `cqrs-es` asks for these for its own snapshots, which are not used: state is always folded from events.
impl<A> Serialize for Cqrs<A> {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("state is folded from events, never stored"))
    }
}

impl<'de, A> Deserialize<'de> for Cqrs<A> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("state is folded from events, never stored"))
    }
}

impl<A: Aggregate> CqrsAggregate for Cqrs<A> {
    const TYPE: &'static str = A::PREFIX;
    type Command = CqrsCommand<A::Command>;
    type Event = CqrsEvent<A::Event>;
    type Error = CqrsError<A::Error>;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        let CqrsCommand { stamp, command } = command;
        for event in self.0.decide(command, &stamp).map_err(CqrsError)? {
            // The sink applies the event at once.
            sink.write(Recorded { stamp: stamp.clone(), event }.into(), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        for Recorded { stamp, event } in &event.0 {
            self.0.evolve(event, stamp);
        }
    }
}
