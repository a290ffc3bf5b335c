//! The ways to do something in Discord: each begins an `Ask`.

use crate::double::Double;
use crate::double::ask::Ask;
use crate::double::interaction::Asked;
use crate::double::snowflake::Snowflake;
use serde_json::{Value, json};

impl Double {
    /// Somebody sends a command: `deadline`, or with sub-commands `docket check`.
    pub(crate) fn slash(&self, user: Snowflake, channel: Snowflake, command: &str) -> Ask<'_> {
        self.command(Asked::Command, user, channel, command)
    }

    /// Somebody types an option of a command.
    pub(crate) fn typing(&self, user: Snowflake, channel: Snowflake, command: &str) -> Ask<'_> {
        self.command(Asked::Autocomplete, user, channel, command)
    }

    fn command(&self, asked: Asked, user: Snowflake, channel: Snowflake, command: &str) -> Ask<'_> {
        let mut ask = self.ask(asked, user, channel, Value::Null);
        ask.words = command.split_whitespace().map(str::to_owned).collect();
        ask
    }

    /// Somebody clicks a button of a message.
    ///
    /// # Panics
    /// If there is none, or it is disabled.
    #[track_caller]
    pub(crate) fn click(&self, user: Snowflake, message: Snowflake, custom_id: &str) -> Ask<'_> {
        self.choose(user, message, custom_id, &[])
    }

    /// Somebody chooses values of a select of a message.
    ///
    /// # Panics
    /// If there is none, it is disabled, or it has no such value.
    #[track_caller]
    pub(crate) fn choose(
        &self,
        user: Snowflake,
        message: Snowflake,
        custom_id: &str,
        values: &[&str],
    ) -> Ask<'_> {
        let found = self.hub.state().world.messages.get(&message).cloned();
        let found = found.expect("a message that is there");
        let component = component(&found.components, custom_id);
        let component = component.unwrap_or_else(|| panic!("no component has the id {custom_id}"));
        assert!(component["disabled"] != true, "{custom_id} is disabled");
        for value in values {
            let options = component["options"].as_array();
            let has = |them: &Vec<Value>| them.iter().any(|it| it["value"] == *value);
            assert!(options.is_none_or(has), "{custom_id} has no value {value}");
        }
        let mut data = json!({"custom_id": custom_id, "component_type": component["type"]});
        if component["type"] != 2 {
            data["values"] = json!(values);
        }
        let mut ask = self.ask(Asked::Component, user, found.channel, data);
        ask.of = Some(message);
        ask
    }

    /// Somebody clicks a button of a message with an id that it need not have: an old one, say.
    pub(crate) fn click_raw(
        &self,
        user: Snowflake,
        message: Snowflake,
        custom_id: &str,
    ) -> Ask<'_> {
        let channel = self.hub.state().world.messages[&message].channel;
        let data = json!({"custom_id": custom_id, "component_type": 2});
        let mut ask = self.ask(Asked::Component, user, channel, data);
        ask.of = Some(message);
        ask
    }

    /// Somebody submits a modal with these fields.
    pub(crate) fn submit(
        &self,
        user: Snowflake,
        channel: Snowflake,
        custom_id: &str,
        fields: &[(&str, &str)],
    ) -> Ask<'_> {
        let row = |(id, value): &(&str, &str)| {
            let input = json!({"type": 4, "custom_id": id, "value": value});
            json!({"type": 1, "components": [input]})
        };
        let rows: Vec<_> = fields.iter().map(row).collect();
        let data = json!({"custom_id": custom_id, "components": rows});
        self.ask(Asked::Modal, user, channel, data)
    }

    fn ask(&self, asked: Asked, user: Snowflake, channel: Snowflake, data: Value) -> Ask<'_> {
        Ask {
            double: self,
            asked,
            user,
            channel,
            words: Vec::new(),
            options: Vec::new(),
            data,
            of: None,
        }
    }
}

/// The component with an id, wherever it is nested.
fn component<'a>(components: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    let mut rest: Vec<_> = components.iter().collect();
    while let Some(component) = rest.pop() {
        if component["custom_id"] == custom_id {
            return Some(component);
        }
        rest.extend(component["components"].as_array().into_iter().flatten());
        rest.extend(component.get("accessory"));
    }
    None
}
