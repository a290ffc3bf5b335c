//! The JSON Schema of the file, for editors that complete and check as one types.

use super::keys::{Key, SHAPES, Shape, Value};
use serde_json::{Map, Value as Json, json};

/// The schema, of draft 2020-12.
pub fn json_schema() -> Json {
    let root = SHAPES[0];
    let mut schema = shape(root);
    let shapes = SHAPES[1..].iter().map(|it| (it.name.to_owned(), shape(it)));
    let definitions: Map<_, _> = shapes.chain(primitives()).collect();
    let parts = [
        (
            "$schema",
            json!("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", json!("deadlines.toml")),
        (
            "description",
            json!("The record of Docket: deadlines, negotiations and events."),
        ),
        ("$defs", Json::Object(definitions)),
    ];
    for (key, value) in parts {
        schema[key] = value;
    }
    schema
}

fn shape(shape: &Shape) -> Json {
    let required = shape
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name);
    let properties: Map<_, _> = shape
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> Json {
    let mut property = value(key.value);
    property["description"] = json!(key.doc);
    property
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn value(value_of: Value) -> Json {
    match value_of {
        Value::Id => reference("id"),
        Value::Text => json!({ "type": "string", "pattern": "\\S" }),
        Value::Word(words) => json!({ "enum": words }),
        Value::Zone => reference("zone"),
        Value::Bool => json!({ "type": "boolean" }),
        Value::Due => reference("due"),
        Value::When => reference("when"),
        Value::Date => reference("date"),
        Value::Time => reference("time"),
        Value::Duration => reference("duration"),
        Value::Url => json!({ "type": "string", "format": "uri", "pattern": "^https?://\\S+$" }),
        Value::Channel => json!({ "type": "string", "pattern": "^[0-9]{17,20}$" }),
        Value::Mention => json!({
            "type": "string",
            "pattern": "^((role|user):[0-9]{17,20}|everyone|here)$",
        }),
        Value::Language => json!({
            "type": "string",
            "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        }),
        Value::List(entry, may_be_empty) => json!({
            "type": "array",
            "items": value(*entry),
            "minItems": u8::from(!may_be_empty),
        }),
        Value::Table(shape) => reference(shape.name),
        Value::Tables(shape) => json!({ "type": "array", "items": reference(shape.name) }),
    }
}

/// What TOML has types for, JSON has strings with a format for.
fn primitives() -> impl Iterator<Item = (String, Json)> {
    const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    const TIME: &str = "[0-9]{2}:[0-9]{2}(:00(\\.0+)?)?";
    let moment = format!("^{DATE}([Tt ]{TIME}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?)?$");
    let definitions = [
        (
            "id",
            json!({ "type": "string", "pattern": "^[a-z0-9-]{1,64}$" }),
        ),
        (
            "zone",
            json!({
                "type": "string",
                "description": "`UTC`, or an Area/City name of the tz database.",
                "pattern": "^(UTC|(?!Etc/)[A-Za-z_]+/[A-Za-z0-9_+/-]+)$",
            }),
        ),
        (
            "date",
            json!({ "type": "string", "pattern": format!("^{DATE}$") }),
        ),
        (
            "time",
            json!({ "type": "string", "pattern": format!("^{TIME}$") }),
        ),
        ("when", json!({ "type": "string", "pattern": moment })),
        (
            "due",
            json!({ "anyOf": [
                { "type": "string", "pattern": moment },
                { "type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2]|[Qq][1-4]))?$" },
                { "type": "string", "pattern": "^[Tt][Bb][Dd]$" },
                reference("computed"),
            ]}),
        ),
        (
            "duration",
            json!({
                "type": "string",
                "pattern": "^(([0-9]+y)?([0-9]+mo)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?\
                            |P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?)$",
            }),
        ),
    ];
    definitions
        .into_iter()
        .map(|(name, definition)| (name.to_owned(), definition))
}
