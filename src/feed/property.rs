//! Properties and components of iCalendar from plain values. `ical` escapes, folds and writes them.

use crate::domain::{Timestamp, Zone};
use chrono::NaiveDate;
use ical::component::{IcalComponent, IcalComponentKind};
use ical::param::IcalParam;
use ical::prop::{IcalProp, IcalPropKind, IcalPropName};
use ical::value::IcalValue;
use ical::value::datetime::{IcalDate, IcalDateTime};
use ical::value::duration::IcalDuration;
use ical::value::integer::IcalInteger;
use ical::value::text::IcalTextList;
use ical::value::uri::IcalUri;
use std::borrow::Cow;

pub(super) type Property = IcalProp<'static>;
pub(super) type Component = IcalComponent<'static>;

/// A component with its properties and what is nested in it.
pub(super) fn component(
    kind: IcalComponentKind,
    props: Vec<Property>,
    components: Vec<Component>,
) -> Component {
    IcalComponent {
        name: kind.into(),
        props,
        components,
    }
}

/// A property of any type of value.
pub(super) fn property(
    name: impl Into<IcalPropName<'static>>,
    params: Vec<IcalParam<'static>>,
    value: IcalValue<'static>,
) -> Property {
    IcalProp {
        name: name.into(),
        params,
        value,
    }
}

pub(super) fn text(
    name: impl Into<IcalPropName<'static>>,
    value: impl Into<Cow<'static, str>>,
) -> Property {
    IcalProp::text(name, Vec::new(), value)
}

pub(super) fn texts(kind: IcalPropKind, values: &[&str]) -> Property {
    let values = values.iter().map(|value| Cow::Owned((*value).to_owned()));
    let list = IcalTextList(values.collect());
    property(kind, Vec::new(), IcalValue::TextList(list))
}

pub(super) fn integer(kind: IcalPropKind, value: usize) -> Property {
    let value = IcalInteger(value.to_string().into());
    property(kind, Vec::new(), IcalValue::Integer(value))
}

pub(super) fn uri(kind: IcalPropKind, params: Vec<IcalParam<'static>>, url: String) -> Property {
    property(kind, params, IcalValue::Uri(IcalUri(url.into())))
}

pub(super) fn duration(
    name: impl Into<IcalPropName<'static>>,
    params: Vec<IcalParam<'static>>,
    value: impl Into<Cow<'static, str>>,
) -> Property {
    let value = IcalDuration(value.into());
    property(name, params, IcalValue::Duration(value))
}

/// The parameter that names a type which is not the property's usual one.
pub(super) fn value_type(name: &'static str) -> IcalParam<'static> {
    IcalParam::Value(name.into())
}

/// A whole day, wherever the reader is.
pub(super) fn date(kind: IcalPropKind, date: NaiveDate) -> Property {
    let value = IcalDate(date.format("%Y%m%d").to_string().into());
    property(kind, vec![value_type("DATE")], IcalValue::Date(value))
}

/// An instant, in UTC.
pub(super) fn instant(kind: IcalPropKind, at: Timestamp) -> Property {
    let value = IcalDateTime(at.format("%Y%m%dT%H%M%SZ").to_string().into());
    property(kind, Vec::new(), IcalValue::DateTime(value))
}

/// An instant as its zone calls it, and whether the document owes that zone's definition. Of two
/// instants of one local time iCalendar means the first: the second can only be said in UTC.
pub(super) fn zoned(kind: IcalPropKind, at: Timestamp, zone: Zone) -> (Property, bool) {
    let local = zone.local(at);
    if zone == Zone::UTC || zone.resolve_leniently(local) != at {
        return (instant(kind, at), false);
    }
    let value = IcalDateTime(local.format("%Y%m%dT%H%M%S").to_string().into());
    let named = vec![IcalParam::TzId(zone.name().into())];
    (property(kind, named, IcalValue::DateTime(value)), true)
}
